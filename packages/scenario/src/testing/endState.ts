/** What is left when a run has ended: what is wrong for a cluster at rest, and a summary that no order of events may change. Rule: INV-10. */
import { type DaemonSet, HASH_LABEL } from '@everynode/core/api/daemonSet';
import { canonicalJson } from '@everynode/core/api/canonicalJson';
import { findCondition, isTerminating, keyOf } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isPodReady, isTerminal, type Pod } from '@everynode/core/api/pod';
import { compilePlacement } from '@everynode/core/daemonset/placement';
import type { WorldView } from '@everynode/sim/cluster/worldView';

/** Conditions that say that a node is not well. */
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

/**
 * What is wrong with a world in which all faults are lifted and everybody had time enough; empty: INV-10 holds, on
 * machines as in the API, every node is well, and the status says so.
 */
export function findUnrest(view: WorldView): readonly string[] {
  const faults = view.faultsInForce.map(({ id, type }) => `${type} ${id} is still in force`);
  const sets = view.list('DaemonSet');
  return [
    ...faults,
    ...view.list('Node').flatMap((node) => findIllness(node, view)),
    ...sets.flatMap((ds) => findUnrestOf(ds, view)),
    ...view
      .list('Pod')
      .filter(isTerminating)
      .map((pod) => `${keyOf(pod)} is terminating`),
  ];
}

function findIllness(node: Node, view: WorldView): readonly string[] {
  const { name } = node.metadata;
  const conditions = node.status?.conditions;
  const machine = view.machine(name);
  const ready = findCondition(conditions, 'Ready')?.status;
  const pressed = PRESSURES.filter((type) => findCondition(conditions, type)?.status !== 'False');
  const taints = (node.spec?.taints ?? []).filter(
    ({ key }) => key.startsWith('node.kubernetes.io/') && key !== 'node.kubernetes.io/unschedulable',
  );
  return [
    ...(machine?.powered === true && machine.reachable ? [] : [`${name} has no machine that runs and is reachable`]),
    ...(ready === 'True' ? [] : [`${name} is Ready=${ready}`]),
    ...pressed.map((type) => `${name} has ${type}`),
    ...taints.map(({ key, effect }) => `${name} is tainted ${key}:${effect}`),
  ];
}

function findUnrestOf(ds: DaemonSet, view: WorldView): readonly string[] {
  const key = keyOf(ds);
  if (isTerminating(ds)) return [`${key} is terminating`];
  const placement = compilePlacement(ds, view.profile.tolerationCompare);
  const nodes = view.list('Node');
  const wanted = nodes.filter((node) => placement(node) === 'run');
  const sunset = nodes.filter((node) => placement(node) === 'sunset').map(({ metadata }) => metadata.name);
  const hash = wantedHash(ds, view);
  const stray = view.daemonPods(key).filter(({ spec }) => {
    const name = spec.nodeName ?? '';
    return !sunset.includes(name) && !wanted.some((node) => node.metadata.name === name);
  });
  return [
    ...wanted.flatMap((node) => findUnrestOn(node.metadata.name, ds, hash, view)),
    ...stray.map((pod) => `${keyOf(pod)} is on ${pod.spec.nodeName ?? 'no node'}, where ${key} has no place`),
    ...findWrongStatus(ds, isForgetful(ds, wanted.length, nodes.length, view) ? undefined : wanted.length),
  ];
}

function findUnrestOn(node: string, ds: DaemonSet, hash: string | undefined, view: WorldView): readonly string[] {
  const key = keyOf(ds);
  const pods = view.daemonPodsOn(key, node);
  const running = (view.machine(node)?.running ?? []).filter(({ daemonSet }) => daemonSet === key);
  const [pod] = pods;
  if (pods.length !== 1 || pod === undefined)
    return [`${key} has ${pods.length} pods on ${node}: ${pods.map(describePod).join('; ')}`];
  const isOld = hash !== undefined && pod.metadata.labels?.[HASH_LABEL] !== hash;
  return [
    ...(isPodReady(pod) && !isTerminal(pod) ? [] : [`${keyOf(pod)} on ${node} is not ready: ${describePod(pod)}`]),
    ...(isOld ? [`${keyOf(pod)} on ${node} is of an older template`] : []),
    ...(running.length === 1 && running[0]?.uid === pod.metadata.uid
      ? []
      : [`${running.length} pods of ${key} truly run on ${node}`]),
  ];
}

