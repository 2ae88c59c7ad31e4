/** All named streams of one run, each made once: who asks again for a name goes on where it stopped. */
import { type Rng, rngFor } from './rng.ts';

export class RngStreams {
  readonly #seed: string;
  readonly #streams = new Map<string, Rng>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The stream of this name, such as `kubelet/node-7/phase`. */
  of(name: string): Rng {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = rngFor(this.#seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
