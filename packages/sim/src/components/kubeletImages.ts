/**
 * Images of one node: pulled one at a time in the order in which they are asked for, since serial pulls are a queue and
 * not a latency. Rules: K-15, K-16, V-11, V-12, V-25.
 */
import type { Container } from '@everynode/core/api/pod';
import { Backoff } from '@everynode/core/machinery/backoff';
import type { Draw } from '../plan.ts';
import type { Rng } from '../engine/rng.ts';
import type { Machine } from '../seams/machine.ts';

const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;

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
  #isPulling = false;

  constructor(options: ImagesOptions) {
    this.#options = options;
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
    if (this.#isPulling) return;
    const request = this.#queue.shift();
    if (request === undefined) return;
    if (!request.isWanted()) {
      this.#pullNext();
      return;
    }
    const { machine, rng, schedule } = this.#options;
    const { image } = request.container;
    // It may have come for somebody else meanwhile (K-15).
    if (machine.hasImage(image) && pullPolicyOf(request.container) !== 'Always') {
      schedule(this.#options.drawPresentMs(), () => request.done({ ok: true }));
      this.#pullNext();
      return;
    }
    this.#isPulling = true;
    const error = machine.imagePullError(image);
    // With policy Always an image that is there is only compared with the registry's.
    const isThere = machine.hasImage(image);
    const tookMs =
      error !== undefined
        ? this.#options.drawRefusalMs()
        : isThere
          ? this.#options.drawPresentMs()
          : rng.draw(request.pull);
    schedule(tookMs, () => {
      this.#isPulling = false;
      if (error !== undefined) this.#answer(request, { reason: 'ErrImagePull', message: error });
      else {
        machine.addImage(image, request.bytes);
        request.done({ ok: true, pull: { tookMs, waitedMs: this.#options.nowMs() - request.askedAtMs } });
      }
      this.#pullNext();
    });
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
