/** The machinery under the trace for tests: a queue of tasks by time, objects with their fields, dice of its own. */
import { diffFields, type Fields } from '@everynode/trace/fields';
import { TraceWriter } from '@everynode/trace/writer';

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

interface Write {
  readonly actor: string;
  readonly cause?: number;
  readonly node?: string;
  /** Absent: `<kind>.created`, `.updated` or `.removed`. */
  readonly type?: string;
}

/** Keeps virtual time and the objects, and writes every change of them into the trace. */
export class TinyWorld {
  readonly trace: TraceWriter;
  readonly #queue: Task[] = [];
  readonly #objects = new Map<string, Fields>();
  #nowMs = 0;
  #order = 0;
  #dice = 7;

  constructor(sink: (line: string) => void) {
    this.trace = new TraceWriter({ level: 'default', sink });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get(ref: string): Fields | undefined {
    return this.#objects.get(ref);
  }

  /** Carries out all tasks up to and including an instant. */
  runUntil(endMs: number): void {
    for (let next = this.#queue.pop(); next !== undefined && next.atMs <= endMs; next = this.#queue.pop()) {
      this.#nowMs = next.atMs;
      next.run();
    }
  }

  write(ref: string, after: Fields | undefined, { actor, cause, node, type }: Write): number {
    const before = this.#objects.get(ref);
    if (after === undefined) this.#objects.delete(ref);
    else this.#objects.set(ref, after);
    const verb = before === undefined ? 'created' : after === undefined ? 'removed' : 'updated';
    return this.trace.event({
      atMs: this.#nowMs,
      type: type ?? `${ref.slice(0, ref.indexOf('/'))}.${verb}`,
      actor,
      object: ref,
      ...(node === undefined ? {} : { node }),
      ...(cause === undefined ? {} : { cause }),
      patch: diffFields(before, after),
    });
  }

  at(atMs: number, run: () => void): void {
    this.#order += 1;
    this.#queue.push({ atMs, order: this.#order, run });
    this.#queue.sort((a, b) => b.atMs - a.atMs || b.order - a.order);
  }

  /** A whole number below `sides`, from a generator of its own. */
  roll(sides: number): number {
    this.#dice = (Math.imul(this.#dice, 1_103_515_245) + 12_345) >>> 0;
    return (this.#dice >>> 8) % sides;
  }
}
