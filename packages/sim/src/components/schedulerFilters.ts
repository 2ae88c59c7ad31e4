/**
 * Which node takes a pod, by the filters that can refuse a daemon pod, in the scheduler's order, with its words.
 * Twin: pkg/scheduler framework/plugins. Rules: S-2…S-5.
 */
import { compareKeys } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import type { Profile } from '@everynode/core/profile';
import { type HostPort, hostPorts, portsConflict } from '@everynode/core/match/hostPorts';
import { nodeAllocatable, podRequests, type ResourceAmounts } from '@everynode/core/match/podRequests';
import { compilePodNodeMatch } from '@everynode/core/match/selectors';
import { findUntolerated, isTolerated } from '@everynode/core/match/taints';

export type FilterName =
  | 'NodeUnschedulable'
  | 'NodeName'
  | 'TaintToleration'
  | 'NodeAffinity'
  | 'NodePorts'
  | 'NodeResourcesFit';

/** What is taken on a node, assumed pods included. */
export interface NodeUsage {
  readonly pods: number;
  readonly requests: ResourceAmounts;
  readonly ports: readonly HostPort[];
}

/** The first filter that refuses; `isResolvable`: removing pods could help. */
export interface FilterRefusal {
  readonly filter: FilterName;
  readonly reasons: readonly string[];
  readonly isResolvable: boolean;
}

const UNSCHEDULABLE_TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
const FIT_TEXTS: readonly (readonly [resource: string, text: string])[] = [
  ['cpu', 'Insufficient cpu'],
  ['memory', 'Insufficient memory'],
  ['ephemeral-storage', 'Insufficient ephemeral-storage'],
];

/** What of a release the filters depend on. */
export type FilterRules = Pick<Profile, 'tolerationCompare' | 'taintsUnnamed'>;

/** In the order of evaluation: the first that refuses speaks for the node. */
const FILTERS: readonly FilterName[] = [
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
];

export function refusalByNode(pod: Pod, node: Node, usage: NodeUsage, rules: FilterRules): FilterRefusal | undefined {
  for (const filter of FILTERS) {
    const found = refusalOf(filter, pod, node, usage, rules);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What one filter says of the node. */
export function refusalOf(
  filter: FilterName,
  pod: Pod,
  node: Node,
  usage: NodeUsage,
  rules: FilterRules,
): FilterRefusal | undefined {
  const { nodeName = '' } = pod.spec;
  switch (filter) {
    case 'NodeUnschedulable':
      return isCordonedFor(pod, node, rules) ? refusal(filter, 'node(s) were unschedulable') : undefined;
    case 'NodeName':
      if (nodeName === '' || nodeName === node.metadata.name) return undefined;
      return refusal(filter, "node(s) didn't match the requested node name");
    case 'TaintToleration':
      return refusalByTaints(pod, node, rules);
    case 'NodeAffinity':
      if (compilePodNodeMatch(pod.spec)(node)) return undefined;
      return refusal(filter, "node(s) didn't match Pod's node affinity/selector");
    case 'NodePorts':
      if (!portsConflict(hostPorts(pod), usage.ports)) return undefined;
      return { ...refusal(filter, "node(s) didn't have free ports for the requested pod ports"), isResolvable: true };
    default:
      return refusalByFit(pod, node, usage);
  }
}

function isCordonedFor({ spec }: Pod, node: Node, { tolerationCompare }: FilterRules): boolean {
  return node.spec?.unschedulable === true && !isTolerated(UNSCHEDULABLE_TAINT, spec.tolerations, tolerationCompare);
}

function refusalByTaints({ spec }: Pod, node: Node, rules: FilterRules): FilterRefusal | undefined {
  const effects = ['NoSchedule', 'NoExecute'] as const;
  const taint = findUntolerated(node.spec?.taints, spec.tolerations, effects, rules.tolerationCompare);
  if (taint === undefined) return undefined;
  const which = rules.taintsUnnamed ? 'taint(s)' : `taint {${taint.key}: ${taint.value ?? ''}}`;
  return refusal('TaintToleration', `node(s) had untolerated ${which}`);
}

/** All that does not fit is named; what exceeds the whole node cannot be helped by preemption (S-3, S-4). */
function refusalByFit(pod: Pod, node: Node, usage: NodeUsage): FilterRefusal | undefined {
  const allocatable = nodeAllocatable(node);
  const reasons: string[] = [];
  let isResolvable = true;
  const podsMax = allocatable['pods'];
  if (podsMax !== undefined && usage.pods + 1 > podsMax) reasons.push('Too many pods');
  const wanted = podRequests(pod);
  const others = Object.keys(wanted).filter((name) => !FIT_TEXTS.some(([known]) => known === name));
  for (const [name, text] of [...FIT_TEXTS, ...others.map((each) => [each, `Insufficient ${each}`] as const)]) {
    const requested = wanted[name] ?? 0;
    const capacity = allocatable[name] ?? 0;
    if (requested === 0 || requested <= capacity - (usage.requests[name] ?? 0)) continue;
    reasons.push(text);
    if (requested > capacity) isResolvable = false;
  }
  return reasons.length === 0 ? undefined : { filter: 'NodeResourcesFit', reasons, isResolvable };
}

/** The only nodes that the pod's required affinity allows by name, or undefined where it names none (S-2). */
export function pinnedNodes(pod: Pod): readonly string[] | undefined {
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return undefined;
  const names: string[] = [];
  for (const { matchFields = [] } of terms) {
    const pinning = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (pinning === undefined) return undefined;
    names.push(...(pinning.values ?? []));
  }
  return names;
}

/** What the refusals of all nodes that were looked at add up to in an ApiEvent. */
export interface Refusals {
  /** Nodes that the scheduler knows. */
  readonly nodes: number;
  /** One for each node that was looked at; the others were left out by affinity to a name. */
  readonly looked: readonly FilterRefusal[];
}

/** `0/5 nodes are available: 1 Insufficient cpu, 4 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: …` (S-5). */
export function refusalsMessage({ nodes, looked }: Refusals, isPreempting: boolean): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const leftOut = nodes - looked.length;
  const counts = new Map<string, number>();
  const count = (text: string, number: number): void => void counts.set(text, (counts.get(text) ?? 0) + number);
  for (const { reasons } of looked) for (const reason of reasons) count(reason, 1);
  if (leftOut > 0) count("node(s) didn't satisfy plugin(s) [NodeAffinity]", leftOut);
  const available = `0/${nodes} nodes are available`;
  const head = `${available}: ${sorted(counts)}.`;
  if (isPreempting) return head;
  const resolvable = looked.filter(({ isResolvable }) => isResolvable).length;
  const victims = new Map<string, number>();
  if (resolvable > 0) victims.set('No preemption victims found for incoming pod', resolvable);
  if (nodes > resolvable) victims.set('Preemption is not helpful for scheduling', nodes - resolvable);
  return `${head} preemption: ${available}: ${sorted(victims)}.`;
}

/** `<count> <reason>`, sorted as texts: so 10 comes before 2. */
function sorted(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .map(([text, number]) => `${number} ${text}`)
    .sort(compareKeys)
    .join(', ');
}

function refusal(filter: FilterName, reason: string): FilterRefusal {
  return { filter, reasons: [reason], isResolvable: false };
}
