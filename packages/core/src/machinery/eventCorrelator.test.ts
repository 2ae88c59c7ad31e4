import { describe, expect, it } from 'vitest';
import { type CorrelatedEvent, EventCorrelator, type Occurrence } from './eventCorrelator.ts';

const occurrence = (overrides: Partial<Occurrence> = {}): Occurrence => ({
  source: 'daemonset-controller',
  object: 'agent',
  type: 'Normal',
  reason: 'SuccessfulCreate',
  message: 'Created pod: agent-1',
  atMs: 0,
  ...overrides,
});

function observeAll(occurrences: readonly Occurrence[]): readonly (CorrelatedEvent | undefined)[] {
  const correlator = new EventCorrelator();
  return occurrences.map((each, id) => correlator.observe(id, each));
}

const pods = (count: number, gapMs: number): readonly Occurrence[] =>
  Array.from({ length: count }, (_, at) => occurrence({ message: `Created pod: agent-${at}`, atMs: at * gapMs }));

describe('equal events', () => {
  it('are one event that is counted up and keeps its first instant', () => {
    const [first, second] = observeAll([occurrence(), occurrence({ atMs: 700_000 })]);
    expect(first).toEqual({ id: 0, message: 'Created pod: agent-1', count: 1, firstAtMs: 0 });
    expect(second).toEqual({ id: 0, message: 'Created pod: agent-1', count: 2, firstAtMs: 0 });
  });

  it('of another type, reason, object or source are events of their own', () => {
    const all = observeAll([
      occurrence(),
      occurrence({ type: 'Warning' }),
      occurrence({ reason: 'FailedCreate' }),
      occurrence({ object: 'other' }),
      occurrence({ source: 'kubelet node-1' }),
    ]);
    expect(all.map((each) => [each?.id, each?.count])).toEqual([0, 1, 2, 3, 4].map((id) => [id, 1]));
  });
});

describe('similar events', () => {
  it('are one from the tenth message on, whose text is the newest', () => {
    const all = observeAll(pods(11, 1000));
    expect(all[8]).toMatchObject({ id: 8, message: 'Created pod: agent-8', count: 1 });
    expect(all[9]).toMatchObject({ id: 9, message: '(combined from similar events): Created pod: agent-9', count: 1 });
    expect(all[10]).toMatchObject({
      id: 9,
      message: '(combined from similar events): Created pod: agent-10',
      count: 2,
      firstAtMs: 9000,
    });
  });

  it.each([
    ['600 s apart still belong together', 600_000, true],
    ['more than 600 s apart do not', 600_001, false],
  ])('%s', (_name, gapMs, isCombined) => {
    const all = observeAll(pods(12, gapMs));
    expect(all.some((each) => each?.message.startsWith('(combined') === true)).toBe(isCombined);
  });
});

describe('an object that is talked about too much', () => {
  it('shows of a hundred created pods nine events and one that counts to sixteen, and then one every five minutes', () => {
    const burst = pods(100, 10);
    const later = Array.from({ length: 360 }, (_, at) =>
      occurrence({ message: `Created pod: late-${at}`, atMs: 1000 + at * 10_000 }),
    );
    const all = observeAll([...burst, ...later]);
    const written = all.slice(0, 100).filter((each) => each !== undefined);
    expect(new Set(written.map((each) => each.id)).size).toBe(10);
    expect(written.at(-1)).toMatchObject({ id: 9, count: 16 });
    expect(written).toHaveLength(25);
    expect(all.slice(100).filter((each) => each !== undefined)).toHaveLength(11);
    expect(all.at(-1)).toBeUndefined();
  });

  it('shares its tokens among all reasons, and another object has its own', () => {
    const noise = Array.from({ length: 25 }, () => occurrence());
    const all = observeAll([...noise, occurrence({ reason: 'FailedDaemonPod' }), occurrence({ object: 'other' })]);
    expect(all[24]).toMatchObject({ count: 25 });
    expect(all[25]).toBeUndefined();
    expect(all[26]).toMatchObject({ count: 1 });
  });

  it('goes on being counted while it is muted', () => {
    const noise = Array.from({ length: 30 }, () => occurrence());
    expect(observeAll([...noise, occurrence({ atMs: 300_000 })]).at(-1)).toMatchObject({ id: 0, count: 31 });
  });
});
