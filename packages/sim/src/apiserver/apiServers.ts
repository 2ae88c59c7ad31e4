/**
 * Which of several API servers a client is connected to, and how far that one's watch cache lags behind the store: a
 * connection is made at a start and after a cut link, to any of them; its lag grows evenly from none of the first to that
 * of the slowest. Rules.
 */
import type { Engine } from '../engine/engine.ts';
import type { RngStreams } from '../engine/rngStreams.ts';
import type { Settings } from '../settings.ts';
import { Fairness } from './fairness.ts';

export interface ApiServersOptions {
  readonly engine: Engine;
  readonly streams: RngStreams;
  readonly settings: Pick<Settings, 'apiServers' | 'watchCacheLag' | 'apiSeats'>;
}

export class ApiServers {
  readonly #options: ApiServersOptions;
  readonly #serverOf = new Map<string, number>();

  readonly #fairness: readonly Fairness[];

  constructor(options: ApiServersOptions) {
    this.#options = options;
    const { engine, settings } = options;
    const count = settings.apiSeats === 0 ? 0 : settings.apiServers;
    this.#fairness = Array.from({ length: count }, () => new Fairness(engine, settings.apiSeats));
  }

  /** With caches that keep up, and seats for all, it makes no difference who is connected to whom. */
  get haveLag(): boolean {
    const { apiServers, watchCacheLag } = this.#options.settings;
    return apiServers > 1 && watchCacheLag > 0;
  }

  /** Who hands out the seats of the client's server; undefined: there are enough for all. */
  fairnessFor(client: string): Fairness | undefined {
    return this.#fairness[this.#serverOf.get(client) ?? 0];
  }

  /** The client has a new connection, by chance to another server. */
  connect(client: string): void {
    const { streams, settings } = this.#options;
    if (settings.apiServers < 2 || !(this.haveLag || this.#fairness.length > 0)) return;
    this.#serverOf.set(client, streams.of(`api/${client}/server`).below(settings.apiServers));
  }

  /** How far behind the client's server is, in ms. */
  lagMs(client: string): number {
    if (!this.haveLag) return 0;
    const { apiServers, watchCacheLag } = this.#options.settings;
    return Math.trunc(((this.#serverOf.get(client) ?? 0) * watchCacheLag) / (apiServers - 1));
  }

  /** Whether a request of the client may wait, or what it hears come late: then neither can be left out. */
  mayBeLate(client: string): boolean {
    return this.#fairness.length > 0 || this.lagMs(client) > 0;
  }
}
