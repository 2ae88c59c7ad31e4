import type { Probe } from '@everynode/core/api/pod';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApplicationConduct, FailingSpell } from '../seams/machine.ts';
import {
  firstMemory,
  nextFailure,
  nextFlip,
  type ProbeFlip,
  type ProbeKind,
  type ProbeWorker,
} from './kubeletProbes.ts';

const STARTED_MS = 1000;
const SINCE_MS = 400;

interface Asked {
  readonly kind?: ProbeKind;
  readonly answersAfterMs?: number;
  readonly sinceMs?: number;
  readonly triggeredMs?: number;
  readonly spells?: readonly FailingSpell[];
}

function workerOf(
  probe: Probe,
  { kind = 'readiness', answersAfterMs = 0, sinceMs = SINCE_MS, spells = [] }: Asked,
): ProbeWorker {
  const conduct: ApplicationConduct = {
    answersAfterMs,
    readyAfterMs: answersAfterMs,
    spells: { startup: spells, readiness: spells, liveness: spells },
  };
  return { kind, probe, sinceMs, startedAtMs: STARTED_MS, conduct };
}

/** Every change of the result, as long as the container runs; a container is given up at the first one of a liveness probe. */
function flipsOf(probe: Probe, asked: Asked = {}): readonly (readonly [number, boolean])[] {
  const worker = workerOf(probe, asked);
  const flips: ProbeFlip[] = [];
  let memory = firstMemory(worker, {
    fromMs: asked.triggeredMs ?? STARTED_MS,
    atOnce: asked.triggeredMs !== undefined,
  });
  for (;;) {
    const flip = nextFlip(worker, memory);
    if (flip === undefined) break;
    flips.push(flip);
    memory = flip.memory;
  }
  return flips.map(({ atMs, isSuccess }) => [atMs, isSuccess]);
}

const SPELL = { fromMs: 60_000, untilMs: 90_000 };

describe('K-24, K-25, K-30: a readiness probe finds a container ready', () => {
  test.each([
    ['at the first tick after the start', { periodSeconds: 10 }, {}, 10_400],
    ['at the tick at which the application answers', { periodSeconds: 10 }, { answersAfterMs: 9400 }, 10_400],
    ['one tick later if it answers a millisecond later', { periodSeconds: 10 }, { answersAfterMs: 9401 }, 20_400],
    ['after whole seconds of initialDelaySeconds', { periodSeconds: 5, initialDelaySeconds: 12 }, {}, 15_400],
    ['after successThreshold successes in a row', { periodSeconds: 5, successThreshold: 3 }, {}, 15_400],
    ['with a period of 10 s by default', {}, {}, 10_400],
    ['not before its worker begins', { periodSeconds: 10 }, { sinceMs: 77_000 }, 77_000],
    ['at once when the startup probe has passed', { periodSeconds: 10 }, { triggeredMs: 21_111 }, 21_111],
    [
      'at the next tick after its own delay where that is longer',
      { periodSeconds: 10, initialDelaySeconds: 30 },
      { triggeredMs: 21_111 },
      40_400,
    ],
    [
      'on its ticks again after a first attempt beside them',
      { periodSeconds: 10, successThreshold: 2 },
      { triggeredMs: 21_111 },
      30_400,
    ],
  ])('%s', (_name, probe, asked, expected) => {
    expect(flipsOf(probe, asked)).toEqual([[expected, true]]);
  });

  test('never before the application answers, never later than delays and periods allow', () => {
    const input = fc.record({
      period: fc.integer({ min: 1, max: 60 }),
      delay: fc.nat(120),
      success: fc.integer({ min: 1, max: 5 }),
      answers: fc.nat(600_000),
      since: fc.nat(1000),
    });
    fc.assert(
      fc.property(input, ({ period, delay, success, answers, since }) => {
        const probe = { periodSeconds: period, initialDelaySeconds: delay, successThreshold: success };
        const [[atMs] = [0]] = flipsOf(probe, { answersAfterMs: answers, sinceMs: since });
        const soonestMs = Math.max(1000 + answers, 1000 + delay * 1000);
        expect(atMs).toBeGreaterThanOrEqual(soonestMs + (success - 1) * period * 1000);
        expect(atMs).toBeLessThan(soonestMs + success * period * 1000 + 1);
      }),
    );
  });
});

