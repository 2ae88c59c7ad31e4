/** Text as Go has it: bytes in UTF-8. Not by the platform's encoders, which the floors below the command line do without. */

export function toBytes(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

export function byteLength(text: string): number {
  return toBytes(text).length;
}

/** Bytes that are no text become the replacement character, one by one. */
export function fromBytes(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.slice(at, at + length);
    const code = sequence.reduce(
      (sum, byte, place) => (place === 0 ? byte & (LEAD_BITS.at(length - 1) ?? 0) : (sum << 6) | (byte & 0x3f)),
      0,
    );
    const character = isCharacter(code) ? String.fromCodePoint(code) : '';
    // Written back it must be the same: that tells overlong forms, and bytes that do not belong.
    const isText =
      toBytes(character).length === length && toBytes(character).every((byte, place) => byte === sequence[place]);
    text += isText ? character : '\uFFFD';
    at += isText ? length : 1;
  }
  return text;
}

/** Whether a whole number names a character; surrogates are none. */
export function isCharacter(code: number): boolean {
  return code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

const LEAD_BITS = [0x7f, 0x1f, 0x0f, 0x07];

function sequenceLength(lead: number): 1 | 2 | 3 | 4 {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}
