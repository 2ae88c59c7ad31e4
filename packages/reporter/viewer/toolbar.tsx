/** The row of controls over the timeline: the cursor, the steps from it, zoom, rows, theme, and a link to this place. */
import type { JSX } from 'preact';
import { shortName } from '../src/eventText.ts';
import { formatClock, parseClock } from '../src/time.ts';
import { visible } from '../src/visible.ts';
import { copyText } from './copyText.ts';
import { stepEvent, stepViolation } from './keys.ts';
import { ZoomButtons } from './plot.tsx';
import { currentHash, goTo, goToSeq, reveal, type Session } from './session.ts';
import { nextTheme } from './themeColours.ts';

const ROW_HEIGHTS: readonly (number | 'fit')[] = ['fit', 4, 8, 14, 20];

export function Toolbar({ session }: { readonly session: Session }): JSX.Element {
  return (
    <div class="bar toolbar" role="toolbar" aria-label="Timeline">
      <MomentControls session={session} />
      <ZoomButtons session={session} />
      <RowControls session={session} />
      <span class="spacer" />
      <button type="button" onClick={() => void copyLink(session)} title="Copy a link to this moment">
        Copy link
      </button>
      <button type="button" onClick={() => (session.theme.value = nextTheme(session.theme.value))} title="Theme (T)">
        Theme: {session.theme.value === 'auto' ? 'system' : session.theme.value}
      </button>
      <button
        type="button"
        aria-expanded={session.isHelp.value}
        onClick={() => (session.isHelp.value = !session.isHelp.value)}
        title="Keys (?)"
      >
        Keys
      </button>
    </div>
  );
}

function MomentControls({ session }: { readonly session: Session }): JSX.Element {
  const { atMs, seq } = session.moment.value;
  const isBroken = session.run.header.episodes.length > 0;
  return (
    <span class="group" role="group" aria-label="Cursor">
      <button
        type="button"
        disabled={!isBroken}
        title="Previous violation (⇧N)"
        aria-label="Previous violation"
        onClick={() => stepViolation(session, -1)}
      >
        ◀ ✕
      </button>
      <button
        type="button"
        title="Previous event (,)"
        aria-label="Previous event"
        onClick={() => stepEvent(session, -1)}
      >
        ◀
      </button>
      <input
        id="go-to"
        class="clock"
        aria-label="Time, or @ and the number of an event"
        title="Go to (G): 05:41.020, 5m41s or @21878"
        value={formatClock(atMs)}
        onChange={(event) => goToText(session, event.currentTarget)}
        spellcheck={false}
      />
      <span class="seq">@{seq}</span>
      <button type="button" title="Next event (.)" aria-label="Next event" onClick={() => stepEvent(session, 1)}>
        ▶
      </button>
      <button
        type="button"
        disabled={!isBroken}
        title="Next violation (N)"
        aria-label="Next violation"
        onClick={() => stepViolation(session, 1)}
      >
        ✕ ▶
      </button>
    </span>
  );
}

function RowControls({ session }: { readonly session: Session }): JSX.Element {
  const at = ROW_HEIGHTS.indexOf(session.rowHeight.value);
  const set = (by: number): void => {
    session.rowHeight.value = ROW_HEIGHTS[Math.min(ROW_HEIGHTS.length - 1, Math.max(0, at + by))] ?? 'fit';
  };
  const refs = session.run.daemonSets.map(({ ref }) => ref);
  return (
    <>
      <span class="group" role="group" aria-label="Rows">
        <button type="button" title="Lower rows" aria-label="Lower rows" disabled={at <= 0} onClick={() => set(-1)}>
          ≡ −
        </button>
        <button
          type="button"
          title="Higher rows"
          aria-label="Higher rows"
          disabled={at === ROW_HEIGHTS.length - 1}
          onClick={() => set(1)}
        >
          ≡ +
        </button>
        <button
          type="button"
          title="Timeline as a table (V)"
          aria-pressed={session.isTable.value}
          onClick={() => (session.isTable.value = !session.isTable.value)}
        >
          Table
        </button>
      </span>
      {refs.length > 1 && (
        <select
          aria-label="DaemonSet"
          value={session.daemonSet.value}
          onChange={(event) => (session.daemonSet.value = Number(event.currentTarget.value))}
        >
          {refs.map((ref, i) => (
            <option key={ref} value={i}>
              {visible(shortName(ref))}
            </option>
          ))}
        </select>
      )}
    </>
  );
}

function goToText(session: Session, input: HTMLInputElement): void {
  const text = input.value.trim();
  const seq = /^@(\d{1,10})$/.exec(text);
  const atMs = parseClock(text);
  if (seq !== null) goToSeq(session, Number(seq[1]));
  else if (atMs === undefined) session.status.value = `"${text}" is no time. Write 05:41.020, 5m41s or @21878.`;
  else goTo(session, atMs);
  reveal(session);
  input.value = formatClock(session.moment.value.atMs);
}

async function copyLink(session: Session): Promise<void> {
  const link = `${location.href.replace(/#.*$/, '')}${currentHash(session)}`;
  const isCopied = await copyText(link);
  session.status.value = isCopied ? 'Link copied.' : 'Copying is blocked here. The address bar holds the link.';
}
