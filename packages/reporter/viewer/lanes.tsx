/** Node × time: one row for every node, its state by colour, the exact shares of each zone above its rows. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { NO_NODE, NODE_STATES } from '../src/nodeState.ts';
import type { Palette } from '../src/palette.ts';
import { formatClock } from '../src/time.ts';
import { laneEntryAt } from './clusterAt.ts';
import { drawLanes } from './laneDraw.ts';
import { shareSteps } from './laneRaster.ts';
import { type LaneRow, layoutRows, type RowLayout } from './laneRows.ts';
import { GUTTER, instantAt } from './plotArea.ts';
import type { Session } from './session.ts';

/** Height of the lanes on the screen, in CSS pixels, where they need so much. */
const SPACE = 560;

interface LanesProps {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
  readonly width: number;
}

export function Lanes({ session, palette, width }: LanesProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const zones = session.zones.value;
  const rowHeight = session.rowHeight.value;
  const layout = useMemo(() => layoutRows(zones, rowHeight, SPACE), [zones, rowHeight]);
  const height = Math.min(SPACE, layout.height);
  const scroller = useRef<HTMLDivElement>(null);
  const selected = session.node.value;
  useEffect(() => revealRow(scroller.current, layout, selected), [layout, selected]);
  useDrawing({ session, palette, width, canvas, layout, height, scrollTop });
  return (
    <div class="lanes-frame">
      <div
        class="lanes"
        ref={scroller}
        role="application"
        tabIndex={0}
        aria-roledescription="timeline"
        aria-label="Nodes over time. Up and down choose a node, left and right go to its changes."
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        style={{ height: `${height}px` }}
      >
        <div class="lanes-all" style={{ height: `${layout.height}px` }}>
          <canvas
            ref={canvas}
            aria-hidden="true"
            style={{ marginLeft: `${GUTTER}px`, width: `${width}px`, height: `${height}px` }}
          />
          <RowNames session={session} rows={visibleRows(layout.rows, scrollTop, height)} />
          <RowTargets session={session} layout={layout} />
        </div>
      </div>
      {layout.nodesPerRow > 1 && (
        <p class="note">1 row = {layout.nodesPerRow} nodes, worst state shown. Shares in the strips are exact.</p>
      )}
    </div>
  );
}

/** Scrolls to the row of the selected node where it is out of sight. */
function revealRow(scroller: HTMLElement | null, { rows }: RowLayout, selected: number): void {
  const row = rows.find((each) => each.kind === 'nodes' && each.nodes.includes(selected));
  if (scroller === null || row === undefined) return;
  const { scrollTop, clientHeight } = scroller;
  if (row.y < scrollTop || row.y + row.height > scrollTop + clientHeight) scroller.scrollTop = row.y - clientHeight / 2;
}

function visibleRows(rows: readonly LaneRow[], scrollTop: number, height: number): readonly LaneRow[] {
  return rows.filter((row) => row.y + row.height >= scrollTop && row.y <= scrollTop + height);
}

interface Drawing extends LanesProps {
  readonly canvas: { readonly current: HTMLCanvasElement | null };
  readonly layout: RowLayout;
  readonly height: number;
  readonly scrollTop: number;
}

/** Draws at the next frame whenever something that the picture shows has changed. */
function useDrawing({ session, palette, width, canvas, layout, height, scrollTop }: Drawing): void {
  const timeline = session.timeline.value;
  const zones = session.zones.value;
  const shares = useMemo(
    () =>
      new Map(
        [...zones]
          .map(
            ([zone, nodes]) => [zone, timeline === undefined ? undefined : shareSteps(timeline.lanes, nodes)] as const,
          )
          .flatMap(([zone, steps]) => (steps === undefined ? [] : [[zone, steps] as const])),
      ),
    [zones, timeline],
  );
  const [range, colours, selected] = [session.view.value, palette.value, session.node.value];
  useEffect(() => {
    const node = canvas.current;
    if (node === null || timeline === undefined) return undefined;
    const handle = requestAnimationFrame(() => {
      const ratio = window.devicePixelRatio;
      const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (node.width !== deviceWidth) node.width = deviceWidth;
      if (node.height !== deviceHeight) node.height = deviceHeight;
      drawLanes(
        node,
        { lanes: timeline.lanes, rows: layout.rows, shares, range, scrollTop, palette: colours, selected },
        ratio,
      );
    });
    return () => cancelAnimationFrame(handle);
  }, [canvas, timeline, shares, range, colours, selected, layout, width, height, scrollTop]);
}

