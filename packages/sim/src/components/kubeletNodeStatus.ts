/** The conditions that a kubelet reports of its node, and the Node that it registers. Pure. Rules: K-5, X-1, A-29. */
import { type Condition, findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { formatTime } from '@everynode/core/api/time';
import type { ForcedCondition } from '../seams/forcedConditions.ts';
import type { NodeIdentity, NodeRegistration } from './component.ts';

/** What the conditions are computed from. */
export interface NodeState {
  /** Container runtime and its pod list have been seen to work. */
  readonly isRuntimeUp: boolean;
  readonly isNetworkUp: boolean;
  /** Nodes that are born with the taint network-unavailable have that condition until their routes exist; others lack it. */
  readonly hasRoutes: boolean | undefined;
  /** It ends its pods, and the machine goes down (K-50). */
  readonly isShuttingDown?: boolean;
  /** Pressure conditions in force. */
  readonly pressure: readonly string[];
  /** What a fault lets the kubelet say instead. */
  readonly forced: readonly ForcedCondition[];
}

interface Texts {
  readonly type: string;
  readonly yes: readonly [reason: string, message: string];
  readonly no: readonly [reason: string, message: string];
}

const PRESSURES: readonly Texts[] = [
  {
    type: 'MemoryPressure',
    yes: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    no: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  {
    type: 'DiskPressure',
    yes: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    no: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  },
  {
    type: 'PIDPressure',
    yes: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    no: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  },
];
const RUNTIME_DOWN =
  '[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]';
const SHUTTING_DOWN = 'node is shutting down';
const NETWORK_DOWN =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** In the order of K-5. A condition keeps its transition time while its status stays what `before` says. */
export function nodeConditions(state: NodeState, before: readonly Condition[], nowMs: number): readonly Condition[] {
  const found = foundConditions(state);
  const ownTypes = found.map(({ type }) => type);
  const wanted = found.map((own) => state.forced.find(({ type }) => type === own.type) ?? own);
  const added = state.forced.filter(({ type }) => !ownTypes.includes(type));
  const heartbeat = formatTime(nowMs);
  return [...wanted, ...added].map(({ type, status, reason, message }) => {
    const known = findCondition(before, type);
    const lastTransitionTime = known?.status === status ? (known.lastTransitionTime ?? heartbeat) : heartbeat;
    return { type, status, reason, message, lastHeartbeatTime: heartbeat, lastTransitionTime };
  });
}

/** What the kubelet finds by itself. */
function foundConditions(state: NodeState): readonly ForcedCondition[] {
  const condition = (type: string, isTrue: boolean, [reason, message]: readonly [string, string]): ForcedCondition => ({
    type,
    status: isTrue ? 'True' : 'False',
    reason,
    message,
  });
  const pressures = PRESSURES.map(({ type, yes, no }) => {
    const isTrue = state.pressure.includes(type);
    return condition(type, isTrue, isTrue ? yes : no);
  });
  const problem = problemOf(state);
  const isReady = problem === undefined;
  const text: readonly [string, string] = isReady
    ? ['KubeletReady', 'kubelet is posting ready status']
    : ['KubeletNotReady', problem];
  const conditions = [...pressures, condition('Ready', isReady, text)];
  if (state.hasRoutes === undefined) return conditions;
  const routes: readonly [string, string] = state.hasRoutes
    ? ['RouteCreated', 'RouteController created a route']
    : ['NoRouteCreated', 'RouteController failed to create a route'];
  return [...conditions, condition('NetworkUnavailable', !state.hasRoutes, routes)];
}

/** Why the node is not ready. */
function problemOf({ isRuntimeUp, isNetworkUp, isShuttingDown }: NodeState): string | undefined {
  if (!isRuntimeUp) return RUNTIME_DOWN;
  if (!isNetworkUp) return NETWORK_DOWN;
  return isShuttingDown === true ? SHUTTING_DOWN : undefined;
}

/** Whether anything but heartbeat times differs; only then, or when a report is due, is a status written (K-2). */
export function isSameStatus(wanted: readonly Condition[], stored: readonly Condition[] | undefined): boolean {
  return wanted.every((condition) => {
    const known = findCondition(stored, condition.type);
    return (
      known !== undefined &&
      known.status === condition.status &&
      known.reason === condition.reason &&
      known.message === condition.message
    );
  });
}

/** Reasons of the ApiEvents on flips: `Node <n> status is now: <reason>` (K-5). */
export function flipReasons(before: readonly Condition[] | undefined, after: readonly Condition[]): readonly string[] {
  return after.flatMap((condition) => {
    const known = findCondition(before, condition.type);
    if (known === undefined || known.status === condition.status) return [];
    if (condition.type === 'Ready') return [condition.status === 'True' ? 'NodeReady' : 'NodeNotReady'];
    const texts = PRESSURES.find(({ type }) => type === condition.type);
    if (texts === undefined) return [];
    const [reason] = condition.status === 'True' ? texts.yes : texts.no;
    return [reason.replace(/^KubeletHas/, 'NodeHas')];
  });
}

/** What the kubelet posts when it starts: not ready, with the taints of its command line. */
export function newNode(
  name: string,
  { labels, taints, capacity, identity }: NodeRegistration,
  conditions: readonly Condition[],
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: taints.length === 0 ? {} : { taints },
    status: { capacity, allocatable: capacity, conditions, ...placeOf(name, identity) },
  };
}

/** Addresses and system info of a Node. */
export function placeOf(
  name: string,
  { nodeInfo, address }: NodeIdentity,
): Pick<NonNullable<Node['status']>, 'nodeInfo' | 'addresses'> {
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  return { addresses, nodeInfo };
}
