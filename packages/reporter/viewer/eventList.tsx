/** All events and decisions of the run, filtered; only the rows in sight are in the document. */
import { signal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { eventText, shortName } from '../src/eventText.ts';
import { lastNotAbove } from '../src/runLog.ts';
import { formatClock } from '../src/time.ts';
import { visible } from '../src/visible.ts';
import { parseQuery } from './filterQuery.ts';
import { goToEntry, goToSeq, type Session } from './session.ts';

const ROW = 23;
const HEIGHT = 299;
/** Entries judged at once before the browser may do something else. */
const SLICE_MS = 8;

/** The entries that pass the filter so far, and whether all have been judged. */
interface Matches {
  readonly indexes: Uint32Array;
  readonly isComplete: boolean;
  readonly problem: string | undefined;
}

export function EventList({ session }: { readonly session: Session }): JSX.Element {
  const matches = useMatches(session).value;
  const { length } = session.run.log;
  return (
    <section class="events" aria-label="Events">
      <div class="bar">
        <label class="filter">
          <span>Filter</span>
          <input
            type="search"
            id="event-filter"
            value={session.query.value}
            placeholder='kind:pod. node:worker-1 !actor:kubelet "grace" after:5m'
            spellcheck={false}
            autocomplete="off"
            aria-describedby="event-count"
            onInput={(event) => {
              session.query.value = event.currentTarget.value;
            }}
          />
        </label>
        <span id="event-count" role="status">
          {matches.problem ?? `${matches.indexes.length}${matches.isComplete ? '' : '+'} of ${length}`}
        </span>
        {session.query.value !== '' && (
          <button type="button" onClick={() => (session.query.value = '')}>
            Clear filter
          </button>
        )}
      </div>
      <EventSlider session={session} />
      {matches.indexes.length === 0 && matches.isComplete ? (
        <p class="empty">No event matches. {length} events in this run.</p>
      ) : (
        <Rows session={session} indexes={matches.indexes} />
      )}
    </section>
  );
}

/** One step is one event, so that all of them can be reached; the axis above counts time instead. */
function EventSlider({ session }: { readonly session: Session }): JSX.Element {
  const { length } = session.run.log;
  const entry = session.entry.value;
  return (
    <input
      type="range"
      min={0}
      max={Math.max(0, length - 1)}
      value={entry}
      aria-label="Event of the run"
      aria-valuetext={`${formatClock(session.moment.value.atMs)}, event ${entry + 1} of ${length}`}
      onInput={(event) => goToEntry(session, Number(event.currentTarget.value))}
    />
  );
}

/** Judges all entries in slices of a few milliseconds, so that the page stays alive and the first hits show at once. */
function useMatches(session: Session): Signal<Matches> {
  const found = useMemo(
    () => signal<Matches>({ indexes: new Uint32Array(0), isComplete: false, problem: undefined }),
    [],
  );
  const query = session.query.value;
  useEffect(() => {
    const { filter, problem } = parseQuery(query, session.run);
    const hits: number[] = [];
    let [next, handle] = [0, 0];
    const slice = (): void => {
      const until = performance.now() + SLICE_MS;
      const { length } = session.run.log;
      while (next < length && (next % 64 !== 0 || performance.now() < until)) {
        if (filter(next)) hits.push(next);
        next += 1;
      }
      found.value = { indexes: Uint32Array.from(hits), isComplete: next >= length, problem };
      if (next < length) handle = window.setTimeout(slice, 0);
    };
    slice();
    return () => window.clearTimeout(handle);
  }, [query, session, found]);
  return found;
}

function Rows({ session, indexes }: { readonly session: Session; readonly indexes: Uint32Array }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const entry = session.entry.value;
  const current = lastNotAbove(indexes, entry);
  useEffect(() => {
    const node = box.current;
    const top = Math.max(0, current) * ROW;
    if (node === null || (top >= node.scrollTop && top + ROW <= node.scrollTop + HEIGHT - ROW)) return;
    node.scrollTop = top - HEIGHT / 2;
  }, [current, indexes]);
  const first = Math.max(0, Math.floor(scrollTop / ROW) - 4);
  const shown = indexes.subarray(first, first + Math.ceil(HEIGHT / ROW) + 8);
  const step = (by: number): void => {
    const index = indexes[Math.min(indexes.length - 1, Math.max(0, current + by))];
    if (index !== undefined) goToEntry(session, index);
  };
  return (
    <div
      class="rows"
      ref={box}
      role="table"
      tabIndex={0}
      aria-label="Events of the run"
      aria-rowcount={indexes.length + 1}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      onKeyDown={(event) => {
        const by = STEPS[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        step(by);
      }}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {['Time', 'Seq', 'Actor', 'Object', 'What', 'Cause'].map((title) => (
          <span key={title} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      <div class="rows-all" role="rowgroup" style={{ height: `${indexes.length * ROW}px` }}>
        {[...shown].map((index, i) => (
          <Row key={index} session={session} index={index} place={first + i} isCurrent={index === entry} />
        ))}
      </div>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };

interface RowProps {
  readonly session: Session;
  readonly index: number;
  /** Position among the matches. */
  readonly place: number;
  readonly isCurrent: boolean;
}

function Row({ session, index, place, isCurrent }: RowProps): JSX.Element | null {
  const entry = session.run.log.at(index);
  if (entry === undefined) return null;
  const { cause, object } = entry;
  const isFault = entry.kind === 'event' && entry.type.startsWith('fault.');
  return (
    <div
      class={`row${isCurrent ? ' current' : ''}${isFault ? ' fault' : ''}`}
      role="row"
      aria-rowindex={place + 2}
      aria-current={isCurrent ? 'true' : undefined}
      style={{ top: `${place * ROW}px` }}
      onClick={() => goToEntry(session, index)}
    >
      <span role="cell">{formatClock(entry.atMs)}</span>
      <span role="cell">{entry.seq}</span>
      <span role="cell">
        <bdi>{visible(entry.actor)}</bdi>
      </span>
      <span role="cell">
        <bdi>
          {object === undefined
            ? entry.node === undefined
              ? ''
              : visible(entry.node)
            : visible(objectText(object, entry.node))}
        </bdi>
      </span>
      <span role="cell">
        {isFault && '⚡ '}
        <bdi>{visible(eventText(entry))}</bdi>
      </span>
      <span role="cell">
        {cause === undefined ? (
          '–'
        ) : (
          <button
            type="button"
            class="moment"
            tabIndex={-1}
            onClick={(event) => {
              event.stopPropagation();
              goToSeq(session, cause);
            }}
          >
            ← {cause}
          </button>
        )}
      </span>
    </div>
  );
}

/** A decision names the DaemonSet, but its node is what tells it from the next one. */
function objectText(object: string, node: string | undefined): string {
  return object.startsWith('ds/') && node !== undefined ? node : shortName(object);
}