/** Names of zones, and of nodes where a row is high enough to carry one. */
function RowNames({ session, rows }: { readonly session: Session; readonly rows: readonly LaneRow[] }): JSX.Element {
  const { nodes } = session.run.header;
  const selected = session.node.value;
  return (
    <>
      {rows.map((row) => {
        if (row.kind === 'zone') {
          return (
            <div key={`zone ${row.zone}`} class="zone-name" style={{ top: `${row.y}px` }}>
              <bdi>{row.zone === '' ? 'no zone' : row.zone}</bdi> <small>{row.nodes.length}</small>
            </div>
          );
        }
        const [first = -1] = row.nodes;
        const isSelected = row.nodes.includes(selected);
        if (row.height < 12 && !isSelected) return null;
        const name = nodes[isSelected ? selected : first]?.name ?? '';
        return (
          <div
            key={name}
            class={isSelected ? 'node-name selected' : 'node-name'}
            style={{ top: `${row.y + row.height / 2 - 8}px` }}
          >
            <bdi>{name}</bdi>
          </div>
        );
      })}
    </>
  );
}

/** The surface over the canvas: a click chooses the node of its row, a pointer at rest names what lies under it. */
function RowTargets({ session, layout }: { readonly session: Session; readonly layout: RowLayout }): JSX.Element {
  const [tip, setTip] = useState<{ readonly x: number; readonly y: number; readonly text: string } | undefined>(
    undefined,
  );
  const nodeUnder = (
    event: TargetedPointerEvent<HTMLDivElement>,
  ): { readonly node: number; readonly atMs: number; readonly y: number } | undefined => {
    const plot = event.currentTarget.closest<HTMLElement>('.plot');
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const row = layout.rows.find((each) => y >= each.y && y < each.y + each.height);
    if (row?.kind !== 'nodes' || plot === null) return undefined;
    const atMs = instantAt(session.view.value, plot, event.clientX);
    return { node: worstOf(session, row.nodes, atMs), atMs, y };
  };
  return (
    <div
      class="lanes-surface"
      onPointerMove={(event) => {
        const hit = event.buttons === 0 ? nodeUnder(event) : undefined;
        const left = event.currentTarget.getBoundingClientRect().left;
        setTip(
          hit === undefined
            ? undefined
            : { x: event.clientX - left, y: hit.y, text: nodeText(session, hit.node, hit.atMs) },
        );
      }}
      onPointerLeave={() => setTip(undefined)}
      onPointerUp={(event) => {
        const hit = nodeUnder(event);
        if (hit !== undefined) session.node.value = hit.node;
      }}
    >
      {tip !== undefined && (
        <div
          class="tip"
          aria-hidden="true"
          style={{ left: `${Math.max(GUTTER, tip.x + (tip.x > 700 ? -250 : 14))}px`, top: `${tip.y + 16}px` }}
        >
          {tip.text}
        </div>
      )}
    </div>
  );
}

/** Of the nodes of one row the one whose state the row shows. */
function worstOf(session: Session, nodes: readonly number[], atMs: number): number {
  const lanes = session.timeline.value?.lanes;
  const moment = session.run.log.momentAt(atMs);
  const rank = (node: number): number => {
    const entry = lanes === undefined ? -1 : laneEntryAt(lanes, node, moment);
    const state = entry < 0 ? NO_NODE : (lanes?.state[entry] ?? NO_NODE);
    return state === NO_NODE ? -1 : state;
  };
  return nodes.reduce((worst, node) => (rank(node) > rank(worst) ? node : worst), nodes[0] ?? -1);
}

/** `worker-4 · terminating since 05:41.020`. */
export function nodeText(session: Session, node: number, atMs: number): string {
  const name = session.run.header.nodes[node]?.name ?? '';
  const lanes = session.timeline.value?.lanes;
  const entry = lanes === undefined ? -1 : laneEntryAt(lanes, node, session.run.log.momentAt(atMs));
  const state = lanes?.state[entry] ?? NO_NODE;
  if (entry < 0 || state === NO_NODE) return `${name} · does not exist at ${formatClock(atMs)}`;
  return `${name} · ${NODE_STATES[state]?.word ?? ''} since ${formatClock(lanes?.atMs[entry] ?? 0)}`;
}
