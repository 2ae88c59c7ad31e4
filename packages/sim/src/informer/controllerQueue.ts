/**
 * Workers around one rate-limited queue: who wakes whom, how long work takes, and which record of the trace woke a key.
 * A worker is busy from taking a key until its work says so; keys are never worked on twice at once.
 * Twin: controller.go worker loops over client-go's workqueue. Rules: DS-Q1…DS-Q3, I-9…I-12.
 */
import { type FailureDelays, Workqueue } from '@everynode/core/machinery/workqueue';

/** What of a process the queue needs: its clock and timers, and what led to what it does now. */
export interface QueueContext {
  nowMs(): number;
  schedule(delayMs: number, run: () => void): number;
  cancel(timer: number): void;
  readonly trace: {
    readonly cause: number | undefined;
    readonly causeAtMs: number | undefined;
    causedBy<T>(seq: number | undefined, run: () => T): T;
  };
}

/** Why a key is worked on: the record that woke it, and the instant of that record (or of the timer's end). */
export interface Wake {
  readonly cause: number | undefined;
  readonly atMs: number;
}

export interface QueueOptions {
  readonly workers: number;
  /** How long each item takes before its work proper begins. */
  readonly drawServiceMs: () => number;
  /** Nothing is taken before this holds: the caches must be filled first (DS-Q10). */
  readonly ready: () => boolean;
  /** Absent: client-go's own (I-12). */
  readonly delays?: FailureDelays;
  /** Does the work; calls `done` exactly once, with false for a rate-limited retry. */
  readonly work: (key: string, wake: Wake, done: (ok: boolean) => void) => void;
}

export class ControllerQueue {
  readonly #ctx: QueueContext;
  readonly #options: QueueOptions;
  readonly #queue: Workqueue;
  /** The first reason since the key was last taken; later ones change nothing about when it is due. */
  readonly #wakes = new Map<string, Wake>();
  readonly #delayed = new Map<string, Wake>();
  #busy = 0;
  #isPumping = false;
  #timer: { readonly timer: number; readonly atMs: number } | undefined;

  constructor(ctx: QueueContext, options: QueueOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#queue = new Workqueue(ctx.nowMs(), options.delays);
  }

  add(key: string): void {
    const { cause, causeAtMs } = this.#ctx.trace;
    if (!this.#wakes.has(key)) this.#wakes.set(key, { cause, atMs: causeAtMs ?? this.#ctx.nowMs() });
    this.#queue.add(key);
    this.pump();
  }

  addAfter(key: string, delayMs: number): void {
    this.#queue.addAfter(key, delayMs, this.#ctx.nowMs());
    this.#noteDelay(key, delayMs);
    this.pump();
  }

  /** Failures in a row of a key. */
  failures(key: string): number {
    return this.#queue.failures(key);
  }

  /** Gives idle workers what is due, and sleeps until the next timer. */
  pump(): void {
    // Work that ends at once comes back here; the loop below goes on by itself, so that a long queue costs no stack.
    if (this.#isPumping || !this.#options.ready()) return;
    this.#isPumping = true;
    while (this.#busy < this.#options.workers) {
      const key = this.#queue.get(this.#ctx.nowMs());
      if (key === undefined) break;
      this.#begin(key);
    }
    this.#isPumping = false;
    this.#sleep();
  }

  #begin(key: string): void {
    this.#busy += 1;
    const wake = this.#wakes.get(key) ??
      this.#delayed.get(key) ?? { cause: this.#ctx.trace.cause, atMs: this.#ctx.nowMs() };
    if (!this.#wakes.delete(key)) this.#delayed.delete(key);
    const done = (ok: boolean): void => {
      this.#busy -= 1;
      const nowMs = this.#ctx.nowMs();
      if (ok) this.#queue.forget(key);
      else this.#noteDelay(key, this.#queue.addRateLimited(key, nowMs));
      this.#queue.done(key);
      this.pump();
    };
    const work = (): void => this.#options.work(key, wake, done);
    this.#ctx.trace.causedBy(wake.cause, () => {
      const serviceMs = this.#options.drawServiceMs();
      if (serviceMs > 0) this.#ctx.schedule(serviceMs, work);
      else work();
    });
  }

  #noteDelay(key: string, delayMs: number): void {
    const nowMs = this.#ctx.nowMs();
    const before = this.#delayed.get(key);
    // As in the queue itself, the earlier of two pending delays wins.
    if (before !== undefined && before.atMs > nowMs && before.atMs <= nowMs + delayMs) return;
    this.#delayed.set(key, { cause: this.#ctx.trace.cause, atMs: nowMs + delayMs });
  }

  #sleep(): void {
    // With every worker busy a key that is due would wake us at this instant again and again; `done` comes back here.
    if (this.#busy >= this.#options.workers) return;
    const atMs = this.#queue.nextReadyAtMs();
    if (atMs === undefined || (this.#timer !== undefined && this.#timer.atMs <= atMs)) return;
    if (this.#timer !== undefined) this.#ctx.cancel(this.#timer.timer);
    const timer = this.#ctx.schedule(Math.max(0, atMs - this.#ctx.nowMs()), () => {
      this.#timer = undefined;
      this.pump();
    });
    this.#timer = { timer, atMs };
  }
}
