/** Reads a trace back from its lines, brings old versions up to date, and names the line where something is wrong. */
import { type TraceRecord, TRACE_VERSION } from './record.ts';
import { shapeProblem } from './shape.ts';

/** The file is no trace, or none that we can read: the user's trouble, with a line number from 1. */
export class TraceFormatError extends Error {
  override readonly name = 'TraceFormatError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.line = line;
  }
}

/** One step from a version to the next, record by record; a change of `TRACE_VERSION` adds one. */
type Upgrade = (record: unknown) => unknown;
const UPGRADES: Readonly<Record<number, Upgrade>> = {};

/**
 * The records of a trace, one for each line; empty lines are skipped. A trace without its `end` (of a run that was
 * killed) can be read too.
 * @throws TraceFormatError on a line that is no record, a missing header, or a version that we do not know.
 */
export function parseTrace(lines: Iterable<string>): readonly TraceRecord[] {
  const records: TraceRecord[] = [];
  let version = TRACE_VERSION;
  let number = 0;
  for (const line of lines) {
    number += 1;
    if (line === '') continue;
    const value = parseJson(line, number);
    if (records.length === 0) version = versionOf(value, number);
    records.push(toRecord(value, version, number));
  }
  if (records.length === 0) throw new TraceFormatError(1, 'the trace is empty');
  return records;
}

/** As `parseTrace`, from the whole text of a file. */
export function parseTraceText(text: string): readonly TraceRecord[] {
  return parseTrace(text.split('\n'));
}

function parseJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new TraceFormatError(number, `no JSON: ${JSON.stringify(line.slice(0, 60))}`);
  }
}

function versionOf(value: unknown, number: number): number {
  const header = typeof value === 'object' && value !== null ? value : {};
  if (!('kind' in header) || header.kind !== 'header') {
    throw new TraceFormatError(number, 'a trace begins with its header record');
  }
  const version = 'version' in header ? header.version : undefined;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new TraceFormatError(
      number,
      `header: version must be a whole number from 1 up, got ${JSON.stringify(version)}`,
    );
  }
  if (version > TRACE_VERSION) {
    throw new TraceFormatError(
      number,
      `this trace has version ${version}, this everynode reads up to ${TRACE_VERSION}: use a newer everynode`,
    );
  }
  return version;
}

function toRecord(value: unknown, fromVersion: number, number: number): TraceRecord {
  let record = value;
  for (let version = fromVersion; version < TRACE_VERSION; version += 1) record = UPGRADES[version]?.(record) ?? record;
  const problem = shapeProblem(record);
  if (problem !== undefined) throw new TraceFormatError(number, problem);
  return record as TraceRecord;
}
