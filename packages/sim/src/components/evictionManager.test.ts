import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { profileOf, type Profile } from '@everynode/core/profile';
import { describe, expect, test } from 'vitest';
import { evictionMessage, rankForEviction } from './evictionManager.ts';
import { EvictionState, type Reading } from './evictionManagerState.ts';
import { amountOf, type SignalName, type Threshold, thresholdsOf } from './evictionManagerThresholds.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function pod(name: string, spec: Partial<PodSpec> = {}): Pod {
  const containers = [{ name: 'c', image: 'i:v1' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'd', uid: name },
    spec: { containers, ...spec },
  };
}

function requesting(requests: Readonly<Record<string, string>>): Partial<PodSpec> {
  return { containers: [{ name: 'c', image: 'i:v1', resources: { requests } }] };
}

function reading(available: number, rest: Partial<Reading> = {}): Reading {
  return { available, capacity: 100 * GIB, isConditionOnly: false, isNew: true, ...rest };
}

const profile = (version: string): Profile => profileOf(version) as Profile;

describe('thresholds', () => {
  const signals = (thresholds: readonly Threshold[]): readonly string[] =>
    thresholds.map(({ signal, graceMs }) => (graceMs === 0 ? signal : `${signal} after ${graceMs}`));

  test('E-1, E-2: the defaults are upstream’s, and what holds for memory holds for all pods together', () => {
    expect(signals(thresholdsOf({}, profile('1.36')))).toEqual([
      'memory.available',
      'nodefs.available',
      'nodefs.inodesFree',
      'imagefs.available',
      'imagefs.inodesFree',
      'allocatableMemory.available',
    ]);
  });

  test('image-inodes-threshold: until 1.29 nobody looked at the inodes of images', () => {
    const has = (version: string): boolean =>
      signals(thresholdsOf({}, profile(version))).includes('imagefs.inodesFree');
    expect([has('1.29'), has('1.30')]).toEqual([false, true]);
  });

  test('E-1: one hard threshold drops all defaults, unless they are merged in', () => {
    const evictionHard = { 'pid.available': { quantity: 1000 } };
    expect(signals(thresholdsOf({ evictionHard }, profile('1.36')))).toEqual(['pid.available']);
    expect(thresholdsOf({ evictionHard, mergeDefaultEvictionSettings: true }, profile('1.36'))).toHaveLength(7);
  });

  test('E-1: soft ones come with their grace and stand beside the hard ones; only the hard one on memory is copied', () => {
    const thresholds = thresholdsOf(
      {
        evictionHard: { 'memory.available': { quantity: 1 } },
        evictionSoft: { 'memory.available': { quantity: 2 } },
        evictionSoftGracePeriod: { 'memory.available': 90_000 },
        evictionMinimumReclaim: { 'memory.available': { quantity: 5 } },
      },
      profile('1.36'),
    );
    expect(signals(thresholds)).toEqual([
      'memory.available',
      'memory.available after 90000',
      'allocatableMemory.available',
    ]);
    expect(thresholds.map(({ minimumReclaim }) => minimumReclaim)).toEqual(
      Array.from({ length: 3 }, () => ({ quantity: 5 })),
    );
  });

  test('E-2: a percentage is of the capacity, in the 32 bits that upstream gives it', () => {
    const tenth = thresholdsOf({}, profile('1.36')).find(({ signal }) => signal === 'nodefs.available')?.value;
    if (tenth === undefined) throw new Error('nodefs.available has no default');
    expect([amountOf(tenth, 100 * GIB), amountOf({ quantity: 7 }, 3)]).toEqual([10_737_418_400, 7]);
  });
});

