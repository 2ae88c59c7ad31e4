/** The coverage chart of the static page: who had a pod, when, and which fault lay over it. Works without any script. */
import { areaPath, type ChartScale, stepPath, timeTicks, valueTicks, xOf, yOf } from './chartGeometry.ts';
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { CoveragePoint } from './daemonSetWalk.ts';
import { shortName } from './eventText.ts';
import { faultName } from './findings.ts';
import { type Html, html } from './html.ts';
import { LIGHT } from './palette.ts';
import type { FaultRow, ReportModel } from './report.ts';
import { formatClock } from './time.ts';

const WIDTH = 1400;
const LEFT = 44;
const PLOT_WIDTH = WIDTH - LEFT - 24;
const FAULT_ROW = 18;
const FAULT_ROWS_MAX = 6;
const UPPER = 150;
const LOWER = 64;
const GAP = 26;

/** `undefined` where the run has no DaemonSet; then the page says why there is no chart. */
export function coverageChart(model: ReportModel, timeline: DaemonSetTimeline | undefined): Html | undefined {
  if (timeline === undefined || timeline.coverage.length === 0) return undefined;
  const bands = model.faults.slice(0, FAULT_ROWS_MAX);
  const top = 8 + bands.length * FAULT_ROW;
  const upper = scaleOf(model, {
    top,
    height: UPPER,
    valueMax: peak(timeline.coverage, (point) => Math.max(point.desired, point.available, point.updated)),
  });
  const budget = peak(timeline.coverage, (point) => point.budget ?? 0);
  const down = peak(timeline.coverage, (point) => point.byRollout + point.byFailure);
  // One spike at the start would flatten all the rest, so the lower part shows at most four times the budget.
  const clipped = down > 4 * budget;
  const lower = scaleOf(model, {
    top: top + UPPER + GAP,
    height: LOWER,
    valueMax: clipped ? 4 * budget : Math.max(down, budget),
  });
  const height = lower.top + LOWER + 24;
  const last = timeline.coverage.at(-1);
  const summary =
    last === undefined ? '' : `at the end ${last.available} of ${last.desired} available, ${last.updated} updated`;
  return html`<svg
      class="chart"
      viewBox="0 0 ${WIDTH} ${height}"
      role="img"
      font-size="11"
      font-family="system-ui, sans-serif"
    >
      <title>Coverage of ${shortName(timeline.ref)}: ${summary}</title>
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" stroke="${LIGHT.fault}" stroke-width="3" class="c-hatch" />
        </pattern>
      </defs>
      ${bands.map((fault, row) => faultBand(fault, row, { upper, bottom: lower.top + LOWER, more: model.faults.length - bands.length }))}
      ${grid(upper, 4)}${grid(lower, 2)} ${coverageLines(timeline.coverage, upper)}
      ${unavailableAreas(timeline.coverage, lower, clipped ? down : undefined)}
      ${model.episodes
        .filter((each) => each.severity === 'critical')
        .slice(0, 20)
        .map((each) => breachLine(each.fromMs, each.id, { upper, bottom: lower.top + LOWER }))}
      ${timeTicks(0, model.endMs, 9).map((at) => timeTick(at, lower))}
    </svg>
    ${legend()}`;
}

interface Frame {
  readonly upper: ChartScale;
  readonly bottom: number;
}

function scaleOf(model: ReportModel, frame: Pick<ChartScale, 'top' | 'height' | 'valueMax'>): ChartScale {
  return { fromMs: 0, toMs: model.endMs, left: LEFT, width: PLOT_WIDTH, ...frame };
}

function faultBand(fault: FaultRow, row: number, { upper, bottom, more }: Frame & { readonly more: number }): Html {
  const x = xOf(upper, fault.fromMs);
  const width = Math.max(1, xOf(upper, fault.toMs) - x);
  const y = 4 + row * FAULT_ROW;
  const rest = row === FAULT_ROWS_MAX - 1 && more > 0 ? ` (+${more} more)` : '';
  // A label that would run out on the right is written to the left of its band's beginning.
  const anchor = x > LEFT + PLOT_WIDTH * 0.7 ? 'end' : 'start';
  return html`<g>
    <title>
      ${faultName(fault)}: ${formatClock(fault.fromMs)} to ${fault.toEnd ? 'the end' : formatClock(fault.toMs)}
    </title>
    <rect
      x="${round(x)}"
      y="${y}"
      width="${round(width)}"
      height="${round(bottom - y)}"
      fill="${LIGHT.fault}"
      fill-opacity="${LIGHT.faultOpacity}"
      class="c-fault"
    />
    <rect x="${round(x)}" y="${y}" width="${round(width)}" height="2" fill="${LIGHT.fault}" class="c-fault-edge" />
    <text
      x="${round(anchor === 'end' ? x - 5 : x + 5)}"
      y="${y + 13}"
      text-anchor="${anchor}"
      fill="${LIGHT.warn}"
      class="c-warn"
      >⚡ ${faultName(fault)}${rest}</text
    ></g
  >`;
}

