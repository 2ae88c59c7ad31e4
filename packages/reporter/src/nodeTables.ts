/** Zone by zone and node by node: how the cluster stood at the moment that matters most. Readable without a script. */
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { Lane } from './daemonSetWalk.ts';
import { shortName } from './eventText.ts';
import { type Html, html } from './html.ts';
import { type Moment, stateCounts } from './moment.ts';
import { momentLink } from './momentLink.ts';
import { NODE_STATES, type NodeState } from './nodeState.ts';
import type { ReportModel } from './report.ts';
import { troubleAt, type TroubledNode } from './trouble.ts';

const NODES_MAX = 60;

/** The first critical breach, or the end of the run. */
function decisiveMoment({ episodes, log, endMs }: ReportModel): Moment {
  const first = episodes.find((each) => each.severity === 'critical');
  return first === undefined ? { atMs: endMs, seq: log.at(-1)?.seq ?? 0 } : { atMs: first.fromMs, seq: first.seq };
}

export function nodeTables(model: ReportModel, timeline: DaemonSetTimeline): Html {
  const moment = decisiveMoment(model);
  const zones = new Map<string, Lane[]>();
  for (const { name, zone = 'no zone' } of model.nodes) {
    const lane = timeline.lanes.get(name);
    if (lane !== undefined) zones.set(zone, [...(zones.get(zone) ?? []), lane]);
  }
  const states = NODE_STATES.map((state, i) => ({ ...state, i })).filter(({ i }) =>
    [...zones.values()].some((lanes) => (stateCounts(lanes, moment)[i] ?? 0) > 0),
  );
  return html`<h3>${shortName(timeline.ref)} at ${momentLink(moment.atMs, moment.seq)}</h3>
    <table class="zones">
      <thead>
        <tr>
          <th scope="col">Zone</th>
          <th scope="col" class="number">Nodes</th>
          ${states.map(({ word, i }) => html`<th scope="col" class="number">${swatch(i)} ${word}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${[...zones].map(([zone, lanes]) => zoneRow(zone, lanes, { moment, states: states.map(({ i }) => i) }))}
      </tbody>
    </table>
    ${troubledNodes(model, timeline, moment)}`;
}

function zoneRow(
  zone: string,
  lanes: readonly Lane[],
  { moment, states }: { readonly moment: Moment; readonly states: readonly number[] },
): Html {
  const counts = stateCounts(lanes, moment);
  const total = counts.reduce((sum, each) => sum + each, 0);
  return html`<tr>
    <th scope="row"><bdi>${zone}</bdi></th>
    <td class="number">${total}</td>
    ${states.map((state) => html`<td class="number${counts[state] === 0 && ' zero'}">${counts[state] ?? 0}</td>`)}
  </tr>`;
}

function troubledNodes({ nodes }: ReportModel, timeline: DaemonSetTimeline, moment: Moment): Html | undefined {
  const troubled = troubleAt(timeline, moment).flatMap((group) => group.nodes);
  if (troubled.length === 0) return html`<p class="empty">Every node that wants a pod had an available one.</p>`;
  const zones = new Map(nodes.map((node) => [node.name, node.zone ?? '']));
  const more = troubled.length - NODES_MAX;
  const rows = troubled.slice(0, NODES_MAX).map((node) => nodeRow(node, zones.get(node.name) ?? ''));
  return html`<details>
    <summary>Nodes without an available pod (${troubled.length})</summary>
    <table class="nodes">
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Zone</th>
          <th scope="col">State</th>
          <th scope="col" class="number">Since</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    ${more > 0 && html`<p class="empty">${more} more nodes.</p>`}
  </details>`;
}

function nodeRow({ name, state, sinceMs, seq }: TroubledNode, zone: string): Html {
  return html`<tr>
    <th scope="row"><bdi>${name}</bdi></th>
    <td><bdi>${zone}</bdi></td>
    <td>${swatch(state)} ${NODE_STATES[state]?.word}</td>
    <td class="number">${momentLink(sinceMs, seq)}</td>
  </tr>`;
}

function swatch(state: NodeState): Html {
  return html`<span class="swatch swatch-${state}" aria-hidden="true">${NODE_STATES[state]?.glyph}</span>`;
}
