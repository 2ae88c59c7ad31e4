/** The rules of a trace that its shape cannot say: order, causes, keyframes, digest. What `everynode trace verify` runs. */
import { LineDigest } from './digest.ts';
import { toLine } from './line.ts';
import type { DecisionRecord, EventRecord, TraceRecord } from './record.ts';
import { shapeProblem } from './shape.ts';
import { FoldedState } from './stateHash.ts';

/** `line` counts records from 1, as lines of the file. */
export interface TraceProblem {
  readonly line: number;
  readonly message: string;
}

/** What comes from outside the simulated world has no cause: the start, the steps of the plan, its faults. */
function isInput(event: Pick<EventRecord, 'type' | 'actor'>): boolean {
  return /^(?:fault|step|run)\./.test(event.type) || event.actor === 'user' || event.actor === 'engine';
}

/** All problems of a trace, in the order of its lines; empty: the trace is sound and complete. */
export function verifyTrace(records: readonly TraceRecord[]): readonly TraceProblem[] {
  const walk = new Walk();
  records.forEach((record, i) => walk.step(record, i + 1, i === records.length - 1));
  if (records.length === 0) walk.say(1, 'the trace is empty');
  return walk.problems;
}

/** One pass over the lines, and what must be remembered between them. */
class Walk {
  readonly problems: TraceProblem[] = [];
  readonly #nodes = new Set<string>();
  readonly #begun = new Set<number>();
  readonly #faults = new Set<string>();
  readonly #state = new FoldedState();
  readonly #digest = new LineDigest();
  #nextSeq = 0;
  #atMs = 0;

  say(line: number, message: string): void {
    this.problems.push({ line, message });
  }

  step(record: TraceRecord, line: number, last: boolean): void {
    const shape = shapeProblem(record);
    if (shape !== undefined) {
      this.say(line, shape);
      return;
    }
    if ((record.kind === 'header') !== (line === 1))
      this.say(line, 'the header is the first record, and only the first');
    if ((record.kind === 'end') !== last) this.say(line, 'the end is the last record, and only the last');
    if (record.kind === 'header') return;
    if ('atMs' in record) this.#time(record.atMs, line);
    if (record.kind === 'end') this.#end(record, line);
    else {
      this.#digest.add(toLine(record));
      this.#body(record, line);
    }
  }

  #body(record: Exclude<TraceRecord, { kind: 'header' | 'end' }>, line: number): void {
    switch (record.kind) {
      case 'node':
        this.#nodes.add(record.name);
        return;
      case 'event':
        this.#numbered(record, line);
        this.#event(record, line);
        return;
      case 'decision':
        this.#numbered(record, line);
        if (record.cause === undefined) this.say(line, `decision ${record.seq} has no cause`);
        return;
      case 'keyframe':
        this.#keyframe(record, line);
        return;
      case 'fault':
        this.#faults.add(record.id);
        if (!this.#begun.has(record.seq))
          this.say(line, `fault ${record.id} names seq ${record.seq}, which is no fault.begin`);
        return;
      case 'violation':
        if (record.seq >= this.#nextSeq)
          this.say(line, `violation of ${record.id} names seq ${record.seq}, which is not earlier`);
        for (const id of record.faults)
          if (!this.#faults.has(id)) this.say(line, `violation of ${record.id} names fault ${id}, which never began`);
        return;
      default:
    }
  }

  #time(atMs: number, line: number): void {
    if (atMs < this.#atMs) this.say(line, `time goes back from ${this.#atMs} ms to ${atMs} ms`);
    this.#atMs = Math.max(this.#atMs, atMs);
  }

  #numbered(record: EventRecord | DecisionRecord, line: number): void {
    if (record.seq !== this.#nextSeq) this.say(line, `seq ${record.seq} where ${this.#nextSeq} is due`);
    this.#nextSeq = record.seq + 1;
    if (record.cause !== undefined && record.cause >= record.seq) {
      this.say(line, `seq ${record.seq} names cause ${record.cause}, which is not earlier`);
    }
    if (record.node !== undefined && !this.#nodes.has(record.node)) this.say(line, `unknown node ${record.node}`);
  }

  #event(record: EventRecord, line: number): void {
    if (record.type === 'fault.begin') this.#begun.add(record.seq);
    if (record.cause === undefined && !isInput(record))
      this.say(line, `${record.type} ${record.seq} has no cause and is no input`);
    if (record.patch === undefined) return;
    if (record.object === undefined) this.say(line, `${record.type} ${record.seq} has a patch and no object`);
    else this.#state.apply(record.object, record.patch);
  }

  #keyframe(record: Extract<TraceRecord, { kind: 'keyframe' }>, line: number): void {
    if (record.seq !== this.#nextSeq - 1)
      this.say(line, `keyframe for seq ${record.seq} stands after seq ${this.#nextSeq - 1}`);
    if (record.hash !== this.#state.hash) {
      this.say(line, `keyframe says ${record.hash}, the patches fold to ${this.#state.hash}`);
    }
  }

  #end(record: Extract<TraceRecord, { kind: 'end' }>, line: number): void {
    if (record.events !== this.#nextSeq)
      this.say(line, `end counts ${record.events} events, the trace has ${this.#nextSeq}`);
    const digest = this.#digest.finish();
    if (record.digest !== digest) this.say(line, `end says digest ${record.digest}, the lines give ${digest}`);
  }
}