describe('evaluation', () => {
  const hard: Threshold = { signal: 'memory.available', value: { quantity: 100 }, graceMs: 0 };
  const soft: Threshold = { ...hard, value: { quantity: 300 }, graceMs: 90_000 };

  test.each([
    [99, true],
    [100, false],
  ])('E-2: %s available of a threshold of 100: met is %s', (available, isLow) => {
    expect(new EvictionState([hard], 1000).evaluate(() => reading(available), 0).isLow).toBe(isLow);
  });

  test('E-4: a soft threshold raises the condition at once, and acts when its grace is over, not a ms earlier', () => {
    const state = new EvictionState([soft], 300_000);
    const acts = (nowMs: number): boolean => state.evaluate(() => reading(200), nowMs).acting.length > 0;
    expect([acts(0), state.conditionsAt(0), acts(89_999), acts(90_000)]).toEqual([
      false,
      ['MemoryPressure'],
      false,
      true,
    ]);
  });

  test('E-4: a dip forgets how long a soft threshold had been met', () => {
    const state = new EvictionState([soft], 300_000);
    state.evaluate(() => reading(200), 0);
    state.evaluate(() => reading(300), 10_000);
    state.evaluate(() => reading(200), 20_000);
    expect(state.evaluate(() => reading(200), 100_000).acting).toEqual([]);
    expect(state.evaluate(() => reading(200), 110_000).acting).toEqual([soft]);
  });

  test('E-4: what was acted on stays met until its minimum reclaim is reached; what was not, does not', () => {
    const threshold: Threshold = { ...hard, minimumReclaim: { quantity: 50 } };
    const state = new EvictionState([threshold], 1000);
    const isLow = (available: number): boolean => state.evaluate(() => reading(available), 0).isLow;
    expect([isLow(149), isLow(99), isLow(149), isLow(150), isLow(149)]).toEqual([false, true, true, false, false]);
  });

  test('E-4: nothing is acted on twice on the same statistics', () => {
    const state = new EvictionState([hard], 1000);
    expect(state.evaluate(() => reading(0, { isNew: false }), 0)).toEqual({ isLow: true, acting: [] });
  });

  test('E-4: a condition is in force for less than the transition period after it was last seen', () => {
    const state = new EvictionState([hard], 5000);
    state.evaluate(() => reading(0), 1000);
    state.evaluate(() => reading(200), 2000);
    expect([state.conditionsAt(5999), state.conditionsAt(6000), state.firstEndMs(2000)]).toEqual([
      ['MemoryPressure'],
      [],
      6000,
    ]);
  });

  test('E-1: every signal has its condition', () => {
    const all: readonly SignalName[] = ['memory.available', 'nodefs.inodesFree', 'imagefs.available', 'pid.available'];
    const state = new EvictionState(
      all.map((signal) => ({ ...hard, signal })),
      1000,
    );
    const conditions = all.map((low) => {
      const one = new EvictionState(
        all.map((signal) => ({ ...hard, signal })),
        1000,
      );
      one.evaluate((signal) => reading(signal === low ? 0 : 200), 0);
      return one.conditionsAt(0);
    });
    expect(conditions).toEqual([['MemoryPressure'], ['DiskPressure'], ['DiskPressure'], ['PIDPressure']]);
    state.evaluate(() => reading(0), 0);
    expect(state.conditionsAt(0)).toEqual(['MemoryPressure', 'DiskPressure', 'PIDPressure']);
  });
});

describe('E-9: ranking', () => {
  const rank = (
    resource: Parameters<typeof rankForEviction>[1],
    ...list: readonly (readonly [Pod, number | undefined])[]
  ) =>
    rankForEviction(
      list.map(([each, usage]) => ({ pod: each, usage })),
      resource,
    ).map((each) => each.pod.metadata.name);

  test('who is beyond its request goes first, then low priority, then the largest excess', () => {
    expect(
      rank(
        'memory',
        [pod('within', requesting({ memory: '100' })), 90],
        [pod('important', { priority: 10 }), 500],
        [pod('small'), 10],
        [pod('large'), 300],
      ),
    ).toEqual(['large', 'small', 'important', 'within']);
  });

  test('a pod of which nothing was measured goes before all others', () => {
    expect(rank('memory', [pod('large'), 300], [pod('starting', { priority: 10 }), undefined])).toEqual([
      'starting',
      'large',
    ]);
  });

  test('the disk is ranked by what pods ask for of ephemeral-storage', () => {
    const asks = requesting({ 'ephemeral-storage': '1000', memory: '5' });
    expect(rank('ephemeral-storage', [pod('within', asks), 900], [pod('beyond'), 10])).toEqual(['beyond', 'within']);
  });

  test('of inodes a pod that asks for storage is taken to use so many bytes fewer, and goes last', () => {
    const asks = requesting({ 'ephemeral-storage': '1Mi' });
    expect(rank('inodes', [pod('asks', asks), 90_000], [pod('few'), 10], [pod('many'), 500])).toEqual([
      'many',
      'few',
      'asks',
    ]);
  });

  test('process ids know no requests: low priority first, then who has the most', () => {
    expect(rank('pids', [pod('important', { priority: 10 }), 9_000], [pod('few'), 10], [pod('many'), 500])).toEqual([
      'many',
      'few',
      'important',
    ]);
  });
});

describe('E-12: messages', () => {
  const memory: Threshold = { signal: 'memory.available', value: { quantity: 100 * MIB }, graceMs: 0 };

  test('name threshold, what is left, and each container beyond its own request', () => {
    const container = (name: string, request: string) => {
      return { name, image: 'i:v1', resources: { requests: { memory: request } } };
    };
    const subject = pod('a', { containers: [container('small', '100Mi'), container('large', '200Mi')] });
    const uses = [
      { name: 'small', usage: 150 * MIB },
      { name: 'large', usage: 150 * MIB },
    ];
    expect(evictionMessage(subject, 'memory', memory, reading(50 * MIB), uses)).toBe(
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container small was using 150Mi, request is 100Mi, has larger consumption of memory. ',
    );
  });

  test('of inodes and process ids nobody knows what a container has; what is left is no number of bytes', () => {
    const pids: Threshold = { signal: 'pid.available', value: { quantity: 2048 }, graceMs: 0 };
    expect(evictionMessage(pod('a'), 'pids', pids, reading(2000), [{ name: 'c', usage: 5 }])).toBe(
      'The node was low on resource: pids. Threshold quantity: 2Ki, available: 2k. ',
    );
  });
});
