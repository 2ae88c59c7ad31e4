/** From an effect back to its input: every record names one cause, so the way back is a list. */
import type { DecisionRecord, EventRecord } from '@everynode/trace/record';

/** What has a seq. */
export type LogEntry = EventRecord | DecisionRecord;

/** Looks a record up by its seq. */
export type Log = (seq: number) => LogEntry | undefined;

/** From the input to the record itself. */
export function causeChain(log: Log, seq: number): readonly LogEntry[] {
  const chain: LogEntry[] = [];
  for (let entry = log(seq); entry !== undefined; entry = entry.cause === undefined ? undefined : log(entry.cause)) {
    chain.push(entry);
  }
  return chain.reverse();
}

/** The input that a record goes back to: its chain's first. */
export function rootCause(log: Log, seq: number): LogEntry | undefined {
  let entry = log(seq);
  while (entry?.cause !== undefined) entry = log(entry.cause);
  return entry;
}

/** Of several records the first that goes back to a fault; one that was on its way anyhow tells less. */
export function firstByFault<T extends { readonly seq: number }>(log: Log, candidates: readonly T[]): T | undefined {
  return candidates.find(({ seq }) => rootCause(log, seq)?.actor.startsWith('fault/'));
}

/** A part of a chain that is left out, by its length, or one record of it. */
export type ChainLink = { readonly entry: LogEntry } | { readonly leftOut: number };

/** At most `max` records of a chain: its two first, its last ones, and how many lie between. */
export function shortenChain(chain: readonly LogEntry[], max: number): readonly ChainLink[] {
  if (chain.length <= max) return chain.map((entry) => ({ entry }));
  return [
    ...chain.slice(0, 2).map((entry) => ({ entry })),
    { leftOut: chain.length - max },
    ...chain.slice(2 - max).map((entry) => ({ entry })),
  ];
}
