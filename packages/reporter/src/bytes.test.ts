/** Base64 and varints at the edges of their chunks. */
import { expect, test } from 'vitest';
import { toBase64 } from './bytes.ts';

test.each([24_574, 24_575, 24_576, 24_577, 50_001])(
  'base64 of %i bytes is the standard one across chunks',
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  },
);
