/**
 * The run as the page carries it: one block of columns, gzipped and in base64. A data block is never executed, and
 * base64 cannot close its element, so the strictest content policy lets it pass.
 *
 * Layout before gzip: `u32 length of the header (little endian) | header as JSON | columns`. Every column is a list of
 * varints; its bounds stand in the header. Read by `payloadReader.ts`, which must change together with this.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Scalar } from '@everynode/trace/record';
import { gzipSync } from 'fflate';
import { toBase64, VarintWriter } from './bytes.ts';
import type { LogEntry } from './causes.ts';
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { CoveragePoint } from './daemonSetWalk.ts';
import type { Episode } from './episodes.ts';
import { reduceLog } from './reduce.ts';
import type { FaultRow, ReportModel } from './report.ts';

export const PAYLOAD_VERSION = 1;

/** What the header of the block holds as JSON: all but the long columns. */
export interface PayloadHeader {
  readonly version: number;
  readonly scenario: string;
  readonly seed: string;
  readonly digest: string;
  readonly endMs: number;
  readonly entries: number;
  /** Entries that the page leaves out because the log is too long for it. */
  readonly dropped: number;
  readonly nodes: readonly { readonly name: string; readonly zone: string; readonly pool: string }[];
  /** Interned texts of the columns of the same name. */
  readonly types: readonly string[];
  readonly actors: readonly string[];
  readonly objects: readonly string[];
  readonly paths: readonly string[];
  readonly texts: readonly string[];
  /** `data` of events, each as JSON. */
  readonly details: readonly string[];
  readonly faults: readonly FaultRow[];
  readonly episodes: readonly Episode[];
  readonly daemonSets: readonly { readonly ref: string; readonly revisions: DaemonSetTimeline['revisions'] }[];
  /** Column name → offset and length in bytes behind the header. */
  readonly columns: Readonly<Record<string, readonly [offset: number, length: number]>>;
}

/** The numbers of a coverage point, in the order of its columns; a null budget is written as 0, others one higher. */
export const COVERAGE_NUMBERS: readonly (keyof CoveragePoint)[] = [
  'atMs',
  'desired',
  'available',
  'updated',
  'budget',
  'byRollout',
  'byFailure',
  'byStart',
];

/** Base64 of the block; the same model always gives the same text. A log that is too long is reduced. */
export function encodePayload(model: ReportModel): string {
  const columns = new Columns();
  const { log, dropped } = reduceLog(model);
  const tables = encodeLog(model, log, columns);
  model.daemonSets.forEach((timeline, i) => encodeTimeline(timeline, i, { model, columns }));
  const { bytes, bounds } = columns.finish();
  const header: PayloadHeader = {
    version: PAYLOAD_VERSION,
    scenario: model.scenario,
    seed: model.seed,
    digest: model.digest,
    endMs: model.endMs,
    entries: log.length,
    dropped,
    nodes: model.nodes.map(({ name, zone = '', pool = '' }) => ({ name, zone, pool })),
    ...tables,
    faults: model.faults,
    episodes: model.episodes,
    daemonSets: model.daemonSets.map(({ ref, revisions }) => ({ ref, revisions })),
    columns: bounds,
  };
  const json = utf8ToBytes(JSON.stringify(header));
  const block = new Uint8Array(4 + json.length + bytes.length);
  new DataView(block.buffer).setUint32(0, json.length, true);
  block.set(json, 4);
  block.set(bytes, 4 + json.length);
  // Without `mtime: 0` the clock of the machine would get into the bytes.
  return toBase64(gzipSync(block, { level: 6, mtime: 0 }));
}

type Tables = Pick<PayloadHeader, 'types' | 'actors' | 'objects' | 'paths' | 'texts' | 'details'>;

