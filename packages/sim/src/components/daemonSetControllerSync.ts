/**
 * Carries out one reconcile of core's generator: sends each batch at once, resumes with its last answer, and tells the
 * trace what the sync saw and did. A crash of the process simply drops the generator. Rules: DS-0.1, DS-S3, DS-S6.
 */
import { compareKeys, keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import type { DecisionCode } from '@everynode/core/daemonset/decisions';
import type { Sync, SyncOutcome, SyncPass } from '@everynode/core/daemonset/syncContext';
import type { Scalar } from '@everynode/trace/record';
import type { ComponentContext } from './component.ts';
import type { Wake } from '../informer/controllerQueue.ts';

type WorkingPass = Extract<SyncPass, { readonly pass: 'manage' | 'rollingUpdate' }>;

/** What the trace already knows of a DaemonSet, so that only changes are written; memory of the process. */
export interface SyncMemory {
  /** Numbers of the last rolling update pass. */
  numbers: string;
  /** Last written. */
  readonly codes: Map<string, DecisionCode>;
  /** Names that have changed since a pass of this kind last judged them. */
  readonly unjudged: Readonly<Record<WorkingPass['pass'], Set<string>>>;
  /** Nodes that the last pass meant to act on: their code holds for that pass alone. */
  concerned: ReadonlySet<string>;
  /** Which pass `unjudged` goes up to. */
  look: number | undefined;
}

export function newSyncMemory(): SyncMemory {
  return {
    numbers: '',
    codes: new Map(),
    unjudged: { manage: new Set(), rollingUpdate: new Set() },
    concerned: new Set(),
    look: undefined,
  };
}

/**
 * One sync's voice in the trace. Its record `ds.sync` is written when there is something to say, before the first request
 * leaves. `outcome`: `acts` creates or deletes pods; `writes` only history, ownership or status; `gated` and `stale` wait;
 * `failed` could not even begin; `none` (full level) had nothing to do.
 */
export class SyncTrace {
  readonly #ctx: ComponentContext;
  readonly #key: string;
  readonly #wake: Wake;
  readonly #memory: SyncMemory;
  #record: number | undefined;
  #isStale = false;
  #latest: number | undefined;
  /** What the last pass of this sync made of the nodes that may have changed; the last one has the last word. */
  #decided: { readonly pass: WorkingPass; readonly codes: Map<string, DecisionCode | undefined> } | undefined;

  constructor(ctx: ComponentContext, key: string, wake: Wake, memory: SyncMemory) {
    this.#ctx = ctx;
    this.#key = key;
    this.#wake = wake;
    this.#memory = memory;
  }

  /** The record that what this sync asks for is caused by: its latest pass, itself, or what woke it. */
  get cause(): number | undefined {
    return this.#latest ?? this.#record ?? this.#wake.cause;
  }

  observe(pass: SyncPass): void {
    switch (pass.pass) {
      case 'gated':
        this.#begin('gated', { adds: pass.adds, dels: pass.dels });
        break;
      case 'stale':
        this.#isStale = true;
        this.#begin('stale', { kind: pass.kind });
        break;
      case 'manage':
        this.#judge(pass);
        if (pass.createOn.length + pass.deletePods.length > 0) this.#notePass('ds.manage', pass, {});
        break;
      case 'rollingUpdate':
        this.#judge(pass);
        this.#observeRoll(pass);
        break;
    }
    // Laws look at the pass as what this sync has just written.
    this.#ctx.trace.causedBy(this.cause, () => this.#ctx.trace.pass(pass));
  }

  /** Before a batch leaves: the sync acts, so it gets its record. */
  sending(): void {
    this.#begin('writes', {});
  }

  ended(outcome: SyncOutcome, failures: number): void {
    this.#noteDecisions();
    // A cache that lags is no failure: the sync waits for it (DS-Q14).
    if (outcome.ok || this.#isStale) {
      if (this.#ctx.trace.full) this.#begin('none', {});
      return;
    }
    this.#begin('failed', {});
    this.#event('ds.syncFailed', { error: outcome.error, failures: failures + 1 }, this.#record);
  }

  #observeRoll(pass: Extract<SyncPass, { readonly pass: 'rollingUpdate' }>): void {
    const { desired, maxUnavailable, maxSurge, numUnavailable, numSurge } = pass;
    const numbers = `${desired}/${maxUnavailable}/${maxSurge}/${numUnavailable}/${numSurge}`;
    const acts = pass.createOn.length + pass.deletePods.length > 0;
    if (!acts && numbers === this.#memory.numbers) return;
    this.#memory.numbers = numbers;
    this.#notePass('ds.roll', pass, { desired, maxUnavailable, maxSurge, numUnavailable, numSurge });
  }

  #notePass(type: string, pass: WorkingPass, data: Readonly<Record<string, Scalar>>): void {
    const work = { creates: pass.createOn.length, deletes: pass.deletePods.length };
    // A pass that only counts anew leaves no more than a status behind.
    if (work.creates + work.deletes > 0) this.#begin('acts', work);
    else this.#begin('writes', {});
    this.#latest = this.#event(type, { ...work, ...data }, this.#record);
  }

  #begin(outcome: string, data: Readonly<Record<string, Scalar>>): void {
    if (this.#record !== undefined) return;
    const lagMs = Math.max(0, this.#ctx.nowMs() - this.#wake.atMs);
    this.#record = this.#event('ds.sync', { outcome, ...data }, this.#wake.cause, lagMs);
  }

  #event(type: string, data: Readonly<Record<string, Scalar>>, cause: number | undefined, lagMs?: number): number {
    const object = objectRef('DaemonSet', this.#key);
    const fields = {
      type,
      object,
      data,
      ...(lagMs === undefined ? {} : { lagMs }),
      ...(cause === undefined ? {} : { cause }),
    };
    return this.#ctx.trace.event(fields);
  }

  /** Asks the pass about every node whose code may have changed; its answers hold for this moment alone. */
  #judge(pass: WorkingPass): void {
    const memory = this.#memory;
    const { touched, allNodes, podsByNode } = pass.fleet;
    const names = new Set([...pass.concerned, ...memory.concerned, ...(this.#decided?.codes.keys() ?? [])]);
    if (touched !== undefined && touched.look === (memory.look ?? Number.NaN) + 1) {
      for (const set of Object.values(memory.unjudged)) for (const name of touched.names) set.add(name);
      for (const name of memory.unjudged[pass.pass]) names.add(name);
    } else {
      for (const name of [...podsByNode.keys(), ...memory.codes.keys()]) names.add(name);
      for (const { metadata } of allNodes()) names.add(metadata.name);
      for (const set of Object.values(memory.unjudged)) for (const name of names) set.add(name);
    }
    memory.unjudged[pass.pass].clear();
    memory.look = touched?.look;
    const codes = new Map<string, DecisionCode | undefined>();
    for (const name of names) codes.set(name, pass.decisionOf(name));
    this.#decided = { pass, codes };
  }

  /** A node's code is written when it changes. */
  #noteDecisions(): void {
    const decided = this.#decided;
    if (decided === undefined) return;
    const { pass } = decided;
    const { codes } = this.#memory;
    this.#memory.concerned = pass.concerned;
    const object = objectRef('DaemonSet', keyOf(pass.ds));
    const cause = this.cause;
    for (const [node, code] of sortedByName(decided.codes)) {
      const before = codes.get(node);
      if (code === undefined) codes.delete(node);
      if (code === undefined || code === before || (pass.pass === 'manage' && isHeldBack(code, before))) continue;
      codes.set(node, code);
      this.#ctx.trace.decision({ object, node, code, ...(cause === undefined ? {} : { cause }) });
    }
  }
}

function sortedByName<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => compareKeys(a, b));
}

/** Manage does not know of the update's budget: where it finds nothing to do, the update's last word stands. */
function isHeldBack(code: DecisionCode, before: DecisionCode | undefined): boolean {
  return code === 'ok' && (before === 'budget' || before === 'surge');
}

/** Runs the generator to its end, however many answers that takes. */
export function driveSync(
  ctx: ComponentContext,
  sync: Sync,
  trace: SyncTrace,
  ended: (outcome: SyncOutcome) => void,
): void {
  const resume = (results: readonly ApiResult[]): void => {
    const step = ctx.trace.causedBy(trace.cause, () => sync.next(results));
    if (step.done === true) ended(step.value);
    else send(step.value);
  };
  const send = (requests: readonly ApiRequest[]): void => {
    if (requests.length === 0) {
      resume([]);
      return;
    }
    trace.sending();
    const results: ApiResult[] = [];
    let open = requests.length;
    ctx.trace.causedBy(trace.cause, () => {
      // Each call of a batch is a goroutine of its own: which of them gets to the server first is open.
      for (const [at, request] of ctx.order([...requests.entries()])) {
        ctx.send(request, (result) => {
          results[at] = result;
          open -= 1;
          if (open === 0) resume(results);
        });
      }
    });
  };
  resume([]);
}
