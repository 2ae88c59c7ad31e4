/** The folder of one run: files appear in it whole or not at all, since each is written aside and renamed. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError, systemReason, UsageError } from './usageError.ts';

/** Bytes that are collected before they are written. */
const CHUNK_LENGTH = 1 << 20;

export class OutputFolder {
  readonly path: string;
  /** Aside, and by process: two runs into one folder never mix their halves. */
  readonly #suffix = `.${process.pid}.tmp`;
  readonly #aside = new Set<string>();

  /** Makes the folder and tries whether a file can be written there, before a long run. Throws `UsageError`. */
  constructor(path: string) {
    this.path = path;
    this.#guard(path, () => {
      makeFolder(path);
      this.#write('probe', '');
      rmSync(this.#asidePath('probe'));
      this.#aside.delete('probe');
    });
  }

  /** Writes a file and puts it in its place. */
  file(name: string, text: string): void {
    this.#guard(join(this.path, name), () => {
      this.#write(name, text);
      this.#publish(name);
    });
  }

  /** A file that grows line by line; `done` puts it in its place. */
  lines(name: string): { readonly write: (line: string) => void; readonly done: () => void } {
    const path = join(this.path, name);
    const descriptor = this.#guard(path, () => {
      this.#aside.add(name);
      return openSync(this.#asidePath(name), 'w');
    });
    let chunk: string[] = [];
    let length = 0;
    const flush = (): void => {
      const text = chunk.join('');
      chunk = [];
      length = 0;
      this.#guard(path, () => writeAll(descriptor, text));
    };
    return {
      write: (line) => {
        chunk.push(line, '\n');
        length += line.length + 1;
        if (length >= CHUNK_LENGTH) flush();
      },
      done: () => {
        flush();
        this.#guard(path, () => {
          closeSync(descriptor);
          this.#publish(name);
        });
      },
    };
  }

  /** Takes away what was begun and not finished. */
  discard(): void {
    for (const name of this.#aside) rmSync(this.#asidePath(name), { force: true });
    this.#aside.clear();
  }

  #write(name: string, text: string): void {
    this.#aside.add(name);
    writeFileSync(this.#asidePath(name), text);
  }

  #publish(name: string): void {
    renameSync(this.#asidePath(name), join(this.path, name));
    this.#aside.delete(name);
  }

  #asidePath(name: string): string {
    return join(this.path, `.${name}${this.#suffix}`);
  }

  /** A full disk or a missing permission is the user's to mend. */
  #guard<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.discard();
      if (!isSystemError(error)) throw error;
      throw new UsageError(`cannot write ${path}: ${systemReason(error)}; write --out with another folder`);
    }
  }
}

/** One level after the other: below /proc, Node's own recursive form tries for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
}

/** `writeSync` may write a part. */
function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
