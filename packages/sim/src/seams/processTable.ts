/**
 * Who is alive: every process of the world by name, its incarnation, whether it is paused, and how its clock is off.
 * Timers, answers and deliveries pass through here, so that the dead get nothing and the paused get it later.
 */
import { assert } from '@everynode/core/assert';
import type { Engine } from '../engine/engine.ts';
import type { Bites } from './bites.ts';
import { liftOnce } from './lift.ts';
import type { ClockSkew, Lift } from './seams.ts';

/** How the world starts a process, and what it clears away when one dies. */
export interface ProcessLife {
  /** Empty memory, a new incarnation. */
  start(incarnation: number): void;
  /** Closes what the dead one had open. */
  died(): void;
}

interface Deferred {
  readonly cause: number | undefined;
  readonly run: () => void;
}

/** One way in which a clock is off. */
interface Skew extends ClockSkew {
  readonly sinceMs: number;
}

interface Process {
  readonly life: ProcessLife;
  /** Counts starts; 0: never started. */
  incarnation: number;
  alive: boolean;
  /** Steps that hold it down, in order, undefined for the world itself: it comes back with the last lift. */
  readonly crashedBy: (string | undefined)[];
  /** Step ids that pause it, in order. */
  readonly pausedBy: string[];
  waiting: Deferred[];
  readonly skews: Skew[];
  /** Gone for good: its node was removed. */
  removed: boolean;
}

export class ProcessTable {
  readonly #engine: Engine;
  readonly #bites: Bites;
  readonly #touched: (name: string) => void;
  readonly #processes = new Map<string, Process>();

  /** `touched` is told before a process is crashed, paused, removed, or its clock set. */
  constructor(engine: Engine, bites: Bites, touched: (name: string) => void = () => undefined) {
    this.#engine = engine;
    this.#bites = bites;
    this.#touched = touched;
  }

