/** Images on the disk of one machine: how large they are, and since when nobody has used them. Rules: E-8. */

export interface ImageCleanup {
  /** Images of pods that are there; these stay. */
  readonly inUse: ReadonlySet<string>;
  /** Images that came later than this long ago stay too; absent: none does for its age. */
  readonly minimumAgeMs?: number;
  /** As soon as so much is free the others stay; absent: all go. */
  readonly bytesToFree?: number;
}

interface Image {
  readonly bytes: number;
  readonly pulledAtMs: number;
  lastUsedAtMs: number;
}

export class MachineImages {
  readonly #images = new Map<string, Image>();
  #bytes = 0;

  /** Bytes that all images take together. */
  get bytes(): number {
    return this.#bytes;
  }

  has(image: string): boolean {
    return this.#images.has(image);
  }

  /** A pull has come to its end; one that is there already is only compared with the registry's. */
  add(image: string, bytes: number, nowMs: number): void {
    if (this.#images.has(image)) return;
    this.#images.set(image, { bytes, pulledAtMs: nowMs, lastUsedAtMs: nowMs });
    this.#bytes += bytes;
  }

  /** A container with this image starts or ends. */
  used(image: string, nowMs: number): void {
    const known = this.#images.get(image);
    if (known !== undefined) known.lastUsedAtMs = nowMs;
  }

  /** Removes what nobody uses, the longest unused first; returns how many bytes that frees. */
  remove({ inUse, minimumAgeMs = 0, bytesToFree = Infinity }: ImageCleanup, nowMs: number): number {
    const unused = [...this.#images].filter(([image]) => !inUse.has(image));
    unused.sort(([, a], [, b]) => a.lastUsedAtMs - b.lastUsedAtMs || a.pulledAtMs - b.pulledAtMs);
    let freed = 0;
    for (const [image, { bytes, pulledAtMs }] of unused) {
      if (nowMs - pulledAtMs < minimumAgeMs) continue;
      this.#images.delete(image);
      freed += bytes;
      if (freed >= bytesToFree) break;
    }
    this.#bytes -= freed;
    return freed;
  }
}
