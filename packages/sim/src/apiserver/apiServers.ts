/**
 * Which of several API servers a client is connected to, and how far that one's watch cache lags behind the store: a
 * connection is made at a start and after a cut link, to any of them. Rules.
 */
import type { RngStreams } from '../engine/rngStreams.ts';

export interface ApiServersOptions {
  readonly streams: RngStreams;
  readonly count: number;
  /** Of the slowest of them; the first has none, the others lie evenly between. */
  readonly lagMs: number;
}

export class ApiServers {
  readonly #options: ApiServersOptions;
  readonly #serverOf = new Map<string, number>();

  constructor(options: ApiServersOptions) {
    this.#options = options;
  }

  /** With a cache that keeps up it makes no difference who is connected to whom. */
  get haveLag(): boolean {
    return this.#options.count > 1 && this.#options.lagMs > 0;
  }

  /** The client has a new connection, by chance to another server. */
  connect(client: string): void {
    if (!this.haveLag) return;
    const { streams, count } = this.#options;
    this.#serverOf.set(client, streams.of(`api/${client}/server`).below(count));
  }

  /** How far behind the client's server is, in ms. */
  lagMs(client: string): number {
    if (!this.haveLag) return 0;
    const { count, lagMs } = this.#options;
    return Math.trunc(((this.#serverOf.get(client) ?? 0) * lagMs) / (count - 1));
  }
}
