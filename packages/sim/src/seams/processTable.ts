/**
 * Who is alive: every process of the world by name, its incarnation, whether it is paused, and how its clock is off.
 * Timers, answers and deliveries pass through here, so that the dead get nothing and the paused get it later.
 */
import { assert } from '@everynode/core/assert';
import type { Engine } from '../engine/engine.ts';
import type { Bites } from './bites.ts';
import { liftOnce } from './lift.ts';
import type { ClockSkew, Lift } from './seams.ts';
import { offMs, type Skew } from './skew.ts';

/** How the world starts a process, and what it clears away when one dies. */
export interface ProcessLife {
  /** Empty memory, a new incarnation. */
  start(incarnation: number): void;
  /** Closes what this one had open. */
  died(incarnation: number): void;
  /** Asked to end: what it says last, just before it dies. */
  ending?(incarnation: number): void;
}

interface Deferred {
  readonly cause: number | undefined;
  readonly run: () => void;
}

/** One incarnation while it is alive. */
interface Life {
  readonly incarnation: number;
  /** The process that it is a part of, and that takes it along when it stands still. */
  readonly host: string | undefined;
  waiting: Deferred[];
}

interface Process {
  readonly ways: ProcessLife;
  /** Counts starts; 0: never started. */
  incarnation: number;
  /** Where the next incarnation will be a part of. */
  host: string | undefined;
  current: Life | undefined;
  /** Alive in hosts that do not know yet that another one has taken their place. */
  readonly aside: Life[];
  /** Steps that hold it down, in order, undefined for the world itself: it comes back with the last lift. */
  readonly crashedBy: (string | undefined)[];
  /** Step ids that pause it, in order. */
  readonly pausedBy: string[];
  readonly skews: Skew[];
  /** Gone for good: its node was removed. */
  removed: boolean;
}

export class ProcessTable {
  readonly #engine: Engine;
  readonly #bites: Bites;
  readonly #touched: (name: string) => void;
  readonly #processes = new Map<string, Process>();
  /** In force over all processes: clocks are read all the time, and are nearly always right. */
  #skews = 0;

  /** `touched` is told before a process is crashed, paused, removed, or its clock set. */
  constructor(engine: Engine, bites: Bites, touched: (name: string) => void = () => undefined) {
    this.#engine = engine;
    this.#bites = bites;
    this.#touched = touched;
  }