function encodeLog({ nodes }: ReportModel, log: readonly LogEntry[], columns: Columns): Tables {
  const [types, actors, objects] = [new Interner(), new Interner(), new Interner()];
  const [paths, texts, details] = [new Interner(), new Interner(), new Interner()];
  const nodeIndex = new Map(nodes.map((node, i) => [node.name, i]));
  let atMs = 0;
  let seq = -1;
  let rv = 0;
  for (const entry of log) {
    columns.push('seq', entry.seq - seq - 1);
    columns.push('atMs', entry.atMs - atMs);
    columns.push('type', types.index(entry.kind === 'decision' ? `decision.${entry.code}` : entry.type));
    columns.push('actor', actors.index(entry.actor));
    columns.push('object', entry.object === undefined ? 0 : objects.index(entry.object) + 1);
    columns.push('node', entry.node === undefined ? 0 : (nodeIndex.get(entry.node) ?? -1) + 1);
    columns.push('cause', entry.cause === undefined ? 0 : entry.seq - entry.cause);
    [seq, atMs] = [entry.seq, entry.atMs];
    if (entry.kind === 'decision') continue;
    columns.push('lag', entry.lagMs === undefined ? 0 : entry.lagMs + 1);
    columns.push('rv', entry.rv === undefined ? 0 : zigzag(entry.rv - rv) + 1);
    rv = entry.rv ?? rv;
    columns.push('detail', entry.data === undefined ? 0 : details.index(JSON.stringify(entry.data)) + 1);
    columns.push('changes', entry.patch?.length ?? 0);
    for (const [path, value] of entry.patch ?? []) {
      columns.push('path', paths.index(path));
      columns.push('value', encodeScalar(value, texts));
    }
  }
  return {
    types: types.list,
    actors: actors.list,
    objects: objects.list,
    paths: paths.list,
    texts: texts.list,
    details: details.list,
  };
}

interface TimelineScene {
  readonly model: ReportModel;
  readonly columns: Columns;
}

/** Lanes in the order of the nodes, each with its length before it; then the points of the chart. */
function encodeTimeline(timeline: DaemonSetTimeline, index: number, { model, columns }: TimelineScene): void {
  for (const { name } of model.nodes) {
    const lane = timeline.lanes.get(name);
    columns.push(`lane${index}.length`, lane?.atMs.length ?? 0);
    let [atMs, seq] = [0, 0];
    lane?.atMs.forEach((at, i) => {
      const laneSeq = lane.seq[i] ?? 0;
      columns.push(`lane${index}.atMs`, at - atMs);
      columns.push(`lane${index}.seq`, laneSeq - seq);
      columns.push(`lane${index}.state`, lane.state[i] ?? 0);
      [atMs, seq] = [at, laneSeq];
    });
  }
  let before = 0;
  for (const point of timeline.coverage) {
    for (const key of COVERAGE_NUMBERS) {
      const value = point[key];
      const written =
        key === 'atMs' ? point.atMs - before : key === 'budget' ? (value === null ? 0 : value + 1) : (value ?? 0);
      columns.push(`coverage${index}.${key}`, written);
    }
    before = point.atMs;
  }
}

/** 0 null, 1 true, 2 false; then odd numbers are texts of the table, even ones whole numbers. */
function encodeScalar(value: Scalar, texts: Interner): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 2;
  if (typeof value === 'string') return 3 + 2 * texts.index(value);
  return 4 + 2 * zigzag(value);
}

/** 0, 1, 2, … for 0, -1, 1, …: small numbers stay small whatever their sign. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** Gives every different text a number, in the order of first use. */
class Interner {
  readonly list: string[] = [];
  readonly #indexes = new Map<string, number>();

  index(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.list.length);
    this.list.push(text);
    return this.list.length - 1;
  }
}

/** Columns by name, joined in the order of their first value. */
class Columns {
  readonly #writers = new Map<string, VarintWriter>();

  push(name: string, value: number): void {
    let writer = this.#writers.get(name);
    if (writer === undefined) {
      writer = new VarintWriter();
      this.#writers.set(name, writer);
    }
    writer.push(value);
  }

  finish(): { readonly bytes: Uint8Array; readonly bounds: PayloadHeader['columns'] } {
    const parts = [...this.#writers].map(([name, writer]) => ({ name, bytes: writer.finish() }));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
    const bounds: Record<string, readonly [number, number]> = {};
    let offset = 0;
    for (const part of parts) {
      bytes.set(part.bytes, offset);
      bounds[part.name] = [offset, part.bytes.length];
      offset += part.bytes.length;
    }
    return { bytes, bounds };
  }
}
