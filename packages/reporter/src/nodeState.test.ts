/** Each of the ten states by an example, and their order by severity. */
import { expect, test } from 'vitest';
import type { Scalar } from '@everynode/trace/record';
import {
  isWanted,
  MISSING,
  NODE_STATES,
  nodeState,
  NOT_WANTED,
  podState,
  STARTING,
  TERMINATING,
  UPDATED,
} from './nodeState.ts';

const READY: Readonly<Record<string, Scalar>> = {
  node: 'n',
  scheduled: true,
  hash: 'new',
  phase: 'Running',
  ready: true,
  readyAtMs: 10_000,
};

test.each<[string, Readonly<Record<string, Scalar>>, Readonly<Record<string, Scalar>>, string]>([
  ['ready, of the current revision', READY, {}, 'updated'],
  ['ready, of an older revision', { ...READY, hash: 'old' }, {}, 'outdated'],
  ['ready for less than minReadySeconds', { ...READY, readyAtMs: 15_000 }, {}, 'settling'],
  ['created and not bound', { node: 'n', phase: 'Pending', ready: false }, {}, 'starting'],
  ['not ready after it was', { ...READY, ready: false }, { wasReady: true }, 'not ready'],
  ['not ready before it ever was', { ...READY, ready: false }, {}, 'starting'],
  ['deleted, in its grace period', { ...READY, deletedAtMs: 40_000 }, {}, 'terminating'],
  ['on a node that is silent', READY, { node: 'Unknown' }, 'unreachable'],
  [
    'not bound, aimed at a node that is silent',
    { node: 'n', phase: 'Pending', ready: false },
    { node: 'Unknown' },
    'starting',
  ],
  ['in a crash loop', { ...READY, ready: false, waiting: 'CrashLoopBackOff' }, { wasReady: true }, 'failed'],
  ['without its image', { ...READY, ready: false, waiting: 'ErrImagePull' }, {}, 'failed'],
  ['rejected by the kubelet', { node: 'n', phase: 'Failed', reason: 'OutOfpods', ready: false }, {}, 'failed'],
  ['waiting for its container as usual', { ...READY, ready: false, waiting: 'ContainerCreating' }, {}, 'starting'],
  ['failed and already being deleted', { node: 'n', phase: 'Failed', ready: false, deletedAtMs: 1 }, {}, 'terminating'],
])('a pod that is %s is shown as it should', (_, fields, { node, wasReady }, word) => {
  const state = podState(new Map(Object.entries(fields)), {
    node: new Map(Object.entries({ ready: node ?? 'True' })),
    hash: 'new',
    minReadyMs: 10_000,
    nowMs: 20_000,
    wasReady: wasReady === true,
  });
  expect(NODE_STATES[state]?.word).toBe(word);
});

test('minReadySeconds end at the very instant', () => {
  const at = (nowMs: number): string | undefined =>
    NODE_STATES[
      podState(new Map(Object.entries(READY)), {
        node: undefined,
        hash: 'new',
        minReadyMs: 10_000,
        nowMs,
        wasReady: true,
      })
    ]?.word;
  expect([at(19_999), at(20_000)]).toEqual(['settling', 'updated']);
});

test('of two pods on a node the worse one is shown; without a pod it depends on whether one is wanted', () => {
  expect(nodeState([UPDATED, STARTING], true)).toBe(STARTING);
  expect(nodeState([UPDATED, TERMINATING], false)).toBe(TERMINATING);
  expect([nodeState([], true), nodeState([], false), nodeState([], undefined)]).toEqual([
    MISSING,
    NOT_WANTED,
    NOT_WANTED,
  ]);
});

test('every decision code but two means that a pod is wanted', () => {
  expect(['ok', 'budget', 'create', 'backoff', 'notWanted', 'sunset'].map(isWanted)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(isWanted(undefined)).toBeUndefined();
});

test('no two states share a word or a glyph', () => {
  expect(new Set(NODE_STATES.map(({ word }) => word)).size).toBe(10);
  expect(new Set(NODE_STATES.map(({ glyph }) => glyph)).size).toBe(10);
});