  /** Adds a process that is not started yet. A name that was removed may come again, as a machine may. */
  add(name: string, ways: ProcessLife, host?: string): void {
    const before = this.#processes.get(name);
    assert(before === undefined || before.removed, () => `process ${name} is there already`);
    this.#processes.set(name, {
      ways,
      incarnation: before?.incarnation ?? 0,
      host,
      current: undefined,
      aside: [],
      crashedBy: [],
      pausedBy: [],
      skews: [],
      removed: false,
    });
  }

  start(name: string): void {
    const process = this.#get(name);
    assert(process.current === undefined, () => `process ${name} runs already`);
    const { crashedBy } = process;
    assert(crashedBy.length === 0, () => `process ${name} is held down by ${crashedBy.length} faults`);
    this.#startNow(process);
  }

  /** From its next start on it is a part of this host. One that lives in another host is put aside, and starts here too. */
  moveTo(name: string, host: string): void {
    const process = this.#get(name);
    process.host = host;
    if (process.current === undefined) return;
    process.aside.push(process.current);
    this.#startNow(process);
  }

  /** The host has died: what of this process was put aside in it is gone too. */
  endAside(name: string, host: string): void {
    const process = this.#get(name);
    for (const life of process.aside.filter((each) => each.host === host)) {
      process.aside.splice(process.aside.indexOf(life), 1);
      process.ways.died(life.incarnation);
    }
  }

  /** The process that the living incarnation is a part of. */
  hostOf(name: string): string | undefined {
    return this.#processes.get(name)?.current?.host;
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
    return this.#processes.get(name)?.current !== undefined;
  }

  isPaused(name: string): boolean {
    const process = this.#processes.get(name);
    return process !== undefined && this.#pausers(process, process.current).length > 0;
  }

  /** 0: never started, or unknown. */
  incarnation(name: string): number {
    return this.#processes.get(name)?.incarnation ?? 0;
  }

  /** How far the clock of this incarnation (absent: the current one) is ahead of the world's; negative: behind. */
  skewMs(name: string, incarnation?: number): number {
    if (this.#skews === 0) return 0;
    const process = this.#processes.get(name);
    if (process === undefined) return 0;
    const life = incarnation === undefined ? process.current : lifeOf(process, incarnation);
    const { nowMs } = this.#engine;
    let sumMs = 0;
    for (const skew of process.skews) sumMs += offMs(skew, nowMs);
    for (const skew of this.#hostOf(life)?.skews ?? []) sumMs += offMs(skew, nowMs);
    return sumMs;
  }

  /** Something sets the clock, though it may be right at this moment. */
  isSkewed(name: string): boolean {
    const process = this.#processes.get(name);
    if (this.#skews === 0 || process === undefined) return false;
    return process.skews.length + (this.#hostOf(process.current)?.skews.length ?? 0) > 0;
  }

  /** Runs now, later when the process or its host is paused, never when this incarnation is dead. */
  deliver(name: string, incarnation: number, run: () => void): void {
    const process = this.#processes.get(name);
    const life = process && lifeOf(process, incarnation);
    if (process === undefined || life === undefined) return;
    const pausers = this.#pausers(process, life);
    if (pausers.length === 0) {
      run();
      return;
    }
    for (const stepId of pausers) this.#bites.bite(stepId);
    const cause = this.#engine.cause;
    if (process.pausedBy.length > 0) life.waiting.push({ cause, run });
    // A host works off all that has come to its parts, in the order in which it came.
    else this.#hostOf(life)?.current?.waiting.push({ cause, run: () => this.deliver(name, incarnation, run) });
  }

  /**
   * Kills the process now; the lift of the last overlapping crash starts a new incarnation. Without a step the world
   * itself is the cause, such as a machine without power, and nobody's fault bites.
   */
  crash(stepId: string | undefined, name: string): Lift {
    return this.#end(stepId, name, () => undefined);
  }

  /** As a crash, but the process may say something last. */
  shutDown(stepId: string, name: string): Lift {
    return this.#end(stepId, name, ({ ways, current, pausedBy }) => {
      if (current !== undefined && pausedBy.length === 0) ways.ending?.(current.incarnation);
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
      if (process.pausedBy.length > 0) return;
      for (const life of [...process.aside, process.current]) if (life !== undefined) this.#resume(name, life);
    });
  }

  /** Moves the clock that the process reads; overlapping skews add up. */
  skewClock(stepId: string, name: string, clock: ClockSkew): Lift {
    const process = this.#processes.get(name);
    if (process === undefined || process.removed) return liftOnce(`skew of ${name} by ${stepId}`, () => undefined);
    this.#touched(name);
    const skew: Skew = { ...clock, stepId, sinceMs: this.#engine.nowMs };
    process.skews.push(skew);
    this.#skews += 1;
    if (skew.byMs !== 0 || (skew.drift?.numerator ?? 0) !== 0) this.#bites.bite(stepId);
    return liftOnce(`skew of ${name} by ${stepId}`, () => {
      process.skews.splice(process.skews.indexOf(skew), 1);
      this.#skews -= 1;
    });
  }

  /** What faults do to processes at this moment, as `<step> holds <process>`. */
  get held(): readonly string[] {
    return [...this.#processes].flatMap(([name, { removed, crashedBy, pausedBy, skews }]) => {
      const steps = removed ? [] : [...crashedBy, ...pausedBy, ...skews.map(({ stepId }) => stepId)];
      return steps.flatMap((step) => (step === undefined ? [] : [`${step} holds ${name}`]));
    });
  }

  #end(stepId: string | undefined, name: string, before: (process: Process) => void): Lift {
    const process = this.#processes.get(name);
    const what = `crash of ${name} by ${stepId ?? 'the world'}`;
    if (process === undefined || process.removed) return liftOnce(what, () => undefined);
    this.#touched(name);
    before(process);
    const { crashedBy } = process;
    crashedBy.push(stepId);
    if (process.current !== undefined) {
      if (stepId !== undefined) this.#bites.bite(stepId);
      this.#kill(process);
    }
    return liftOnce(what, () => {
      crashedBy.splice(crashedBy.indexOf(stepId), 1);
      if (process.removed) return;
      const [holder, ...others] = crashedBy;
      if (crashedBy.length === 0) this.#startNow(process);
      // From here on this one alone holds it down.
      else if (holder !== undefined && others.length === 0) this.#bites.bite(holder);
    });
  }

  /** What another pause still holds, or what ends the process, is not for now. */
  #resume(name: string, life: Life): void {
    const { waiting, incarnation } = life;
    life.waiting = [];
    for (const { cause, run } of waiting) this.#engine.withCause(cause, () => this.deliver(name, incarnation, run));
  }

  #startNow(process: Process): void {
    process.incarnation += 1;
    process.current = { incarnation: process.incarnation, host: process.host, waiting: [] };
    process.ways.start(process.incarnation);
  }

  #kill(process: Process): void {
    const { current } = process;
    if (current === undefined) return;
    process.current = undefined;
    process.ways.died(current.incarnation);
  }

  #hostOf(life: Life | undefined): Process | undefined {
    return life?.host === undefined ? undefined : this.#processes.get(life.host);
  }

  #pausers(process: Process, life: Life | undefined): readonly string[] {
    const host = this.#hostOf(life);
    if (host === undefined || host.pausedBy.length === 0) return process.pausedBy;
    return [...process.pausedBy, ...host.pausedBy];
  }

  #get(name: string): Process {
    const process = this.#processes.get(name);
    assert(process !== undefined, () => `no process is called ${name}`);
    return process;
  }
}

function lifeOf({ current, aside }: Process, incarnation: number): Life | undefined {
  if (current?.incarnation === incarnation) return current;
  return aside.length === 0 ? undefined : aside.find((each) => each.incarnation === incarnation);
}