describe('K-25: readiness falls and rises again', () => {
  test.each([
    [
      'after three failures in a row',
      { periodSeconds: 10 },
      SPELL,
      [
        [90_400, false],
        [100_400, true],
      ],
    ],
    // Attempts at 70.4 s and 80.4 s fail, the one at 90.4 s would be the third.
    ['not for one failure less', { periodSeconds: 10 }, { ...SPELL, untilMs: 89_400 }, []],
    [
      'after failureThreshold of them',
      { periodSeconds: 10, failureThreshold: 1 },
      SPELL,
      [
        [70_400, false],
        [100_400, true],
      ],
    ],
    [
      'and needs successThreshold successes',
      { periodSeconds: 10, failureThreshold: 1, successThreshold: 2 },
      SPELL,
      [
        [70_400, false],
        [110_400, true],
      ],
    ],
    [
      'where it answers too late',
      { periodSeconds: 10, failureThreshold: 1 },
      { ...SPELL, answersInMs: 1001 },
      [
        [71_400, false],
        [100_400, true],
      ],
    ],
    [
      'not where it answers within timeoutSeconds',
      { periodSeconds: 10, failureThreshold: 1 },
      { ...SPELL, answersInMs: 1000 },
      [],
    ],
    [
      'and a longer timeoutSeconds makes up for it',
      { periodSeconds: 10, failureThreshold: 1, timeoutSeconds: 2 },
      { ...SPELL, answersInMs: 1001 },
      [],
    ],
    [
      'for good where it does not recover',
      { periodSeconds: 10 },
      { fromMs: 60_000, untilMs: Infinity },
      [[90_400, false]],
    ],
  ])('%s', (_name, probe, spell, expected) => {
    const [first, ...rest] = flipsOf(probe, { spells: [spell] });
    expect(first?.[1]).toBe(true);
    expect(rest).toEqual(expected);
  });

  test('the worst of several spells counts', () => {
    const spells = [
      { ...SPELL, answersInMs: 500 },
      { fromMs: 75_000, untilMs: 78_000 },
    ];
    expect(flipsOf({ periodSeconds: 1, failureThreshold: 3 }, { spells }).slice(1)).toEqual([
      [78_400, false],
      [79_900, true],
    ]);
  });

  test('K-24: a tick during an attempt waits for its end, a second one is lost', () => {
    // Each attempt takes its 25 s, so they follow one another without a pause.
    const probe = { periodSeconds: 10, timeoutSeconds: 25, failureThreshold: 3 };
    const spells = [{ fromMs: 60_000, untilMs: Infinity, answersInMs: 30_000 }];
    expect(flipsOf(probe, { spells }).slice(1)).toEqual([[70_400 + 3 * 25_000, false]]);
  });
});

describe('K-26: liveness and startup', () => {
  test.each([
    ['a liveness probe that never fails changes nothing', 'liveness', { periodSeconds: 10 }, {}, []],
    ['a slow start is a dead one', 'liveness', { periodSeconds: 10 }, { answersAfterMs: 60_000 }, [[30_400, false]]],
    [
      'unless it answers a millisecond before the third probe',
      'liveness',
      { periodSeconds: 10 },
      { answersAfterMs: 29_399 },
      [],
    ],
    [
      'or the initial delay covers it',
      'liveness',
      { periodSeconds: 10, initialDelaySeconds: 40 },
      { answersAfterMs: 60_000 },
      [],
    ],
    [
      'a startup probe passes at its first success',
      'startup',
      { periodSeconds: 3, failureThreshold: 30 },
      { answersAfterMs: 20_000 },
      [[21_400, true]],
    ],
    [
      'or fails at failureThreshold × period',
      'startup',
      { periodSeconds: 3, failureThreshold: 7 },
      { answersAfterMs: 20_500 },
      [[21_400, false]],
    ],
  ] as const)('%s', (_name, kind, probe, asked, expected) => {
    expect(flipsOf(probe, { ...asked, kind }).slice(0, 1)).toEqual(expected);
  });

  test('a threshold of two thousand million is counted, not walked', () => {
    const probe = { periodSeconds: 1, failureThreshold: 2_000_000_000 };
    expect(flipsOf(probe, { kind: 'liveness', spells: [{ fromMs: 0, untilMs: Infinity }] })).toEqual([
      [1400 + 1_999_999_999_000, false],
    ]);
  });
});

/** The same, attempt by attempt. */
function walked(worker: ProbeWorker, untilMs: number): readonly (readonly [number, boolean])[] {
  const { probe } = worker;
  const flips: (readonly [number, boolean])[] = [];
  let { result, nextMs } = firstMemory(worker, { fromMs: STARTED_MS });
  let [last, run]: [boolean | undefined, number] = [undefined, 0];
  while (nextMs < untilMs) {
    const failure = nextFailure(worker, nextMs);
    const isSuccess = failure === undefined || failure.nextMs > attemptAfter(nextMs);
    [last, run] = [isSuccess, last === isSuccess ? run + 1 : 1];
    if (result !== isSuccess && run >= (isSuccess ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))) {
      result = isSuccess;
      flips.push([nextMs, isSuccess]);
    }
    nextMs = attemptAfter(nextMs);
  }
  return flips;

  function attemptAfter(atMs: number): number {
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    return atMs + periodMs - ((atMs - worker.sinceMs) % periodMs);
  }
}

test('K-25: what is computed is what a walk over all attempts finds', () => {
  const spell = fc.record({ fromMs: fc.nat(300_000), lastsMs: fc.nat(120_000) });
  const input = fc.record({
    probe: fc.record({
      periodSeconds: fc.integer({ min: 1, max: 20 }),
      failureThreshold: fc.integer({ min: 1, max: 6 }),
      successThreshold: fc.integer({ min: 1, max: 4 }),
      initialDelaySeconds: fc.nat(30),
    }),
    answersAfterMs: fc.nat(90_000),
    spells: fc.array(spell, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(input, ({ probe, answersAfterMs, spells }) => {
      const asked = {
        answersAfterMs,
        spells: spells.map(({ fromMs, lastsMs }) => ({ fromMs, untilMs: fromMs + lastsMs })),
      };
      const untilMs = 900_000;
      expect(flipsOf(probe, asked).filter(([atMs]) => atMs < untilMs)).toEqual(walked(workerOf(probe, asked), untilMs));
    }),
  );
});
