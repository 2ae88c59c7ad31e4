import type { Condition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { formatMicroTime, formatTime } from '@everynode/core/api/time';
import { describe, expect, test } from 'vitest';
import {
  checkHealth as checkHealthWithin,
  expireConditions,
  type LifeSigns,
  type NodeHealth,
} from './nodeLifecycleHealth.ts';
import { withoutReady } from './nodeLifecyclePods.ts';
import { diffNoScheduleTaints } from './nodeLifecycleTaints.ts';
import {
  computeZoneState,
  judgeDisruption,
  zoneOf,
  zonePaceMs,
  ZoneTaintQueue,
  type ZoneState,
} from './nodeLifecycleZones.ts';

function node(conditions: readonly Condition[], rest: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', creationTimestamp: formatTime(0) },
    status: { conditions },
    ...rest,
  };
}

function ready(status: string, heartbeatMs: number): Condition {
  return { type: 'Ready', status, lastHeartbeatTime: formatTime(heartbeatMs) };
}

/** A lease that was renewed then, or none. */
function signs(renewMs?: number): LifeSigns {
  if (renewMs === undefined) return { lease: undefined, reportedAt: undefined };
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'n' },
    spec: { renewTime: formatMicroTime(renewMs) },
  } as const;
  return { lease, reportedAt: undefined };
}

const STARTUP_GRACE = 60_000;

function checkHealth(known: NodeHealth | undefined, subject: Node, seen: LifeSigns, graceMs: number, nowMs: number) {
  return checkHealthWithin(known, subject, seen, graceMs, nowMs, STARTUP_GRACE);
}

describe('checkHealth', () => {
  const GRACE = 40_000;

  test('the time of silence counts from when a sign of life was noticed, not from when it was given', () => {
    const first = checkHealth(undefined, node([ready('True', 0)]), signs(0), GRACE, 7000);
    const second = checkHealth(first.health, node([ready('True', 0)]), signs(10_000), GRACE, 12_000);
    expect(second.health.probeAtMs).toBe(12_000);
    expect(
      checkHealth(second.health, node([ready('True', 0)]), signs(10_000), GRACE, 52_000).conditions,
    ).toBeUndefined();
    const over = checkHealth(second.health, node([ready('True', 0)]), signs(10_000), GRACE, 52_001);
    expect([over.observed, over.current, over.silentMs]).toEqual(['True', 'Unknown', 40_001]);
  });

  test('a new heartbeat keeps a node alive without any lease', () => {
    const first = checkHealth(undefined, node([ready('True', 0)]), signs(), GRACE, 0);
    const second = checkHealth(first.health, node([ready('True', 30_000)]), signs(), GRACE, 35_000);
    expect(second.health.probeAtMs).toBe(35_000);
  });

  test('a lease that goes back in time is no sign of life', () => {
    const first = checkHealth(undefined, node([ready('True', 0)]), signs(20_000), GRACE, 20_000);
    expect(checkHealth(first.health, node([ready('True', 0)]), signs(10_000), GRACE, 30_000).health.probeAtMs).toBe(
      20_000,
    );
  });

  test('a node without Ready has 60 s from its creation, then all four conditions are appended', () => {
    const first = checkHealth(undefined, node([]), signs(), GRACE, 60_000);
    expect(first.conditions).toBeUndefined();
    const over = checkHealth(first.health, node([]), signs(), GRACE, 60_001);
    expect(over.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Ready NodeStatusNeverUpdated',
      'MemoryPressure NodeStatusNeverUpdated',
      'DiskPressure NodeStatusNeverUpdated',
      'PIDPressure NodeStatusNeverUpdated',
    ]);
  });

  test('a node that is Unknown already is not written again', () => {
    const first = checkHealth(undefined, node([ready('Unknown', 0)]), signs(), GRACE, 0);
    const later = checkHealth(first.health, node([ready('Unknown', 0)]), signs(), GRACE, 90_000);
    expect([later.conditions, later.current]).toEqual([undefined, 'Unknown']);
  });

  test('expiring leaves heartbeat times and NetworkUnavailable as they were', () => {
    const network = { type: 'NetworkUnavailable', status: 'False' };
    const [first, second] = expireConditions(node([ready('True', 5000), network]), 90_000);
    expect(first).toEqual({
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastHeartbeatTime: formatTime(5000),
      lastTransitionTime: formatTime(90_000),
    });
    expect(second).toBe(network);
  });
});

describe('zones', () => {
  test.each([
    [0, 1, 'FullDisruption'],
    [0, 3, 'FullDisruption'],
    [1, 2, 'Normal'],
    [1, 3, 'PartialDisruption'],
    [9, 11, 'PartialDisruption'],
    [10, 10, 'Normal'],
    [3, 0, 'Normal'],
  ])('%i ready and %i silent nodes are %s', (up, down, expected) => {
    expect(computeZoneState({ ready: up, total: up + down })).toBe(expected);
  });

  test('a partly disrupted zone of 51 nodes gets a node per 100 s, one of 50 none, any other zone one per 10 s', () => {
    expect([zonePaceMs('PartialDisruption', 51), zonePaceMs('PartialDisruption', 50)]).toEqual([100_000, undefined]);
    expect([zonePaceMs('Normal', 50), zonePaceMs('FullDisruption', 3)]).toEqual([10_000, 10_000]);
  });

  test('region and zone labels decide, nodes without any share a zone', () => {
    const labels = { 'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/zone': 'a' };
    expect(zoneOf(node([], { metadata: { name: 'n', labels } }))).toBe('r:a');
    expect(zoneOf(node([]))).toBe(zoneOf(node([], { metadata: { name: 'm', labels: {} } })));
  });

  const states = (...list: readonly ZoneState[]): ReadonlyMap<string, ZoneState> =>
    new Map(list.map((state, i) => [`z${i}`, state]));

  test.each([
    [states('Initial', 'Initial'), states('Normal', 'Normal'), { kind: 'changed', zones: ['z0', 'z1'] }],
    [states('Normal', 'Normal'), states('FullDisruption', 'Normal'), { kind: 'changed', zones: ['z0'] }],
    [states('FullDisruption', 'Normal'), states('FullDisruption', 'FullDisruption'), { kind: 'enteredFull' }],
    [states('FullDisruption', 'FullDisruption'), states('FullDisruption', 'FullDisruption'), { kind: 'stillFull' }],
    [states('FullDisruption', 'FullDisruption'), states('Normal', 'FullDisruption'), { kind: 'leftFull' }],
  ])('case %#: what follows from the states of all zones', (before, after, expected) => {
    expect(judgeDisruption(before, after)).toEqual(expected);
  });
});

