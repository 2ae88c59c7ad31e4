/** Draws the lanes of the nodes and the shares of the zones on a canvas, in device pixels. */
import { NODE_STATES } from '../src/nodeState.ts';
import type { Palette } from '../src/palette.ts';
import type { LaneColumns } from '../src/payloadReader.ts';
import { rasterRow, type ShareSteps, type TimeRange } from './laneRaster.ts';
import type { LaneRow } from './laneRows.ts';

export interface LaneScene {
  readonly lanes: LaneColumns;
  readonly rows: readonly LaneRow[];
  readonly shares: ReadonlyMap<string, ShareSteps>;
  readonly range: TimeRange;
  /** CSS pixels from the top of all rows to the top of the canvas. */
  readonly scrollTop: number;
  readonly palette: Palette;
  readonly selected: number;
}

/** From this height on, in CSS pixels, a row says its state by a pattern too; from the next one on by a glyph. */
const PATTERN_HEIGHT = 8;
const GLYPH_HEIGHT = 12;

/** Draws what is visible; the canvas' own width and height are device pixels, `ratio` of them for one CSS pixel. */
export function drawLanes(canvas: HTMLCanvasElement, scene: LaneScene, ratio: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const out = new Uint8Array(width);
  const patterns = new Map<number, CanvasPattern | null>();
  for (const row of scene.rows) {
    const top = Math.round((row.y - scene.scrollTop) * ratio);
    const bottom = Math.round((row.y + row.height - scene.scrollTop) * ratio);
    if (bottom < 0 || top > height) continue;
    if (row.kind === 'zone')
      drawShares(context, scene, { zone: row.zone, top: top + 5 * ratio, bottom: bottom - 3 * ratio });
    else {
      rasterRow(scene.lanes, row.nodes, scene.range, out);
      // A separator, so that neighbours of one colour can be told apart.
      const gap = row.height >= 4 ? Math.max(1, Math.round(ratio / 2)) : 0;
      drawRow(context, out, { scene, top, height: bottom - top - gap, ratio, patterns });
      if (row.nodes.includes(scene.selected)) frame(context, scene.palette, { top, height: bottom - top - gap, ratio });
    }
  }
}

interface RowFrame {
  readonly scene: LaneScene;
  readonly top: number;
  readonly height: number;
  readonly ratio: number;
  readonly patterns: Map<number, CanvasPattern | null>;
}

function drawRow(
  context: CanvasRenderingContext2D,
  out: Uint8Array,
  { scene, top, height, ratio, patterns }: RowFrame,
): void {
  const isPatterned = height >= PATTERN_HEIGHT * ratio - 2;
  for (let x = 0; x < out.length;) {
    const value = out[x] ?? 0;
    let end = x + 1;
    while (end < out.length && out[end] === value) end += 1;
    if (value > 0) {
      context.fillStyle = scene.palette.states[value - 1] ?? '';
      context.fillRect(x, top, end - x, height);
      if (isPatterned) decorate(context, value - 1, { x, width: end - x, top, height, ratio, scene, patterns });
    }
    x = end;
  }
}

interface Box extends RowFrame {
  readonly x: number;
  readonly width: number;
}

