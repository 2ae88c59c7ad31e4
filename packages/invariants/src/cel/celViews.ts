/** Pods, nodes and DaemonSets as a CEL expression sees them: few fields with fixed types, and the whole object behind them. */
import { controllerOf, findCondition, isTerminating, keyOf, objectKey } from '@everynode/core/api/meta';
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { type Node, POOL_LABEL, ZONE_LABEL } from '@everynode/core/api/node';
import { isPodReady, type Pod } from '@everynode/core/api/pod';

type Texts = Readonly<Record<string, string>>;

/** Field of a view → its CEL type, for the checker of expressions and for messages. */
type FieldTypes = Texts;

const NETWORK_UNAVAILABLE = 'node.kubernetes.io/network-unavailable';

export class PodView {
  readonly name: string;
  readonly namespace: string;
  readonly nodeName: string;
  readonly phase: string;
  readonly reason: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly hostNetwork: boolean;
  readonly daemonSet: string;
  readonly restarts: bigint;
  readonly labels: Texts;
  readonly object: Pod;

  constructor(pod: Pod) {
    const { metadata, spec, status } = pod;
    const owner = controllerOf(pod);
    this.name = metadata.name;
    this.namespace = metadata.namespace ?? '';
    this.nodeName = spec.nodeName ?? '';
    this.phase = status?.phase ?? 'Pending';
    this.reason = status?.reason ?? '';
    this.ready = isPodReady(pod);
    this.terminating = isTerminating(pod);
    this.hostNetwork = spec.hostNetwork === true;
    this.daemonSet = owner?.kind === 'DaemonSet' ? objectKey(metadata.namespace, owner.name) : '';
    this.restarts = BigInt((status?.containerStatuses ?? []).reduce((sum, each) => sum + each.restartCount, 0));
    this.labels = metadata.labels ?? {};
    this.object = pod;
  }
}

export class TaintView {
  readonly key: string;
  readonly value: string;
  readonly effect: string;

  constructor(key: string, value: string, effect: string) {
    this.key = key;
    this.value = value;
    this.effect = effect;
  }
}

export class NodeView {
  readonly name: string;
  readonly exists: boolean;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly networkUnavailable: boolean;
  readonly pool: string;
  readonly zone: string;
  readonly taints: readonly TaintView[];
  readonly labels: Texts;
  readonly object: Node | Readonly<Record<string, never>>;

  /** A pod may be bound to a node without a Node object, or to none. */
  constructor(name: string, node: Node | undefined) {
    const conditions = node?.status?.conditions;
    const labels = node?.metadata.labels ?? {};
    const taints = node?.spec?.taints ?? [];
    this.name = name;
    this.exists = node !== undefined;
    this.ready = findCondition(conditions, 'Ready')?.status === 'True';
    this.unschedulable = node?.spec?.unschedulable === true;
    this.networkUnavailable =
      findCondition(conditions, 'NetworkUnavailable')?.status === 'True' ||
      taints.some(({ key }) => key === NETWORK_UNAVAILABLE);
    this.pool = labels[POOL_LABEL] ?? '';
    this.zone = labels[ZONE_LABEL] ?? '';
    this.taints = taints.map(({ key, value, effect }) => new TaintView(key, value ?? '', effect));
    this.labels = labels;
    this.object = node ?? {};
  }
}

export class DaemonSetView {
  readonly name: string;
  readonly namespace: string;
  readonly key: string;
  readonly desired: bigint;
  readonly current: bigint;
  readonly ready: bigint;
  readonly available: bigint;
  readonly unavailable: bigint;
  readonly updated: bigint;
  readonly misscheduled: bigint;
  readonly labels: Texts;
  readonly object: DaemonSet;

  constructor(ds: DaemonSet) {
    const { metadata, status } = ds;
    this.name = metadata.name;
    this.namespace = metadata.namespace ?? '';
    this.key = keyOf(ds);
    this.desired = BigInt(status?.desiredNumberScheduled ?? 0);
    this.current = BigInt(status?.currentNumberScheduled ?? 0);
    this.ready = BigInt(status?.numberReady ?? 0);
    this.available = BigInt(status?.numberAvailable ?? 0);
    this.unavailable = BigInt(status?.numberUnavailable ?? 0);
    this.updated = BigInt(status?.updatedNumberScheduled ?? 0);
    this.misscheduled = BigInt(status?.numberMisscheduled ?? 0);
    this.labels = metadata.labels ?? {};
    this.object = ds;
  }
}

const TEXTS = 'map<string, string>';

export const POD_FIELDS: FieldTypes = {
  name: 'string',
  namespace: 'string',
  nodeName: 'string',
  phase: 'string',
  reason: 'string',
  ready: 'bool',
  terminating: 'bool',
  hostNetwork: 'bool',
  daemonSet: 'string',
  restarts: 'int',
  labels: TEXTS,
  object: 'dyn',
};

export const TAINT_FIELDS: FieldTypes = { key: 'string', value: 'string', effect: 'string' };

export const NODE_FIELDS: FieldTypes = {
  name: 'string',
  exists: 'bool',
  ready: 'bool',
  unschedulable: 'bool',
  networkUnavailable: 'bool',
  pool: 'string',
  zone: 'string',
  taints: 'list<Taint>',
  labels: TEXTS,
  object: 'dyn',
};

export const DAEMON_SET_FIELDS: FieldTypes = {
  name: 'string',
  namespace: 'string',
  key: 'string',
  desired: 'int',
  current: 'int',
  ready: 'int',
  available: 'int',
  unavailable: 'int',
  updated: 'int',
  misscheduled: 'int',
  labels: TEXTS,
  object: 'dyn',
};

const views = new WeakMap<Pod | Node | DaemonSet, PodView | NodeView | DaemonSetView>();

/** One view per object: objects never change, and most of them are asked about again and again. */
export function podView(pod: Pod): PodView {
  return viewOf(pod, () => new PodView(pod));
}

export function nodeView(node: Node): NodeView {
  return viewOf(node, () => new NodeView(node.metadata.name, node));
}

export function daemonSetView(ds: DaemonSet): DaemonSetView {
  return viewOf(ds, () => new DaemonSetView(ds));
}

function viewOf<T extends PodView | NodeView | DaemonSetView>(object: Pod | Node | DaemonSet, create: () => T): T {
  const known = views.get(object);
  if (known !== undefined) return known as T;
  const view = create();
  views.set(object, view);
  return view;
}
