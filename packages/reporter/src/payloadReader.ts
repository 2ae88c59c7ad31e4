/** Reads the block that `payload.ts` wrote: typed arrays for what is long, records on demand for what is looked at. */
import { assert } from '@everynode/core/assert';
import { VarintReader } from './bytes.ts';
import type { CoveragePoint } from './daemonSetWalk.ts';
import { COVERAGE_NUMBERS, PAYLOAD_VERSION, type PayloadHeader } from './payload.ts';
import { type EntryColumns, RunLog, unzigzag } from './runLog.ts';

/** Lanes of all nodes in one: those of node `i` stand at `starts[i]` up to `starts[i + 1]`. */
export interface LaneColumns {
  readonly starts: Uint32Array;
  readonly atMs: Float64Array;
  readonly seq: Uint32Array;
  readonly state: Uint8Array;
}

export interface DaemonSetColumns {
  readonly ref: string;
  readonly revisions: PayloadHeader['daemonSets'][number]['revisions'];
  readonly lanes: LaneColumns;
  readonly coverage: readonly CoveragePoint[];
}

export interface Run {
  readonly header: PayloadHeader;
  readonly log: RunLog;
  readonly daemonSets: readonly DaemonSetColumns[];
}

/** `bytes`: the block after gunzip. `decodeText`: from UTF-8. Asserts where the block is not of this version. */
export function readPayload(bytes: Uint8Array, decodeText: (bytes: Uint8Array) => string): Run {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(decodeText(bytes.subarray(4, 4 + length))) as PayloadHeader;
  assert(
    header.version === PAYLOAD_VERSION,
    () => `payload version ${String(header.version)}, expected ${PAYLOAD_VERSION}`,
  );
  const columns = new ColumnReaders(header, bytes.subarray(4 + length));
  return {
    header,
    log: new RunLog(header, readEntries(header, columns)),
    daemonSets: header.daemonSets.map(({ ref, revisions }, i) => ({
      ref,
      revisions,
      lanes: readLanes(columns, i, header.nodes.length),
      coverage: readCoverage(columns, i),
    })),
  };
}

function readEntries(header: PayloadHeader, columns: ColumnReaders): EntryColumns {
  const n = header.entries;
  const entries = {
    seq: new Uint32Array(n),
    atMs: new Float64Array(n),
    type: new Uint32Array(n),
    actor: new Uint32Array(n),
    object: new Uint32Array(n),
    node: new Uint32Array(n),
    cause: new Int32Array(n),
    lag: new Float64Array(n),
    rv: new Float64Array(n),
    detail: new Uint32Array(n),
    patchStart: new Uint32Array(n + 1),
    patchPath: columns.all('path'),
    patchValue: columns.all('value'),
  };
  const isDecision = header.types.map((type) => type.startsWith('decision.'));
  let [seq, atMs, rv, patches] = [-1, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    seq += columns.next('seq') + 1;
    atMs += columns.next('atMs');
    entries.seq[i] = seq;
    entries.atMs[i] = atMs;
    const type = columns.next('type');
    entries.type[i] = type;
    entries.actor[i] = columns.next('actor');
    entries.object[i] = columns.next('object');
    entries.node[i] = columns.next('node');
    const back = columns.next('cause');
    entries.cause[i] = back === 0 ? -1 : seq - back;
    if (isDecision[type] !== true) {
      entries.lag[i] = columns.next('lag');
      const step = columns.next('rv');
      if (step > 0) {
        rv += unzigzag(step - 1);
        entries.rv[i] = rv;
      }
      entries.detail[i] = columns.next('detail');
      patches += columns.next('changes');
    }
    entries.patchStart[i + 1] = patches;
  }
  return entries;
}

function readLanes(columns: ColumnReaders, index: number, nodes: number): LaneColumns {
  const lengths = columns.all(`lane${index}.length`);
  const starts = new Uint32Array(nodes + 1);
  for (let i = 0; i < nodes; i += 1) starts[i + 1] = (starts[i] ?? 0) + (lengths[i] ?? 0);
  const atMs = columns.all(`lane${index}.atMs`);
  const seq = Uint32Array.from(columns.all(`lane${index}.seq`));
  for (let node = 0; node < nodes; node += 1) {
    // Within one lane, times and seqs are steps from the entry before.
    for (let i = (starts[node] ?? 0) + 1; i < (starts[node + 1] ?? 0); i += 1) {
      atMs[i] = (atMs[i] ?? 0) + (atMs[i - 1] ?? 0);
      seq[i] = (seq[i] ?? 0) + (seq[i - 1] ?? 0);
    }
  }
  return { starts, atMs, seq, state: Uint8Array.from(columns.all(`lane${index}.state`)) };
}

function readCoverage(columns: ColumnReaders, index: number): readonly CoveragePoint[] {
  const numbers = COVERAGE_NUMBERS.map((key) => columns.all(`coverage${index}.${key}`));
  const points: CoveragePoint[] = [];
  let atMs = 0;
  for (let i = 0; i < (numbers[0]?.length ?? 0); i += 1) {
    const [at = 0, desired = 0, available = 0, updated = 0, budget = 0, byRollout = 0, byFailure = 0, byStart = 0] =
      numbers.map((column) => column[i] ?? 0);
    atMs += at;
    points.push({
      atMs,
      desired,
      available,
      updated,
      budget: budget === 0 ? null : budget - 1,
      byRollout,
      byFailure,
      byStart,
    });
  }
  return points;
}

/** Reads columns by name, value by value or at once. */
class ColumnReaders {
  readonly #header: PayloadHeader;
  readonly #bytes: Uint8Array;
  readonly #readers = new Map<string, VarintReader>();

  constructor(header: PayloadHeader, bytes: Uint8Array) {
    this.#header = header;
    this.#bytes = bytes;
  }

  next(name: string): number {
    return this.#reader(name).next();
  }

  all(name: string): Float64Array {
    const reader = this.#reader(name);
    const values: number[] = [];
    while (!reader.done) values.push(reader.next());
    return Float64Array.from(values);
  }

  #reader(name: string): VarintReader {
    const known = this.#readers.get(name);
    if (known !== undefined) return known;
    const [offset, length] = this.#header.columns[name] ?? [0, 0];
    const reader = new VarintReader(this.#bytes.subarray(offset, offset + length));
    this.#readers.set(name, reader);
    return reader;
  }
}
