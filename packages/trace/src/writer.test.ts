/** The writer keeps order, causes and digest honest; what it wrote reads back, verifies and folds. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldTo } from './fold.ts';
import { parseTrace, parseTraceText, TraceFormatError } from './ndjson.ts';
import type { KeyframeRecord, Patch, TraceRecord } from './record.ts';
import { FoldedState } from './stateHash.ts';
import { verifyTrace } from './verify.ts';
import { TraceWriter } from './writer.ts';

const HEADER = {
  scenario: 's',
  seed: '7',
  tool: 'everynode 0',
  kubernetes: '1.31',
  endMs: 1000,
  params: {},
  repro: ['npx'],
};

function open(traceBytesMax?: number): { writer: TraceWriter; lines: string[] } {
  const lines: string[] = [];
  const sink = (line: string): void => void lines.push(line);
  const writer = new TraceWriter({ level: 'default', sink, ...(traceBytesMax === undefined ? {} : { traceBytesMax }) });
  writer.header(HEADER);
  return { writer, lines };
}

function created(atMs: number, name: string, patch: Patch, cause?: number): Parameters<TraceWriter['event']>[0] {
  const base = { atMs, type: 'pod.created', actor: 'user', object: `pod/ns/${name}`, patch };
  return cause === undefined ? base : { ...base, cause };
}

/** Events at growing instants that set, change and remove fields of a few objects. */
const history = fc.array(
  fc.record({
    gapMs: fc.integer({ min: 0, max: 40_000 }),
    name: fc.constantFrom('a', 'b', 'c'),
    path: fc.constantFrom('ready', 'phase', 'node'),
    value: fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string()),
  }),
  { minLength: 1, maxLength: 60 },
);

function write(steps: readonly { gapMs: number; name: string; path: string; value: Patch[number][1] }[]): string[] {
  const { writer, lines } = open();
  let atMs = 0;
  let cause: number | undefined;
  for (const step of steps) {
    atMs += step.gapMs;
    cause = writer.event(created(atMs, step.name, [[step.path, step.value]], cause));
  }
  writer.end({ atMs, verdict: 'pass', reason: '' });
  return lines;
}

test('keys come in one order, and absent fields are left out', () => {
  const { writer, lines } = open();
  const seq = writer.event({ rv: 3, actor: 'user', type: 'ds.updated', atMs: 5, data: { b: 1, a: 'x' } });
  writer.decision({ code: 'ok', node: 'n', object: 'ds/ns/a', actor: 'c', atMs: 5, cause: seq });
  expect(lines.slice(1)).toEqual([
    '{"kind":"event","seq":0,"atMs":5,"type":"ds.updated","actor":"user","rv":3,"data":{"b":1,"a":"x"}}',
    '{"kind":"decision","seq":1,"atMs":5,"actor":"c","object":"ds/ns/a","node":"n","code":"ok","cause":0}',
  ]);
});

test('the digest is the SHA-256 of the lines between header and end, each with its newline', () => {
  const { writer, lines } = open();
  writer.event(created(0, 'ä', [['phase', '\u{1F600}']]));
  const digest = writer.end({ atMs: 0, verdict: 'pass', reason: '' });
  const body = lines
    .slice(1, -1)
    .map((line) => `${line}\n`)
    .join('');
  expect(digest).toBe(createHash('sha256').update(body, 'utf8').digest('hex'));
});

test('the digest does not depend on the header', () => {
  const digests = ['npx', 'pnpm'].map((command) => {
    const writer = new TraceWriter({ level: 'full', sink: () => undefined });
    writer.header({ ...HEADER, repro: [command] });
    writer.event(created(0, 'a', []));
    return writer.end({ atMs: 1, verdict: 'pass', reason: '' });
  });
  expect(digests[0]).toBe(digests[1]);
});

test('whatever is written reads back, verifies without a problem and writes the same lines again', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const lines = write(steps);
      const records = parseTrace(lines);
      expect(verifyTrace(records)).toEqual([]);
      expect(write(steps)).toEqual(lines);
    }),
  );
});

