/** What a report knows of a run: text, page and viewer show this and nothing else. */
import type { AssertionRecord, NodeRecord, Scalar, Verdict } from '@everynode/trace/record';
import type { LogEntry } from './causes.ts';
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { Episode } from './episodes.ts';

/** One fault of the plan and what became of it. */
export interface FaultRow {
  readonly id: string;
  readonly type: string;
  readonly targets: string;
  readonly nodes: readonly string[];
  readonly fromMs: number;
  /** When it was lifted, or the end of the run. */
  readonly toMs: number;
  /** It held until the run was over. */
  readonly toEnd: boolean;
  /** Its `fault.begin` record. */
  readonly seq: number;
  /** How often it changed something; null: the run did not get as far as to tell. */
  readonly bites: number | null;
  readonly mayBeVacuous: boolean;
}

export interface ReportModel {
  readonly scenario: string;
  readonly description: string;
  readonly seed: string;
  readonly tool: string;
  readonly kubernetes: string;
  readonly params: readonly (readonly [name: string, value: Scalar])[];
  /** argv that repeats the run. */
  readonly repro: readonly string[];
  /** Virtual ms. */
  readonly endMs: number;
  /** 64 hex digits; empty for a trace without an end. */
  readonly digest: string;
  readonly verdict: Verdict;
  /** What broke, and where it comes from: two sentences, or what is worth saying of a run that passed. */
  readonly reason: readonly [what: string, why: string];
  /** What failed first, by severity; what held comes last. */
  readonly assertions: readonly AssertionRecord[];
  readonly episodes: readonly Episode[];
  /** By their beginning. */
  readonly faults: readonly FaultRow[];
  readonly nodes: readonly NodeRecord[];
  readonly daemonSets: readonly DaemonSetTimeline[];
  /** Events and decisions; an entry's index is its seq. */
  readonly log: readonly LogEntry[];
}
