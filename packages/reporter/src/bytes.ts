/** Whole numbers and byte blocks as compact as the page needs them: varints and base64, the same bytes on every machine. */
import { assert } from '@everynode/core/assert';

/** Appends whole numbers from 0 up, seven bits a byte, lowest first. */
export class VarintWriter {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;

  push(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, () => `a varint is a whole number from 0 up, got ${value}`);
    if (this.#length + 8 > this.#bytes.length) this.#grow();
    let rest = value;
    // Division instead of shifts: instants may exceed 32 bits.
    while (rest > 127) {
      this.#bytes[this.#length] = (rest % 128) | 128;
      this.#length += 1;
      rest = Math.trunc(rest / 128);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what `VarintWriter` wrote; asserts at the end of the block. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.#offset];
      assert(byte !== undefined, () => `the block ends inside a number, at byte ${this.#offset}`);
      this.#offset += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes that are turned into text at once: a list with a text for every third byte would need twenty times their room. */
const CHUNK_BYTES = 24_576;

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) parts.push(chunkToBase64(bytes.subarray(i, i + CHUNK_BYTES)));
  return parts.join('');
}

function chunkToBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += digit(word >> 18) + digit(word >> 12);
    text += (b === undefined ? '=' : digit(word >> 6)) + (c === undefined ? '=' : digit(word));
  }
  return text;
}

function digit(word: number): string {
  return ALPHABET[word & 63] ?? '';
}
