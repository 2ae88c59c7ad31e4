/** The log of a run in columns, as the viewer holds it: hundreds of thousands of entries without an object for each. */
import type { Patch, Scalar } from '@everynode/trace/record';
import type { LogEntry } from './causes.ts';
import type { Moment } from './moment.ts';

/** One place per entry; `patchStart` has one more. Numbers as in the payload: 0 stands for none where an index is one higher. */
export interface EntryColumns {
  readonly seq: Uint32Array;
  readonly atMs: Float64Array;
  readonly type: Uint32Array;
  readonly actor: Uint32Array;
  readonly object: Uint32Array;
  readonly node: Uint32Array;
  /** -1: none. */
  readonly cause: Int32Array;
  readonly lag: Float64Array;
  readonly rv: Float64Array;
  readonly detail: Uint32Array;
  readonly patchStart: Uint32Array;
  readonly patchPath: Float64Array;
  readonly patchValue: Float64Array;
}

/** The interned texts that the columns point into. */
export interface LogTables {
  readonly types: readonly string[];
  readonly actors: readonly string[];
  readonly objects: readonly string[];
  readonly paths: readonly string[];
  readonly texts: readonly string[];
  readonly details: readonly string[];
  readonly nodes: readonly { readonly name: string }[];
}

/** Entries by index (0 up to `length`) or by seq; with a reduced trace the two differ. */
export class RunLog {
  readonly columns: EntryColumns;
  readonly #tables: LogTables;
  readonly #isDense: boolean;
  #byObject: Groups | undefined;
  #byNode: Groups | undefined;

  constructor(tables: LogTables, columns: EntryColumns) {
    this.columns = columns;
    this.#tables = tables;
    this.#isDense = columns.seq.length === 0 || columns.seq.at(-1) === columns.seq.length - 1;
  }

  get length(): number {
    return this.columns.seq.length;
  }

