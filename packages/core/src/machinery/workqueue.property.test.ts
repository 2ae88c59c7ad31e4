import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Workqueue } from './workqueue.ts';

/** The rules I-9 and I-10 as sentences over plain lists; slow, and easy to believe. */
class NaiveQueue {
  readonly fifo: string[] = [];
  readonly dirty = new Set<string>();
  readonly processing = new Set<string>();
  /** In the order of arrival; one per key. */
  timers: { readonly key: string; readonly atMs: number }[] = [];

  add(key: string): void {
    if (this.dirty.has(key)) return;
    this.dirty.add(key);
    if (!this.processing.has(key)) this.fifo.push(key);
  }

  addAfter(key: string, delayMs: number, nowMs: number): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const atMs = nowMs + delayMs;
    const pending = this.timers.find((timer) => timer.key === key);
    if (pending !== undefined && pending.atMs <= atMs) return;
    this.timers = [...this.timers.filter((timer) => timer.key !== key), { key, atMs }];
  }

  get(nowMs: number): string | undefined {
    const due = this.timers.filter(({ atMs }) => atMs <= nowMs);
    this.timers = this.timers.filter(({ atMs }) => atMs > nowMs);
    // `sort` is stable: of equal instants the one that was set first.
    for (const { key } of due.sort((a, b) => a.atMs - b.atMs)) this.add(key);
    const key = this.fifo.shift();
    if (key === undefined) return undefined;
    this.processing.add(key);
    this.dirty.delete(key);
    return key;
  }

  done(key: string): void {
    this.processing.delete(key);
    if (this.dirty.has(key)) this.fifo.push(key);
  }
}

const keys = fc.constantFrom('a', 'b', 'c', 'd');
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), key: keys }),
    fc.record({ do: fc.constant('addAfter' as const), key: keys, ms: fc.integer({ min: -1, max: 40 }) }),
    fc.record({ do: fc.constant('get' as const) }),
    fc.record({ do: fc.constant('done' as const), key: keys }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30 }) }),
  ),
  { maxLength: 80 },
);

test('whatever is added, delayed, taken and finished, the queue does what the naive one does (I-9, I-10)', () => {
  fc.assert(
    fc.property(steps, (all) => {
      let nowMs = 0;
      const queue = new Workqueue(nowMs);
      const naive = new NaiveQueue();
      for (const step of all) {
        if (step.do === 'wait') nowMs += step.ms;
        if (step.do === 'add') for (const each of [queue, naive]) each.add(step.key);
        if (step.do === 'addAfter') for (const each of [queue, naive]) each.addAfter(step.key, step.ms, nowMs);
        if (step.do === 'get') expect(queue.get(nowMs)).toBe(naive.get(nowMs));
        if (step.do === 'done' && naive.processing.has(step.key))
          for (const each of [queue, naive]) each.done(step.key);
        expect(queue.readyKeys()).toEqual(naive.fifo);
        expect(queue.nextReadyAtMs()).toBe(
          naive.timers.reduce<number | undefined>((least, { atMs }) => Math.min(least ?? atMs, atMs), undefined),
        );
      }
    }),
    { numRuns: 1_000 },
  );
});
