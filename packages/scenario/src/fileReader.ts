/** How files come in: floors below the CLI touch no disk, so a scenario's manifests are asked for through this. */
import { formatMebibytes } from './limits.ts';
import type { Source } from '@everynode/sim/plan';
import { fail } from './scenarioError.ts';

export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: 'missing' | 'folder' | 'unreadable'; readonly detail: string }
  /** Refused by its size, before it was read. */
  | { readonly ok: false; readonly problem: 'tooLarge'; readonly bytes: number }
  /** Place of the first byte that is no UTF-8. */
  | { readonly ok: false; readonly problem: 'notUtf8'; readonly line: number; readonly column: number };

export interface FileReader {
  /** The text of a regular file; `bytesMax` is checked before reading. Never throws. */
  read(path: string, bytesMax: number): FileText;
  /** A path as written in the file `from`, seen from here. */
  resolve(from: string, path: string): string;
}

/** The text, or a `ScenarioError` at the place that names the file; `what` is `scenario` or `manifest`. */
export function readText(reader: FileReader, path: string, what: string, bytesMax: number, namedAt: Source): string {
  const file = reader.read(path, bytesMax);
  if (file.ok) return file.text;
  switch (file.problem) {
    case 'missing':
      return fail(
        namedAt,
        `${what} ${path} does not exist; write the path of a file${namedAt.file === path ? '' : ', seen from this file'}`,
      );
    case 'folder':
      return fail(namedAt, `${what} ${path} is a folder; write the path of a file`);
    case 'tooLarge':
      return fail(
        namedAt,
        `${what} ${path} has ${formatMebibytes(file.bytes)}; write a file of at most ${formatMebibytes(bytesMax)}`,
      );
    case 'notUtf8':
      return fail(
        { file: path, line: file.line, column: file.column },
        `the ${what} is not UTF-8 here; save it as UTF-8`,
      );
    default:
      return fail(namedAt, `${what} ${path} cannot be read (${file.detail}); check the path and its permissions`);
  }
}
