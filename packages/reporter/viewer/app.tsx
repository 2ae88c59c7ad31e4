/** The viewer as a whole: controls, plot, the panels beside it, the events below. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Palette } from '../src/palette.ts';
import { visible } from '../src/visible.ts';
import { CauseList } from './causeList.tsx';
import { EventList } from './eventList.tsx';
import { handleKey, KEYS } from './keys.ts';
import { nodeText } from './lanes.tsx';
import { NodePanel } from './nodePanel.tsx';
import { NodeTable } from './nodeTable.tsx';
import { Plot } from './plot.tsx';
import type { Session } from './session.ts';
import { StatePanel } from './statePanel.tsx';
import { Toolbar } from './toolbar.tsx';

export function App({
  session,
  palette,
}: {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
}): JSX.Element {
  return (
    <div
      class="app"
      onKeyDown={(event) => {
        if (handleKey(session, event)) event.preventDefault();
      }}
    >
      {session.notice.value !== '' && (
        <p class="blocked" role="status">
          {visible(session.notice.value)}
        </p>
      )}
      <Toolbar session={session} />
      {session.isHelp.value && <Help session={session} />}
      <div class="columns">
        <div class="left">
          <Plot session={session} palette={palette} />
          {session.isTable.value && <NodeTable session={session} />}
        </div>
        <aside class="right" aria-label="At the cursor">
          <h3>State</h3>
          <StatePanel session={session} palette={palette} />
          <h3>Node</h3>
          <NodePanel session={session} />
          <h3>Cause of this event</h3>
          <CauseList session={session} index={session.entry.value} />
        </aside>
      </div>
      <EventList session={session} />
      <LiveRegion session={session} />
    </div>
  );
}

function Help({ session }: { readonly session: Session }): JSX.Element {
  return (
    <div class="help" role="region" aria-label="Keys">
      <dl>
        {KEYS.map(({ keys, summary }) => (
          <div key={summary}>
            <dt>
              {[...new Set(keys.map((key) => KEY_NAMES[key] ?? key.toUpperCase()))].map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{summary}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={session.isShortcuts.value}
          onChange={(event) => (session.isShortcuts.value = event.currentTarget.checked)}
        />{' '}
        Keys of one letter are on while the focus is in the timeline
      </label>
      <p class="empty">
        Drag moves the time, a click sets the cursor, a double click shows all. The wheel zooms after a click into the
        timeline, or with Ctrl.
      </p>
    </div>
  );
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** Says what moved, a moment after it has come to rest: holding a key must not flood a screen reader. */
function LiveRegion({ session }: { readonly session: Session }): JSX.Element {
  const [text, setText] = useState('');
  const [node, moment, status] = [session.node.value, session.moment.value, session.status.value];
  useEffect(() => {
    if (status === '') return undefined;
    setText(status);
    const handle = window.setTimeout(() => (session.status.value = ''), 4_000);
    return () => window.clearTimeout(handle);
  }, [status, session]);
  useEffect(() => {
    if (node < 0) return undefined;
    const handle = window.setTimeout(() => setText(visible(nodeText(session, node, moment.atMs))), 350);
    return () => window.clearTimeout(handle);
  }, [node, moment, session]);
  return (
    <p class="live" role="status" aria-live="polite">
      {text}
    </p>
  );
}
