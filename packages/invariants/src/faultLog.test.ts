import { expect, test } from 'vitest';
import { FaultLog } from './faultLog.ts';
import { makeFault } from './testing/memoryObjects.ts';
import { QUIET_MS } from './rest.ts';

function logOf(events: readonly (readonly [id: string, begins: boolean, atMs: number])[]): FaultLog {
  const log = new FaultLog([makeFault('a', ['n1']), makeFault('b', ['n2']), makeFault('c', ['n3'])]);
  for (const [id, begins, atMs] of events) log.observe({ kind: 'Fault', id, begins, seq: 0 }, atMs);
  return log;
}

test('a fault is felt from its begin until long after it was lifted, and then no more', () => {
  const log = logOf([
    ['a', true, 1000],
    ['a', false, 2000],
  ]);
  expect(logOf([]).felt(1000, undefined)).toEqual([]);
  expect(log.felt(2000 + QUIET_MS - 1, undefined)).toEqual(['a']);
  expect(log.felt(2000 + QUIET_MS, undefined)).toEqual([]);
});

test('the likeliest cause comes first: the node itself, then what is in force, then what began first', () => {
  const log = logOf([
    ['a', true, 1000],
    ['a', false, 2000],
    ['b', true, 3000],
    ['c', true, 2500],
  ]);
  expect(log.felt(4000, undefined)).toEqual(['c', 'b', 'a']);
  expect(log.felt(4000, 'n2')).toEqual(['b', 'c', 'a']);
  expect(log.felt(4000, 'n1')).toEqual(['a', 'c', 'b']);
});
