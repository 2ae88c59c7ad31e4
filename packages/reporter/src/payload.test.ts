/** The block in the page holds the whole run: what is read back equals what was written, byte for byte each time. */
import { gunzipSync } from 'node:zlib';
import { foldTo } from '@everynode/trace/fold';
import type { TraceRecord } from '@everynode/trace/record';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64, VarintReader, VarintWriter } from './bytes.ts';
import { encodePayload } from './payload.ts';
import { readPayload, type Run } from './payloadReader.ts';
import { toReport } from './reportModel.ts';
import { zoneOutageTrace } from './testing/zoneOutageTrace.ts';

function readBack(base64: string): Run {
  return readPayload(new Uint8Array(gunzipSync(Buffer.from(base64, 'base64'))), (bytes) =>
    new TextDecoder().decode(bytes),
  );
}

const RECORDS = zoneOutageTrace({ nodesPerZone: 10, minReadySeconds: 5 });
const MODEL = toReport(RECORDS);
const RUN = readBack(encodePayload(MODEL));

test('every event and decision reads back as it was', () => {
  const read = MODEL.log.map((_, index) => RUN.log.at(index));
  expect(read).toEqual(MODEL.log);
});

test('entries with gaps in their seq are found by seq, and by the last one before a gap', () => {
  const log = MODEL.log.filter((entry) => entry.seq % 3 !== 1);
  const run = readBack(encodePayload({ ...MODEL, log }));
  expect(run.log.bySeq(6)).toEqual(MODEL.log[6]);
  expect(run.log.bySeq(7)).toBeUndefined();
  expect(run.log.at(run.log.indexOfSeq(7))?.seq).toBe(6);
});

test('lanes and coverage read back as they were', () => {
  const [written, read] = [MODEL.daemonSets[0], RUN.daemonSets[0]];
  const lanes = read?.lanes;
  const ofNode = (node: number): unknown => {
    const [from, to] = [lanes?.starts[node], lanes?.starts[node + 1]];
    return {
      atMs: [...(lanes?.atMs.slice(from, to) ?? [])],
      seq: [...(lanes?.seq.slice(from, to) ?? [])],
      state: [...(lanes?.state.slice(from, to) ?? [])],
    };
  };
  MODEL.nodes.forEach((node, i) => expect(ofNode(i)).toEqual(written?.lanes.get(node.name)));
  expect(read?.coverage).toEqual(written?.coverage);
});

test('the state of an object at any moment equals the fold of the trace', () => {
  const objects = [...new Set(MODEL.log.flatMap((entry) => entry.object ?? []))];
  fc.assert(
    fc.property(fc.constantFrom(...objects), fc.nat({ max: MODEL.log.length - 1 }), (object, seq) => {
      const atMs = MODEL.log[seq]?.atMs ?? 0;
      const folded = foldTo(RECORDS, { atMs, seq }).get(object) ?? new Map();
      expect(new Map(RUN.log.stateOf(object, { atMs, seq }))).toEqual(new Map(folded));
    }),
  );
});

test('chains and first effects follow the causes of the trace', () => {
  fc.assert(
    fc.property(fc.nat({ max: MODEL.log.length - 1 }), (index) => {
      const chain = RUN.log.chainTo(index);
      expect(MODEL.log[chain[0] ?? 0]?.cause).toBeUndefined();
      chain.slice(1).forEach((each, i) => expect(MODEL.log[each]?.cause).toBe(MODEL.log[chain[i] ?? 0]?.seq));
      expect(RUN.log.firstEffectOf(index)).toBe(MODEL.log.findIndex((entry) => entry.cause === index));
    }),
    { numRuns: 30 },
  );
});

test('encoding twice gives the same text', () => {
  expect(encodePayload(toReport(zoneOutageTrace({ nodesPerZone: 2 })))).toBe(
    encodePayload(toReport(zoneOutageTrace({ nodesPerZone: 2 }))),
  );
});

test('an entry costs less than 10 bytes of the gzipped block', () => {
  const large = toReport(zoneOutageTrace({ nodesPerZone: 60 }));
  const bytes = Buffer.from(encodePayload(large), 'base64').length;
  expect(large.log.length).toBeGreaterThan(2_500);
  expect(bytes / large.log.length).toBeLessThan(10);
});

test('whole numbers read back from varints, up to the largest safe one', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), (values) => {
      const writer = new VarintWriter();
      values.forEach((value) => writer.push(value));
      const reader = new VarintReader(writer.finish());
      expect(values.map(() => reader.next())).toEqual(values);
      expect(reader.done).toBe(true);
      expect(() => reader.next()).toThrow(/ends inside a number/);
    }),
  );
});

test('base64 is the standard one', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});

test('scalars of a patch keep their types', () => {
  const patch = [
    ['a', -3],
    ['b', 2 ** 40],
    ['c', '7'],
    ['d', true],
    ['e', false],
    ['f', null],
    ['g', ''],
  ] as const;
  const event: TraceRecord = { kind: 'event', seq: 0, atMs: 0, type: 'a.b', actor: 'x', object: 'pod/a', patch };
  const run = readBack(encodePayload({ ...MODEL, log: [event] }));
  expect(run.log.at(0)).toMatchObject({ patch });
});
