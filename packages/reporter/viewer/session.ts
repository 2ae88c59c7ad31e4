/** What the reader is looking at: everything on the screen is a function of the run and of these few signals. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Moment } from '../src/moment.ts';
import type { DaemonSetColumns, Run } from '../src/payloadReader.ts';
import { ClusterIndex, countStates, statesAt } from './clusterAt.ts';
import { formatHash, type HashState, type Theme } from './hashState.ts';
import type { TimeRange } from './laneRaster.ts';
import { orderNodes } from './laneRows.ts';

/** A view may not become narrower: below this there is nothing more to see. */
const SPAN_MIN_MS = 20;

export interface Session {
  readonly run: Run;
  readonly index: ClusterIndex;
  readonly moment: Signal<Moment>;
  readonly view: Signal<TimeRange>;
  /** Index of the selected node; -1: none. */
  readonly node: Signal<number>;
  readonly query: Signal<string>;
  readonly theme: Signal<Theme>;
  readonly daemonSet: Signal<number>;
  readonly rowHeight: Signal<number | 'fit'>;
  readonly isTable: Signal<boolean>;
  readonly isHelp: Signal<boolean>;
  readonly isShortcuts: Signal<boolean>;
  /** A sentence above the timeline, such as that a link was made for another trace. */
  readonly notice: Signal<string>;
  /** Said to a screen reader when it changes. */
  readonly status: Signal<string>;
  readonly timeline: ReadonlySignal<DaemonSetColumns | undefined>;
  readonly zones: ReadonlySignal<ReadonlyMap<string, readonly number[]>>;
  /** The state of every node at the moment. */
  readonly states: ReadonlySignal<Uint8Array>;
  readonly counts: ReadonlySignal<readonly number[]>;
  /** Index of the last entry that has happened. */
  readonly entry: ReadonlySignal<number>;
}

export function createSession(run: Run, start: HashState): Session {
  const { header, log } = run;
  const moment = signal<Moment>(tellingMoment(run));
  const daemonSet = signal(0);
  const timeline = computed(() => run.daemonSets[daemonSet.value]);
  const states = computed(() => {
    const lanes = timeline.value?.lanes;
    return lanes === undefined ? new Uint8Array(0) : statesAt(lanes, moment.value);
  });
  const session: Session = {
    run,
    index: new ClusterIndex(run),
    moment,
    view: signal<TimeRange>({ fromMs: 0, toMs: Math.max(1, header.endMs) }),
    node: signal(-1),
    query: signal(''),
    theme: signal<Theme>('auto'),
    daemonSet,
    rowHeight: signal<number | 'fit'>('fit'),
    isTable: signal(false),
    isHelp: signal(false),
    isShortcuts: signal(true),
    notice: signal(''),
    status: signal(''),
    timeline,
    zones: computed(() =>
      timeline.value === undefined ? new Map() : orderNodes(header.nodes, timeline.value.lanes, header.endMs),
    ),
    states,
    counts: computed(() => countStates(states.value)),
    entry: computed(() => log.indexOfSeq(moment.value.seq)),
  };
  applyHash(session, start);
  return session;
}

/** Where a reader should begin: at the first breach, else where most nodes were down, else at the end. */
function tellingMoment({ header, log, daemonSets }: Run): Moment {
  const first = header.episodes.find((episode) => episode.severity === 'critical') ?? header.episodes[0];
  if (first !== undefined) return { atMs: first.fromMs, seq: first.seq };
  let [down, atMs] = [0, header.endMs];
  for (const point of daemonSets[0]?.coverage ?? []) {
    if (point.byRollout + point.byFailure <= down) continue;
    [down, atMs] = [point.byRollout + point.byFailure, point.atMs];
  }
  return log.momentAt(atMs);
}

