/** Plans in which two faults overlap on a small cluster under constant change, and long silence after them. */
import { DEFAULT_VERSION } from '@everynode/core/profile';
import type { FaultDefinition } from '@everynode/sim/faults/fault';
import { faultRegistry } from '@everynode/sim/faults/registry';
import {
  DEFAULT_LIMITS,
  type Json,
  type Plan,
  PLAN_VERSION,
  type PlannedFault,
  type PlanStep,
} from '@everynode/sim/plan';
import { AGENT } from './randomDaemonSet.ts';

const minutes = (count: number): number => count * 60_000;

const ALL = ['worker-0', 'worker-1', 'worker-2'];
/** Alone in its zone. */
const ONE = ['worker-1'];
const WHO = { client: 'daemonset-controller' };
const HALF = { numerator: 1, denominator: 2 };

/** Whom each fault of the registry aims at here, and how, so that it bites whatever else goes wrong. */
export const PAIRED: Readonly<
  Record<string, { readonly nodes: readonly string[]; readonly params: Readonly<Record<string, Json>> }>
> = {
  NodeCrash: { nodes: ONE, params: {} },
  NodeReboot: { nodes: ONE, params: {} },
  NodeUnreachable: { nodes: ONE, params: { direction: 'both' } },
  NodeFlap: { nodes: ONE, params: { link: 'power', down: { fixed: 45_000 }, period: 150_000 } },
  RollingNodeUpgrade: {
    nodes: ALL,
    params: { how: 'reboot', away: { fixed: 60_000 }, maxUnavailable: 1, force: true, drainTimeout: 30_000, pause: 0 },
  },
  ZoneOutage: { nodes: ONE, params: { link: 'network' } },
  NodeCondition: {
    nodes: ONE,
    params: { condition: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' },
  },
  DiskPressure: { nodes: ONE, params: { evict: true } },
  MemoryPressure: { nodes: ONE, params: { evict: true } },
  PidPressure: { nodes: ONE, params: { evict: true } },
  PodKill: { nodes: ALL, params: { how: 'delete' } },
  ContainerCrash: { nodes: ALL, params: { after: { fixed: 30_000 }, exitCode: 1 } },
  SlowImagePull: { nodes: ALL, params: { delay: { fixed: 20_000 } } },
  RegistryLimit: { nodes: [], params: { concurrency: 0 } },
  ImagePullFailure: { nodes: ALL, params: { message: 'no registry' } },
  ControllerRestart: { nodes: [], params: { component: 'daemonset-controller' } },
  ControllerCrash: { nodes: [], params: { component: 'kube-controller-manager' } },
  ControllerPause: { nodes: [], params: { component: 'kube-controller-manager' } },
  SchedulerStall: { nodes: [], params: {} },
  KubeletRestart: { nodes: ONE, params: {} },
  ClockSkew: { nodes: [], params: { component: 'daemonset-controller', by: 45_000, direction: 'ahead' } },
  WatchLag: { nodes: [], params: { ...WHO, delay: { uniform: { minMs: 1_000, maxMs: 9_000 } } } },
  WatchBreak: { nodes: [], params: {} },
  StaleList: { nodes: [], params: { behind: 20_000 } },
  ApiError: { nodes: [], params: { ...WHO, odds: HALF, reason: 'InternalError' } },
  ApiLatency: { nodes: [], params: { ...WHO, delay: { uniform: { minMs: 500, maxMs: 4_000 } } } },
  LostResponse: { nodes: [], params: { ...WHO, odds: HALF } },
};

/** Faults of image pulls: a rollout that another fault holds up pulls nothing. */
const PULLED = ['ImagePullFailure', 'SlowImagePull', 'RegistryLimit'];

/** From when on both faults are lifted, with time for answers that were under way. */
export const PAIR_CUT_MS: number = minutes(19);
const END_MS = minutes(19 + 72);

export interface PairOptions {
  readonly seed: string;
  readonly explore: boolean;
  readonly kubernetesVersion?: string;
  readonly surges?: boolean;
}

/** `first` holds from minute 2 to 12, `second` from 7 to 17; an instant one happens at its beginning. */
export function pairPlan(first: string, second: string, options: PairOptions): Plan {
  const { seed, explore, kubernetesVersion = DEFAULT_VERSION, surges = false } = options;
  const steps: readonly PlanStep[] = [
    faultOf('first', first, minutes(2), minutes(12)),
    faultOf('second', second, minutes(7), minutes(17)),
    ...[3, 6, 8, 11, 13, 16].map((minute, i) => updateOf(i, minutes(minute))),
    ...([first, second].includes('StaleList')
      ? [3, 8, 13].map((minute, i) => relistOf(i, minutes(minute) + 10_000))
      : []),
    ...([first, second].some((type) => PULLED.includes(type))
      ? [3, 8, 13].map((minute, i) => pullOf(i, minutes(minute) + 20_000))
      : []),
  ];
  const labels = { app: 'agent' };
  const rollingUpdate = surges ? { maxUnavailable: 0, maxSurge: 1 } : { maxUnavailable: 1, maxSurge: 0 };
  return {
    version: PLAN_VERSION,
    scenario: `${first} and ${second}`,
    seed,
    kubernetesVersion,
    settings: {},
    params: {},
    controlPlane: { replicas: 2 },
    durationMs: END_MS,
    pools: [
      {
        name: 'worker',
        count: ALL.length,
        capacity: {},
        // Without it no kubelet would notice that process ids run out.
        kubelet: { evictionHard: { 'pid.available': { quantity: 1000 } }, mergeDefaultEvictionSettings: true },
        spread: { topologyKey: 'topology.kubernetes.io/zone', values: ['zone-a', 'zone-b'] },
      },
    ],
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'agent', namespace: 'kube-system' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'agent:v1' }] } },
          updateStrategy: { type: 'RollingUpdate', rollingUpdate },
        },
      },
    ],
    models: [],
    steps: [...steps].sort((a, b) => a.atMs - b.atMs),
    expectations: [],
    thresholds: [],
    limits: { ...DEFAULT_LIMITS, events: 2_000_000 },
    explore,
  };
}

function faultOf(place: string, type: string, atMs: number, untilMs: number): PlannedFault {
  const { instant } = faultRegistry[type] as FaultDefinition;
  const target = PAIRED[type];
  if (target === undefined) throw new Error(`no pair is known of ${type}`);
  const lift = instant ? {} : { liftAtMs: untilMs };
  return { step: 'fault', id: `${place}-${type}`, type, atMs, ...lift, targets: '', mayBeVacuous: false, ...target };
}

/** An old list can only be had by somebody who lists. */
function relistOf(index: number, atMs: number): PlannedFault {
  const id = `relist-${index}`;
  return { step: 'fault', id, type: 'WatchBreak', atMs, targets: '', mayBeVacuous: true, nodes: [], params: {} };
}

function updateOf(index: number, atMs: number): PlanStep {
  const params = { daemonSet: AGENT, setImage: { main: `agent:v${index + 2}` } };
  return { step: 'operation', id: `update-${index}`, type: 'update', atMs, params };
}

/** A pod of its own with an image of its own, on a node that no fault takes down. */
function pullOf(index: number, atMs: number): PlanStep {
  const name = `puller-${index}`;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'worker-0', containers: [{ name: 'main', image: `${name}:v1` }] },
  };
  return { step: 'operation', id: name, type: 'apply', atMs, params: { objects: [pod] } };
}
