/** From the data block of the page to the run: base64, gunzip, columns. A damaged block is an error, never an empty run. */
import { type Run, readPayload } from '../src/payloadReader.ts';

/** Rejects where a character was changed: gzip carries a checksum. */
export async function decodeRun(base64: string): Promise<Run> {
  const stream = new Blob([fromBase64(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const block = new Uint8Array(await new Response(stream).arrayBuffer());
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return readPayload(block, (bytes) => decoder.decode(bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