/** Goes where a link points; what it does not say stays as it is, what is out of range is brought into it. */
export function applyHash(session: Session, state: HashState): void {
  const { header, log } = session.run;
  batch(() => {
    if (state.atMs !== undefined) session.moment.value = momentOf(session, state.atMs, state.seq);
    if (state.fromMs !== undefined && state.toMs !== undefined) showRange(session, state.fromMs, state.toMs);
    if (state.node !== undefined) session.node.value = header.nodes.findIndex((node) => node.name === state.node);
    if (state.query !== undefined) session.query.value = state.query;
    if (state.theme !== undefined) session.theme.value = state.theme;
    const named = header.daemonSets.findIndex((each) => each.ref === state.daemonSet);
    if (named >= 0) session.daemonSet.value = named;
    const own = header.digest.slice(0, 8);
    const isOther = state.digest !== undefined && state.digest !== own;
    session.notice.value = isOther
      ? `Link was made for trace ${state.digest}; this is ${own}. Showing the same time.`
      : '';
    if (log.length === 0) session.notice.value = 'The trace has no events.';
    if (header.dropped > 0 && !isOther) session.notice.value = reducedNotice(header.dropped, log.length);
  });
}

function reducedNotice(dropped: number, kept: number): string {
  return `Reduced: ${dropped + kept} → ${kept} events; all state changes and all causes of violations are kept. The trace file holds them all.`;
}

/** The fragment that leads back here. */
export function currentHash(session: Session): string {
  const { header } = session.run;
  const { fromMs, toMs } = session.view.value;
  const isWhole = fromMs === 0 && toMs === Math.max(1, header.endMs);
  const node = header.nodes[session.node.value]?.name;
  const ref = session.timeline.value?.ref;
  return formatHash({
    digest: header.digest.slice(0, 8),
    ...session.moment.value,
    ...(isWhole ? {} : { fromMs, toMs }),
    ...(node === undefined ? {} : { node }),
    query: session.query.value,
    ...(session.daemonSet.value === 0 || ref === undefined ? {} : { daemonSet: ref }),
    theme: session.theme.value,
  });
}

/** Moves the cursor to an instant: all that happened at it has happened. */
export function goTo(session: Session, atMs: number): void {
  session.moment.value = momentOf(session, atMs, undefined);
}

/** Moves the cursor behind one entry, and the view with it where it would be out of sight. */
export function goToEntry(session: Session, index: number): void {
  const { columns, length } = session.run.log;
  if (length === 0) return;
  const at = Math.min(Math.max(0, index), length - 1);
  session.moment.value = { atMs: columns.atMs[at] ?? 0, seq: columns.seq[at] ?? 0 };
  reveal(session);
}

export function goToSeq(session: Session, seq: number): void {
  goToEntry(session, session.run.log.indexOfSeq(seq));
}

/** Shows a range of time, clamped to the run. */
export function showRange(session: Session, fromMs: number, toMs: number): void {
  const whole = Math.max(1, session.run.header.endMs);
  const span = Math.min(whole, Math.max(SPAN_MIN_MS, Math.round(toMs - fromMs)));
  const from = Math.round(Math.min(Math.max(0, fromMs), whole - span));
  session.view.value = { fromMs: from, toMs: from + span };
}

/** Zooms by a factor (below 1: closer) around an instant that stays where it is. */
export function zoom(session: Session, factor: number, aroundMs: number = session.moment.value.atMs): void {
  const { fromMs, toMs } = session.view.value;
  const around = Math.min(Math.max(aroundMs, fromMs), toMs);
  showRange(session, around - (around - fromMs) * factor, around + (toMs - around) * factor);
}

/** Shifts the view by a share of its width. */
export function pan(session: Session, share: number): void {
  const { fromMs, toMs } = session.view.value;
  const shift = (toMs - fromMs) * share;
  showRange(session, fromMs + shift, toMs + shift);
}

/** Brings the cursor into view, in its middle, where it is outside. */
export function reveal(session: Session): void {
  const { fromMs, toMs } = session.view.value;
  const { atMs } = session.moment.value;
  if (atMs >= fromMs && atMs <= toMs) return;
  const half = (toMs - fromMs) / 2;
  showRange(session, atMs - half, atMs + half);
}

function momentOf({ run }: Session, atMs: number, seq: number | undefined): Moment {
  const clamped = Math.min(Math.max(0, Math.round(atMs)), run.header.endMs);
  const last = run.log.momentAt(clamped);
  // A seq of another instant (a link of another trace) must not contradict the time, which is what people see.
  const index = seq === undefined ? -1 : run.log.indexOfSeq(seq);
  return seq !== undefined && run.log.columns.atMs[index] !== undefined && (run.log.columns.atMs[index] ?? 0) <= clamped
    ? { atMs: clamped, seq: Math.min(seq, last.seq) }
    : last;
}
