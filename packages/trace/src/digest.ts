/** SHA-256 over lines as they come, in batches: one update per line would cost more than the hashing itself. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const BATCH_CHARS = 65_536;

/** Every line counts with the newline that ends it. */
export class LineDigest {
  readonly #sha = sha256.create();
  #waiting: string[] = [];
  #waitingChars = 0;
  #bytes = 0;

  add(line: string): void {
    this.#waiting.push(line);
    this.#waitingChars += line.length + 1;
    if (this.#waitingChars >= BATCH_CHARS) this.#flush();
  }

  /** Bytes hashed so far; up to 65,536 characters may still wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** 64 hex digits; nothing may be added afterwards. */
  finish(): string {
    this.#flush();
    return bytesToHex(this.#sha.digest());
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = utf8ToBytes(`${this.#waiting.join('\n')}\n`);
    this.#sha.update(bytes);
    this.#bytes += bytes.length;
    this.#waiting = [];
    this.#waitingChars = 0;
  }
}
