/**
 * Images of one node: pulled one at a time, or a few, in the order in which they are asked for, since serial pulls are a
 * queue and not a latency. Rules: K-15, K-16, V-11, V-12, V-25.
 */
import type { Container } from '@everynode/core/api/pod';
import { Backoff } from '@everynode/core/machinery/backoff';
import { TokenBucket } from '@everynode/core/machinery/tokenBucket';
import type { Draw } from '../plan.ts';
import type { Rng } from '../engine/rng.ts';
import type { Machine } from '../seams/machine.ts';

const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;
const PULL_QPS_EXCEEDED = 'pull QPS exceeded';

export type ImageAnswer =
  /** `pull`: it was not there before; how long the registry took, and how long it was waited for in all. */
  | { readonly ok: true; readonly pull?: { readonly tookMs: number; readonly waitedMs: number } }
  /** ErrImagePull, or ErrImageNeverPull; the next attempt may be made at `retryAtMs`. */
  | { readonly ok: false; readonly reason: string; readonly message: string; readonly retryAtMs: number };

export interface ImageRequest {
  readonly podUid: string;
  readonly container: Container;
  readonly pull: Draw;
  /** Size of the image. */
  readonly bytes: number;
  /** The image has to be pulled. */
  readonly pulling: () => void;
  /** Asked when its turn comes: a pod that ends meanwhile pulls nothing. */
  readonly isWanted: () => boolean;
  readonly done: (answer: ImageAnswer) => void;
}

export interface ImagesOptions {
  readonly machine: Machine;
  readonly rng: Rng;
  readonly nowMs: () => number;
  readonly schedule: (delayMs: number, run: () => void) => void;
  /** How many pulls at a time: 1 serializes them, 0 sets no limit. */
  readonly pullsMax: number;
  /** Of the kubelet's own limiter; `qps` 0: none. */
  readonly limits: { readonly qps: number; readonly burst: number };
  /** V-11: the image is there. */
  readonly drawPresentMs: () => number;
  /** A registry that refuses does so quickly: one round trip (V-2). */
  readonly drawRefusalMs: () => number;
}

interface QueuedRequest extends ImageRequest {
  readonly askedAtMs: number;
}

export class KubeletImages {
  readonly #options: ImagesOptions;
  readonly #backoff = new Backoff(BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
  readonly #queue: QueuedRequest[] = [];
  readonly #tokens: TokenBucket | undefined;
  #pulling = 0;

  constructor(options: ImagesOptions) {
    this.#options = options;
    const { qps, burst } = options.limits;
    if (qps > 0)
      this.#tokens = new TokenBucket({ tokens: qps, perMs: 1000, burst: Math.max(1, burst) }, options.nowMs());
  }

  /** Sees to it that the container's image is on the node, by its pull policy. */
  ensure(request: ImageRequest): void {
    const { image } = request.container;
    const policy = pullPolicyOf(request.container);
    const isThere = this.#options.machine.hasImage(image);
    if (policy === 'Never' && !isThere) {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      this.#answer(request, { reason: 'ErrImageNeverPull', message });
    } else if (isThere && policy !== 'Always') {
      this.#options.schedule(this.#options.drawPresentMs(), () => request.done({ ok: true }));
    } else {
      request.pulling();
      this.#queue.push({ ...request, askedAtMs: this.#options.nowMs() });
      this.#pullNext();
    }
  }

  #pullNext(): void {
    const pullsMax = this.#options.pullsMax === 0 ? Infinity : this.#options.pullsMax;
    while (this.#pulling < pullsMax) {
      const request = this.#queue.shift();
      if (request === undefined) return;
      if (request.isWanted()) this.#serve(request);
    }
  }

  #serve(request: QueuedRequest): void {
    const { machine, schedule, drawPresentMs, drawRefusalMs } = this.#options;
    const { image } = request.container;
    const isThere = machine.hasImage(image);
    // It may have come for somebody else meanwhile (K-15).
    if (isThere && pullPolicyOf(request.container) !== 'Always') {
      schedule(drawPresentMs(), () => request.done({ ok: true }));
      return;
    }
    this.#pulling += 1;
    const error = this.#hasToken(request) ? machine.imagePullError(image) : PULL_QPS_EXCEEDED;
    if (error !== undefined) {
      schedule(drawRefusalMs(), () => {
        this.#pulling -= 1;
        this.#answer(request, { reason: 'ErrImagePull', message: error });
        this.#pullNext();
      });
      return;
    }
    // With policy Always an image that is there is only compared with the registry's.
    if (isThere) this.#pull(request, drawPresentMs(), () => undefined);
    else {
      const through = machine.askRegistry(() => {
        const tookMs = this.#options.rng.draw(request.pull) + machine.imagePullExtraMs(image);
        this.#pull(request, tookMs, () => through());
      });
    }
  }

  #pull(request: QueuedRequest, tookMs: number, through: () => void): void {
    const { machine, schedule, nowMs } = this.#options;
    schedule(tookMs, () => {
      this.#pulling -= 1;
      through();
      machine.addImage(request.container.image, request.bytes);
      request.done({ ok: true, pull: { tookMs, waitedMs: nowMs() - request.askedAtMs } });
      this.#pullNext();
    });
  }

  /** A pull that takes no time stands for an image that is there already: the limiter never sees it. */
  #hasToken({ pull }: QueuedRequest): boolean {
    if ('fixed' in pull && pull.fixed === 0) return true;
    return this.#tokens === undefined || this.#tokens.tryTake(this.#options.nowMs());
  }

  #answer(request: ImageRequest, { reason, message }: { readonly reason: string; readonly message: string }): void {
    const key = `${request.podUid}/${request.container.image}`;
    const nowMs = this.#options.nowMs();
    this.#backoff.next(key, nowMs);
    request.done({ ok: false, reason, message, retryAtMs: nowMs + this.#backoff.get(key) });
  }
}

/** Always for the tag latest or none, else IfNotPresent; a digest is a tag (K-15). */
export function pullPolicyOf({ image, imagePullPolicy }: Container): string {
  if (imagePullPolicy !== undefined && imagePullPolicy !== '') return imagePullPolicy;
  if (image.includes('@')) return 'IfNotPresent';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 || name.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}
