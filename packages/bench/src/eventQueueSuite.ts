/**
 * The hold model, the classic measure of a pending-event set: with N events waiting, take the next one and schedule another. Our queue
 * keeps the exact order (atMs, rank, seq) and can cancel; flatqueue, the baseline, is the fastest plain heap on npm and can do neither.
 */
import FlatQueue from 'flatqueue';
import { EventQueue } from '@everynode/sim/engine/eventQueue';
import { rngFor } from '@everynode/sim/engine/rng';
import type { BenchCase, Suite } from './suite.ts';

const HOLDS = 20_000;
/** Delays of a simulated minute, in ms. */
const DELAY_MAX_MS = 60_000;

export function eventQueueSuite(): Suite {
  const cases = [1_000, 100_000].flatMap((pending) => casesFor(pending, delays(pending + HOLDS)));
  return { name: 'event-queue', summary: 'hold model: pop the next event, schedule another', cases };
}

function casesFor(pending: number, delaysMs: Int32Array): readonly BenchCase[] {
  const baseline = `flatqueue hold, ${pending} waiting`;
  return [
    { name: baseline, units: HOLDS, unit: 'hold', run: flatHold(pending, delaysMs) },
    { name: `hold, ${pending} waiting`, units: HOLDS, unit: 'hold', baseline, run: hold(pending, delaysMs) },
    { name: `cancel, ${pending} waiting`, units: HOLDS, unit: 'schedule + cancel', run: cancel(pending, delaysMs) },
  ];
}

function delays(count: number): Int32Array {
  const rng = rngFor('bench', 'event-queue');
  return Int32Array.from({ length: count }, () => rng.below(DELAY_MAX_MS));
}

function hold(pending: number, delaysMs: Int32Array): () => void {
  const queue = new EventQueue(pending);
  for (let i = 0; i < pending; i += 1) queue.schedule(delaysMs[i] ?? 0, 0);
  return () => {
    for (let i = 0; i < HOLDS; i += 1) {
      const atMs = queue.nextAtMs;
      queue.pop();
      queue.schedule(atMs + (delaysMs[i] ?? 0), 0);
    }
  };
}

function flatHold(pending: number, delaysMs: Int32Array): () => void {
  const queue = new FlatQueue();
  for (let i = 0; i < pending; i += 1) queue.push(i, delaysMs[i] ?? 0);
  return () => {
    for (let i = 0; i < HOLDS; i += 1) {
      const atMs = queue.peekValue() ?? 0;
      const id = queue.pop() ?? 0;
      queue.push(id, atMs + (delaysMs[i] ?? 0));
    }
  };
}

function cancel(pending: number, delaysMs: Int32Array): () => void {
  const queue = new EventQueue(pending);
  for (let i = 0; i < pending; i += 1) queue.schedule(delaysMs[i] ?? 0, 0);
  return () => {
    for (let i = 0; i < HOLDS; i += 1) queue.cancel(queue.schedule(delaysMs[i] ?? 0, 0));
  };
}
