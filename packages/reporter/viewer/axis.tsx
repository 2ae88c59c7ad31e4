/** The time axis under the lanes. */
import type { JSX } from 'preact';
import { tickText } from '../src/chart.ts';
import { timeTicks } from '../src/chartGeometry.ts';
import type { Session } from './session.ts';

export function Axis({ session, width }: { readonly session: Session; readonly width: number }): JSX.Element {
  const { fromMs, toMs } = session.view.value;
  const ticks = timeTicks(fromMs, toMs, Math.max(2, Math.floor(width / 110)));
  return (
    <div class="axis" aria-hidden="true">
      <div class="ticks">
        {ticks.map((at) => (
          <span key={at} style={{ left: `${((at - fromMs) / (toMs - fromMs)) * 100}%` }}>
            {tickText(at)}
          </span>
        ))}
      </div>
    </div>
  );
}
