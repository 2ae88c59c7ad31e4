/** Standard base64 with its padding; line breaks do not count. Twin: encoding/base64 StdEncoding, whose complaints these are. */
import { TemplateError } from './templateError.ts';
import { fromBytes, toBytes } from './utf8.ts';

/** Throws TemplateError with the place of the first byte that does not fit. */
export function decodeBase64(text: string): string {
  const source = toBytes(text);
  const bytes: number[] = [];
  let sextets: number[] = [];
  const flush = (): void => {
    const bits = sextets.reduce((sum, sextet) => sum * 64 + sextet, 0) * 64 ** (4 - sextets.length);
    bytes.push(...[16, 8, 0].slice(0, sextets.length - 1).map((shift) => (bits >> shift) & 0xff));
    sextets = [];
  };
  for (let at = 0; at < source.length; at += 1) {
    const character = String.fromCharCode(source[at] ?? 0);
    if (isBreak(character)) continue;
    const sextet = ALPHABET.indexOf(character);
    if (sextet < 0) {
      checkPadding(source, at, sextets.length);
      flush();
      break;
    }
    sextets.push(sextet);
    if (sextets.length === 4) flush();
  }
  if (sextets.length > 0) fail(source.length - sextets.length);
  return fromBytes(bytes);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What is no digit must be the padding, and the padding the end. `digits`: how many of the last four came before it. */
function checkPadding(source: readonly number[], at: number, digits: number): void {
  const isPad = (place: number): boolean => String.fromCharCode(source[place] ?? 0) === '=';
  if (!isPad(at) || digits < 2) fail(at);
  let next = skipBreaks(source, at + 1);
  if (digits === 2) {
    if (next === source.length) fail(next);
    if (!isPad(next)) fail(next - 1);
    next = skipBreaks(source, next + 1);
  }
  if (next < source.length) fail(next);
}

function skipBreaks(source: readonly number[], from: number): number {
  let at = from;
  while (at < source.length && isBreak(String.fromCharCode(source[at] ?? 0))) at += 1;
  return at;
}

function isBreak(character: string): boolean {
  return character === '\n' || character === '\r';
}

function fail(at: number): never {
  throw new TemplateError(`base64 decode failed: illegal base64 data at input byte ${at}`);
}
