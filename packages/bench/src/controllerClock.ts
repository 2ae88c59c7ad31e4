/** How long one component of a cluster is at work, and how many changes of pods reach it: a stopwatch at its doors. */
import type { ComponentContext, ComponentDefinition, InformerHandlers } from '@everynode/sim/components/component';
import type { Kind } from '@everynode/core/api/objects';

/** Only runs while the component does; what it calls that calls it back counts once. */
export class ControllerClock {
  podEvents = 0;
  workedNs = 0;
  #depth = 0;

  reset(): void {
    this.podEvents = 0;
    this.workedNs = 0;
  }

  /** The same function, timed. */
  timed<A extends readonly unknown[]>(run: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      this.#depth += 1;
      const beganNs = this.#depth === 1 ? process.hrtime.bigint() : 0n;
      run(...args);
      this.#depth -= 1;
      if (this.#depth === 0) this.workedNs += Number(process.hrtime.bigint() - beganNs);
    };
  }

  /** The same component: its handlers, timers and answers are timed, pods that its watch tells of are counted. */
  watching(component: ComponentDefinition): ComponentDefinition {
    return { ...component, start: (ctx) => component.start(this.#watched(ctx)) };
  }

  #watched(ctx: ComponentContext): ComponentContext {
    return {
      ...ctx,
      schedule: (delayMs, run) => ctx.schedule(delayMs, this.timed(run)),
      send: (request, done) => ctx.send(request, done === undefined ? done : this.timed(done)),
      watch: (kind, handlers, options) => ctx.watch(kind, this.#handlers(kind, handlers), options),
    };
  }

  #handlers<K extends Kind>(kind: K, { added, updated, deleted, synced }: InformerHandlers<K>): InformerHandlers<K> {
    const count = <A extends readonly unknown[]>(run: (...args: A) => void): ((...args: A) => void) => {
      const timed = this.timed(run);
      return (...args) => {
        if (kind === 'Pod') this.podEvents += 1;
        timed(...args);
      };
    };
    return {
      ...(added === undefined ? {} : { added: count(added) }),
      ...(updated === undefined ? {} : { updated: count(updated) }),
      ...(deleted === undefined ? {} : { deleted: count(deleted) }),
      ...(synced === undefined ? {} : { synced: this.timed(synced) }),
    };
  }
}
