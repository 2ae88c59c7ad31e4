/**
 * Kind `eviction`: NoExecute taints on a clock that starts at 0. The decisions are those of `match/taints.ts`; around them
 * stands the least of a controller: which changes make it look again, and the timers (T-1, T-2).
 */
import { isDeepEqual } from '../api/canonicalJson.ts';
import { compareKeys, keyOf, type ObjectKey } from '../api/meta.ts';
import type { Node, Taint } from '../api/node.ts';
import { isObject } from '../api/patch.ts';
import type { Pod } from '../api/pod.ts';
import { type EvictionTimer, nextTimer, noExecuteTaints, stayOf } from '../match/taints.ts';
import type { CaseRunner, Expect, Mismatch, Step } from './case.ts';
import { compareSets, compareWhole, mismatch } from './compare.ts';

interface State {
  readonly nodes: Map<string, Node>;
  readonly pods: Map<ObjectKey, Pod>;
  readonly tainted: Map<string, readonly Taint[]>;
  readonly timers: Map<ObjectKey, EvictionTimer>;
  readonly deleted: { readonly pod: ObjectKey; readonly atMs: number }[];
  nowMs: number;
}

export const runEviction: CaseRunner = ({ given, steps = [], expect = {} }) => {
  const state: State = {
    nodes: new Map(),
    pods: new Map(),
    tainted: new Map(),
    timers: new Map(),
    deleted: [],
    nowMs: 0,
  };
  for (const pod of given.pods ?? []) state.pods.set(keyOf(pod), pod);
  for (const node of given.nodes ?? []) observeNode(node, state);
  for (const pod of given.pods ?? []) evaluate(pod, state);
  fire(state);
  const found = steps.flatMap((step, at) =>
    runStep(step, state).map((entry) => ({ ...entry, what: `step ${at} ${step.do}: ${entry.what}` })),
  );
  return [...found, ...checkEnd(expect, state)];
};

function runStep(step: Step, state: State): readonly Mismatch[] {
  const node = step['node'] as Node | undefined;
  const pod = step['pod'] as Pod | undefined;
  switch (step.do) {
    case 'addNode':
    case 'updateNode':
      if (node !== undefined) observeNode(node, state);
      break;
    case 'deleteNode':
      forgetNode(String(node?.metadata.name ?? step['name']), state);
      break;
    case 'addPod':
    case 'updatePod':
      if (pod !== undefined) observePod(pod, state);
      break;
    case 'podDeleted':
      if (pod !== undefined) {
        state.pods.delete(keyOf(pod));
        state.timers.delete(keyOf(pod));
      }
      break;
    case 'advance':
      advance(Math.round(Number(step['seconds'] ?? 0) * 1000) + Number(step['milliseconds'] ?? 0), state);
      break;
    case 'assert':
      return checkNow(step.expect ?? {}, state);
    default:
      return mismatch('step', 'a step of kind eviction', step.do);
  }
  fire(state);
  return [];
}

/** Only a change of the NoExecute taints makes the controller look at the pods of a node. */
function observeNode(node: Node, state: State): void {
  const { name } = node.metadata;
  const before = noExecuteTaints(state.nodes.get(name)?.spec?.taints);
  const taints = noExecuteTaints(node.spec?.taints);
  state.nodes.set(name, node);
  if (isDeepEqual(before, taints)) return;
  if (taints.length === 0) state.tainted.delete(name);
  else state.tainted.set(name, taints);
  for (const pod of state.pods.values()) if (pod.spec.nodeName === name) evaluate(pod, state);
}

function forgetNode(name: string, state: State): void {
  state.nodes.delete(name);
  state.tainted.delete(name);
  for (const [key, pod] of state.pods) if (pod.spec.nodeName === name) state.timers.delete(key);
}

function observePod(pod: Pod, state: State): void {
  const before = state.pods.get(keyOf(pod));
  state.pods.set(keyOf(pod), pod);
  const isRelevant =
    before?.spec.nodeName !== pod.spec.nodeName ||
    !isDeepEqual(before?.spec.tolerations ?? [], pod.spec.tolerations ?? []);
  if (before === undefined || isRelevant) evaluate(pod, state);
}