/** Pattern and glyph of a problem: the colour is never the only cue. */
function decorate(context: CanvasRenderingContext2D, state: number, box: Box): void {
  const { x, width, top, height, ratio, scene, patterns } = box;
  const ink = state === 4 ? scene.palette.text : scene.palette.page;
  if (!patterns.has(state)) patterns.set(state, patternOf(context, state, { ink, ratio }));
  const pattern = patterns.get(state);
  if (pattern !== null && pattern !== undefined) {
    context.fillStyle = pattern;
    context.fillRect(x, top, width, height);
  }
  if (height < GLYPH_HEIGHT * ratio - 2 || width < 16 * ratio) return;
  context.font = `${Math.round(Math.min(12 * ratio, height * 0.8))}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.fillStyle = scene.palette.states[state] ?? '';
  context.fillRect(x + 2 * ratio, top, 12 * ratio, height);
  context.fillStyle = state < 5 ? scene.palette.text : scene.palette.page;
  context.fillText(NODE_STATES[state]?.glyph ?? '', x + 4 * ratio, top + height / 2 + ratio);
}

/** Lines by state, as the table of the palette has them: vertical, two diagonals, dots, a cross hatch. */
function patternOf(
  context: CanvasRenderingContext2D,
  state: number,
  { ink, ratio }: { readonly ink: string; readonly ratio: number },
): CanvasPattern | null {
  const lines = PATTERNS[state];
  if (lines === undefined) return null;
  const size = Math.round(8 * ratio);
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = [size, size];
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.35;
  pen.lineWidth = ratio;
  for (const [fromX, fromY, toX, toY] of lines) {
    pen.beginPath();
    pen.moveTo(fromX * size, fromY * size);
    pen.lineTo(toX * size, toY * size);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat');
}

type Line = readonly [fromX: number, fromY: number, toX: number, toY: number];
const RISING: readonly Line[] = [
  [0, 1, 1, 0],
  [-0.5, 0.5, 0.5, -0.5],
  [0.5, 1.5, 1.5, 0.5],
];
const FALLING: readonly Line[] = RISING.map(([fromX, fromY, toX, toY]) => [1 - fromX, fromY, 1 - toX, toY]);
const PATTERNS: Readonly<Record<number, readonly Line[]>> = {
  4: [[0.5, 0, 0.5, 1]],
  5: RISING,
  6: [[0.4, 0.5, 0.6, 0.5]],
  7: FALLING,
  8: [...RISING, ...FALLING],
};

interface Strip {
  readonly zone: string;
  readonly top: number;
  readonly bottom: number;
}

/** The exact shares of a zone's nodes in each state, worst at the top, whatever the rows below can show. */
function drawShares(
  context: CanvasRenderingContext2D,
  { shares, range, palette }: LaneScene,
  { zone, top, bottom }: Strip,
): void {
  const steps = shares.get(zone);
  if (steps === undefined) return;
  const { width } = context.canvas;
  const scale = width / Math.max(1, range.toMs - range.fromMs);
  let from = 0;
  for (let i = 0; i < steps.atMs.length; i += 1) {
    const until = i + 1 < steps.atMs.length ? (steps.atMs[i + 1] ?? range.toMs) : range.toMs;
    if (until < range.fromMs) continue;
    if ((steps.atMs[i] ?? 0) > range.toMs) return;
    const end = Math.min(width, Math.round((Math.min(until, range.toMs) - range.fromMs) * scale));
    // Before the first node exists there is nothing to show.
    if (i === 0) from = Math.max(0, Math.round(((steps.atMs[0] ?? 0) - range.fromMs) * scale));
    if (end <= from) continue;
    stack(context, steps.counts.subarray(i * 10, i * 10 + 10), { palette, x: from, width: end - from, top, bottom });
    from = end;
  }
}

function stack(
  context: CanvasRenderingContext2D,
  counts: Uint32Array,
  {
    palette,
    x,
    width,
    top,
    bottom,
  }: {
    readonly palette: Palette;
    readonly x: number;
    readonly width: number;
    readonly top: number;
    readonly bottom: number;
  },
): void {
  const total = counts.reduce((sum, each) => sum + each, 0);
  let y = top;
  let rest = total;
  for (let state = NODE_STATES.length - 1; state >= 0 && rest > 0; state -= 1) {
    const count = counts[state] ?? 0;
    if (count === 0) continue;
    rest -= count;
    const next = bottom - ((bottom - top) * rest) / total;
    context.fillStyle = palette.states[state] ?? '';
    context.fillRect(x, y, width, next - y);
    y = next;
  }
}

function frame(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { top, height, ratio }: { readonly top: number; readonly height: number; readonly ratio: number },
): void {
  context.strokeStyle = palette.accent;
  context.lineWidth = Math.max(1, Math.round(ratio));
  context.strokeRect(0.5, top - 0.5, context.canvas.width - 1, height + 1);
}
