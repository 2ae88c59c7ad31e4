/**
 * Kind `eviction` of the conformance cases: the taint eviction controller's own memory on a clock that the case moves,
 * with hands that reach only into the case. Rules: T-1…T-7.
 */
import type { CaseRunner, Mismatch, Step } from '@everynode/core/conformance/case';
import { compareSets, compareWhole, mismatch } from '@everynode/core/conformance/compare';
import { keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isObject } from '@everynode/core/api/patch';
import type { Pod } from '@everynode/core/api/pod';
import { type EvictionAction, TaintEvictionTimers } from './taintEvictionTimers.ts';

/** The cases come from releases whose running timers stay as they are. */
const RULES = { compareNumbers: true, replaceTimers: false };

interface World {
  nowMs: number;
  readonly evictions: TaintEvictionTimers;
  readonly nodes: Map<string, Node>;
  readonly pods: Map<ObjectKey, Pod>;
  readonly timers: Map<ObjectKey, { readonly pod: Pod; readonly firesAtMs: number }>;
  readonly deletedAtMs: Map<ObjectKey, number>;
}

export const runEviction: CaseRunner = ({ given, steps = [], expect = {} }) => {
  const world: World = {
    nowMs: 0,
    evictions: new TaintEvictionTimers(RULES),
    nodes: new Map(),
    pods: new Map(),
    timers: new Map(),
    deletedAtMs: new Map(),
  };
  for (const pod of (given.pods ?? []) as readonly Pod[]) world.pods.set(keyOf(pod), pod);
  for (const node of (given.nodes ?? []) as readonly Node[]) changeNode(world, node);
  for (const pod of world.pods.values()) carryOut(world, world.evictions.podChanged(undefined, pod, world.nowMs));
  return [...steps.flatMap((step) => takeStep(world, step)), ...judge(world, expect)];
};

function takeStep(world: World, step: Step): readonly Mismatch[] {
  const { pod, node } = step as Step & { readonly pod?: Pod | string; readonly node?: Node };
  switch (step.do) {
    case 'addNode':
    case 'updateNode':
      if (node !== undefined) changeNode(world, node);
      return [];
    case 'deleteNode': {
      const name = node?.metadata.name ?? String(step['name']);
      world.nodes.delete(name);
      world.evictions.nodeDeleted(name);
      return [];
    }
    case 'addPod':
    case 'updatePod':
      if (typeof pod === 'object') changePod(world, pod);
      return [];
    case 'podDeleted': {
      const podKey = typeof pod === 'object' ? keyOf(pod) : String(pod);
      world.pods.delete(podKey);
      carryOut(world, world.evictions.podDeleted(podKey));
      return [];
    }
    case 'advance':
      advance(world, world.nowMs + Math.round(Number(step['seconds']) * 1000));
      return [];
    case 'assert':
      return judge(world, step.expect ?? {});
    default:
      return mismatch('step', 'a step of kind eviction', step.do);
  }
}

function changeNode(world: World, node: Node): void {
  const { name } = node.metadata;
  const before = world.nodes.get(name);
  world.nodes.set(name, node);
  const podsOnNode = [...world.pods.values()].filter((pod) => pod.spec.nodeName === name);
  carryOut(world, world.evictions.nodeChanged(before, node, podsOnNode, world.nowMs));
}

function changePod(world: World, pod: Pod): void {
  const before = world.pods.get(keyOf(pod));
  world.pods.set(keyOf(pod), pod);
  carryOut(world, world.evictions.podChanged(before, pod, world.nowMs));
}

function advance(world: World, untilMs: number): void {
  for (;;) {
    const due = [...world.timers].filter(([, { firesAtMs }]) => firesAtMs <= untilMs);
    const [next] = due.sort(([, a], [, b]) => a.firesAtMs - b.firesAtMs);
    if (next === undefined) break;
    const [podKey, { pod, firesAtMs }] = next;
    world.nowMs = firesAtMs;
    world.timers.delete(podKey);
    world.evictions.fired(podKey);
    carryOut(world, [{ action: 'evict', pod }]);
  }
  world.nowMs = untilMs;
}

function carryOut(world: World, actions: readonly EvictionAction[]): void {
  for (const action of actions) {
    if (action.action === 'cancel') world.timers.delete(action.podKey);
    else if (action.action === 'start') world.timers.set(keyOf(action.pod), action);
    else if (!world.deletedAtMs.has(keyOf(action.pod))) world.deletedAtMs.set(keyOf(action.pod), world.nowMs);
  }
}

/** Every eviction here patches the condition before it deletes, so the one tells of the other. */
function judge(world: World, expected: NonNullable<Step['expect']>): readonly Mismatch[] {
  const found: Mismatch[] = [];
  const deleted = [...world.deletedAtMs.keys()];
  for (const [key, value] of Object.entries(expected)) {
    if (key === 'deleted') found.push(...compareDeleted(world, value));
    else if (key === 'conditionPatched') found.push(...compareWhole(key, value, deleted.length > 0));
    else if (key === 'deletedIncludes') found.push(...compareWhole(key, [], missing(value, deleted)));
    else if (key === 'taintedNodes')
      found.push(...compareSets(key, Array.isArray(value) ? value.map(String) : [], world.evictions.taintedNodes));
    else if (key === 'evictionScheduled' && isObject(value)) {
      for (const [podKey, isPending] of Object.entries(value)) {
        found.push(...compareWhole(`evictionScheduled ${podKey}`, isPending, world.evictions.isPending(podKey)));
      }
    } else if (key !== 'noError') found.push(...mismatch('expect', 'a key of kind eviction', key));
  }
  return found;
}

function compareDeleted(world: World, value: unknown): readonly Mismatch[] {
  const entries = Array.isArray(value) ? value : [];
  const keyIn = (entry: unknown): string => (isObject(entry) ? String(entry['pod']) : String(entry));
  const found = [...compareSets('deleted', entries.map(keyIn), [...world.deletedAtMs.keys()])];
  for (const entry of entries) {
    if (!isObject(entry)) continue;
    const { pod, at, within } = entry as {
      readonly pod: string;
      readonly at?: number;
      readonly within?: readonly number[];
    };
    const atMs = world.deletedAtMs.get(pod);
    const [from = 0, to = Infinity] = within ?? [];
    if (at !== undefined && atMs !== at * 1000) found.push(...mismatch(`${pod} deleted at ms`, at * 1000, atMs));
    if (atMs !== undefined && (atMs < from * 1000 || atMs > to * 1000))
      found.push(...mismatch(`${pod} deleted at ms`, within, atMs));
  }
  return found;
}

function missing(wanted: unknown, got: readonly string[]): readonly unknown[] {
  return Array.isArray(wanted) ? wanted.filter((each) => !got.includes(String(each))) : [wanted];
}
