/** What each key does while the focus is in the viewer; every one of them has a button or a gesture too. */
import { goTo, goToEntry, goToSeq, pan, reveal, type Session, showRange, zoom } from './session.ts';
import { laneEntryAt } from './clusterAt.ts';
import { nextTheme } from './themeColours.ts';

interface Key {
  readonly keys: readonly string[];
  readonly summary: string;
  readonly run: (session: Session, event: KeyboardEvent) => void;
}

export const KEYS: readonly Key[] = [
  {
    keys: ['w', 'W'],
    summary: 'zoom in at the cursor (⇧ more)',
    run: (session, event) => zoom(session, event.shiftKey ? 0.15 : 0.7),
  },
  { keys: ['s', 'S'], summary: 'zoom out (⇧ more)', run: (session, event) => zoom(session, event.shiftKey ? 6 : 1.4) },
  { keys: ['a', 'A'], summary: 'earlier (⇧ more)', run: (session, event) => pan(session, event.shiftKey ? -1 : -0.2) },
  { keys: ['d', 'D'], summary: 'later (⇧ more)', run: (session, event) => pan(session, event.shiftKey ? 1 : 0.2) },
  { keys: ['0'], summary: 'whole run', run: (session) => showRange(session, 0, session.run.header.endMs) },
  { keys: ['f', 'F'], summary: 'bring the cursor into the middle', run: centre },
  {
    keys: ['ArrowUp', 'ArrowDown'],
    summary: 'node above, node below',
    run: (session, event) => stepNode(session, event.key === 'ArrowUp' ? -1 : 1),
  },
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    summary: 'previous, next change of the node',
    run: (session, event) => stepChange(session, event.key === 'ArrowLeft' ? -1 : 1),
  },
  {
    keys: [',', '.'],
    summary: 'previous, next event (of the node, if one is chosen)',
    run: (session, event) => stepEvent(session, event.key === ',' ? -1 : 1),
  },
  { keys: ['['], summary: 'to the cause', run: (session) => toCause(session) },
  { keys: [']'], summary: 'to the first effect', run: (session) => toEffect(session) },
  {
    keys: ['n', 'N'],
    summary: 'next violation (⇧ previous)',
    run: (session, event) => stepViolation(session, event.shiftKey ? -1 : 1),
  },
  { keys: ['g', 'G'], summary: 'go to a time', run: () => focus('#go-to') },
  { keys: ['/'], summary: 'filter events', run: () => focus('#event-filter') },
  {
    keys: ['t', 'T'],
    summary: 'theme: system, light, dark',
    run: (session) => (session.theme.value = nextTheme(session.theme.value)),
  },
  {
    keys: ['v', 'V'],
    summary: 'timeline as a table',
    run: (session) => (session.isTable.value = !session.isTable.value),
  },
  { keys: ['?'], summary: 'this help', run: (session) => (session.isHelp.value = !session.isHelp.value) },
  { keys: ['Escape'], summary: 'clear the selection, close the help', run: clear },
];

/** True: the key meant something, so the browser shall not act on it. */
export function handleKey(session: Session, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { target } = event;
  const isTyping = target instanceof HTMLInputElement && target.type !== 'range';
  if (isTyping || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return false;
  const isSlider = target instanceof HTMLInputElement;
  if (isSlider && /^(?:Arrow|Home|End|Page)/.test(event.key)) return false;
  if (!session.isShortcuts.value && event.key.length === 1) return false;
  const key = KEYS.find((each) => each.keys.includes(event.key));
  key?.run(session, event);
  return key !== undefined;
}

/** Moves to the violation episode before or after the cursor. */
export function stepViolation(session: Session, by: 1 | -1): void {
  const moments = session.run.header.episodes
    .map(({ seq, fromMs }) => ({ seq, fromMs }))
    .sort((a, b) => a.fromMs - b.fromMs || a.seq - b.seq);
  const now = session.moment.value;
  const isAfter = (each: { readonly seq: number; readonly fromMs: number }): boolean =>
    each.fromMs > now.atMs || (each.fromMs === now.atMs && each.seq > now.seq);
  const isBefore = (each: { readonly seq: number; readonly fromMs: number }): boolean =>
    each.fromMs < now.atMs || (each.fromMs === now.atMs && each.seq < now.seq);
  const target = by > 0 ? moments.find(isAfter) : moments.filter(isBefore).at(-1);
  if (target === undefined) {
    session.status.value = by > 0 ? 'No later violation.' : 'No earlier violation.';
    return;
  }
  session.moment.value = { atMs: target.fromMs, seq: target.seq };
  reveal(session);
}

export function stepEvent(session: Session, by: 1 | -1): void {
  const name = session.run.header.nodes[session.node.value]?.name;
  const entry = session.entry.value;
  if (name === undefined) {
    goToEntry(session, entry + by);
    return;
  }
  const entries = session.run.log.entriesOfNode(name);
  const target =
    by > 0
      ? entries.find((index) => index > entry)
      : entries
          .subarray(
            0,
            entries.findIndex((index) => index >= entry),
          )
          .at(-1);
  if (target !== undefined) goToEntry(session, target);
}

function stepNode(session: Session, by: 1 | -1): void {
  const order = [...session.zones.value.values()].flat();
  const at = order.indexOf(session.node.value);
  const next = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by));
  session.node.value = order[next] ?? -1;
}

function stepChange(session: Session, by: 1 | -1): void {
  const [lanes, node] = [session.timeline.value?.lanes, session.node.value];
  if (lanes === undefined || node < 0) {
    stepEvent(session, by);
    return;
  }
  const entry = laneEntryAt(lanes, node, session.moment.value);
  const [start, end] = [lanes.starts[node] ?? 0, lanes.starts[node + 1] ?? 0];
  // Going back first leads to the beginning of the present state, then to the ones before it.
  const isAtChange = entry >= 0 && lanes.atMs[entry] === session.moment.value.atMs;
  const target = by > 0 ? Math.max(start, entry + 1) : isAtChange ? entry - 1 : entry;
  if (target < start || target >= end) return;
  session.moment.value = { atMs: lanes.atMs[target] ?? 0, seq: lanes.seq[target] ?? 0 };
  reveal(session);
}

function toCause(session: Session): void {
  const cause = session.run.log.at(session.entry.value)?.cause;
  if (cause === undefined) session.status.value = 'This is an input: nothing led to it.';
  else goToSeq(session, cause);
}

function toEffect(session: Session): void {
  const effect = session.run.log.firstEffectOf(session.entry.value);
  if (effect < 0) session.status.value = 'Nothing came of this.';
  else goToEntry(session, effect);
}

function centre(session: Session): void {
  const { fromMs, toMs } = session.view.value;
  const half = (toMs - fromMs) / 2;
  showRange(session, session.moment.value.atMs - half, session.moment.value.atMs + half);
  goTo(session, session.moment.value.atMs);
}

function clear(session: Session): void {
  if (session.isHelp.value) session.isHelp.value = false;
  else session.node.value = -1;
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
