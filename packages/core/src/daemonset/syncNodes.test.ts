import { describe, expect, test } from 'vitest';
import { apiFailure, type ApiRequest, type ApiResult } from '../api/requests.ts';
import { MemoryCluster } from '../conformance/memoryCluster.ts';
import { daemonSet, DS_KEY, newestProfile, pod } from '../testing/objects.ts';
import { cutToBurst, type NodeWork } from './nodeWork.ts';
import { aggregate, slowStartBatches, syncNodes } from './syncNodes.ts';

const nodes = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `n-${at}`);

function run(
  work: NodeWork,
  answer: (request: ApiRequest) => ApiResult,
): {
  readonly batches: readonly (readonly ApiRequest[])[];
  readonly errors: readonly string[];
  readonly cluster: MemoryCluster;
  readonly expected: readonly unknown[];
} {
  const cluster = new MemoryCluster({ profile: newestProfile(), nowMs: 0 });
  const batches: (readonly ApiRequest[])[] = [];
  const expected: unknown[] = [];
  const sync = syncNodes(daemonSet(), work, 'hash', cluster.context());
  let step = sync.next();
  while (step.done !== true) {
    batches.push(step.value);
    expected.push(cluster.expectations.get(DS_KEY));
    step = sync.next(step.value.map(answer));
  }
  return { batches, errors: step.value, cluster, expected };
}

const fine = (): ApiResult => ({ ok: true });

test('250 creations start slowly', () => {
  expect(slowStartBatches(250)).toEqual([1, 2, 4, 8, 16, 32, 64, 123]);
  expect(slowStartBatches(0)).toEqual([]);
});

test('a pass issues no more than the burst of either', () => {
  const work = cutToBurst({ createOn: nodes(600), deletePods: nodes(260).map((name) => pod(name)) });
  expect([work.createOn.length, work.deletePods.length]).toEqual([250, 250]);
});

test('what is asked for is on record before the first request leaves', () => {
  const { expected, batches } = run({ createOn: nodes(3), deletePods: [pod('a'), pod('b')] }, fine);
  expect(expected[0]).toEqual({ adds: 3, dels: 2, sinceMs: 0 });
  expect(batches.map((batch) => batch.length)).toEqual([1, 2, 2]);
});

test('a pass with nothing to do puts the record back to zero', () => {
  const { batches, cluster } = run({ createOn: [], deletePods: [] }, fine);
  expect(batches).toEqual([]);
  expect(cluster.expectations.get(DS_KEY)).toEqual({ adds: 0, dels: 0, sinceMs: 0 });
});

test('a pod is deleted by its name alone: with its own grace, and whoever bears that name by then', () => {
  const { batches } = run({ createOn: [], deletePods: [pod('a')] }, fine);
  expect(batches).toEqual([[{ verb: 'delete', kind: 'Pod', key: 'kube-system/a' }]]);
});

describe('a failed creation', () => {
  test('ends the creations after its batch, and takes back what was never asked', () => {
    const { batches, errors, cluster } = run({ createOn: nodes(10), deletePods: [pod('a')] }, (request) =>
      request.verb === 'create' ? apiFailure('Forbidden', 'quota') : { ok: true },
    );
    expect(batches.map(([first]) => first?.verb)).toEqual(['create', 'delete']);
    expect(errors).toEqual(['quota']);
    expect(cluster.expectations.get(DS_KEY)).toMatchObject({ adds: 0, dels: 1 });
    expect(cluster.takeEvents()).toContainEqual({
      type: 'Warning',
      reason: 'FailedCreate',
      message: 'Error creating: quota',
    });
  });

  test('in a namespace that goes is swallowed and leaves its expectation standing', () => {
    const { errors, cluster } = run({ createOn: nodes(1), deletePods: [] }, () =>
      apiFailure('NamespaceTerminating', 'gone'),
    );
    expect(errors).toEqual([]);
    expect(cluster.expectations.get(DS_KEY)).toMatchObject({ adds: 1 });
    expect(cluster.takeEvents()).toEqual([]);
  });
});

test('a failed deletion is taken back; a pod that is gone is no error', () => {
  const { errors, cluster } = run({ createOn: [], deletePods: [pod('a'), pod('b'), pod('c')] }, (request) => {
    const key = request.verb === 'delete' ? request.key : '';
    if (key.endsWith('a')) return apiFailure('NotFound', 'not found');
    return key.endsWith('b') ? apiFailure('InternalError', 'boom') : { ok: true };
  });
  expect(errors).toEqual(['boom']);
  expect(cluster.expectations.get(DS_KEY)).toMatchObject({ dels: 1 });
  expect(cluster.takeEvents().map(({ reason }) => reason)).toEqual(['FailedDelete', 'SuccessfulDelete']);
});

test('errors aggregate as upstream prints them', () => {
  expect(aggregate(['a'])).toBe('a');
  expect(aggregate(['a', 'b', 'a'])).toBe('[a, b]');
});
