/**
 * The label value that names a template. Upstream hashes Go's dump of the template, which no other language can
 * rebuild; we hash our canonical JSON, so hashes look alike but differ from a real cluster's.
 * Twin: controller_utils.go ComputeHash, apimachinery rand.SafeEncodeString. Rules: DS-H8, DS-H9.
 */
import { canonicalJson } from '../api/canonicalJson.ts';
import type { PodTemplate } from '../api/pod.ts';

/** Letters and digits that form no words; generated names use them as well (DS-H8, DS-P8). */
export const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export function computeTemplateHash(template: PodTemplate, collisionCount?: number): string {
  let sum = fnv1a32(canonicalJson(template));
  if (collisionCount !== undefined) {
    // Eight bytes, little end first; the upper four stay empty.
    for (let at = 0; at < 8; at += 1) sum = mix(sum, at < 4 ? (collisionCount >>> (8 * at)) & 0xff : 0);
  }
  return safeEncode(String(sum));
}

/** FNV-1a, 32 bits, over the UTF-8 bytes of the text. */
export function fnv1a32(text: string): number {
  let sum = FNV_OFFSET;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) sum = mix(sum, code);
    else for (const byte of utf8Bytes(code)) sum = mix(sum, byte);
  }
  return sum;
}

function mix(sum: number, byte: number): number {
  return Math.imul(sum ^ byte, FNV_PRIME) >>> 0;
}

function utf8Bytes(code: number): readonly number[] {
  const tail = (shift: number): number => 0x80 | ((code >>> shift) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >>> 6), tail(0)];
  if (code < 0x10000) return [0xe0 | (code >>> 12), tail(6), tail(0)];
  return [0xf0 | (code >>> 18), tail(12), tail(6), tail(0)];
}

/** Each character becomes the letter at its code modulo the alphabet's length: 0…9 turn into 4 5 6 7 8 9 b c d f. */
function safeEncode(text: string): string {
  let encoded = '';
  for (let at = 0; at < text.length; at += 1)
    encoded += SAFE_ALPHABET[text.charCodeAt(at) % SAFE_ALPHABET.length] ?? '';
  return encoded;
}