function grid(scale: ChartScale, steps: number): Html {
  return html`${valueTicks(scale.valueMax, steps).map((value) => {
    const y = round(yOf(scale, value));
    return html`<line
        x1="${LEFT}"
        x2="${LEFT + PLOT_WIDTH}"
        y1="${y}"
        y2="${y}"
        stroke="${LIGHT.hairline}"
        class="c-grid"
      /><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end" fill="${LIGHT.secondary}" class="c-secondary"
        >${value}</text
      >`;
  })}`;
}

function coverageLines(points: readonly CoveragePoint[], scale: ChartScale): Html {
  const of = (key: 'desired' | 'available' | 'updated'): { readonly atMs: number; readonly value: number }[] =>
    points.map((point) => ({ atMs: point.atMs, value: point[key] }));
  const floor = points.flatMap(({ atMs, desired, budget }) =>
    budget === null ? [] : [{ atMs, value: Math.max(0, desired - budget) }],
  );
  return html`<path
      d="${areaPath(of('available'), scale)}"
      fill="${LIGHT.states[1] ?? ''}"
      fill-opacity="0.45"
      class="c-available"
    />
    <path d="${stepPath(floor, scale)}" fill="none" stroke="${LIGHT.warn}" stroke-dasharray="2 3" class="c-floor" />
    <path
      d="${stepPath(of('desired'), scale)}"
      fill="none"
      stroke="${LIGHT.secondary}"
      stroke-dasharray="6 3"
      class="c-desired"
    />
    <path
      d="${stepPath(of('updated'), scale)}"
      fill="none"
      stroke="${LIGHT.accent}"
      stroke-width="1.5"
      stroke-dasharray="1 2"
      class="c-updated"
    />
    <path
      d="${stepPath(of('available'), scale)}"
      fill="none"
      stroke="${LIGHT.accent}"
      stroke-width="1.5"
      class="c-available-edge"
    />`;
}

function unavailableAreas(points: readonly CoveragePoint[], scale: ChartScale, peakValue: number | undefined): Html {
  const all = points.map(({ atMs, byRollout, byFailure }) => ({ atMs, value: byRollout + byFailure }));
  const rollout = points.map(({ atMs, byRollout }) => ({ atMs, value: byRollout }));
  const budget = points.flatMap(({ atMs, budget: value }) => (value === null ? [] : [{ atMs, value }]));
  return html`<path d="${areaPath(all, scale)}" fill="url(#hatch)" class="c-failure" />
    <path d="${stepPath(all, scale)}" fill="none" stroke="${LIGHT.fault}" class="c-fault-edge-line" />
    <path d="${areaPath(rollout, scale)}" fill="${LIGHT.states[5] ?? ''}" class="c-rollout" />
    <path d="${stepPath(budget, scale)}" fill="none" stroke="${LIGHT.warn}" stroke-dasharray="2 3" class="c-floor" />
    ${peakValue !== undefined && html`<text x="${LEFT + PLOT_WIDTH}" y="${scale.top - 5}" text-anchor="end" fill="${LIGHT.secondary}" class="c-secondary">cut off, peak ${peakValue}</text>`}
    <text x="${LEFT}" y="${scale.top - 6}" fill="${LIGHT.secondary}" class="c-secondary">unavailable</text>`;
}

function breachLine(atMs: number, id: string, { upper, bottom }: Frame): Html {
  const x = round(xOf(upper, atMs));
  return html`<g
    ><title>${id} broke at ${formatClock(atMs)}</title
    ><line x1="${x}" x2="${x}" y1="${upper.top}" y2="${round(bottom)}" stroke="${LIGHT.fail}" class="c-fail" /><text
      x="${x}"
      y="${upper.top - 1}"
      text-anchor="middle"
      fill="${LIGHT.fail}"
      class="c-fail-text"
      >✕</text
    ></g
  >`;
}

function timeTick(atMs: number, scale: ChartScale): Html {
  const x = round(xOf(scale, atMs));
  const bottom = scale.top + scale.height;
  return html`<line
      x1="${x}"
      x2="${x}"
      y1="${bottom}"
      y2="${bottom + 4}"
      stroke="${LIGHT.secondary}"
      class="c-tick"
    /><text x="${x}" y="${bottom + 17}" text-anchor="middle" fill="${LIGHT.secondary}" class="c-secondary"
      >${tickText(atMs)}</text
    >`;
}

/** A round instant without the milliseconds that it does not have. */
export function tickText(atMs: number): string {
  return formatClock(atMs).replace(/\.000$/, '');
}

function legend(): Html {
  const item = (key: string, text: string): Html => html`<li><span class="key key-${key}"></span>${text}</li>`;
  return html`<ul class="legend">
    ${item('available', 'available')}${item('desired', 'desired')}${item('updated', 'updated')}${item('floor', 'desired − maxUnavailable, and below the budget')}${item('rollout', 'taken down by the controller')}${item('failure', 'down by failure')}
  </ul>`;
}

/** The highest of a number over all points, at least 1. */
function peak(points: readonly CoveragePoint[], of: (point: CoveragePoint) => number): number {
  return points.reduce((highest, point) => Math.max(highest, of(point)), 1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
