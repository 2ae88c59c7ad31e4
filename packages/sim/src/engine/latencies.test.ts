import { describe, expect, test } from 'vitest';
import { drawLatency, latencyDraw, type LatencyName } from './latencies.ts';
import { rngFor } from './rng.ts';

const NAMES: readonly LatencyName[] = ['apiWrite', 'watchEvent', 'sandbox', 'imagePull', 'containerStop', 'podCleanup'];

describe('latencies', () => {
  test('without spread every latency is its median', () => {
    expect(NAMES.map((name) => drawLatency(rngFor('s', 'x'), name, 0))).toEqual([8, 5, 400, 4000, 200, 500]);
  });

  test('a full spread is the table, half a spread lies half as far from the median', () => {
    expect(latencyDraw('apiWrite', 100)).toEqual({ quantiles: { p0: 3, p50: 8, p90: 25, p99: 200, p100: 1000 } });
    expect(latencyDraw('apiWrite', 50)).toEqual({ quantiles: { p0: 6, p50: 8, p90: 16, p99: 104, p100: 504 } });
  });

  test('a spread beyond the table never goes below zero', () => {
    expect(latencyDraw('apiWrite', 300)).toMatchObject({ quantiles: { p0: 0, p50: 8 } });
  });

  test('what happens between two median steps of a pod’s start is below a second without its image pull (V-22)', () => {
    const steps: readonly LatencyName[] = [
      'apiWrite',
      'watchEvent',
      'schedulingCycle',
      'bind',
      'watchEvent',
      'kubeletAdmission',
      'sandbox',
      'volumeMount',
      'containerStart',
      'statusPatch',
    ];
    const total = steps.reduce((sum, name) => sum + drawLatency(rngFor('s', name), name, 0), 0);
    expect(total).toBe(811);
  });
});
