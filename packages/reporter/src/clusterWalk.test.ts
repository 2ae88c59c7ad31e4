/** Lanes and coverage against a slow count that folds the whole trace anew for every moment. */
import { foldTo } from '@everynode/trace/fold';
import { parseTrace } from '@everynode/trace/ndjson';
import type { TraceRecord } from '@everynode/trace/record';
import { TraceWriter } from '@everynode/trace/writer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { walkCluster } from './clusterWalk.ts';
import { laneStateAt, type Moment, stateCounts } from './moment.ts';
import { NODE_STATES, NO_NODE } from './nodeState.ts';
import { zoneOutageTrace } from './testing/zoneOutageTrace.ts';

const DS = 'ds/kube-system/agent';

/** Counts of the ten states, from scratch and in other words than the walk uses. */
function countFromScratch(records: readonly TraceRecord[], moment: Moment, minReadyMs: number): readonly number[] {
  const state = foldTo(records, moment);
  const objects = [...state.entries()];
  const hash = objects
    .filter(([ref]) => ref.startsWith('rev/'))
    .sort(([, a], [, b]) => Number(b.get('revision')) - Number(a.get('revision')))[0]?.[1]
    .get('hash');
  const counts = NODE_STATES.map(() => 0);
  const note = (word: string): void => {
    const index = NODE_STATES.findIndex((each) => each.word === word);
    counts[index] = (counts[index] ?? 0) + 1;
  };
  for (const [ref, node] of objects.filter(([each]) => each.startsWith('node/'))) {
    const pods = objects.filter(([each, pod]) => each.startsWith('pod/') && pod.get('node') === ref.slice(5));
    const [pod] = pods.map(([, fields]) => fields);
    const seen = records.some(
      (record) =>
        record.kind === 'decision' &&
        record.node === ref.slice(5) &&
        record.seq <= moment.seq &&
        record.atMs <= moment.atMs,
    );
    if (pod === undefined) note(seen ? 'missing' : 'not wanted');
    else if (pod.has('deletedAtMs')) note('terminating');
    else if (node.get('ready') === 'Unknown' && pod.has('scheduled')) note('unreachable');
    else if (pod.get('ready') !== true) note(pod.has('readyAtMs') ? 'not ready' : 'starting');
    else if (Number(pod.get('readyAtMs')) + minReadyMs > moment.atMs) note('settling');
    else note(pod.get('hash') === hash ? 'updated' : 'outdated');
  }
  return counts;
}

test('at any moment the lanes count the same states as a fold of the whole trace', () => {
  const minReadySeconds = 7;
  const records = zoneOutageTrace({ nodesPerZone: 8, minReadySeconds });
  const [timeline] = walkCluster(records, 2_700_000);
  const lanes = [...(timeline?.lanes.values() ?? [])];
  const events = records.filter((record) => record.kind === 'event' || record.kind === 'decision');
  const lastSeqAt = (atMs: number): number => events.filter((event) => event.atMs <= atMs).at(-1)?.seq ?? 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 420_000 }), (atMs) => {
      const moment = { atMs, seq: lastSeqAt(atMs) };
      expect(stateCounts(lanes, moment)).toEqual(countFromScratch(records, moment, minReadySeconds * 1000));
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(fc.nat({ max: events.length - 1 }), (i) => {
      const moment = { atMs: events[i]?.atMs ?? 0, seq: events[i]?.seq ?? 0 };
      expect(stateCounts(lanes, moment)).toEqual(countFromScratch(records, moment, minReadySeconds * 1000));
    }),
    { numRuns: 60 },
  );
});

/** A trace of one node and one DaemonSet with the events given; `type` and `actor` have defaults. */
function tinyTrace(
  events: readonly Partial<Parameters<TraceWriter['event']>[0]>[],
  decisions: readonly { atMs: number; code: string }[] = [],
): readonly TraceRecord[] {
  const lines: string[] = [];
  const writer = new TraceWriter({ level: 'default', sink: (line) => void lines.push(line) });
  writer.header({ scenario: 's', seed: '1', tool: 't', kubernetes: '1.31', endMs: 100_000, params: {}, repro: [] });
  writer.node({ atMs: 0, name: 'n' });
  const all = [
    { atMs: 0, object: 'node/n', patch: [['ready', 'True']] as const },
    {
      atMs: 0,
      object: DS,
      patch: [
        ['desired', 1],
        ['strategy', 'RollingUpdate'],
        ['maxUnavailable', '1'],
      ] as const,
    },
    {
      atMs: 0,
      object: 'rev/kube-system/agent-1',
      patch: [
        ['revision', 1],
        ['hash', 'one'],
        ['owner', DS],
      ] as const,
    },
    ...events,
  ].map((event) => ({ actor: 'user', type: 'x.updated', atMs: 0, ...event }));
  const queue = [...decisions];
  for (const event of all) {
    for (const each of queue.splice(0, queue.filter(({ atMs }) => atMs <= event.atMs).length)) {
      writer.decision({ actor: 'daemonset-controller', object: DS, node: 'n', ...each });
    }
    writer.event(event);
  }
  writer.end({ atMs: 100_000, verdict: 'pass', reason: '' });
  return parseTrace(lines);
}

