/** What a line of a trace must look like, field by field: the schema of report pages and readers, as one table. */
import { keysOf } from './line.ts';
import type { TraceRecord } from './record.ts';

/** Checks one value; returns what was expected, or undefined where the value will do. */
type Check = (value: unknown) => string | undefined;

const whole: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'a whole number from 0 up';
const wholeOrNull: Check = (value) => (value === null ? undefined : whole(value));
const text: Check = (value) => (typeof value === 'string' ? undefined : 'text');
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const name: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'text that is not empty');
const dotted: Check = (value) =>
  matches(value, /^[a-z][A-Za-z]*(?:\.[A-Za-z0-9]+)*$/, 'a dotted type such as pod.created');
const shortHash: Check = (value) => matches(value, /^[0-9a-f]{16}$/, '16 hex digits');
const longHash: Check = (value) => matches(value, /^[0-9a-f]{64}$/, '64 hex digits');
const texts: Check = (value) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string') ? undefined : 'a list of texts';
const scalars: Check = (value) =>
  isRecord(value) && Object.values(value).every(isScalar) ? undefined : 'an object of scalars';
const patch: Check = (value) =>
  Array.isArray(value) && value.every(isPatchEntry) ? undefined : 'a list of [path, scalar] pairs';

const block = oneOf('before', 'always', 'never', 'eventually', 'final', 'threshold', 'law');
const severity = oneOf('critical', 'warning', 'observation');

const optional = new Set(
  ['header.description', 'node.zone', 'node.pool', 'decision.cause', 'violation.object', 'violation.node'].concat(
    ['object', 'node', 'cause', 'lagMs', 'rv', 'data', 'patch'].map((key) => `event.${key}`),
    'assertion.source',
  ),
);

const CHECKS: { readonly [K in TraceRecord['kind']]: Readonly<Record<string, Check>> } = {
  header: {
    version: whole,
    scenario: text,
    description: text,
    seed: text,
    tool: text,
    kubernetes: text,
    level: oneOf('default', 'full'),
    endMs: whole,
    params: scalars,
    repro: texts,
  },
  node: { atMs: whole, name, zone: text, pool: text },
  fault: { id: name, type: name, seq: whole, fromMs: whole, toMs: wholeOrNull, nodes: texts, targets: text },
  event: {
    seq: whole,
    atMs: whole,
    type: dotted,
    actor: name,
    object: name,
    node: name,
    cause: whole,
    lagMs: whole,
    rv: whole,
    data: scalars,
    patch,
  },
  decision: { seq: whole, atMs: whole, actor: name, object: name, node: name, code: name, cause: whole },
  keyframe: { seq: whole, atMs: whole, hash: shortHash },
  violation: {
    id: name,
    invariant: name,
    block,
    severity,
    fromMs: whole,
    toMs: wholeOrNull,
    seq: whole,
    message: text,
    object: name,
    node: name,
    faults: texts,
  },
  assertion: {
    id: name,
    invariant: name,
    block,
    severity,
    result: oneOf('held', 'failed', 'not-evaluated'),
    firstViolatedAtMs: wholeOrNull,
    violatedMs: whole,
    evaluations: whole,
    demanded: text,
    worst: text,
    message: text,
    source: text,
  },
  faultEnd: { id: name, type: name, bites: whole, mayBeVacuous: flag },
  end: {
    atMs: whole,
    events: whole,
    digest: longHash,
    verdict: oneOf('pass', 'violated', 'vacuous', 'limit', 'interrupted'),
    reason: text,
  },
};

/** Undefined: the value is a record. Otherwise a sentence without a full stop that says what is wrong with it. */
export function shapeProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'a record is a JSON object';
  const kind = value['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(CHECKS, kind)) return `unknown kind of record ${JSON.stringify(kind)}`;
  return fieldProblem(kind as TraceRecord['kind'], value);
}

function fieldProblem(kind: TraceRecord['kind'], record: Readonly<Record<string, unknown>>): string | undefined {
  const checks = CHECKS[kind];
  for (const key of keysOf(kind)) {
    const check = checks[key];
    if (check === undefined || (record[key] === undefined && optional.has(`${kind}.${key}`))) continue;
    const expected = check(record[key]);
    if (expected !== undefined) return `${kind}: ${key} must be ${expected}, got ${JSON.stringify(record[key])}`;
  }
  const unknown = Object.keys(record).find((key) => key !== 'kind' && !Object.hasOwn(checks, key));
  return unknown === undefined ? undefined : `${kind}: unknown field ${JSON.stringify(unknown)}`;
}

function matches(value: unknown, pattern: RegExp, expected: string): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? undefined : expected;
}

function oneOf(...words: readonly string[]): Check {
  return (value) => (typeof value === 'string' && words.includes(value) ? undefined : `one of ${words.join(', ')}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isPatchEntry(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isScalar(value[1]);
}