  /** The record at an index, as it stood in the trace. */
  at(index: number): LogEntry | undefined {
    const { columns } = this;
    const seq = columns.seq[index];
    if (seq === undefined) return undefined;
    const type = this.typeAt(index);
    const common = {
      seq,
      atMs: columns.atMs[index] ?? 0,
      actor: this.#tables.actors[columns.actor[index] ?? 0] ?? '',
      ...optional('cause', columns.cause[index], -1),
    };
    const [object, node] = [this.objectAt(index), this.nodeAt(index)];
    if (type.startsWith('decision.')) {
      return {
        kind: 'decision',
        ...common,
        object: object ?? '',
        node: node ?? '',
        code: type.slice('decision.'.length),
      };
    }
    const patch = this.patchAt(index);
    const [lag, rv, detail] = [columns.lag[index] ?? 0, columns.rv[index] ?? 0, columns.detail[index] ?? 0];
    return {
      kind: 'event',
      type,
      ...common,
      ...(object === undefined ? {} : { object }),
      ...(node === undefined ? {} : { node }),
      ...(lag === 0 ? {} : { lagMs: lag - 1 }),
      ...(rv === 0 ? {} : { rv }),
      ...(detail === 0
        ? {}
        : { data: JSON.parse(this.#tables.details[detail - 1] ?? '{}') as Readonly<Record<string, Scalar>> }),
      ...(patch.length === 0 ? {} : { patch }),
    };
  }

  bySeq(seq: number): LogEntry | undefined {
    const index = this.indexOfSeq(seq);
    return this.columns.seq[index] === seq ? this.at(index) : undefined;
  }

  /** Index of the last entry whose seq is not above; -1: none. */
  indexOfSeq(seq: number): number {
    if (this.#isDense) return Math.min(seq, this.length - 1);
    return lastNotAbove(this.columns.seq, seq);
  }

  /** The moment of an instant: all records of that instant count. */
  momentAt(atMs: number): Moment {
    const index = lastNotAbove(this.columns.atMs, atMs);
    return { atMs, seq: this.columns.seq[index] ?? 0 };
  }

  /** `pod.created`, or `decision.<code>` for a decision. */
  typeAt(index: number): string {
    return this.#tables.types[this.columns.type[index] ?? 0] ?? '';
  }

  objectAt(index: number): string | undefined {
    return this.#tables.objects[(this.columns.object[index] ?? 0) - 1];
  }

  nodeAt(index: number): string | undefined {
    return this.#tables.nodes[(this.columns.node[index] ?? 0) - 1]?.name;
  }

  patchAt(index: number): Patch {
    const { patchStart, patchPath, patchValue } = this.columns;
    const patch: (readonly [string, Scalar])[] = [];
    for (let i = patchStart[index] ?? 0; i < (patchStart[index + 1] ?? 0); i += 1) {
      patch.push([this.#tables.paths[patchPath[i] ?? 0] ?? '', decodeScalar(patchValue[i] ?? 0, this.#tables.texts)]);
    }
    return patch;
  }

  /** The fields of one object at a moment; empty: it is not there. */
  stateOf(object: string, moment: Moment): ReadonlyMap<string, Scalar> {
    const fields = new Map<string, Scalar>();
    for (const index of this.entriesOf(object)) {
      if ((this.columns.seq[index] ?? 0) > moment.seq) break;
      for (const [path, value] of this.patchAt(index)) {
        if (value === null) fields.delete(path);
        else fields.set(path, value);
      }
    }
    return fields;
  }

  /** Indexes of the entries about an object, in order. */
  entriesOf(object: string): Uint32Array {
    this.#byObject ??= new Groups(this.columns.object, this.#tables.objects);
    return this.#byObject.of(object);
  }

  /** Indexes of the entries that name a node, in order. */
  entriesOfNode(node: string): Uint32Array {
    this.#byNode ??= new Groups(
      this.columns.node,
      this.#tables.nodes.map(({ name }) => name),
    );
    return this.#byNode.of(node);
  }

  /** Indexes of the records from the input to the entry itself. */
  chainTo(index: number): readonly number[] {
    const chain: number[] = [];
    for (let at = index; at >= 0 && at < this.length;) {
      chain.push(at);
      const cause = this.columns.cause[at] ?? -1;
      at = cause < 0 ? -1 : this.indexOfSeq(cause);
    }
    return chain.reverse();
  }

  /** Index of the first entry that names this one as its cause; -1: none. */
  firstEffectOf(index: number): number {
    const seq = this.columns.seq[index] ?? -1;
    for (let at = index + 1; at < this.length; at += 1) if (this.columns.cause[at] === seq) return at;
    return -1;
  }
}

/** Index of the last value that is not above; -1: none. The values must not fall. */
export function lastNotAbove(values: Uint32Array | Float64Array, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A scalar of a patch from its code; the inverse of the writer's `encodeScalar`. */
function decodeScalar(code: number, texts: readonly string[]): Scalar {
  if (code === 0) return null;
  if (code < 3) return code === 1;
  return code % 2 === 1 ? (texts[(code - 3) / 2] ?? '') : unzigzag((code - 4) / 2);
}

/** The inverse of the writer's `zigzag`. */
export function unzigzag(value: number): number {
  return value % 2 === 1 ? -Math.trunc((value + 1) / 2) : Math.trunc(value / 2);
}

/** Entries by what they name: indexes of one name lie side by side. */
class Groups {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #starts: Uint32Array;
  readonly #entries: Uint32Array;

  /** `column` holds numbers of `names`, one higher; 0: none. */
  constructor(column: Uint32Array, names: readonly string[]) {
    this.#numbers = new Map(names.map((name, i) => [name, i + 1]));
    const starts = new Uint32Array(names.length + 2);
    for (const key of column) starts[key + 1] = (starts[key + 1] ?? 0) + 1;
    for (let i = 1; i < starts.length; i += 1) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    const next = Uint32Array.from(starts);
    this.#entries = new Uint32Array(column.length);
    column.forEach((key, i) => {
      this.#entries[next[key] ?? 0] = i;
      next[key] = (next[key] ?? 0) + 1;
    });
    this.#starts = starts;
  }

  of(name: string): Uint32Array {
    const number = this.#numbers.get(name);
    if (number === undefined) return new Uint32Array(0);
    return this.#entries.subarray(this.#starts[number], this.#starts[number + 1]);
  }
}

function optional<K extends string>(key: K, value: number | undefined, none: number): { readonly [P in K]?: number } {
  return value === undefined || value === none ? {} : ({ [key]: value } as { readonly [P in K]: number });
}
