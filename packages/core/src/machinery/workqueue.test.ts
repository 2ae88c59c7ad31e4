import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Workqueue } from './workqueue.ts';

describe('a plain queue', () => {
  test('hands keys out in the order in which they came, each once', () => {
    const queue = new Workqueue(0);
    for (const key of ['b', 'a', 'b']) queue.add(key);
    expect([queue.get(0), queue.get(0), queue.get(0)]).toEqual(['b', 'a', undefined]);
  });

  test('many adds while a key is worked on cause exactly one more run', () => {
    const queue = new Workqueue(0);
    queue.add('a');
    queue.get(0);
    queue.add('a');
    queue.add('a');
    expect(queue.get(0)).toBeUndefined();
    queue.done('a');
    expect(queue.get(0)).toBe('a');
    queue.done('a');
    expect(queue.get(0)).toBeUndefined();
  });

  test('done without work in hand is our bug', () => {
    expect(() => new Workqueue(0).done('a')).toThrow('nobody works on it');
  });

  test('long use leaves neither order nor length behind', () => {
    const queue = new Workqueue(0);
    for (let at = 0; at < 5000; at += 1) {
      queue.add(`key-${at}`);
      expect(queue.get(0)).toBe(`key-${at}`);
      queue.done(`key-${at}`);
    }
    expect(queue.length).toBe(0);
  });
});

describe('delayed adds', () => {
  test('of two delays of one key the earlier wins, whichever came first', () => {
    const queue = new Workqueue(0);
    queue.addAfter('a', 1000, 0);
    queue.addAfter('a', 400, 100);
    queue.addAfter('a', 5000, 100);
    expect(queue.nextReadyAtMs()).toBe(500);
    expect(queue.get(499)).toBeUndefined();
    expect(queue.get(500)).toBe('a');
    expect(queue.nextReadyAtMs()).toBeUndefined();
  });

  test('no delay adds at once and leaves a pending timer alone', () => {
    const queue = new Workqueue(0);
    queue.addAfter('a', 1000, 0);
    queue.addAfter('a', 0, 0);
    expect(queue.get(0)).toBe('a');
    queue.done('a');
    expect(queue.nextReadyAtMs()).toBe(1000);
    expect(queue.get(1000)).toBe('a');
  });

  test('whatever the delays, keys come out when due and never twice', () => {
    const adds = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 50 })), { maxLength: 60 });
    fc.assert(
      fc.property(adds, (given) => {
        const queue = new Workqueue(0);
        const dueAt = new Map<string, number>();
        for (const [id, delayMs] of given) {
          const key = `key-${id}`;
          queue.addAfter(key, delayMs, 0);
          dueAt.set(key, Math.min(delayMs, dueAt.get(key) ?? Infinity));
        }
        const got = new Map<string, number>();
        for (let nowMs = 0; nowMs <= 50; nowMs += 1) {
          for (let key = queue.get(nowMs); key !== undefined; key = queue.get(nowMs)) {
            expect(got.has(key)).toBe(false);
            got.set(key, nowMs);
            queue.done(key);
          }
        }
        expect(got).toEqual(new Map([...got.keys()].map((key) => [key, dueAt.get(key)])));
        expect(got.size).toBe(dueAt.size);
      }),
    );
  });
});

describe('rate-limited adds', () => {
  test('a failing key waits 5 ms, doubled each time, 1000 s at most', () => {
    const queue = new Workqueue(0);
    const delays = Array.from({ length: 20 }, (_, at) => queue.addRateLimited('a', at * 10_000_000));
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.slice(17)).toEqual([655_360, 1_000_000, 1_000_000]);
  });

  test('forgetting begins anew, and the pending timer still fires', () => {
    const queue = new Workqueue(0);
    queue.addRateLimited('a', 0);
    queue.addRateLimited('b', 0);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
    expect(queue.get(5)).toBe('a');
  });

  test('two hundred keys that fail at once spread over ten seconds', () => {
    const queue = new Workqueue(0);
    const delays = Array.from({ length: 200 }, (_, at) => queue.addRateLimited(`key-${at}`, 0));
    expect(delays[99]).toBe(5);
    expect(delays[100]).toBe(100);
    expect(delays[199]).toBe(10_000);
  });
});
