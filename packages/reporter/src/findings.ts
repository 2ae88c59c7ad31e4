/** The two sentences under the verdict: what broke, and where it comes from. Built from facts, never copied from names alone. */
import type { AssertionRecord } from '@everynode/trace/record';
import { rootCause } from './causes.ts';
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { Episode } from './episodes.ts';
import { stallText as standstillText, worstCoverageText } from './effects.ts';
import { eventText, shortName } from './eventText.ts';
import { type Moment, stateCounts } from './moment.ts';
import { NODE_STATES, NOT_WANTED } from './nodeState.ts';
import type { FaultRow, ReportModel } from './report.ts';
import { formatClock, formatDuration } from './time.ts';
import { troubleAt } from './trouble.ts';

type Facts = Omit<ReportModel, 'reason'>;
/** More faults than this are only counted. */
const FAULTS_NAMED_MAX = 2;

type Reason = readonly [what: string, why: string];

/** `endReason` is what the run itself says where its verdict is neither pass nor violated. */
export function findReason(facts: Facts, endReason: string): Reason {
  switch (facts.verdict) {
    case 'pass':
      return passed(facts);
    case 'violated':
      return violated(facts);
    case 'vacuous':
      return vacuous(facts, endReason);
    case 'limit':
      return [
        sentence(`A limit was reached at ${formatClock(facts.endMs)}: ${endReason}`),
        'What held until then may not hold later.',
      ];
    case 'interrupted':
      return [`The run was stopped at ${formatClock(facts.endMs)}, before its end.`, sentence(endReason)];
  }
}

/** The fault that a breach goes back to: the first one in force, by its step's id. */
export function faultBehind(facts: Pick<ReportModel, 'faults'>, episode: Episode): FaultRow | undefined {
  return episode.faults.map((id) => facts.faults.find((fault) => fault.id === id)).find((fault) => fault !== undefined);
}

/** `ZoneOutage zone-b (30 nodes)`. */
export function faultName(fault: FaultRow): string {
  return fault.targets === '' ? fault.type : `${fault.type} ${fault.targets}`;
}

/** `30 of 90 nodes had no available pod: 18 terminating, 12 unreachable`, or undefined where all had one. */
function coverageText(timeline: DaemonSetTimeline, moment: Moment): string | undefined {
  const trouble = troubleAt(timeline, moment);
  if (trouble.length === 0) return undefined;
  const counts = stateCounts(timeline.lanes.values(), moment);
  const wanted = counts.reduce((sum, each, state) => (state === NOT_WANTED ? sum : sum + each), 0);
  const down = trouble.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const parts = trouble.map(({ state, nodes }) => `${nodes.length} ${NODE_STATES[state]?.word ?? ''}`);
  return `${down} of ${wanted} nodes had no available pod: ${parts.join(', ')}`;
}

function passed({ assertions, faults, daemonSets, endMs }: Facts): Reason {
  const demanded = assertions.filter((each) => each.block !== 'law');
  const held = demanded.filter((each) => each.result === 'held').length;
  const laws = assertions.filter((each) => each.block === 'law' && each.result === 'held').length;
  // Only what is judged can hold: what was not evaluated or is a mere observation is told apart.
  const remarks = demanded.filter((each) => each.result !== 'held').map((each) => each.id);
  const share =
    remarks.length === 0 && held > 0 ? all(held, 'assertion') : `${held} of ${count(demanded.length, 'assertion')}`;
  const lawText = laws > 0 ? ` and ${all(laws, 'law').toLowerCase()}` : '';
  const what =
    demanded.length === 0 && laws > 0
      ? `${all(laws, 'law')} held; the scenario demands nothing itself.`
      : demanded.length === 0
        ? 'The run ended; nothing was demanded of it.'
        : `${share}${lawText} held.`;
  const effect = faults.length === 0 ? 'The scenario has no faults.' : effectsOf(faults, daemonSets, endMs);
  return [
    what,
    remarks.length === 0 ? effect : `${effect} ${count(remarks.length, 'remark')} worth a look: ${remarks.join(', ')}.`,
  ];
}

/** `ZoneOutage zone-b (10 nodes): at worst …`; without a fall, that the faults changed something all the same. */
function effectsOf(faults: readonly FaultRow[], daemonSets: readonly DaemonSetTimeline[], endMs: number): string {
  const effects = daemonSets
    .flatMap((each) => [worstCoverageText(each), standstillText(each, endMs)])
    .filter((text) => text !== undefined);
  const names = faults.map(
    (fault) =>
      `${faultName(fault)} from ${formatClock(fault.fromMs)} to ${fault.toEnd ? 'the end' : formatClock(fault.toMs)}`,
  );
  const bites = faults.reduce((sum, fault) => sum + (fault.bites ?? 0), 0);
  const shown =
    names.length > FAULTS_NAMED_MAX
      ? `${count(faults.length, 'fault')} changed the run at ${count(bites, 'moment')}`
      : names.join(', ');
  return [sentence(shown), ...(effects.length > 0 ? effects : ['No node was without an available pod.'])].join(' ');
}

