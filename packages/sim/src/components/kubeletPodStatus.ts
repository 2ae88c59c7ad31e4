/**
 * The status that a kubelet reports of a pod, computed from what its runtime holds. Pure: same state, same text.
 * Twin: kubelet_pods.go generateAPIPodStatus, getPhase; status/generate.go. Rules: K-14, K-23, K-29, K-32, E-12.
 */
import { type Condition, findCondition, isTerminating } from '@everynode/core/api/meta';
import type { ContainerStatus, Pod, PodPhase, PodStatus } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import type { ContainerState, KubeletContainer, KubeletPod } from './kubeletPod.ts';

/**
 * Only the conditions that are the kubelet's own: others (PodScheduled) are merged by the server.
 * `previous` is what this kubelet reported last, or what it found: a status that has not changed since keeps its
 * transition time, even where somebody else has overwritten it meanwhile (N-13).
 */
export function computePodStatus(entry: KubeletPod, previous: PodStatus | undefined, nowMs: number): PodStatus {
  const { startTimeMs } = entry;
  // What becomes of a pod is told only when nothing of it runs any more (E-13).
  const verdict = entry.stage === 'stopped' ? entry.verdict : undefined;
  const phase = verdict?.phase ?? phaseOf(entry);
  const conditions = conditionsOf(entry, phase, previous?.conditions ?? [], nowMs);
  const isRefused = startTimeMs === undefined && verdict !== undefined;
  const init = entry.containers.filter(({ role }) => role !== 'main');
  return {
    phase,
    ...(verdict === undefined ? {} : { reason: verdict.reason, message: verdict.message }),
    ...(startTimeMs === undefined && !isRefused
      ? {}
      : { startTime: previous?.startTime ?? formatTime(startTimeMs ?? nowMs) }),
    ...addressesOf(entry),
    conditions,
    // A refused pod never gets container statuses (K-9).
    ...(isRefused ? {} : { containerStatuses: entry.containers.filter(({ role }) => role === 'main').map(statusOf) }),
    ...(isRefused || init.length === 0 ? {} : { initContainerStatuses: init.map(statusOf) }),
  };
}

function addressesOf({ hostIP, podIP }: KubeletPod): Pick<PodStatus, 'hostIP' | 'hostIPs' | 'podIP' | 'podIPs'> {
  return {
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
  };
}