describe('ZoneTaintQueue', () => {
  test('the first node goes at once, then one per 10 s, in the order in which they were put in', () => {
    const queue = new ZoneTaintQueue(0);
    for (const name of ['a', 'b', 'c']) queue.add(name, 1000);
    expect(queue.take(1000)).toBe('a');
    queue.finish('a');
    expect([queue.take(1100), queue.nextAtMs()]).toEqual([undefined, 11_000]);
    expect(queue.take(11_000)).toBe('b');
  });

  test('a node that is done is not queued again before it was removed', () => {
    const queue = new ZoneTaintQueue(0);
    queue.add('a', 0);
    queue.finish('a');
    queue.add('a', 1);
    expect(queue.nextAtMs()).toBeUndefined();
    queue.remove('a');
    queue.add('a', 2);
    expect(queue.nextAtMs()).toBe(2);
  });

  test('a head that is not due costs a token', () => {
    const queue = new ZoneTaintQueue(0);
    queue.add('a', 500);
    expect([queue.take(400), queue.nextAtMs()]).toEqual([undefined, 10_400]);
  });

  test('without a pace nothing goes, and the pace that follows begins with an empty bucket', () => {
    const queue = new ZoneTaintQueue(0);
    queue.add('a', 0);
    queue.setPace(undefined, 100);
    expect([queue.take(50_000), queue.nextAtMs()]).toEqual([undefined, undefined]);
    queue.setPace(10_000, 60_000);
    expect([queue.take(60_000), queue.nextAtMs()]).toEqual([undefined, 70_000]);
  });

  test('N-22: the pace that it has already leaves bucket and wait alone, as when a zone falls to its last node', () => {
    const queue = new ZoneTaintQueue(0);
    for (const name of ['a', 'b']) queue.add(name, 0);
    queue.take(0);
    queue.finish('a');
    queue.setPace(10_000, 9000);
    expect(queue.nextAtMs()).toBe(10_000);
  });

  test('a full bucket stays full when the pace changes', () => {
    const queue = new ZoneTaintQueue(0);
    queue.add('a', 0);
    queue.setPace(100_000, 100);
    expect(queue.take(100)).toBe('a');
  });
});

describe('diffNoScheduleTaints', () => {
  const taint = (key: string) => ({ key: `node.kubernetes.io/${key}`, effect: 'NoSchedule' as const });

  test.each([
    ['a ready node', [ready('True', 0)], [], [], []],
    ['a NotReady node', [ready('False', 0)], [], ['node.kubernetes.io/not-ready'], []],
    [
      'an Unknown node that was NotReady',
      [ready('Unknown', 0)],
      [taint('not-ready')],
      ['node.kubernetes.io/unreachable'],
      ['node.kubernetes.io/not-ready'],
    ],
    [
      'disk pressure',
      [ready('True', 0), { type: 'DiskPressure', status: 'True' }],
      [],
      ['node.kubernetes.io/disk-pressure'],
      [],
    ],
    [
      'pressure that is Unknown',
      [ready('True', 0), { type: 'DiskPressure', status: 'Unknown' }],
      [taint('disk-pressure')],
      [],
      ['node.kubernetes.io/disk-pressure'],
    ],
    ['a node without conditions', [], [taint('not-ready')], [], ['node.kubernetes.io/not-ready']],
    [
      'a hand-placed cordon taint',
      [ready('True', 0)],
      [taint('unschedulable')],
      [],
      ['node.kubernetes.io/unschedulable'],
    ],
  ])('%s gets and loses what it should', (_name, conditions, taints, add, remove) => {
    expect(diffNoScheduleTaints(node(conditions, { spec: { taints } }))).toEqual({ add, remove });
  });

  test('a cordoned node keeps its taint, and taints of other keys or effects are nobody else’s business', () => {
    const foreign = [
      { key: 'dedicated', effect: 'NoSchedule' as const },
      { ...taint('not-ready'), effect: 'NoExecute' as const },
    ];
    const cordoned = node([ready('True', 0)], {
      spec: { unschedulable: true, taints: [taint('unschedulable'), ...foreign] },
    });
    expect(diffNoScheduleTaints(cordoned)).toEqual({ add: [], remove: [] });
  });
});

describe('withoutReady', () => {
  test('Ready turns False and keeps its reason; a pod that is not Ready stays as it is', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] } } as const;
    const conditions = [{ type: 'Ready', status: 'True', reason: 'R', lastTransitionTime: formatTime(0) }];
    expect(withoutReady({ ...pod, status: { conditions } }, 9000)?.status?.conditions).toEqual([
      { type: 'Ready', status: 'False', reason: 'R', lastTransitionTime: formatTime(9000) },
    ]);
    expect(
      withoutReady({ ...pod, status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 9000),
    ).toBeUndefined();
    expect(withoutReady(pod, 9000)).toBeUndefined();
  });
});
