/** The queue against the plainest thing that could be right: an array that is sorted before every pop. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventQueue, slotOf } from './eventQueue.ts';
import { rngFor } from './rng.ts';

interface Waiting {
  readonly atMs: number;
  readonly rank: number;
  readonly seq: number;
  readonly handle: number;
}

/** Oracle: no heap, no slots; order by comparison of all three parts. */
class SortedArrayQueue {
  readonly waiting: Waiting[] = [];
  #seq = 0;

  add(atMs: number, rank: number, handle: number): void {
    this.waiting.push({ atMs, rank, seq: this.#seq, handle });
    this.#seq += 1;
  }

  pop(): Waiting | undefined {
    this.waiting.sort((a, b) => a.atMs - b.atMs || a.rank - b.rank || a.seq - b.seq);
    return this.waiting.shift();
  }

  cancel(handle: number): boolean {
    const at = this.waiting.findIndex((each) => each.handle === handle);
    if (at >= 0) this.waiting.splice(at, 1);
    return at >= 0;
  }
}

/** Near, at both edges of the wheel's turn, and far beyond it. */
const delayMs = fc.oneof(
  { weight: 6, arbitrary: fc.nat(200) },
  fc.constantFrom(65_535, 65_536, 65_537, 131_072),
  fc.nat(300_000),
);
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('schedule' as const), delayMs, rank: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pop' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(1000) }) },
);

describe('EventQueue', () => {
  test('any interleaving of schedule, cancel and pop gives what a sorted array gives', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const queue = new EventQueue(1);
        const oracle = new SortedArrayQueue();
        const handles: number[] = [];
        let nowMs = 0;
        for (const each of steps) {
          if (each.do === 'schedule') {
            const handle = queue.schedule(nowMs + each.delayMs, each.rank);
            oracle.add(nowMs + each.delayMs, each.rank, handle);
            handles.push(handle);
          } else if (each.do === 'cancel' && handles.length > 0) {
            const handle = handles[each.which % handles.length] ?? 0;
            expect(queue.cancel(handle)).toBe(oracle.cancel(handle));
          } else if (each.do === 'pop' && oracle.waiting.length > 0) {
            const nextAtMs = queue.nextAtMs;
            const slot = queue.pop();
            const expected = oracle.pop();
            expect(slot).toBe(slotOf(expected?.handle ?? -1));
            expect(nextAtMs).toBe(expected?.atMs);
            nowMs = nextAtMs;
          }
          expect(queue.size).toBe(oracle.waiting.length);
        }
        while (oracle.waiting.length > 0) expect(queue.pop()).toBe(slotOf(oracle.pop()?.handle ?? -1));
        expect(queue.nextAtMs).toBe(Infinity);
      }),
      { numRuns: 1000 },
    );
  });

  test('cancelling in the midst of many waiting events leaves the others in order', () => {
    const rng = rngFor('queue', 'cancel');
    for (let run = 0; run < 50; run += 1) {
      const queue = new EventQueue();
      const oracle = new SortedArrayQueue();
      const handles = Array.from({ length: 100 }, () => {
        const atMs = rng.below(200);
        const handle = queue.schedule(atMs, 1);
        oracle.add(atMs, 1, handle);
        return handle;
      });
      for (const handle of rng.shuffle(handles).slice(0, 30)) expect(queue.cancel(handle)).toBe(oracle.cancel(handle));
      while (queue.size > 0) expect(queue.pop()).toBe(slotOf(oracle.pop()?.handle ?? -1));
      expect(oracle.waiting).toEqual([]);
    }
  });

  test('a handle of an event that has happened does not cancel the event that took its slot', () => {
    const queue = new EventQueue();
    const first = queue.schedule(1, 0);
    queue.pop();
    const second = queue.schedule(2, 0);
    expect(slotOf(second)).toBe(slotOf(first));
    expect(queue.cancel(first)).toBe(false);
    expect(queue.size).toBe(1);
    expect(queue.cancel(second)).toBe(true);
  });

  test('a handle is a number of 32 bits, and a slot that was used 512 times is given to no other event', () => {
    const queue = new EventQueue();
    const first = queue.schedule(1, 0);
    expect(queue.cancel(first)).toBe(true);
    for (let use = 1; use < 600; use += 1) {
      const handle = queue.schedule(1, 0);
      expect(handle).toBe(handle | 0);
      expect(handle).not.toBe(first);
      expect(slotOf(handle)).toBe(use < 512 ? slotOf(first) : slotOf(first) + 1);
      expect(queue.cancel(first)).toBe(false);
      expect(queue.cancel(handle)).toBe(true);
    }
    expect(queue.size).toBe(0);
  });

  test('hours without an event are passed in one step, and what waited in the heap keeps its order', () => {
    const hourMs = 3_600_000;
    const queue = new EventQueue();
    const [late, later, first] = [5 * hourMs, 5 * hourMs, 2 ** 33].map((atMs) => queue.schedule(atMs, 1));
    const before = queue.schedule(5 * hourMs, 0);
    expect(queue.nextAtMs).toBe(5 * hourMs);
    expect([queue.pop(), queue.pop(), queue.pop()]).toEqual(
      [before, late, later].map((handle) => slotOf(handle ?? -1)),
    );
    expect(queue.nextAtMs).toBe(2 ** 33);
    const near = queue.schedule(5 * hourMs + 1, 1);
    expect([queue.pop(), queue.pop()]).toEqual([slotOf(near), slotOf(first ?? -1)]);
    expect(queue.cancel(queue.schedule(2 ** 33 + 1, 1))).toBe(true);
    expect(queue.nextAtMs).toBe(Infinity);
  });

  test('an instant that is no whole millisecond is refused', () => {
    expect(() => new EventQueue().schedule(1.5, 0)).toThrow('whole milliseconds, got 1.5');
  });

  test('an instant before the one that was taken last is refused', () => {
    const queue = new EventQueue();
    queue.schedule(5, 0);
    queue.pop();
    expect(() => queue.schedule(4, 0)).toThrow('4 ms lies before the event taken last, at 5 ms');
  });

  test('popping from an empty queue is refused', () => {
    expect(() => new EventQueue().pop()).toThrow('no event waits');
  });
});