function violated(facts: Facts): Reason {
  const failed = facts.assertions.filter((each) => each.result === 'failed' && each.severity !== 'observation');
  const first = [...failed].sort((a, b) => rank(a) - rank(b) || time(a) - time(b))[0];
  const episode = facts.episodes.find((each) => each.id === first?.id) ?? facts.episodes[0];
  if (first === undefined && episode === undefined) return ['An assertion failed.', 'The trace does not say which.'];
  const others = failed.length > 1 ? ` ${count(failed.length - 1, 'more assertion')} failed.` : '';
  return [whatBroke(facts, first, episode) + others, whyBroken(facts, episode)];
}

function whatBroke(facts: Facts, assertion: AssertionRecord | undefined, episode: Episode | undefined): string {
  const id = assertion?.id ?? episode?.id ?? '';
  const block = assertion?.block ?? episode?.block;
  const atMs = assertion?.firstViolatedAtMs ?? episode?.fromMs ?? facts.endMs;
  const message = episode?.message ?? assertion?.message ?? '';
  const late = block === 'eventually' || block === 'final' || block === 'threshold';
  const stall = late ? stallText(facts) : undefined;
  if (stall !== undefined) return `${stall}; ${id} failed at ${formatClock(atMs)}.`;
  return sentence(`${id} ${late ? 'failed' : 'broke'} at ${formatClock(atMs)}: ${message}`);
}

/** A rollout that made no progress until the end: `Rollout stopped at 05:41.000 with 37 of 90 updated`. */
function stallText({ daemonSets }: Facts): string | undefined {
  for (const { ref, coverage, revisions } of daemonSets) {
    const last = coverage.at(-1);
    if (revisions.length < 2 || last === undefined || last.updated >= last.desired) continue;
    const reached = [...coverage].reverse().findIndex((point) => point.updated !== last.updated);
    const stopped = coverage.at(reached < 0 ? 0 : -reached) ?? last;
    return `The rollout of ${shortName(ref)} stopped at ${formatClock(stopped.atMs)} with ${last.updated} of ${last.desired} updated`;
  }
  return undefined;
}

function whyBroken(facts: Facts, episode: Episode | undefined): string {
  if (episode === undefined) return 'No single breach was recorded; see the table of assertions.';
  const timeline = facts.daemonSets.find((each) => episode.object === each.ref) ?? facts.daemonSets[0];
  const moment = { atMs: episode.fromMs, seq: episode.seq };
  const coverage = timeline === undefined ? undefined : coverageText(timeline, moment);
  const budget = timeline?.coverage.filter((point) => point.atMs <= episode.fromMs).at(-1)?.budget;
  const state =
    coverage === undefined
      ? ''
      : `Then ${coverage}${budget === undefined || budget === null ? '' : `; the budget is ${budget}`}. `;
  const fault = faultBehind(facts, episode);
  if (fault !== undefined) {
    return `${state}First cause: ${faultName(fault)}, ${formatClock(fault.fromMs)} to ${fault.toEnd ? 'the end' : formatClock(fault.toMs)}.`;
  }
  const root = rootCause((seq) => facts.log[seq], episode.seq);
  const origin =
    root === undefined ? 'unknown' : `${root.object ?? root.actor}, ${eventText(root)}, at ${formatClock(root.atMs)}`;
  return `${state}No fault was in force; the chain of causes begins with ${origin}.`;
}

function vacuous({ faults }: Facts, endReason: string): Reason {
  const idle = faults.filter((fault) => fault.bites === 0 && !fault.mayBeVacuous);
  const what =
    idle.length === 0
      ? sentence(endReason)
      : `${idle.map((fault) => `${fault.id} (${faultName(fault)})`).join(', ')} had no effect, so the run proves nothing about it.`;
  return [what, 'Aim the fault at something that is there, or write `mayBeVacuous: true` in its step.'];
}

function rank(assertion: AssertionRecord): number {
  return assertion.severity === 'critical' ? 0 : 1;
}

function time(assertion: AssertionRecord): number {
  return assertion.firstViolatedAtMs ?? Number.MAX_SAFE_INTEGER;
}

function all(number: number, noun: string): string {
  if (number === 0) return `No ${noun}`;
  if (number <= 2) return number === 1 ? `The one ${noun}` : `Both ${noun}s`;
  return `All ${number} ${noun}s`;
}

/** `1 fault`, `2 faults`. */
export function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

/** How long an episode lasted: `24m04s` or `to the end`. */
export function lasting(fromMs: number, toMs: number | null): string {
  return toMs === null ? 'to the end' : formatDuration(toMs - fromMs);
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
