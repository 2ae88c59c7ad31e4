import { describe, expect, test } from 'vitest';
import { compileText, errorOf, OUTAGE } from './testing/fixtures.ts';

const POOL = /count: \d+,/;

/** The fixture with a model of the agent that says this of its usage. */
function withUsage(usage: string): string {
  return OUTAGE.replace('  timeline:', `  models:\n    - { select: {}, usage: ${usage} }\n  timeline:`);
}

/** The fixture whose pool has these keys too. */
function withPool(keys: string): string {
  if (!POOL.test(OUTAGE)) throw new Error('the fixture has no pool with a count');
  return OUTAGE.replace(POOL, (count) => `${count} ${keys},`);
}

describe('usage of pods', () => {
  test.each([
    ['200Mi', { constant: 209_715_200 }],
    [
      '{ leak: { start: 100Mi, rate: 10Mi/m } }',
      { leak: { start: 104_857_600, rate: { amount: 10_485_760, perMs: 60_000 } } },
    ],
    [
      '{ leak: { rate: 1Gi/h, max: 2Gi } }',
      { leak: { start: 0, rate: { amount: 2 ** 30, perMs: 3_600_000 }, max: 2 ** 31 } },
    ],
    [
      '{ burst: { base: 1k, peak: 2k, every: 10m, for: 30s } }',
      { burst: { base: 1000, peak: 2000, everyMs: 600_000, forMs: 30_000 } },
    ],
    [
      '{ logGrowth: { rate: 5k/s, rotateAt: 10Mi } }',
      { logGrowth: { rate: { amount: 5000, perMs: 1000 }, rotateAt: 10_485_760, keep: 4 } },
    ],
  ])('%s is told in whole numbers', (text, model) => {
    expect(compileText(withUsage(`{ disk: ${text} }`)).plan.models[0]?.usage).toEqual({ disk: model });
  });

  test.each([
    ['no quantity', '{ memory: lots }', /"lots" is no quantity; write one such as 200Mi or 1Gi$/],
    ['a negative one', '{ memory: -5 }', /-5 is no quantity/],
    [
      'a rate without a time',
      '{ disk: { leak: { rate: 5Mi } } }',
      /"5Mi" is no rate; write one such as 10Mi\/m \(or \/s, \/h\)$/,
    ],
    ['a rate of nothing', '{ disk: { leak: { rate: 0/s } } }', /"0\/s" is no rate/],
    [
      'a leak that ends before it starts',
      '{ disk: { leak: { start: 5, rate: 1/s, max: 4 } } }',
      /ends below where it starts; write a max of at least `start`$/,
    ],
    [
      'a burst without end',
      '{ pids: { burst: { base: 1, peak: 2, every: 10s, for: 11s } } }',
      /write a `for` up to `every`$/,
    ],
    [
      'a burst that goes down',
      '{ pids: { burst: { base: 2, peak: 1, every: 10s, for: 1s } } }',
      /write a peak of at least `base`$/,
    ],
    [
      'two models at once',
      '{ disk: { leak: { rate: 1/s }, burst: { base: 1, peak: 2, every: 10s, for: 1s } } }',
      /write a quantity such as 200Mi, or one of leak, burst, logGrowth$/,
    ],
    ['a log in memory', '{ memory: { logGrowth: { rate: 1/s, rotateAt: 5 } } }', /unknown key "logGrowth"/],
    [
      'a log that is never rotated',
      '{ disk: { logGrowth: { rate: 1/s, rotateAt: 0 } } }',
      /rotated at some size; write one such as 10Mi$/,
    ],
  ])('%s is told with its place', (_name, usage, message) => {
    const error = errorOf(() => compileText(withUsage(usage)));
    expect(error).toMatch(/^s\.yaml:16:\d+: /);
    expect(error).toMatch(message);
  });
});

describe('kubelets and machines of a pool', () => {
  test('thresholds are read as upstream reads them, by its names', () => {
    const kubelet = [
      'kubelet: { evictionHard: { memory.available: 200Mi, nodefs.available: 10%, imagefs.available: 0% }',
      'evictionSoft: { memory.available: 1Gi }, evictionSoftGracePeriod: { memory.available: 1m30s }',
      'evictionMinimumReclaim: { nodefs.available: 500Mi }, evictionMaxPodGracePeriod: -1',
      'mergeDefaultEvictionSettings: true, evictionPressureTransitionPeriod: 30s',
      'imageGCHighThresholdPercent: 70, imageGCLowThresholdPercent: 60, imageMinimumGCAge: 5m }',
    ].join(', ');
    expect(compileText(withPool(kubelet)).plan.pools[0]?.kubelet).toEqual({
      evictionHard: {
        'memory.available': { quantity: 209_715_200 },
        // Upstream's number of 32 bits that is nearest to a tenth.
        'nodefs.available': { share: { numerator: 13_421_773 * 2 ** 13, denominator: 2 ** 40 } },
      },
      evictionSoft: { 'memory.available': { quantity: 2 ** 30 } },
      evictionSoftGracePeriod: { 'memory.available': 90_000 },
      evictionMinimumReclaim: { 'nodefs.available': { quantity: 524_288_000 } },
      evictionMaxPodGracePeriod: -1,
      mergeDefaultEvictionSettings: true,
      evictionPressureTransitionPeriod: 30_000,
      imageGCHighThresholdPercent: 70,
      imageGCLowThresholdPercent: 60,
      imageMinimumGCAge: 300_000,
    });
  });

  test('a machine may have a disk for its images', () => {
    const machine = 'machine: { inodes: 1000, pids: 4096, imageDisk: { size: 50Gi } }';
    expect(compileText(withPool(machine)).plan.pools[0]?.machine).toEqual({
      inodes: 1000,
      pids: 4096,
      imageDisk: { bytes: 50 * 2 ** 30 },
    });
  });

  test.each([
    [
      'an unknown signal',
      'kubelet: { evictionHard: { memory.availabel: 1Gi } }',
      /unknown key "memory\.availabel"; did you mean memory\.available\?/,
    ],
    [
      'no quantity',
      'kubelet: { evictionHard: { pid.available: some } }',
      /"some" is no threshold; write a quantity such as 100Mi or a share such as 10%$/,
    ],
    ['a threshold of nothing', 'kubelet: { evictionHard: { pid.available: 0 } }', /0 is no threshold/],
    ['more than all', 'kubelet: { evictionHard: { nodefs.available: 101% } }', /"101%" is no threshold/],
    [
      'a soft threshold without grace',
      'kubelet: { evictionSoft: { memory.available: 1Gi } }',
      /needs a grace period; write evictionSoftGracePeriod: \{ memory\.available: 1m30s \}$/,
    ],
    [
      'a grace for nothing',
      'kubelet: { evictionSoftGracePeriod: { memory.available: 1m } }',
      /evictionSoft has no memory\.available; write it there too, or take this away$/,
    ],
    [
      'images that are removed upwards',
      'kubelet: { imageGCLowThresholdPercent: 90 }',
      /from 85 % on, down to 90 %; write a lower imageGCLowThresholdPercent$/,
    ],
    ['an unknown key', 'kubelet: { evictionhard: {} }', /unknown key "evictionhard"; did you mean evictionHard\?/],
    ['a disk without size', 'machine: { imageDisk: {} }', /"size" is missing/],
  ])('%s is told with its place', (_name, keys, message) => {
    const error = errorOf(() => compileText(withPool(keys)));
    expect(error).toMatch(/^s\.yaml:\d+:\d+: /);
    expect(error).toMatch(message);
  });
});
