/** The language of the event list's filter: `kind:pod. node:worker-1 !actor:kubelet "grace ends" after:5m`. */
import { compareKeys } from '@everynode/core/api/meta';
import { eventText } from '../src/eventText.ts';
import type { Run } from '../src/payloadReader.ts';
import { parseClock } from '../src/time.ts';

/** Whether the entry at an index is wanted. */
export type EntryFilter = (index: number) => boolean;

export interface ParsedQuery {
  readonly filter: EntryFilter;
  /** What is wrong with the query, for the reader; parts that make no sense are left out of the filter. */
  readonly problem: string | undefined;
}

const KEYS: readonly string[] = ['kind', 'actor', 'node', 'zone', 'object', 'after', 'before', 'cause-of', 'effect-of'];

interface Term {
  /** Empty: any text. */
  readonly key: string;
  readonly value: string;
  readonly isNegated: boolean;
}

/** All terms must hold; a term is `key:value`, a word, `~word` or a quoted text; `!` turns it round. */
export function parseQuery(query: string, run: Run): ParsedQuery {
  const filters: EntryFilter[] = [];
  let problem: string | undefined;
  for (const term of splitTerms(query)) {
    const filter = filterOf(term, run);
    if (typeof filter === 'string') problem ??= filter;
    else filters.push(term.isNegated ? (index) => !filter(index) : filter);
  }
  return { filter: (index) => filters.every((filter) => filter(index)), problem };
}

function splitTerms(query: string): readonly Term[] {
  const terms: Term[] = [];
  for (const [, negation, key, quoted, word] of query.matchAll(/(!?)(?:([a-z-]+):)?(?:"([^"]*)"?|(\S+))/g)) {
    const value = (quoted ?? word ?? '').replace(/^~/, '');
    if (value !== '') terms.push({ key: key ?? '', value, isNegated: negation === '!' });
  }
  return terms;
}

/** A filter, or a sentence that says why there is none. */
function filterOf({ key, value }: Term, run: Run): EntryFilter | string {
  const { header, log } = run;
  const { columns } = log;
  switch (key) {
    case 'kind':
      return byTable(header.types, columns.type, (type) => type.startsWith(value), 0);
    case 'actor':
      return byTable(header.actors, columns.actor, contains(value), 0);
    case 'object':
      return byTable(header.objects, columns.object, contains(value), 1);
    case 'node':
      return byTable(
        header.nodes.map((node) => node.name),
        columns.node,
        contains(value),
        1,
      );
    case 'zone':
      return byTable(
        header.nodes.map((node) => node.zone),
        columns.node,
        contains(value),
        1,
      );
    case 'after':
    case 'before':
      return byTime(key, value, columns.atMs);
    case 'cause-of':
    case 'effect-of':
      return byCause(key, value, run);
    case '':
      return byText(value, run);
    default:
      return `Unknown key "${key}". Did you mean ${nearest(key)}?`;
  }
}

/** Judges every text of a table once, then each entry by a look at its number; `shift` 1: number 0 stands for none. */
function byTable(
  table: readonly string[],
  column: Uint32Array,
  matches: (text: string) => boolean,
  shift: 0 | 1,
): EntryFilter {
  const wanted = Uint8Array.from(table, (text) => (matches(text) ? 1 : 0));
  return (index) => wanted[(column[index] ?? 0) - shift] === 1;
}

function byTime(key: 'after' | 'before', value: string, atMs: Float64Array): EntryFilter | string {
  const limit = parseClock(value);
  if (limit === undefined) return `"${value}" is no time. Write 5m41.020s or 05:41.020.`;
  return key === 'after' ? (index) => (atMs[index] ?? 0) >= limit : (index) => (atMs[index] ?? 0) < limit;
}

function byCause(key: 'cause-of' | 'effect-of', value: string, { log }: Run): EntryFilter | string {
  const seq = Number(value.replace(/^@/, ''));
  if (!Number.isInteger(seq)) return `"${value}" is no number of an event. Write ${key}:48211.`;
  const { columns } = log;
  const members = new Set<number>([seq]);
  if (key === 'cause-of') {
    for (let index = log.indexOfSeq(seq); index >= 0;) {
      members.add(columns.seq[index] ?? 0);
      const cause = columns.cause[index] ?? -1;
      index = cause < 0 ? -1 : log.indexOfSeq(cause);
    }
  } else {
    for (let index = log.indexOfSeq(seq) + 1; index < log.length; index += 1) {
      if (members.has(columns.cause[index] ?? -1)) members.add(columns.seq[index] ?? 0);
    }
  }
  return (index) => members.has(columns.seq[index] ?? -1);
}

/** Anywhere in what the list shows of an entry, whatever the case. */
function byText(value: string, { log, header }: Run): EntryFilter {
  const matches = contains(value);
  const quick = [
    byTable(header.objects, log.columns.object, matches, 1),
    byTable(header.actors, log.columns.actor, matches, 0),
    byTable(header.types, log.columns.type, matches, 0),
  ];
  return (index) => {
    if (quick.some((filter) => filter(index))) return true;
    const entry = log.at(index);
    return entry !== undefined && matches(eventText(entry));
  };
}

function contains(value: string): (text: string) => boolean {
  const wanted = value.toLowerCase();
  return (text) => text.toLowerCase().includes(wanted);
}

function nearest(word: string): string {
  const ranked = KEYS.map((key) => ({ key, distance: distance(word, key) }));
  return ranked.sort((a, b) => a.distance - b.distance || compareKeys(a.key, b.key))[0]?.key ?? '';
}

/** Levenshtein's: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
