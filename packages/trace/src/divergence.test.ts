/** Two traces of one plan must be equal; where they are not, the first difference is shown with its surroundings. */
import { expect, test } from 'vitest';
import { firstDivergence } from './divergence.ts';
import { parseTrace } from './ndjson.ts';
import type { TraceRecord } from './record.ts';
import { TraceWriter } from './writer.ts';

function run(phases: readonly string[], seed = '1'): readonly TraceRecord[] {
  const lines: string[] = [];
  const writer = new TraceWriter({ level: 'default', sink: (line) => void lines.push(line) });
  writer.header({ scenario: 's', seed, tool: 't', kubernetes: '1.31', endMs: 1, params: {}, repro: [] });
  phases.forEach((phase, i) => {
    writer.event({ atMs: i * 60_000, type: 'pod.updated', actor: 'user', object: 'pod/a', patch: [['phase', phase]] });
  });
  writer.end({ atMs: phases.length * 60_000, verdict: 'pass', reason: '' });
  return parseTrace(lines);
}

test('traces with equal bodies have no divergence, whatever their headers say', () => {
  expect(firstDivergence(run(['A', 'B'], '1'), run(['A', 'B'], '2'))).toBeUndefined();
});

test('the first differing record is shown between the keyframes that enclose it', () => {
  const divergence = firstDivergence(run(['A', 'B', 'C', 'D']), run(['A', 'B', 'X', 'D']));
  expect(divergence?.a).toMatchObject({ seq: 2, patch: [['phase', 'C']] });
  expect(divergence?.b).toMatchObject({ seq: 2, patch: [['phase', 'X']] });
  expect([divergence?.sameKeyframe?.seq, divergence?.otherKeyframe?.seq]).toEqual([1, 2]);
  // Two events and the keyframe after each are the same.
  expect(divergence?.sameRecords).toBe(4);
});

test('a trace that ends earlier diverges where it ends', () => {
  const whole = run(['A', 'B', 'C']);
  const divergence = firstDivergence(whole.slice(0, 3), whole);
  expect([divergence?.a, divergence?.b?.kind]).toEqual([undefined, 'event']);
});

test('events that differ without any effect on the state leave all keyframes equal', () => {
  const other = run(['A', 'B']).map((record) =>
    record.kind === 'event' && record.seq === 0 ? { ...record, data: { try: 2 } } : record,
  );
  const divergence = firstDivergence(run(['A', 'B']), other);
  expect([divergence?.sameRecords, divergence?.otherKeyframe, divergence?.sameKeyframe?.seq]).toEqual([
    0,
    undefined,
    1,
  ]);
});