/** Pending until every main container has run once; a pod that ends is Succeeded only if all its containers exited with 0. */
export function phaseOf(entry: KubeletPod): PodPhase {
  const main = entry.containers.filter(({ role }) => role === 'main');
  const codes = main.map(exitCodeOf);
  // Before, the last status of a pod that was deleted told of its containers' end, not of its own.
  const tellsEnd = entry.release.terminalBeforeDelete || !isTerminating(entry.pod);
  if (entry.stage === 'stopped' && tellsEnd) return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  const { restartPolicy = 'Always' } = entry.pod.spec;
  const hasInitFailed = entry.containers.some(
    ({ role, state }) => role === 'init' && state.is === 'terminated' && state.exitCode !== 0,
  );
  if (hasInitFailed && restartPolicy === 'Never') return 'Failed';
  const hasToInit = entry.containers.some(
    ({ role, state }) => role === 'init' && !(state.is === 'terminated' && state.exitCode === 0),
  );
  const hasUntried = main.some(
    ({ state, last, isInPostStart }) => (state.is === 'waiting' || isInPostStart) && last === undefined,
  );
  // What has run once does not go back to Pending because a later start is under way (C-7).
  if (hasToInit || hasUntried) return entry.pod.status?.phase === 'Running' ? 'Running' : 'Pending';
  const hasStopped = main.every(({ state }) => state.is === 'terminated');
  if (!hasStopped || restartPolicy === 'Always') return 'Running';
  if (codes.every((code) => code === 0)) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

/** Whether Ready would be reported as True. */
export function isReadyNow(entry: KubeletPod): boolean {
  return hasReadyContainers(entry) && closedGates(entry.pod).length === 0;
}

/** Whether a condition that the pod's readiness waits for is another one now (K-29). */
export function isGateMoved(before: Pod, { spec: { readinessGates = [] }, status }: Pod): boolean {
  return readinessGates.some(
    ({ conditionType }) =>
      findCondition(before.status?.conditions, conditionType)?.status !==
      findCondition(status?.conditions, conditionType)?.status,
  );
}

function hasReadyContainers(entry: KubeletPod): boolean {
  if (entry.stage === 'stopped' || entry.stage === 'waiting') return false;
  return entry.containers.every(({ role, ready }) => role === 'init' || ready);
}

function conditionsOf(
  entry: KubeletPod,
  phase: PodPhase,
  previous: readonly Condition[],
  nowMs: number,
): readonly Condition[] {
  const isOver = phase === 'Failed' || phase === 'Succeeded';
  const isInitialized = entry.containers.every(hasInitialized) || entry.containers.some(hasBegun);
  const unready = entry.containers.filter(({ role, ready }) => role !== 'init' && !ready).map(({ spec }) => spec.name);
  const notReady = isOver
    ? { reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const areContainersReady = hasReadyContainers(entry) && !isOver;
  const closed = areContainersReady ? closedGates(entry.pod) : [];
  const isReady = areContainersReady && closed.length === 0;
  const wanted: Condition[] = [];
  if (entry.startTimeMs !== undefined) {
    const hasSandbox =
      entry.stage !== 'stopped' &&
      entry.containers.some(({ state, last }) => state.is !== 'waiting' || last !== undefined);
    if (entry.release.podReadyToStart)
      wanted.push({ type: 'PodReadyToStartContainers', status: hasSandbox ? 'True' : 'False' });
    wanted.push({ type: 'Initialized', status: isInitialized ? 'True' : 'False' });
    const gated = { reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
    wanted.push({
      type: 'ContainersReady',
      status: areContainersReady ? 'True' : 'False',
      ...(areContainersReady ? {} : notReady),
    });
    wanted.push({
      type: 'Ready',
      status: isReady ? 'True' : 'False',
      ...(isReady ? {} : areContainersReady ? gated : notReady),
    });
  }
  if (entry.verdict?.isDisrupted === true && entry.stage === 'stopped') {
    wanted.push({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'TerminationByKubelet',
      message: entry.verdict.message,
    });
  }
  return wanted.map((condition) => withTransition(condition, findCondition(previous, condition.type), nowMs));
}

/** What upstream says of each gate whose condition is not True. Twin: status/generate.go GeneratePodReadyCondition. */
function closedGates({ spec: { readinessGates = [] }, status }: Pod): readonly string[] {
  return readinessGates.flatMap(({ conditionType }) => {
    const condition = findCondition(status?.conditions, conditionType);
    if (condition === undefined)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (condition.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
}

function hasInitialized({ role, state, started }: KubeletContainer): boolean {
  if (role === 'sidecar') return started;
  return role !== 'init' || (state.is === 'terminated' && state.exitCode === 0);
}

/** A main container that has run shows that all before it is done, whatever has become of a sidecar since. */
function hasBegun({ role, state, last }: KubeletContainer): boolean {
  return role === 'main' && (state.is !== 'waiting' || last !== undefined);
}

function withTransition(condition: Condition, before: Condition | undefined, nowMs: number): Condition {
  const isSame = before !== undefined && before.status === condition.status;
  return { ...condition, lastTransitionTime: isSame ? (before.lastTransitionTime ?? null) : formatTime(nowMs) };
}

function statusOf({
  spec,
  role,
  state,
  last,
  restarts,
  ready,
  started,
  isInPostStart,
}: KubeletContainer): ContainerStatus {
  const hasSucceeded = role === 'init' && state.is === 'terminated' && state.exitCode === 0;
  return {
    name: spec.name,
    image: spec.image,
    ready: ready || hasSucceeded,
    started: started || (role === 'init' && state.is === 'running'),
    restartCount: restarts,
    // Until its hook is over the pod's sync stands still, and with it the news (K-14).
    state: isInPostStart ? { waiting: { reason: 'ContainerCreating' } } : stateOf(state),
    ...(last === undefined ? {} : { lastState: stateOf(last) }),
  };
}

function stateOf(state: ContainerState): NonNullable<ContainerStatus['state']> {
  switch (state.is) {
    case 'waiting':
      return { waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) } };
    case 'running':
      return { running: { startedAt: formatTime(state.startedAtMs) } };
    case 'terminated':
      return {
        terminated: { exitCode: state.exitCode, reason: state.reason, finishedAt: formatTime(state.finishedAtMs) },
      };
  }
}

/** A container that never ran counts as lost: 137, as upstream's `ContainerStatusUnknown`. */
function exitCodeOf({ state, last }: KubeletContainer): number {
  if (state.is === 'terminated') return state.exitCode;
  return last?.exitCode ?? 137;
}