test('a keyframe is written for every minute that events cross and for every 4,096 records', () => {
  const { writer, lines } = open();
  writer.event(created(59_999, 'a', []));
  writer.event(created(60_000, 'b', []));
  for (let i = 0; i < 4_097; i += 1) writer.event(created(60_001, 'c', [['i', i]]));
  writer.end({ atMs: 60_001, verdict: 'pass', reason: '' });
  const frames = parseTrace(lines).filter((record): record is KeyframeRecord => record.kind === 'keyframe');
  expect(frames.map(({ seq, atMs }) => [seq, atMs])).toEqual([
    [0, 59_999],
    [4_096, 60_001],
    [4_098, 60_001],
  ]);
});

test('the state hash depends on the entries and not on the way that led there', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const [direct, detour] = [new FoldedState(), new FoldedState()];
      for (const { name, path, value } of steps) {
        detour.apply(name, [[path, 'elsewhere']]);
        detour.apply(name, [[path, value]]);
      }
      for (const [object, fields] of [...detour.entries()].reverse()) direct.apply(object, [...fields]);
      expect(direct.hash).toBe(detour.hash);
    }),
  );
});

test('states that differ in one value, its type, its field or its object have different hashes', () => {
  const hashes = [
    ['a', 'x', 1],
    ['a', 'x', '1'],
    ['a', 'x', true],
    ['a', 'x', 'true'],
    ['a', 'y', 1],
    ['b', 'x', 1],
  ].map(([object, path, value]) => {
    const state = new FoldedState();
    state.apply(String(object), [[String(path), value ?? null]]);
    return state.hash;
  });
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('an object whose last field is gone is gone, and the hash is that of the empty state', () => {
  const state = new FoldedState();
  state.apply('pod/a', [
    ['phase', 'Running'],
    ['ready', true],
  ]);
  state.apply('pod/a', [
    ['ready', null],
    ['phase', null],
  ]);
  expect([state.size, state.hash]).toEqual([0, '0000000000000000']);
});

test('folding to a moment counts the events up to its seq and no later ones', () => {
  const { writer, lines } = open();
  writer.event(created(10, 'a', [['phase', 'Pending']]));
  writer.event(created(10, 'a', [['phase', 'Running']]));
  writer.event(created(11, 'a', [['phase', 'Failed']]));
  writer.end({ atMs: 11, verdict: 'pass', reason: '' });
  const records = parseTrace(lines);
  const phaseAt = (atMs: number, seq?: number): unknown =>
    foldTo(records, seq === undefined ? { atMs } : { atMs, seq })
      .get('pod/ns/a')
      ?.get('phase');
  expect([phaseAt(9), phaseAt(10, 0), phaseAt(10), phaseAt(99)]).toEqual([undefined, 'Pending', 'Running', 'Failed']);
});

test.each<[string, (writer: TraceWriter) => unknown, RegExp]>([
  ['a cause that is not earlier', (w) => w.event(created(0, 'a', [], 0)), /names seq 0, which is not earlier/],
  [
    'time that goes back',
    (w) => [w.event(created(5, 'a', [])), w.event(created(4, 'a', []))],
    /4 ms after one for 5 ms/,
  ],
  ['a fraction of a millisecond', (w) => w.event(created(0.5, 'a', [])), /whole milliseconds/],
  ['a float in a patch', (w) => w.event(created(0, 'a', [['share', 0.1]])), /share is no whole number/],
  [
    'a patch without an object',
    (w) => w.event({ atMs: 0, type: 'a.b', actor: 'x', patch: [['a', 1]] }),
    /names its object/,
  ],
  ['a second header', (w) => w.header(HEADER), /first record/],
  [
    'anything after the end',
    (w) => [w.end({ atMs: 0, verdict: 'pass', reason: '' }), w.event(created(0, 'a', []))],
    /between header and end/,
  ],
])('the writer refuses %s', (_, act, message) => {
  const { writer } = open();
  expect(() => act(writer)).toThrow(message);
});

test('the limit on bytes is reported and lines are still taken', () => {
  const { writer, lines } = open(100_000);
  expect(writer.limitReached).toBe(false);
  for (let i = 0; i < 2_000; i += 1) writer.event(created(i, 'a', [['phase', 'x'.repeat(50)]]));
  expect(writer.limitReached).toBe(true);
  writer.end({ atMs: 2_000, verdict: 'limit', reason: 'traceBytes' });
  expect(verifyTrace(parseTrace(lines))).toEqual([]);
});

test.each<[string, readonly string[], string]>([
  ['an empty file', [''], 'line 1: the trace is empty'],
  ['no JSON', ['{"kind":"hea'], 'line 1: no JSON: "{\\"kind\\":\\"hea"'],
  ['no header', ['{"kind":"node","atMs":0,"name":"a"}'], 'line 1: a trace begins with its header record'],
  [
    'a newer version',
    ['{"kind":"header","version":9}'],
    'line 1: this trace has version 9, this everynode reads up to 1: use a newer everynode',
  ],
  [
    'a version that is none',
    ['{"kind":"header","version":"1"}'],
    'line 1: header: version must be a whole number from 1 up, got "1"',
  ],
])('a file with %s is refused with its line', (_, lines, message) => {
  expect(() => parseTrace(lines)).toThrow(new TraceFormatError(1, message.replace('line 1: ', '')));
});

test.each<[string, string]>([
  ['{"kind":"nod"}', 'unknown kind of record "nod"'],
  ['{"kind":"node","atMs":-1,"name":"a"}', 'node: atMs must be a whole number from 0 up, got -1'],
  ['{"kind":"node","atMs":0,"name":"a","color":"red"}', 'node: unknown field "color"'],
  [
    '{"kind":"event","seq":0,"atMs":0,"type":"<b>","actor":"x"}',
    'event: type must be a dotted type such as pod.created, got "<b>"',
  ],
  [
    '{"kind":"event","seq":0,"atMs":0,"type":"a.b","actor":"x","data":{"a":[]}}',
    'event: data must be an object of scalars, got {"a":[]}',
  ],
  ['[]', 'a record is a JSON object'],
])('the line %s is refused: %s', (line, message) => {
  const { lines } = open();
  expect(() => parseTrace([...lines, '', line])).toThrow(new TraceFormatError(3, message));
});

test('a trace whose run was killed can be read, and verify says that its end is missing', () => {
  const { writer, lines } = open();
  writer.event(created(0, 'a', []));
  const records = parseTraceText(`${lines.join('\n')}\n`);
  expect(records).toHaveLength(2);
  expect(verifyTrace(records)).toEqual([{ line: 2, message: 'the end is the last record, and only the last' }]);
});

test.each<[string, (records: TraceRecord[]) => void, RegExp]>([
  ['a changed patch', (r) => change(r, 3, { patch: [['phase', 'Lie']] }), /^keyframe says .* fold to .*digest/],
  ['a missing event', (r) => void r.splice(2, 1), /seq 1 where 0 is due/],
  ['time that goes back', (r) => change(r, 3, { atMs: 0 }), /time goes back from 3 ms to 0 ms/],
  [
    'an event without a cause',
    (r) => change(r, 3, { cause: undefined, actor: 'kubelet/a' }),
    /pod.created 1 has no cause and is no input/,
  ],
  ['a cause from the future', (r) => change(r, 3, { cause: 1 }), /seq 1 names cause 1, which is not earlier/],
  ['an unknown node', (r) => change(r, 3, { node: 'nowhere' }), /unknown node nowhere/],
  ['a wrong count at the end', (r) => change(r, r.length - 1, { events: 7 }), /end counts 7 events, the trace has 2/],
])('verify finds %s', (_, spoil, message) => {
  const { writer, lines } = open();
  writer.node({ atMs: 0, name: 'n' });
  const first = writer.event(created(3, 'a', [['phase', 'Pending']]));
  writer.event({ ...created(4, 'a', [['phase', 'Running']], first), node: 'n' });
  writer.end({ atMs: 4, verdict: 'pass', reason: '' });
  const records = [...parseTrace(lines)];
  spoil(records);
  expect(
    verifyTrace(records)
      .map((each) => each.message)
      .join(' | '),
  ).toMatch(message);
});

function change(records: TraceRecord[], index: number, fields: Readonly<Record<string, unknown>>): void {
  const entries = Object.entries({ ...records[index], ...fields }).filter(([, value]) => value !== undefined);
  records[index] = Object.fromEntries(entries) as unknown as TraceRecord;
}