  /** Adds a process that is not started yet. A name that was removed may come again, as a machine may. */
  add(name: string, life: ProcessLife): void {
    const before = this.#processes.get(name);
    assert(before === undefined || before.removed, () => `process ${name} is there already`);
    this.#processes.set(name, {
      life,
      incarnation: before?.incarnation ?? 0,
      alive: false,
      crashedBy: [],
      pausedBy: [],
      waiting: [],
      skews: [],
      removed: false,
    });
  }

  start(name: string): void {
    const process = this.#get(name);
    assert(!process.alive, () => `process ${name} runs already`);
    const { crashedBy } = process;
    assert(crashedBy.length === 0, () => `process ${name} is held down by ${crashedBy.length} faults`);
    this.#startNow(process);
  }

  /** Ends a process for good; lifts of faults that aim at it are harmless from here on. */
  remove(name: string): void {
    const process = this.#processes.get(name);
    if (process === undefined || process.removed) return;
    this.#touched(name);
    this.#kill(process);
    process.removed = true;
  }

  isAlive(name: string): boolean {
    return this.#processes.get(name)?.alive ?? false;
  }

  isPaused(name: string): boolean {
    return (this.#processes.get(name)?.pausedBy.length ?? 0) > 0;
  }

  /** 0: never started, or unknown. */
  incarnation(name: string): number {
    return this.#processes.get(name)?.incarnation ?? 0;
  }

  /** Whether this very incarnation is alive; whatever belongs to another one is dropped. */
  isCurrent(name: string, incarnation: number): boolean {
    const process = this.#processes.get(name);
    return process !== undefined && process.alive && process.incarnation === incarnation;
  }

  /** How far the process's clock is ahead of the world's; negative: behind. */
  skewMs(name: string): number {
    const skews = this.#processes.get(name)?.skews;
    if (skews === undefined || skews.length === 0) return 0;
    return skews.reduce((sum, skew) => sum + offMs(skew, this.#engine.nowMs), 0);
  }

  /** Something sets the clock, though it may be right at this moment. */
  isSkewed(name: string): boolean {
    return (this.#processes.get(name)?.skews.length ?? 0) > 0;
  }

  /** Runs now, later when the process is paused, never when this incarnation is dead. */
  deliver(name: string, incarnation: number, run: () => void): void {
    const process = this.#processes.get(name);
    if (process === undefined || !process.alive || process.incarnation !== incarnation) return;
    if (process.pausedBy.length === 0) {
      run();
      return;
    }
    for (const stepId of process.pausedBy) this.#bites.bite(stepId);
    process.waiting.push({ cause: this.#engine.cause, run });
  }

  /**
   * Kills the process now; the lift of the last overlapping crash starts a new incarnation. Without a step the world
   * itself is the cause, such as a machine without power, and nobody's fault bites.
   */
  crash(stepId: string | undefined, name: string): Lift {
    const process = this.#processes.get(name);
    if (process === undefined || process.removed)
      return liftOnce(`crash of ${name} by ${stepId ?? 'the world'}`, () => undefined);
    this.#touched(name);
    const { crashedBy } = process;
    crashedBy.push(stepId);
    if (process.alive) {
      if (stepId !== undefined) this.#bites.bite(stepId);
      this.#kill(process);
    }
    return liftOnce(`crash of ${name} by ${stepId ?? 'the world'}`, () => {
      crashedBy.splice(crashedBy.indexOf(stepId), 1);
      if (process.removed) return;
      const [holder, ...others] = crashedBy;
      if (crashedBy.length === 0) this.#startNow(process);
      // From here on this one alone holds it down.
      else if (holder !== undefined && others.length === 0) this.#bites.bite(holder);
    });
  }

  /** Stops the process without killing it: what comes meanwhile waits, in order. */
  pause(stepId: string, name: string): Lift {
    const process = this.#processes.get(name);
    if (process === undefined || process.removed) return liftOnce(`pause of ${name} by ${stepId}`, () => undefined);
    this.#touched(name);
    process.pausedBy.push(stepId);
    return liftOnce(`pause of ${name} by ${stepId}`, () => {
      process.pausedBy.splice(process.pausedBy.indexOf(stepId), 1);
      if (process.pausedBy.length === 0) this.#resume(process);
    });
  }

  /** Moves the clock that the process reads; overlapping skews add up. */
  skewClock(stepId: string, name: string, clock: ClockSkew): Lift {
    const process = this.#processes.get(name);
    if (process === undefined || process.removed) return liftOnce(`skew of ${name} by ${stepId}`, () => undefined);
    this.#touched(name);
    const skew = { ...clock, sinceMs: this.#engine.nowMs };
    process.skews.push(skew);
    if (skew.byMs !== 0 || (skew.drift?.numerator ?? 0) !== 0) this.#bites.bite(stepId);
    return liftOnce(`skew of ${name} by ${stepId}`, () => {
      process.skews.splice(process.skews.indexOf(skew), 1);
    });
  }

  #resume(process: Process): void {
    const waiting = process.waiting;
    process.waiting = [];
    const { incarnation } = process;
    for (const { cause, run } of waiting) {
      // One of them may have ended the process.
      if (!process.alive || process.incarnation !== incarnation) return;
      this.#engine.withCause(cause, run);
    }
  }

  #startNow(process: Process): void {
    process.alive = true;
    process.incarnation += 1;
    process.life.start(process.incarnation);
  }

  #kill(process: Process): void {
    if (!process.alive) return;
    process.alive = false;
    process.waiting = [];
    process.life.died();
  }

  #get(name: string): Process {
    const process = this.#processes.get(name);
    assert(process !== undefined, () => `no process is called ${name}`);
    return process;
  }
}

/** Its offset and what it has gained or lost since; multiplied in parts, since years of milliseconds times odds leave the safe integers. */
function offMs({ byMs, drift, sinceMs }: Skew, nowMs: number): number {
  if (drift === undefined) return byMs;
  const { numerator, denominator } = drift;
  const elapsedMs = nowMs - sinceMs;
  const whole = Math.trunc(elapsedMs / denominator);
  return byMs + whole * numerator + Math.trunc(((elapsedMs - whole * denominator) * numerator) / denominator);
}