function lane(records: readonly TraceRecord[]): readonly string[] {
  const [timeline] = walkCluster(records, 100_000);
  const only = timeline?.lanes.get('n');
  return (only?.state ?? []).map(
    (state, i) => `${only?.atMs[i]} ${state === NO_NODE ? 'no node' : NODE_STATES[state]?.word}`,
  );
}

const POD = [
  ['node', 'n'],
  ['owner', DS],
  ['hash', 'one'],
  ['phase', 'Pending'],
  ['ready', false],
] as const;
const UP = [
  ['scheduled', true],
  ['phase', 'Running'],
  ['ready', true],
  ['readyAtMs', 2_000],
] as const;

test('a pod becomes available when minReadySeconds have passed, without any event', () => {
  const records = tinyTrace([
    { atMs: 0, object: DS, patch: [['minReadySeconds', 5]] },
    { atMs: 1_000, object: 'pod/a', patch: POD },
    { atMs: 2_000, object: 'pod/a', patch: UP },
  ]);
  expect(lane(records)).toEqual(['0 not wanted', '1000 starting', '2000 settling', '7000 updated']);
});

test('a new revision makes every pod of the old one outdated, and a rollback makes them current again', () => {
  const records = tinyTrace([
    { atMs: 1_000, object: 'pod/a', patch: [...POD, ...UP] },
    {
      atMs: 5_000,
      object: 'rev/kube-system/agent-2',
      patch: [
        ['revision', 2],
        ['hash', 'two'],
        ['owner', DS],
      ],
    },
    { atMs: 9_000, object: 'rev/kube-system/agent-1', patch: [['revision', 3]] },
  ]);
  expect(lane(records)).toEqual(['0 not wanted', '1000 updated', '5000 outdated', '9000 updated']);
});

test('a node that is wanted and has no pod is missing one, and a node that is gone has no state', () => {
  const records = tinyTrace(
    [
      { atMs: 3_000, object: 'pod/a', patch: POD },
      { atMs: 4_000, object: 'pod/a', patch: POD.map(([path]) => [path, null] as const) },
      { atMs: 6_000, object: 'node/n', patch: [['ready', null]] },
    ],
    [{ atMs: 1_000, code: 'create' }],
  );
  expect(lane(records)).toEqual(
    ['0 not wanted', '3000 missing', '3000 starting', '4000 missing', '6000 no node'].map((each) =>
      each.replace('3000 missing', '1000 missing'),
    ),
  );
});

test('pods of other owners and of no node leave the lanes alone', () => {
  const records = tinyTrace([
    {
      atMs: 1_000,
      object: 'pod/b',
      patch: [
        ['node', 'n'],
        ['owner', 'ReplicaSet/ns/x'],
        ['ready', true],
      ],
    },
    {
      atMs: 1_000,
      object: 'pod/c',
      patch: [
        ['owner', DS],
        ['ready', false],
      ],
    },
  ]);
  expect(lane(records)).toEqual(['0 not wanted']);
});

test('a node taken down by the controller counts to the rollout, one lost otherwise to failure', () => {
  const cases = ['daemonset-controller', 'node-lifecycle'].map((actor) => {
    const records = tinyTrace(
      [
        { atMs: 2_000, object: 'pod/a', patch: [...POD, ...UP] },
        { atMs: 5_000, object: 'pod/a', actor, patch: [['deletedAtMs', 35_000]] },
      ],
      [{ atMs: 1_000, code: 'create' }],
    );
    return walkCluster(records, 100_000)[0]?.coverage.map(({ atMs, available, byRollout, byFailure, byStart }) => [
      atMs,
      available,
      byRollout,
      byFailure,
      byStart,
    ]);
  });
  const before = [
    [0, 0, 0, 0, 0],
    [1_000, 0, 0, 0, 1],
    [2_000, 1, 0, 0, 0],
  ];
  expect(cases).toEqual([
    [...before, [5_000, 0, 1, 0, 0]],
    [...before, [5_000, 0, 0, 1, 0]],
  ]);
});

test('the state before the first change of a lane is that of no node', () => {
  expect(laneStateAt({ atMs: [5], seq: [3], state: [1] }, { atMs: 4, seq: 9 })).toBe(NO_NODE);
});
