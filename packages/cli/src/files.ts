/** Files of scenarios and manifests on the disk; sizes are looked at before a byte is read. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isUtf8 } from 'node:buffer';
import type { FileReader, FileText } from '@everynode/scenario/fileReader';
import { systemReason } from './usageError.ts';

export const diskReader: FileReader = { read: readText, resolve: resolvePath };

function resolvePath(from: string, path: string): string {
  // Forward slashes in messages, whatever the system; every system reads them.
  return (isAbsolute(path) ? path : join(dirname(from), path)).replaceAll('\\', '/');
}

function readText(path: string, bytesMax: number): FileText {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { ok: false, problem: 'folder', detail: 'it is a folder' };
    // A device or a pipe has no size to be checked, and may never end.
    if (!stat.isFile()) return { ok: false, problem: 'unreadable', detail: 'it is no regular file' };
    if (stat.size > bytesMax) return { ok: false, problem: 'tooLarge', bytes: stat.size };
    const bytes = readFileSync(path);
    return isUtf8(bytes)
      ? { ok: true, text: bytes.toString('utf8') }
      : { ok: false, problem: 'notUtf8', ...firstBadByte(bytes) };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { ok: false, problem: isMissing ? 'missing' : 'unreadable', detail: systemReason(error) };
  }
}

/** The first line that is no UTF-8, and in it the first character that a decoder has to replace. */
function firstBadByte(bytes: Buffer): { readonly line: number; readonly column: number } {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.subarray(start, end);
    if (!isUtf8(text)) return { line, column: text.toString('utf8').indexOf('\u{FFFD}') + 1 };
    start = end + 1;
  }
  return { line, column: 1 };
}

/** Whether a path names a folder; what is not there is none. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