function evaluate(pod: Pod, state: State): void {
  const key = keyOf(pod);
  const taints = state.tainted.get(pod.spec.nodeName ?? '') ?? [];
  const stay = stayOf(pod.spec.tolerations, taints);
  const next = nextTimer(stay, state.timers.get(key), state.nowMs, false);
  if (next.change === 'cancel') state.timers.delete(key);
  if (next.change === 'evictNow') state.timers.set(key, { createdAtMs: state.nowMs, firesAtMs: state.nowMs });
  if (next.change === 'start') state.timers.set(key, next.timer);
}

function advance(byMs: number, state: State): void {
  const untilMs = state.nowMs + byMs;
  for (;;) {
    const due = Math.min(...[...state.timers.values()].map(({ firesAtMs }) => firesAtMs), untilMs);
    state.nowMs = Math.max(state.nowMs, due);
    fire(state);
    if (due >= untilMs) break;
  }
  state.nowMs = untilMs;
}

function fire(state: State): void {
  for (const [key, timer] of state.timers) {
    if (timer.firesAtMs > state.nowMs) continue;
    state.timers.delete(key);
    state.pods.delete(key);
    state.deleted.push({ pod: key, atMs: timer.firesAtMs });
  }
}

function checkNow(expect: Expect, state: State): readonly Mismatch[] {
  return Object.entries(expect).flatMap(([key, expected]) => {
    switch (key) {
      case 'evictionScheduled':
        return Object.entries(isObject(expected) ? expected : {}).flatMap(([pod, scheduled]) =>
          compareWhole(`evictionScheduled ${pod}`, scheduled, state.timers.has(pod)),
        );
      case 'taintedNodes':
        return Array.isArray(expected)
          ? compareSets(key, expected.map(String), [...state.tainted.keys()])
          : compareTaintedNodes(expected, state);
      case 'deleted':
        return compareSets(
          key,
          (expected as readonly unknown[]).map(String),
          state.deleted.map(({ pod }) => pod),
        );
      case 'conditionPatched':
        return compareWhole(key, expected, state.deleted.length > 0);
      default:
        return mismatch(key, 'a known check', key);
    }
  });
}

/** By name: the number or the keys of the taints that the controller knows of, or whether it knows any. */
function compareTaintedNodes(expected: unknown, state: State): readonly Mismatch[] {
  return Object.entries(isObject(expected) ? expected : {}).flatMap(([node, value]) => {
    const taints = state.tainted.get(node) ?? [];
    const got =
      typeof value === 'boolean'
        ? taints.length > 0
        : typeof value === 'number'
          ? taints.length
          : taints.map(({ key }) => key).sort(compareKeys);
    return compareWhole(`taintedNodes ${node}`, value, got);
  });
}

function checkEnd(expect: Expect, state: State): readonly Mismatch[] {
  const gone = state.deleted.map(({ pod }) => pod);
  return Object.entries(expect).flatMap(([key, expected]) => {
    switch (key) {
      case 'deleted':
        return checkDeleted(expected as readonly Expect[], state);
      case 'deletedIncludes':
        return (expected as readonly unknown[]).flatMap((pod) =>
          compareWhole(`deleted ${String(pod)}`, true, gone.includes(String(pod))),
        );
      case 'conditionPatched':
        // The condition is patched onto every pod that this controller deletes, before the delete (T-6).
        return compareWhole(key, expected, gone.length > 0);
      case 'noError':
        return [];
      default:
        return checkNow({ [key]: expected }, state);
    }
  });
}

function checkDeleted(expected: readonly Expect[], state: State): readonly Mismatch[] {
  const gone = state.deleted.map(({ pod }) => pod);
  const names = compareSets(
    'deleted',
    expected.map(({ pod }) => String(pod)),
    gone,
  );
  const times = expected.flatMap(({ pod, at, within }) => {
    const atMs = state.deleted.find((entry) => entry.pod === pod)?.atMs;
    if (atMs === undefined) return [];
    const [from = 0, to = Infinity] = Array.isArray(within) ? within.map(Number) : [];
    if (typeof at === 'number') return compareWhole(`${String(pod)} deleted at`, at * 1000, atMs);
    return atMs >= from * 1000 && atMs <= to * 1000 ? [] : mismatch(`${String(pod)} deleted (ms)`, within, atMs);
  });
  return [...names, ...times];
}
