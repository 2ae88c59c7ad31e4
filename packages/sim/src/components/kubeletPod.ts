/**
 * What a kubelet remembers of one pod: the object as its watch last showed it, and the state of its containers as the
 * runtime has them. Only the kubelet's own parts write here. Rules: K-14, K-21…K-23.
 */
import { controllerOf, keyOf, type ObjectKey, objectKey } from '@everynode/core/api/meta';
import type { Container, Pod, PodPhase } from '@everynode/core/api/pod';
import type { Profile } from '@everynode/core/profile';
import { isSidecar } from '@everynode/core/match/podRequests';
import type { ApplicationConduct } from '../seams/machine.ts';
import type { Timer } from './component.ts';
import type { ProbeKind } from './kubeletProbes.ts';
import type { PodBehaviour } from './podModels.ts';

export const DEFAULT_GRACE_SECONDS = 30;

export type ContainerRole = 'init' | 'sidecar' | 'main';

export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly is: 'running'; readonly startedAtMs: number }
  | {
      readonly is: 'terminated';
      readonly exitCode: number;
      readonly reason: string;
      readonly startedAtMs: number;
      readonly finishedAtMs: number;
    };

export interface KubeletContainer {
  readonly spec: Container;
  readonly role: ContainerRole;
  state: ContainerState;
  /** How the run before the present one ended. */
  last: Extract<ContainerState, { readonly is: 'terminated' }> | undefined;
  restarts: number;
  ready: boolean;
  /** It runs, and its startup probe has passed, if it has one. */
  started: boolean;
  /** Its postStart hook runs: until that is over nobody is told that it runs (K-14). */
  isInPostStart: boolean;
  /** A probe has given it up, and it is being ended. */
  condemned: boolean;
  /** What its application will do in this run. */
  conduct: ApplicationConduct | undefined;
  /** When the workers of its probes made their first attempt (K-24). */
  probesSinceMs: Readonly<Record<ProbeKind, number>>;
  /** Attempts to create it that failed (K-17). */
  failedCreations: number;
  /** The next one of the pod waits for it. */
  whenPassed: (() => void) | undefined;
  /** Timers of the running container: hook, probes, exit, stop. */
  timers: Timer[];
}

/**
 * waiting → starting → running → stopping → stopped. `starting` lasts until every container has been tried once.
 * A refused pod goes from waiting to stopped.
 */
export type PodStage = 'waiting' | 'starting' | 'running' | 'stopping' | 'stopped';

/** Why a pod ends in the kubelet's own judgement; its phase, reason and message are told with it. */
export interface PodVerdict {
  readonly phase: PodPhase;
  readonly reason: string;
  readonly message: string;
  /** Evicted for pressure: gets the condition DisruptionTarget (E-12). */
  readonly isDisrupted: boolean;
  /** It was not taken at all, so it takes no room. */
  readonly isRefusal?: boolean;
}

/** What of a release decides what is told of a pod. */
export type PodRelease = Pick<Profile, 'terminalBeforeDelete' | 'podReadyToStart'>;

export interface KubeletPod {
  readonly uid: string;
  readonly release: PodRelease;
  readonly key: ObjectKey;
  readonly daemonSet: string | undefined;
  readonly behaviour: PodBehaviour;
  /** Init containers and sidecars in their order, then the main ones. */
  readonly containers: readonly KubeletContainer[];
  pod: Pod;
  stage: PodStage;
  /** The object is gone from the API, whatever still runs (K-33). */
  isVanished: boolean;
  /** It vanished and is there again, as after a list from the past: taken in anew once its end is through. */
  returned: Pod | undefined;
  startTimeMs: number | undefined;
  /** Of its node, once it is admitted. */
  hostIP: string | undefined;
  /** Its own, once its sandbox is there; the node's in the network of the host. */
  podIP: string | undefined;
  /** When this incarnation of the kubelet began to start it. */
  begunAtMs: number;
  verdict: PodVerdict | undefined;
  /** Latest instant at which its containers are dead. */
  stopDeadlineMs: number;
  stopBeganMs: number;
  /** Cut off what the sequence of its start would still do. */
  startTimers: Timer[];
}

export function newKubeletPod(pod: Pod, behaviour: PodBehaviour, release: PodRelease): KubeletPod {
  const owner = controllerOf(pod);
  const init = (pod.spec.initContainers ?? []).map((spec) => newContainer(spec, isSidecar(spec) ? 'sidecar' : 'init'));
  const isHeld = init.length > 0;
  const main = pod.spec.containers.map((spec) =>
    newContainer(spec, 'main', isHeld ? 'PodInitializing' : 'ContainerCreating'),
  );
  // An earlier life of the kubelet has counted already; a pod that is only ended here must not lose the count (C-8).
  for (const container of [...init, ...main]) container.restarts = restartsSoFar(pod, container.spec.name);
  return {
    uid: pod.metadata.uid ?? '',
    release,
    key: keyOf(pod),
    daemonSet: owner?.kind === 'DaemonSet' ? objectKey(pod.metadata.namespace, owner.name) : undefined,
    behaviour,
    containers: [...init, ...main],
    pod,
    stage: 'waiting',
    isVanished: false,
    returned: undefined,
    startTimeMs: undefined,
    hostIP: undefined,
    podIP: undefined,
    begunAtMs: 0,
    verdict: undefined,
    stopDeadlineMs: 0,
    stopBeganMs: 0,
    startTimers: [],
  };
}

/** Counts for resources, ports and evictions: admitted, and not yet gone (K-13). */
export function isActive({ stage }: KubeletPod): boolean {
  return stage === 'starting' || stage === 'running' || stage === 'stopping';
}

/** Still to be admitted, and still there. */
export function isWaiting({ stage, isVanished }: KubeletPod): boolean {
  return stage === 'waiting' && !isVanished;
}

export function isEnding({ stage }: KubeletPod): boolean {
  return stage === 'stopping' || stage === 'stopped';
}

export function runningContainers(entry: KubeletPod): readonly KubeletContainer[] {
  return entry.containers.filter(({ state }) => state.is === 'running');
}

/** Images that the pod's containers need, whether they run just now or not. */
export function imagesOf({ containers }: KubeletPod): readonly string[] {
  return containers.map(({ spec }) => spec.image);
}

/** A container that exits is started again, unless the pod says otherwise (K-21); an init container once it has failed (K-14). */
export function isRestarted(entry: KubeletPod, container: KubeletContainer, exitCode: number): boolean {
  if (container.role === 'sidecar') return true;
  const { restartPolicy = 'Always' } = entry.pod.spec;
  if (container.role === 'init') return restartPolicy !== 'Never' && exitCode !== 0;
  return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
}

/** The grace that the pod itself asks for. */
export function ownGraceMs({ spec }: Pod): number {
  return (spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
}

function restartsSoFar({ status }: Pod, name: string): number {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.find((each) => each.name === name)?.restartCount ?? 0;
}

function newContainer(spec: Container, role: ContainerRole, reason = 'PodInitializing'): KubeletContainer {
  return {
    spec,
    role,
    state: { is: 'waiting', reason },
    last: undefined,
    restarts: 0,
    ready: false,
    started: false,
    isInPostStart: false,
    condemned: false,
    conduct: undefined,
    probesSinceMs: { readiness: 0, startup: 0, liveness: 0 },
    failedCreations: 0,
    whenPassed: undefined,
    timers: [],
  };
}
