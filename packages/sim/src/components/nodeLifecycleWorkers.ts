/** So many workers around one queue of names; each name's work has the record that asked for it as its cause. Rules: I-9, I-12. */
import { Workqueue } from '@everynode/core/machinery/workqueue';
import { inTurn } from '../engine/inTurn.ts';
import type { ComponentContext } from './component.ts';

export class NodeLifecycleWorkers {
  readonly #ctx: ComponentContext;
  readonly #queue: Workqueue;
  readonly #workers: number;
  readonly #work: (name: string, done: (ok: boolean) => void) => void;
  readonly #causes = new Map<string, number | undefined>();
  #busy = 0;

  /** `work` calls `done` exactly once; false puts the name back, rate-limited. */
  constructor(ctx: ComponentContext, workers: number, work: (name: string, done: (ok: boolean) => void) => void) {
    this.#ctx = ctx;
    this.#workers = workers;
    this.#work = work;
    this.#queue = new Workqueue(ctx.nowMs());
  }

  add(name: string): void {
    if (!this.#queue.has(name)) this.#causes.set(name, this.#ctx.trace.cause);
    this.#queue.add(name);
    this.#pump();
  }

  #pump(): void {
    while (this.#busy < this.#workers) {
      const name = this.#queue.get(this.#ctx.nowMs());
      if (name === undefined) return;
      this.#busy += 1;
      this.#ctx.trace.causedBy(this.#causes.get(name), () => this.#work(name, (ok) => this.#done(name, ok)));
    }
  }

  #done(name: string, ok: boolean): void {
    this.#busy -= 1;
    if (ok) this.#queue.forget(name);
    else {
      const delayMs = this.#queue.addRateLimited(name, this.#ctx.nowMs());
      this.#ctx.schedule(delayMs, () => this.#pump());
    }
    this.#queue.done(name);
    this.#pump();
  }
}

/** Shares a list out among so many workers; `done` comes when the last of them has finished. */
export function workTogether<T>(
  items: readonly T[],
  workers: number,
  step: (item: T, next: () => void) => void,
  done: () => void,
): void {
  let open = workers;
  const finished = (): void => {
    open -= 1;
    if (open === 0) done();
  };
  for (let worker = 0; worker < workers; worker += 1) {
    inTurn(
      items.filter((_, at) => at % workers === worker),
      step,
      finished,
    );
  }
}
