/** Lines and ticks of the coverage chart as SVG path data, for the static page and the viewer alike. */

/** A numeric series: it holds `value` from `atMs` until the next point. */
export interface Step {
  readonly atMs: number;
  readonly value: number;
}

/** Maps instants to x and numbers to y, in pixels; y grows downward. */
export interface ChartScale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
  /** The number at the top edge; 0 lies at the bottom. */
  readonly valueMax: number;
}

export function xOf(scale: ChartScale, atMs: number): number {
  const span = Math.max(1, scale.toMs - scale.fromMs);
  return scale.left + ((atMs - scale.fromMs) / span) * scale.width;
}

export function yOf(scale: ChartScale, value: number): number {
  const share = Math.min(1, value / Math.max(1, scale.valueMax));
  return scale.top + scale.height * (1 - share);
}

/** `M0,5H3V2…`: the steps that the scale shows. Of many changes within one pixel the lowest and the highest remain. */
export function stepPath(steps: readonly Step[], scale: ChartScale): string {
  const shown = thinned(visibleSteps(steps, scale), scale);
  const [first] = shown;
  if (first === undefined) return '';
  const parts = [`M${pixel(xOf(scale, first.atMs))},${pixel(yOf(scale, first.value))}`];
  for (const step of shown.slice(1)) parts.push(`H${pixel(xOf(scale, step.atMs))}V${pixel(yOf(scale, step.value))}`);
  parts.push(`H${pixel(scale.left + scale.width)}`);
  return parts.join('');
}

/** The same line, closed along the bottom, for filling. */
export function areaPath(steps: readonly Step[], scale: ChartScale): string {
  const line = stepPath(steps, scale);
  const [first] = visibleSteps(steps, scale);
  if (line === '' || first === undefined) return '';
  const bottom = pixel(scale.top + scale.height);
  return `${line}V${bottom}H${pixel(Math.max(scale.left, xOf(scale, first.atMs)))}Z`;
}

const TICK_STEPS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000,
];

/** Round instants between two others, at most `max` of them. */
export function timeTicks(fromMs: number, toMs: number, max: number): readonly number[] {
  const span = Math.max(1, toMs - fromMs);
  const step = TICK_STEPS_MS.find((each) => span / each <= max) ?? Math.ceil(span / max / 86_400_000) * 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) ticks.push(at);
  return ticks;
}

/** Round numbers from 0 up to `valueMax`, in at most `steps` steps. */
export function valueTicks(valueMax: number, steps = 4): readonly number[] {
  let step = 1;
  for (const factor of [2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2]) {
    if (valueMax / step <= steps) break;
    step *= factor;
  }
  const whole = Math.max(1, Math.ceil(step));
  const ticks: number[] = [];
  for (let value = 0; value <= valueMax; value += whole) ticks.push(value);
  return ticks;
}

/** The steps that begin within the scale, and the one that holds at its left edge, moved there. */
function visibleSteps(steps: readonly Step[], { fromMs, toMs }: ChartScale): readonly Step[] {
  const within = steps.filter((step) => step.atMs > fromMs && step.atMs <= toMs);
  const before = lastUntil(steps, fromMs);
  return before === undefined ? within : [{ atMs: fromMs, value: before.value }, ...within];
}

function lastUntil(steps: readonly Step[], atMs: number): Step | undefined {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1];
}

function thinned(steps: readonly Step[], scale: ChartScale): readonly Step[] {
  if (steps.length <= scale.width * 2) return steps;
  const columns = new Map<number, Step[]>();
  for (const step of steps) {
    const x = Math.floor(xOf(scale, step.atMs));
    const column = columns.get(x);
    if (column === undefined) columns.set(x, [step]);
    else column.push(step);
  }
  return [...columns.values()].flatMap(extremes);
}

/** First, lowest, highest and last, in the order of time. */
function extremes(column: readonly Step[]): readonly Step[] {
  const [first] = column;
  if (first === undefined) return [];
  let [lowest, highest] = [first, first];
  for (const step of column) {
    if (step.value < lowest.value) lowest = step;
    if (step.value > highest.value) highest = step;
  }
  const kept = new Set([first, lowest, highest, column.at(-1)]);
  return column.filter((step) => kept.has(step));
}

function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}
