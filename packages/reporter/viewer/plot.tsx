/** Chart, lanes and axis over one time axis: they share its cursor, its gestures and its width. */
import type { ReadonlySignal } from '@preact/signals';
import type { HTMLAttributes, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Palette } from '../src/palette.ts';
import { formatClock } from '../src/time.ts';
import { Axis } from './axis.tsx';
import { CoverageChart } from './coverageChart.tsx';
import { useWidth } from './elementSize.ts';
import { Lanes } from './lanes.tsx';
import { GUTTER, instantAt } from './plotArea.ts';
import { goTo, pan, type Session, showRange, zoom } from './session.ts';

/** A pointer that moves less than this has clicked. */
const CLICK_MOVE_MAX = 4;

export function Plot({
  session,
  palette,
}: {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
}): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const width = Math.max(0, useWidth(element) - GUTTER);
  useWheelZoom(session, element);
  const gestures = useGestures(session, element);
  return (
    <div class="plot" ref={element} {...gestures}>
      {width > 0 && <CoverageChart session={session} width={width} />}
      {width > 0 && <Lanes session={session} palette={palette} width={width} />}
      {width > 0 && <Axis session={session} width={width} />}
      <Cursor session={session} width={width} />
    </div>
  );
}

function Cursor({ session, width }: { readonly session: Session; readonly width: number }): JSX.Element | null {
  const { fromMs, toMs } = session.view.value;
  const { atMs } = session.moment.value;
  if (atMs < fromMs || atMs > toMs || width === 0) return null;
  const x = Math.round(((atMs - fromMs) / (toMs - fromMs)) * width);
  const side = x > width - 90 ? 'left' : 'right';
  return (
    <div class={`cursor cursor-${side}`} aria-hidden="true" style={{ left: `${GUTTER + x}px` }}>
      <span>{formatClock(atMs)}</span>
    </div>
  );
}

/** The wheel zooms only where the reader works: with the focus inside, or with Ctrl; else the page scrolls on. */
function useWheelZoom(session: Session, element: { readonly current: HTMLDivElement | null }): void {
  useEffect(() => {
    const node = element.current;
    if (node === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      const isMeant = event.ctrlKey || event.metaKey || node.contains(document.activeElement);
      if (!isMeant || event.deltaY === 0) return;
      event.preventDefault();
      zoom(session, event.deltaY > 0 ? 1.25 : 0.8, instantAt(session.view.value, node, event.clientX));
    };
    // Not passive: the page must not scroll while it zooms.
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [element, session]);
}

interface Drag {
  readonly startX: number;
  readonly fromMs: number;
  readonly toMs: number;
  moved: boolean;
}

function useGestures(
  session: Session,
  element: { readonly current: HTMLDivElement | null },
): HTMLAttributes<HTMLDivElement> {
  const drag = useRef<Drag | undefined>(undefined);
  return {
    onPointerDown: (event) => {
      const isControl = event.target instanceof Element && event.target.closest('button, input, a, table') !== null;
      if (event.button === 0 && !isControl)
        drag.current = { startX: event.clientX, ...session.view.value, moved: false };
    },
    onPointerMove: (event) => {
      const node = element.current;
      if (drag.current === undefined || node === null || event.buttons === 0) return;
      const { startX, fromMs, toMs } = drag.current;
      const dx = event.clientX - startX;
      if (Math.abs(dx) < CLICK_MOVE_MAX && !drag.current.moved) return;
      drag.current.moved = true;
      const shift = (-dx / Math.max(1, node.clientWidth - GUTTER)) * (toMs - fromMs);
      showRange(session, fromMs + shift, toMs + shift);
    },
    onPointerUp: (event) => {
      const node = element.current;
      const isClick = drag.current?.moved === false && node !== null;
      drag.current = undefined;
      if (!isClick || event.clientX < node.getBoundingClientRect().left + GUTTER) return;
      goTo(session, instantAt(session.view.value, node, event.clientX));
    },
    onDblClick: () => showRange(session, 0, session.run.header.endMs),
  };
}

export function ZoomButtons({ session }: { readonly session: Session }): JSX.Element {
  return (
    <span class="group" role="group" aria-label="Zoom">
      <button type="button" title="Earlier (A)" onClick={() => pan(session, -0.25)}>
        ←
      </button>
      <button type="button" title="Zoom out (S)" onClick={() => zoom(session, 1.6)}>
        −
      </button>
      <button type="button" title="Whole run (0)" onClick={() => showRange(session, 0, session.run.header.endMs)}>
        all
      </button>
      <button type="button" title="Zoom in at the cursor (W)" onClick={() => zoom(session, 0.6)}>
        +
      </button>
      <button type="button" title="Later (D)" onClick={() => pan(session, 0.25)}>
        →
      </button>
    </span>
  );
}
