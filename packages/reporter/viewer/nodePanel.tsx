/** The selected node at the cursor: its condition, its pods, the controller's last word on it, and why it stands so. */
import type { JSX } from 'preact';
import type { Scalar } from '@everynode/trace/record';
import { eventText, shortName } from '../src/eventText.ts';
import { NO_NODE, NODE_STATES } from '../src/nodeState.ts';
import { formatClock } from '../src/time.ts';
import { visible } from '../src/visible.ts';
import { CauseList } from './causeList.tsx';
import { explainingEntry, laneEntryAt, type PodAt } from './clusterAt.ts';
import { goToSeq, type Session } from './session.ts';

type Fields = ReadonlyMap<string, Scalar>;

export function NodePanel({ session }: { readonly session: Session }): JSX.Element {
  const node = session.run.header.nodes[session.node.value];
  const timeline = session.timeline.value;
  const moment = session.moment.value;
  if (node === undefined || timeline === undefined) {
    return <p class="empty">Choose a node: click its row, or press ↑ and ↓ in the timeline.</p>;
  }
  const { lanes, ref } = timeline;
  const entry = laneEntryAt(lanes, session.node.value, moment);
  const state = entry < 0 ? NO_NODE : (lanes.state[entry] ?? NO_NODE);
  const pods = session.index.podsOn(node.name, ref, moment);
  return (
    <div class="node">
      <h4>
        <bdi>{visible(node.name)}</bdi>{' '}
        <small>
          {[node.zone, node.pool]
            .filter((part) => part !== '')
            .map(visible)
            .join(' · ')}
        </small>
      </h4>
      <p>
        <span class={`swatch swatch-${state}`} aria-hidden="true">
          {NODE_STATES[state]?.glyph}
        </span>{' '}
        {state === NO_NODE ? 'The node does not exist at this moment.' : `${NODE_STATES[state]?.word ?? ''} since `}
        {state !== NO_NODE && (
          <MomentButton session={session} atMs={lanes.atMs[entry] ?? 0} seq={lanes.seq[entry] ?? 0} />
        )}
      </p>
      <Facts session={session} node={node.name} daemonSet={ref} />
      {pods.length === 0 && <p class="empty">No pod of {visible(shortName(ref))} here.</p>}
      {pods.map((pod) => (
        <PodLine key={pod.ref} pod={pod} />
      ))}
      {entry >= 0 && (
        <>
          <h5>Why</h5>
          <CauseList
            session={session}
            index={explainingEntry(session.run, lanes, { node: session.node.value, laneEntry: entry })}
          />
        </>
      )}
    </div>
  );
}

/** What the API says of the node, and the controller's last decision on it. */
function Facts({
  session,
  node,
  daemonSet,
}: {
  readonly session: Session;
  readonly node: string;
  readonly daemonSet: string;
}): JSX.Element {
  const moment = session.moment.value;
  const fields = session.run.log.stateOf(`node/${node}`, moment);
  const decision = session.index.decisionFor(node, daemonSet, moment);
  const decided = decision === undefined ? undefined : session.run.log.at(decision);
  return (
    <dl class="facts">
      {nodeFacts(fields).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{visible(value)}</bdi>
          </dd>
        </div>
      ))}
      {decided !== undefined && (
        <div>
          <dt>Controller</dt>
          <dd>
            {eventText(decided)} since <MomentButton session={session} atMs={decided.atMs} seq={decided.seq} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function nodeFacts(fields: Fields): readonly (readonly [name: string, value: string])[] {
  if (fields.size === 0) return [];
  const since = fields.get('readyAtMs');
  const reason = fields.get('readyReason');
  const ready = `${String(fields.get('ready') ?? 'Unknown')}${typeof since === 'number' ? ` since ${formatClock(since)}` : ''}${reason === undefined ? '' : ` (${String(reason)})`}`;
  const facts: [string, string][] = [['Ready', ready]];
  if (fields.get('unschedulable') === true) facts.push(['Scheduling', 'cordoned']);
  if (fields.has('taints')) facts.push(['Taints', String(fields.get('taints')).replaceAll(',', ', ')]);
  if (fields.has('pressure')) facts.push(['Pressure', String(fields.get('pressure')).replaceAll(',', ', ')]);
  return facts;
}

function PodLine({ pod: { ref, fields } }: { readonly pod: PodAt }): JSX.Element {
  const text = (key: string, form: (value: string) => string): string =>
    fields.has(key) ? form(String(fields.get(key))) : '';
  const clock = (key: string, word: string): string =>
    fields.has(key) ? `${word} ${formatClock(Number(fields.get(key)))}` : '';
  const parts = [
    text('phase', (value) => value),
    fields.get('ready') === true ? clock('readyAtMs', 'ready since') || 'ready' : 'not ready',
    text('hash', (value) => `revision ${value}`),
    text('waiting', (value) => `waiting: ${value}`),
    text('reason', (value) => value),
    text('restarts', (value) => `${value} restarts`),
    clock('deletedAtMs', 'terminating, grace ends'),
    fields.get('scheduled') === true ? '' : 'not bound yet',
  ];
  return (
    <p class="pod">
      <bdi class="object">{visible(shortName(ref))}</bdi>{' '}
      <bdi>{visible(parts.filter((part) => part !== '').join(' · '))}</bdi>
    </p>
  );
}

function MomentButton({
  session,
  atMs,
  seq,
}: {
  readonly session: Session;
  readonly atMs: number;
  readonly seq: number;
}): JSX.Element {
  return (
    <button type="button" class="moment" onClick={() => goToSeq(session, seq)}>
      {formatClock(atMs)}
    </button>
  );
}
