/** The coverage chart of the viewer: the same lines as the static one, over the range of time that is in view. */
import type { JSX } from 'preact';
import { areaPath, type ChartScale, stepPath, valueTicks, xOf, yOf } from '../src/chartGeometry.ts';
import type { CoveragePoint } from '../src/daemonSetWalk.ts';
import { faultName } from '../src/findings.ts';
import type { DaemonSetColumns } from '../src/payloadReader.ts';
import type { FaultRow } from '../src/report.ts';
import { GUTTER } from './plotArea.ts';
import type { Session } from './session.ts';

const UPPER = { top: 24, height: 92 };
const LOWER = { top: 138, height: 44 };
const HEIGHT = LOWER.top + LOWER.height + 10;

export function CoverageChart({
  session,
  width,
}: {
  readonly session: Session;
  readonly width: number;
}): JSX.Element | null {
  const timeline = session.timeline.value;
  if (timeline === undefined) return null;
  const { fromMs, toMs } = session.view.value;
  const base = { fromMs, toMs, left: GUTTER, width };
  const scales = scalesOf(timeline.coverage, base);
  const { faults, episodes } = session.run.header;
  return (
    <svg class="coverage" width={GUTTER + width} height={HEIGHT} aria-hidden="true" font-size="11">
      <defs>
        <clipPath id="plot-area">
          <rect x={GUTTER} y="0" width={width} height={HEIGHT} />
        </clipPath>
        <pattern id="hatch-live" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" stroke-width="3" class="c-hatch" />
        </pattern>
      </defs>
      <g clip-path="url(#plot-area)">{faults.map((fault, row) => band(fault, row, scales.upper))}</g>
      {gridLines(scales.upper, 4)}
      {gridLines(scales.lower, 2)}
      <g clip-path="url(#plot-area)">{lines(timeline, scales)}</g>
      <g clip-path="url(#plot-area)">
        {episodes
          .filter((episode) => episode.severity === 'critical')
          .map((episode) => breach(episode.fromMs, scales.upper))}
      </g>
      <text x="0" y={UPPER.top + 4} class="c-secondary">
        pods
      </text>
      <text x="0" y={LOWER.top + 4} class="c-secondary">
        unavailable
      </text>
    </svg>
  );
}

interface Scales {
  readonly upper: ChartScale;
  readonly lower: ChartScale;
}

function scalesOf(
  points: readonly CoveragePoint[],
  base: Pick<ChartScale, 'fromMs' | 'toMs' | 'left' | 'width'>,
): Scales {
  const highest = (of: (point: CoveragePoint) => number): number =>
    points.reduce((most, point) => Math.max(most, of(point)), 1);
  const budget = highest((point) => point.budget ?? 0);
  const down = highest((point) => point.byRollout + point.byFailure);
  return {
    upper: { ...base, ...UPPER, valueMax: highest((point) => Math.max(point.desired, point.available, point.updated)) },
    // As in the static chart: one spike must not flatten the rest.
    lower: { ...base, ...LOWER, valueMax: Math.min(Math.max(down, budget), 4 * budget) },
  };
}

function band(fault: FaultRow, row: number, scale: ChartScale): JSX.Element {
  const x = xOf(scale, fault.fromMs);
  const width = Math.max(1, xOf(scale, fault.toMs) - x);
  const label = Math.max(x, scale.left) + 5;
  return (
    <g key={fault.id}>
      <rect x={x} y="0" width={width} height={HEIGHT} class="c-fault" />
      <rect x={x} y={(row % 6) * 3} width={width} height="2" class="c-fault-edge" />
      {width > 60 && (
        <text x={label} y={15 + (row % 6) * 3} class="c-warn">
          ⚡ {faultName(fault)}
        </text>
      )}
    </g>
  );
}

function gridLines(scale: ChartScale, steps: number): readonly JSX.Element[] {
  return valueTicks(scale.valueMax, steps).map((value) => (
    <g key={value}>
      <line x1={GUTTER} x2={GUTTER + scale.width} y1={yOf(scale, value)} y2={yOf(scale, value)} class="c-grid" />
      <text x={GUTTER - 7} y={yOf(scale, value) + 4} text-anchor="end" class="c-secondary">
        {value}
      </text>
    </g>
  ));
}

function lines({ coverage }: DaemonSetColumns, { upper, lower }: Scales): JSX.Element {
  const of = (value: (point: CoveragePoint) => number): { atMs: number; value: number }[] =>
    coverage.map((point) => ({ atMs: point.atMs, value: value(point) }));
  const budgeted = coverage.filter((point) => point.budget !== null);
  const floor = budgeted.map(({ atMs, desired, budget }) => ({ atMs, value: Math.max(0, desired - (budget ?? 0)) }));
  const budget = budgeted.map((point) => ({ atMs: point.atMs, value: point.budget ?? 0 }));
  const available = of((point) => point.available);
  const down = of((point) => point.byRollout + point.byFailure);
  return (
    <>
      <path d={areaPath(available, upper)} class="c-available" />
      <path d={stepPath(floor, upper)} fill="none" stroke-dasharray="2 3" class="c-floor" />
      <path
        d={stepPath(
          of((point) => point.desired),
          upper,
        )}
        fill="none"
        stroke-dasharray="6 3"
        class="c-desired"
      />
      <path
        d={stepPath(
          of((point) => point.updated),
          upper,
        )}
        fill="none"
        stroke-width="1.5"
        stroke-dasharray="1 2"
        class="c-updated"
      />
      <path d={stepPath(available, upper)} fill="none" stroke-width="1.5" class="c-available-edge" />
      <path d={areaPath(down, lower)} fill="url(#hatch-live)" />
      <path d={stepPath(down, lower)} fill="none" class="c-fault-edge-line" />
      <path
        d={areaPath(
          of((point) => point.byRollout),
          lower,
        )}
        class="c-rollout"
      />
      <path d={stepPath(budget, lower)} fill="none" stroke-dasharray="2 3" class="c-floor" />
    </>
  );
}

function breach(atMs: number, scale: ChartScale): JSX.Element {
  const x = xOf(scale, atMs);
  return (
    <g key={atMs}>
      <line x1={x} x2={x} y1={UPPER.top} y2={HEIGHT} class="c-fail" />
      <text x={x} y={UPPER.top} text-anchor="middle" class="c-fail-text">
        ✕
      </text>
    </g>
  );
}
