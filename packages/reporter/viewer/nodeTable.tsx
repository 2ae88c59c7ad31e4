/** The timeline as a table, worst first: the same facts for those who do not see the lanes. */
import type { JSX } from 'preact';
import { compareKeys } from '@everynode/core/api/meta';
import { NO_NODE, NODE_STATES } from '../src/nodeState.ts';
import { formatClock } from '../src/time.ts';
import { visible } from '../src/visible.ts';
import { laneEntryAt } from './clusterAt.ts';
import { rasterRow } from './laneRaster.ts';
import type { Session } from './session.ts';

const ROWS_MAX = 500;

export function NodeTable({ session }: { readonly session: Session }): JSX.Element | null {
  const lanes = session.timeline.value?.lanes;
  if (lanes === undefined) return null;
  const { nodes } = session.run.header;
  const moment = session.moment.value;
  const worst = new Uint8Array(1);
  const rows = nodes
    .map((node, i) => {
      const entry = laneEntryAt(lanes, i, moment);
      rasterRow(lanes, [i], session.view.value, worst);
      return {
        ...node,
        i,
        state: entry < 0 ? NO_NODE : (lanes.state[entry] ?? NO_NODE),
        sinceMs: lanes.atMs[entry] ?? 0,
        worst: (worst[0] ?? 0) - 1,
      };
    })
    .sort((a, b) => severity(b.state) - severity(a.state) || b.worst - a.worst || compareKeys(a.name, b.name));
  const { fromMs, toMs } = session.view.value;
  return (
    <div class="table-view" role="region" aria-label="Nodes as a table" tabIndex={0}>
      <table>
        <caption>
          Nodes at {formatClock(moment.atMs)}, worst first
          {rows.length > ROWS_MAX ? `, ${ROWS_MAX} of ${rows.length}` : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Zone</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">
              Worst from {formatClock(fromMs)} to {formatClock(toMs)}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map((row) => (
            <tr key={row.i}>
              <th scope="row">
                <button type="button" class="moment" onClick={() => (session.node.value = row.i)}>
                  <bdi>{visible(row.name)}</bdi>
                </button>
              </th>
              <td>
                <bdi>{visible(row.zone)}</bdi>
              </td>
              <td>{word(row.state)}</td>
              <td>{row.state === NO_NODE ? '–' : formatClock(row.sinceMs)}</td>
              <td>{row.worst < 0 ? '–' : word(row.worst)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function severity(state: number): number {
  return state === NO_NODE ? -1 : state;
}

function word(state: number): string {
  const known = NODE_STATES[state];
  return known === undefined ? 'does not exist' : `${known.glyph} ${known.word}`;
}
