/** The words and flags of a command line, read by the rules of kubectl's flag library. Twin: spf13/pflag, spf13/cobra. */
import { parseBool, parseDurationMs, parseInteger } from './flagValues.ts';
import { type Flag, GLOBAL_FLAGS } from './globalFlags.ts';

/** Flags as written. A reader returns undefined, or `false` for a bool, where the flag is not there. */
export interface Flags {
  text(name: string): string | undefined;
  isOn(name: string, unwritten?: boolean): boolean;
  integer(name: string): number | undefined;
  durationMs(name: string): number | undefined;
  list(name: string): readonly string[];
  /** Every flag in the order of the command line, by its long name. */
  readonly written: readonly (readonly [name: string, value: string])[];
}

export type CommandLine =
  | { readonly ok: true; readonly args: readonly string[]; readonly flags: Flags }
  /** What is wrong with a flag; `usageError` says it as kubectl does. */
  | { readonly ok: false; readonly error: string };

/**
 * Reads what stands behind a command's words. Flags and arguments may be mixed; behind `--` everything is an argument.
 * The flags of every command (`-n`, `--context` …) are known besides those given.
 */
export function parseCommandLine(argv: readonly string[], commandFlags: readonly Flag[]): CommandLine {
  const flags = [...commandFlags, ...GLOBAL_FLAGS];
  const written: (readonly [string, string])[] = [];
  const args: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') {
      args.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const next = argv[at + 1];
    const read = word.startsWith('--') ? readLong(word, next, flags) : readShort(word, next, flags);
    if (typeof read === 'string') return { ok: false, error: read };
    for (const { flag, value } of read.set) {
      const error = findValueError(flag, value);
      if (error !== undefined) return { ok: false, error };
      written.push([flag.name, value]);
    }
    if (read.tookNext) at += 1;
  }
  return { ok: true, args, flags: flagsOf(written) };
}

/**
 * The leading words that name a command, such as `['set', 'image']`, wherever flags stand between them; `rest` is what
 * remains. At most `wordsMax` words are taken.
 */
export function splitCommand(
  argv: readonly string[],
  wordsMax: (words: readonly string[]) => number,
): { readonly words: readonly string[]; readonly rest: readonly string[] } {
  const words: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--' || words.length >= wordsMax(words)) return { words, rest: [...rest, ...argv.slice(at)] };
    if (word === '' || !word.startsWith('-')) {
      words.push(word);
      continue;
    }
    rest.push(word);
    // The value of a flag is no command, even where it is spelled like one: `kubectl -n get get pods`.
    if (takesNext(word) && at + 1 < argv.length) {
      at += 1;
      rest.push(argv[at] ?? '');
    }
  }
  return { words, rest };
}

/** An error of a flag, as kubectl prints it on stderr: `command` is the whole one, such as `kubectl rollout undo`. */
export function flagError(error: string, command: string): string {
  return `error: ${error}\nSee '${command} --help' for usage.\n`;
}

/** An error in how a command is used, as kubectl prints it on stderr. */
export function usageError(error: string, command: string): string {
  return `error: ${error}\nSee '${command} -h' for help and examples\n`;
}

interface Assignment {
  readonly flag: Flag;
  readonly value: string;
}

interface FlagsRead {
  readonly set: readonly Assignment[];
  readonly tookNext: boolean;
}

/** `--name`, `--name=value`, `--name value`. */
function readLong(word: string, next: string | undefined, flags: readonly Flag[]): FlagsRead | string {
  const body = word.slice(2);
  const [name = ''] = body.split('=', 1);
  if (name === '' || name.startsWith('-')) return `bad flag syntax: ${word}`;
  const flag = findLong(name, flags);
  if (flag === undefined) return `unknown flag: --${name}`;
  if (body.includes('=')) return { set: [{ flag, value: body.slice(name.length + 1) }], tookNext: false };
  const bare = bareValue(flag);
  if (bare !== undefined) return { set: [{ flag, value: bare }], tookNext: false };
  if (next === undefined) return `flag needs an argument: --${name}`;
  return { set: [{ flag, value: next }], tookNext: true };
}

/** `-n value`, `-nvalue`, `-n=value`, and bools in a row before it: `-Aowide`. */
function readShort(word: string, next: string | undefined, flags: readonly Flag[]): FlagsRead | string {
  const set: Assignment[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] ?? '';
    const behind = word.slice(at + 1);
    const place = `'${letter}' in -${word.slice(at)}`;
    const flag = flags.find(({ shorthand }) => shorthand === letter);
    if (flag === undefined) return `unknown shorthand flag: ${place}`;
    if (behind.length > 1 && behind.startsWith('=')) {
      return { set: [...set, { flag, value: behind.slice(1) }], tookNext: false };
    }
    const bare = bareValue(flag);
    if (bare !== undefined) {
      set.push({ flag, value: bare });
    } else if (behind !== '') {
      return { set: [...set, { flag, value: behind }], tookNext: false };
    } else if (next === undefined) {
      return `flag needs an argument: ${place}`;
    } else {
      return { set: [...set, { flag, value: next }], tookNext: true };
    }
  }
  return { set, tookNext: false };
}

/** Whether a flag before the command takes the word behind it. An unknown one does: cobra cannot know better. */
function takesNext(word: string): boolean {
  if (word.includes('=')) return false;
  if (word.startsWith('--')) return needsValue(findLong(word.slice(2), GLOBAL_FLAGS));
  return word.length === 2 && needsValue(GLOBAL_FLAGS.find(({ shorthand }) => shorthand === word[1]));
}

function needsValue(flag: Flag | undefined): boolean {
  return flag === undefined || bareValue(flag) === undefined;
}

/** kubectl takes `_` for `-` in the names of flags. */
function findLong(name: string, flags: readonly Flag[]): Flag | undefined {
  const normal = name.replaceAll('_', '-');
  return flags.find((flag) => flag.name === normal);
}

function bareValue(flag: Flag): string | undefined {
  return flag.type === 'bool' ? 'true' : flag.bare;
}

function findValueError({ name, shorthand, type }: Flag, value: string): string | undefined {
  const read =
    type === 'bool'
      ? parseBool(value)
      : type === 'int'
        ? parseInteger(value)
        : type === 'duration'
          ? parseDurationMs(value)
          : undefined;
  if (read === undefined || read.ok) return undefined;
  const flag = shorthand === undefined ? `--${name}` : `-${shorthand}, --${name}`;
  return `invalid argument ${JSON.stringify(value)} for "${flag}" flag: ${read.error}`;
}

/** Every value was checked when it was read, so that a reader cannot fail. */
function flagsOf(written: Flags['written']): Flags {
  const valuesOf = (name: string): readonly string[] =>
    written.flatMap(([each, value]) => (each === name ? [value] : []));
  const text = (name: string): string | undefined => valuesOf(name).at(-1);
  const valueOf = <T>(
    name: string,
    parse: (text: string) => { readonly ok: true; readonly value: T } | { readonly ok: false },
  ): T | undefined => {
    const parsed = parse(text(name) ?? '');
    return parsed.ok ? parsed.value : undefined;
  };
  return {
    text,
    isOn: (name, unwritten = false) => valueOf(name, parseBool) ?? unwritten,
    integer: (name) => valueOf(name, parseInteger),
    durationMs: (name) => valueOf(name, parseDurationMs),
    list: (name) => valuesOf(name).flatMap((value) => (value === '' ? [] : value.split(','))),
    written,
  };
}