/** The hash that every pod must carry; undefined under OnDelete, where old pods stay. */
function wantedHash(ds: DaemonSet, view: WorldView): string | undefined {
  if (ds.spec.updateStrategy?.type === 'OnDelete') return undefined;
  const template = canonicalJson(ds.spec.template);
  const current = view.list('ControllerRevision').filter(({ metadata, data }) => {
    if (data === undefined || metadata.ownerReferences?.[0]?.uid !== ds.metadata.uid) return false;
    const { $patch: _, ...recorded } = data.spec.template;
    return canonicalJson(recorded) === template;
  });
  const [revision] = current;
  return current.length === 1 ? (revision?.metadata.labels?.[HASH_LABEL] ?? '') : 'no single revision of the template';
}

/**
 * Since 1.33 nothing wakes the controller where a node stops being wanted, or, until its pods wake it there, is wanted
 * again while its pod is still there (DS-Q5, DS-Q6, `sw:misscheduled-requeue`); and a sync that fell between taint and
 * untaint has the last word (DS-X19).
 */
function isForgetful({ status }: DaemonSet, wanted: number, nodes: number, { profile }: WorldView): boolean {
  const isCountedBefore = wanted < nodes || (status?.desiredNumberScheduled ?? 0) < wanted;
  return profile.nodeQueue && (isCountedBefore || !profile.misscheduledRequeue);
}

/** `wanted` nodes should run a pod. Undefined: the numbers may be those of another day. */
function findWrongStatus(ds: DaemonSet, wanted: number | undefined): readonly string[] {
  const { status, metadata } = ds;
  const told = {
    observedGeneration: status?.observedGeneration,
    desired: status?.desiredNumberScheduled,
    current: status?.currentNumberScheduled,
    ready: status?.numberReady,
    available: status?.numberAvailable ?? 0,
    ...(ds.spec.updateStrategy?.type === 'OnDelete' ? {} : { updated: status?.updatedNumberScheduled ?? 0 }),
  };
  const numbers: Readonly<Record<string, number | undefined>> = { ...told };
  return Object.entries(numbers).flatMap(([name, value]) => {
    const due = name === 'observedGeneration' ? metadata.generation : wanted;
    return value === due || due === undefined ? [] : [`${keyOf(ds)} says ${name} ${value}, it is ${due}`];
  });
}

function describePod(pod: Pod): string {
  const { phase, reason } = pod.status ?? {};
  const waiting = (pod.status?.containerStatuses ?? []).map(({ state }) => Object.keys(state ?? {}).join());
  return [pod.metadata.name, phase, reason, isTerminating(pod) ? 'terminating' : '', ...waiting]
    .filter((word) => word !== '' && word !== undefined)
    .join(' ');
}

/** The world as text, without names, times, counters and revisions that depend on who came first. */
export function summarize(view: WorldView): readonly string[] {
  const nodes = view.list('Node').map(({ metadata, spec, status }) => {
    const taints = (spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort(byText);
    const ready = findCondition(status?.conditions, 'Ready')?.status;
    return `node ${metadata.name} ${ready} ${taints.join()} ${spec?.unschedulable === true} ${canonicalJson(metadata.labels)}`;
  });
  const sets = view.list('DaemonSet').map((ds) => {
    return `ds ${keyOf(ds)} ${canonicalJson(ds.spec)} ${ds.metadata.generation}`;
  });
  // On a node that is tainted a pod may stay, while none would be made: there it matters what came first (DS-R1).
  const tainted = new Set(
    view.list('Node').flatMap(({ metadata, spec }) => ((spec?.taints ?? []).length > 0 ? [metadata.name] : [])),
  );
  const counted = view.list('Pod').filter(({ spec }) => !tainted.has(spec.nodeName ?? ''));
  const pods = counted.map((pod) => {
    const images = pod.spec.containers.map(({ image }) => image);
    const labels = pod.metadata.labels?.[HASH_LABEL];
    return `pod ${pod.metadata.generateName} ${pod.spec.nodeName} ${images.join()} ${labels} ${pod.status?.phase} ${isPodReady(pod)}`;
  });
  return [...nodes, ...sets, ...[...pods].sort(byText)];
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
