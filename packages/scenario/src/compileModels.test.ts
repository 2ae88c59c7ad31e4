import type { PodModel } from '@everynode/sim/plan';
import { describe, expect, test } from 'vitest';
import { compileText, errorOf, OUTAGE } from './testing/fixtures.ts';

function withModel(model: string): string {
  return OUTAGE.replace('  timeline:', `  models:\n    - select: {}\n      ${model}\n  timeline:`);
}

function modelOf(text: string): PodModel | undefined {
  return compileText(withModel(text)).plan.models[0];
}

describe('what a model says of a pod', () => {
  test.each([
    [
      'probes: { readiness: { failsAfter: 2m, recoversAfter: 30s } }',
      { probes: { readiness: { failsAfter: { fixed: 120_000 }, recoversAfter: { fixed: 30_000 }, times: 1 } } },
    ],
    [
      'probes: { all: { failsAfter: 1m, recoversAfter: 1m, times: 3, answersIn: 2s } }',
      {
        probes: {
          all: {
            failsAfter: { fixed: 60_000 },
            recoversAfter: { fixed: 60_000 },
            times: 3,
            answersIn: { fixed: 2000 },
          },
        },
      },
    ],
    ['init: { takes: 20s }', { init: { takes: { fixed: 20_000 }, failures: 0, exitCode: 1 } }],
    ['postStart: 3s', { postStart: { fixed: 3000 } }],
    ['preStop: { uniform: { min: 1s, max: 2s } }', { preStop: { uniform: { minMs: 1000, maxMs: 2000 } } }],
    [
      'creation: { fails: RunContainerError, message: no such file, times: 2 }',
      { creation: { reason: 'RunContainerError', message: 'no such file', times: 2 } },
    ],
  ])('%s', (text, expected) => {
    expect(modelOf(text)).toEqual({ select: {}, ...expected });
  });

  test('a creation that fails says something typical by itself', () => {
    expect(modelOf('creation: { fails: CreateContainerConfigError }')?.creation?.message).toBe(
      'secret "credentials" not found',
    );
  });
});

describe('a model that cannot be', () => {
  test.each([
    [
      'probes: { readiness: { failsAfter: 1m, times: 3 } }',
      /it fails 3 times, but never recovers; write recoversAfter/,
    ],
    ['probes: { liveness: { recoversAfter: 1m } }', /failsAfter/],
    ['probes: { startup: { failsAfter: 1m } }', /unknown key "startup"/],
    ['probes: {}', /at least one key/],
    ['probes: { all: { failsAfter: 60 } }', /60 has no unit; write 60s/],
    ['probes: { all: { failsAfter: { uniform: { min: 2s, max: 1s } } } }', /min 2s is more than max 1s; swap them/],
    ['creation: { fails: ErrImagePull }', /"ErrImagePull" is not known here; write one of/],
    ['init: { failures: 2 }', /takes/],
    ['init: { takes: { uniform: { min: 2s, max: 1s } } }', /swap them/],
  ])('%s', (text, expected) => {
    const message = errorOf(() => compileText(withModel(text)));
    expect(message).toMatch(/^s\.yaml:\d+:\d+: /);
    expect(message).toMatch(expected);
  });
});
