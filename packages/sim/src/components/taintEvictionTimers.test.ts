import { readFileSync } from 'node:fs';
import type { CaseFile } from '@everynode/core/conformance/case';
import type { Node } from '@everynode/core/api/node';
import type { Pod, Toleration } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { runEviction } from './taintEvictionCases.ts';
import { TaintEvictionTimers } from './taintEvictionTimers.ts';

const OLD = { compareNumbers: true, replaceTimers: false };
const NEW = { compareNumbers: true, replaceTimers: true };

function node(...keys: readonly string[]): Node {
  const taints = keys.map((key) => ({ key, effect: 'NoExecute' as const }));
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { taints } };
}

function pod(seconds: number | undefined, rest: Partial<Toleration> = {}): Pod {
  const toleration = { operator: 'Exists', effect: 'NoExecute', ...rest };
  const tolerations = [seconds === undefined ? toleration : { ...toleration, tolerationSeconds: seconds }];
  const spec = { containers: [], nodeName: 'n', tolerations };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'd' }, spec };
}

describe('TaintEvictionTimers', () => {
  test('a tolerated taint starts a timer at the instant it is seen', () => {
    const timers = new TaintEvictionTimers(OLD);
    const subject = pod(30);
    expect(timers.nodeChanged(node(), node('a'), [subject], 5123)).toEqual([
      { action: 'start', pod: subject, firesAtMs: 35_123 },
    ]);
    expect(timers.isPending('d/p')).toBe(true);
  });

  test('a second taint neither prolongs nor shortens a running timer in older releases', () => {
    const timers = new TaintEvictionTimers(OLD);
    const subject = pod(30);
    timers.nodeChanged(node(), node('a'), [subject], 0);
    expect(timers.nodeChanged(node('a'), node('a', 'b'), [subject], 1000)).toEqual([]);
    expect(timers.podChanged(subject, pod(5), 2000)).toEqual([]);
    expect(timers.podChanged(subject, pod(500), 2000)).toEqual([]);
  });

  test('a toleration that changes replaces the running timer where the release does so, counted from the first start', () => {
    const timers = new TaintEvictionTimers(NEW);
    timers.nodeChanged(node(), node('a'), [pod(30)], 0);
    const shorter = pod(5);
    expect(timers.podChanged(pod(30), shorter, 2000)).toEqual([
      { action: 'cancel', podKey: 'd/p' },
      { action: 'start', pod: shorter, firesAtMs: 5000 },
    ]);
  });

  test('the last NoExecute taint gone cancels, and another toleration for ever cancels', () => {
    const timers = new TaintEvictionTimers(OLD);
    timers.nodeChanged(node(), node('a'), [pod(30)], 0);
    expect(timers.nodeChanged(node('a'), node(), [pod(30)], 10)).toEqual([{ action: 'cancel', podKey: 'd/p' }]);
    timers.nodeChanged(node(), node('a'), [pod(30)], 20);
    expect(timers.podChanged(pod(30), pod(undefined), 30)).toEqual([{ action: 'cancel', podKey: 'd/p' }]);
    expect(timers.isPending('d/p')).toBe(false);
  });

  test('an untolerated taint calls the timer off and evicts at once', () => {
    const timers = new TaintEvictionTimers(OLD);
    const subject = pod(30, { key: 'a' });
    timers.nodeChanged(node(), node('a'), [subject], 0);
    expect(timers.nodeChanged(node('a'), node('a', 'b'), [subject], 10)).toEqual([
      { action: 'cancel', podKey: 'd/p' },
      { action: 'evict', pod: subject },
    ]);
  });

  test('an evicted pod is not evicted again by the same judgement, but by one without toleration', () => {
    const timers = new TaintEvictionTimers(OLD);
    const subject = pod(0, { key: 'a' });
    expect(timers.nodeChanged(node(), node('a'), [subject], 0)).toEqual([{ action: 'evict', pod: subject }]);
    expect(timers.podChanged(pod(7), subject, 10)).toEqual([]);
    expect(timers.nodeChanged(node('a'), node('b'), [subject], 20)).toEqual([{ action: 'evict', pod: subject }]);
  });

  test('an eviction that failed for good is tried again at the next relevant event', () => {
    const timers = new TaintEvictionTimers(OLD);
    const subject = pod(0);
    timers.nodeChanged(node(), node('a'), [subject], 0);
    timers.failed('d/p');
    expect(timers.podChanged(pod(7), subject, 60)).toEqual([{ action: 'evict', pod: subject }]);
  });

  test('a pod update that touches neither tolerations nor node is no event', () => {
    const timers = new TaintEvictionTimers(OLD);
    timers.nodeChanged(node(), node('a'), [], 0);
    const before = pod(0);
    expect(timers.podChanged(before, { ...before, status: { phase: 'Running' } }, 5)).toEqual([]);
  });

  test('taints of other effects are not remembered', () => {
    const timers = new TaintEvictionTimers(OLD);
    const tainted: Node = { ...node(), spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } };
    expect(timers.nodeChanged(node(), tainted, [pod(0)], 0)).toEqual([]);
    expect(timers.taintedNodes).toEqual([]);
  });
});

const CASES = new URL('../../../core/conformance/taint-eviction.json', import.meta.url);

describe('conformance kind eviction, through the simulation’s own timers', () => {
  const file = JSON.parse(readFileSync(CASES, 'utf8')) as CaseFile;
  const cases = file.cases.filter(({ kind }) => kind === 'eviction');

  test('there are 18 cases', () => expect(cases).toHaveLength(18));
  test.each(cases)('$id', (each) => expect(runEviction(each)).toEqual([]));
});
