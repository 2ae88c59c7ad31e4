/** What the cluster looked like at the cursor: the DaemonSet as kubectl shows it, the counts, a square for every node. */
import type { Scalar } from '@everynode/trace/record';
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { shortName } from '../src/eventText.ts';
import { NO_NODE, NODE_STATES } from '../src/nodeState.ts';
import type { Palette } from '../src/palette.ts';
import { useWidth } from './elementSize.ts';
import type { Session } from './session.ts';
import { visible } from '../src/visible.ts';

const COLUMNS = ['desired', 'current', 'ready', 'updated', 'available'] as const;
const HEADINGS: Readonly<Record<(typeof COLUMNS)[number], string>> = {
  desired: 'Desired',
  current: 'Current',
  ready: 'Ready',
  updated: 'Up-to-date',
  available: 'Available',
};

export function StatePanel({
  session,
  palette,
}: {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
}): JSX.Element {
  const timeline = session.timeline.value;
  if (timeline === undefined) return <p class="empty">The run has no DaemonSet.</p>;
  const fields = session.run.log.stateOf(timeline.ref, session.moment.value);
  return (
    <>
      <table class="kubectl">
        <thead>
          <tr>
            <th scope="col">Name</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" class="number">
                {HEADINGS[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">
              <bdi>{visible(shortName(timeline.ref))}</bdi>
            </th>
            {COLUMNS.map((column) => (
              <td key={column} class="number" data-column={column}>
                {fields.size === 0 ? '–' : String(fields.get(column) ?? 0)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
      <p class="remarks">{remarks(fields)}</p>
      <Counts session={session} />
      <NodeGrid session={session} palette={palette} />
    </>
  );
}

/** What kubectl's line leaves out: revision, budget, misscheduled pods, a status that is behind. */
function remarks(fields: ReadonlyMap<string, Scalar>): string {
  if (fields.size === 0) return 'The DaemonSet does not exist at this moment.';
  const [generation, observed] = [fields.get('generation'), fields.get('observedGeneration')];
  const parts = [
    `generation ${String(generation ?? '–')}, observed ${String(observed ?? 'none')}`,
    `${String(fields.get('strategy') ?? 'RollingUpdate')}, maxUnavailable ${String(fields.get('maxUnavailable') ?? '–')}, maxSurge ${String(fields.get('maxSurge') ?? 0)}`,
    `misscheduled ${String(fields.get('misscheduled') ?? 0)}`,
    visible(String(fields.get('image') ?? '')),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** All ten states with their numbers: they add up to the nodes that exist. */
function Counts({ session }: { readonly session: Session }): JSX.Element {
  const counts = session.counts.value;
  const total = counts.reduce((sum, each) => sum + each, 0);
  return (
    <ul class="counts" aria-label={`States of ${total} nodes`}>
      {NODE_STATES.map(({ glyph, word }, state) => (
        <li key={word} class={counts[state] === 0 ? 'zero' : ''}>
          <span class={`swatch swatch-${state}`} aria-hidden="true">
            {glyph}
          </span>{' '}
          <b data-state={state}>{counts[state]}</b> {word}
        </li>
      ))}
    </ul>
  );
}

interface Square {
  readonly node: number;
  readonly x: number;
  readonly y: number;
}

/** Decoration for those who see it; everything in it can be reached in the lanes and in the table. */
function NodeGrid({
  session,
  palette,
}: {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
}): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(frame);
  const zones = session.zones.value;
  const count = [...zones.values()].reduce((sum, nodes) => sum + nodes.length, 0);
  const side = count > 3000 ? 4 : count > 800 ? 6 : count > 200 ? 9 : 12;
  const { squares, height } = placeSquares(zones, width, side);
  const [states, selected, colours] = [session.states.value, session.node.value, palette.value];
  useEffect(() => {
    if (canvas.current !== null && width > 0)
      drawGrid(canvas.current, { squares, states, selected, palette: colours, width, height, side });
  });
  return (
    <div class="grid" ref={frame}>
      <canvas
        ref={canvas}
        aria-hidden="true"
        style={{ width: `${width}px`, height: `${height}px` }}
        onClick={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          const [x, y] = [event.clientX - left, event.clientY - top];
          const hit = squares.find(
            (square) => x >= square.x && x < square.x + side && y >= square.y && y < square.y + side,
          );
          if (hit !== undefined) session.node.value = hit.node;
        }}
      />
    </div>
  );
}

/** Zone under zone, each from the left, with a little room between zones. */
function placeSquares(
  zones: ReadonlyMap<string, readonly number[]>,
  width: number,
  side: number,
): { readonly squares: readonly Square[]; readonly height: number } {
  const perRow = Math.max(1, Math.floor(width / side));
  const squares: Square[] = [];
  let top = 0;
  for (const nodes of zones.values()) {
    nodes.forEach((node, i) => squares.push({ node, x: (i % perRow) * side, y: top + Math.floor(i / perRow) * side }));
    top += Math.ceil(nodes.length / perRow) * side + 5;
  }
  return { squares, height: top };
}

interface Grid {
  readonly squares: readonly Square[];
  readonly states: Uint8Array;
  readonly selected: number;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  readonly side: number;
}

function drawGrid(canvas: HTMLCanvasElement, { squares, states, selected, palette, width, height, side }: Grid): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  const fill = side - (side > 5 ? 2 : 1);
  context.font = `${side - 4}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const { node, x, y } of squares) {
    const state = states[node] ?? NO_NODE;
    if (state === NO_NODE) continue;
    context.fillStyle = palette.states[state] ?? '';
    context.fillRect(x, y, fill, fill);
    if (side >= 12 && state > 2) {
      context.fillStyle = state < 5 ? palette.text : palette.page;
      context.fillText(NODE_STATES[state]?.glyph ?? '', x + fill / 2, y + fill / 2 + 1);
    }
    if (node !== selected) continue;
    context.strokeStyle = palette.accent;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, fill + 2, fill + 2);
  }
}
