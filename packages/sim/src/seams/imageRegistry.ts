/**
 * The registry from which all nodes pull their images. By itself it has room for everybody; faults limit how many pulls
 * it serves at a time over the whole cluster, and let the others wait in the order in which they came. Rules: K-15.
 */
import { assert } from '@everynode/core/assert';
import type { Bites } from './bites.ts';
import { liftOnce } from './lift.ts';
import type { Lift } from './seams.ts';

interface RegistryLimit {
  readonly stepId: string;
  readonly concurrency: number;
}

/** One pull, from the moment at which it is asked for to its end. */
export interface RegistryPull {
  readonly node: string;
  /** The registry serves it from now on. */
  readonly begin: () => void;
}

export class ImageRegistry {
  readonly #bites: Bites;
  readonly #limits: RegistryLimit[] = [];
  readonly #served = new Set<RegistryPull>();
  readonly #waiting: RegistryPull[] = [];

  constructor(bites: Bites) {
    this.#bites = bites;
  }

  /** Begins the pull, at once or when its turn comes. */
  ask(pull: RegistryPull): void {
    const limit = this.#limitInForce();
    if (limit !== undefined && this.#served.size >= limit.concurrency) {
      this.#bites.bite(limit.stepId);
      this.#waiting.push(pull);
      return;
    }
    this.#serve(pull);
  }

  /** It is through, or nobody wants it any more. */
  end(pull: RegistryPull): void {
    const at = this.#waiting.indexOf(pull);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#served.delete(pull);
    this.#serveNext();
  }

  /** The node's pulls end with its kubelet. */
  forget(node: string): void {
    for (const pull of [...this.#waiting, ...this.#served].filter((each) => each.node === node)) this.end(pull);
  }

  limit(stepId: string, concurrency: number): Lift {
    assert(concurrency >= 0, () => `the registry serves ${concurrency} pulls`);
    const limit = { stepId, concurrency };
    this.#limits.push(limit);
    return liftOnce(`limit of the registry by ${stepId}`, () => {
      this.#limits.splice(this.#limits.indexOf(limit), 1);
      this.#serveNext();
      // From here on another one keeps waiting what waits.
      const holder = this.#limitInForce();
      if (holder !== undefined && this.#waiting.length > 0) this.#bites.bite(holder.stepId);
    });
  }

  /** Of several limits the narrowest holds. */
  #limitInForce(): RegistryLimit | undefined {
    const [first, ...others] = this.#limits;
    return others.reduce((least, each) => (each.concurrency < (least?.concurrency ?? 0) ? each : least), first);
  }

  #serveNext(): void {
    const concurrency = this.#limitInForce()?.concurrency ?? Infinity;
    while (this.#served.size < concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#serve(next);
    }
  }

  #serve(pull: RegistryPull): void {
    this.#served.add(pull);
    pull.begin();
  }
}
