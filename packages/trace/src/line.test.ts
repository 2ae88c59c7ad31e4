/** A line is the record again, with its keys in the one order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysOf, toLine } from './line.ts';
import type { EventRecord, TraceRecord } from './record.ts';

const text = fc.string({ unit: 'binary' });
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const event = fc.record(
  {
    patch: fc.array(fc.tuple(text, scalar)),
    data: fc.dictionary(text, scalar, { noNullPrototype: true }),
    rv: fc.nat(),
    lagMs: fc.nat(),
    cause: fc.nat(),
    node: text,
    object: text,
    actor: text,
    type: text,
    atMs: fc.nat(),
    seq: fc.nat(),
    kind: fc.constant('event' as const),
  },
  { requiredKeys: ['kind', 'seq', 'atMs', 'type', 'actor'] },
);

test('an event reads back from its line, with keys in the order of the table', () => {
  fc.assert(
    fc.property(event, (record: EventRecord) => {
      const line = toLine(record);
      expect(JSON.parse(line)).toEqual(record);
      expect(Object.keys(JSON.parse(line))).toEqual(keysOf('event').filter((key) => key in record));
      expect(line).not.toMatch(/[\n\r]/);
    }),
  );
});

test('other records are written in the same way', () => {
  const record: TraceRecord = { zone: 'b"', kind: 'node', name: 'n', atMs: 3 };
  expect(toLine(record)).toBe('{"kind":"node","atMs":3,"name":"n","zone":"b\\""}');
});
