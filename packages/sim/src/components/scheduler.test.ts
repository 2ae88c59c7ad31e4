import type { Node } from '@everynode/core/api/node';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { SchedulerCache, usageOfPods } from './schedulerCache.ts';
import { pinnedNodes, refusalByNode, refusalsMessage } from './schedulerFilters.ts';
import { changedFilters } from './schedulerHints.ts';
import { findVictims, pickNode, type Victims } from './schedulerPreemption.ts';
import { SchedulerQueue } from './schedulerQueue.ts';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

const NOBODY = usageOfPods([]);
const RULES = { tolerationCompare: true, taintsUnnamed: true };

function node(overrides: Partial<Node['spec']> = {}, labels: Readonly<Record<string, string>> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels },
    spec: overrides,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '3' } },
  };
}

function pod(name: string, spec: Partial<PodSpec> & { readonly cpu?: string } = {}): Pod {
  const { cpu, ...rest } = spec;
  const container = { name: 'c', image: 'i:v1', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { containers: [container], ...rest },
  };
}

describe('refusalByNode', () => {
  const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' as const }];
  const port = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] };

  test.each([
    ['a pod that fits', pod('a', { cpu: '1' }), node(), NOBODY, undefined],
    [
      'a cordoned node',
      pod('a'),
      node({ unschedulable: true }),
      NOBODY,
      ['NodeUnschedulable', 'node(s) were unschedulable'],
    ],
    [
      'another node name',
      pod('a', { nodeName: 'other' }),
      node(),
      NOBODY,
      ['NodeName', "node(s) didn't match the requested node name"],
    ],
    ['a taint', pod('a'), node({ taints }), NOBODY, ['TaintToleration', 'node(s) had untolerated taint(s)']],
    [
      'a node selector',
      pod('a', { nodeSelector: { disk: 'ssd' } }),
      node(),
      NOBODY,
      ['NodeAffinity', "node(s) didn't match Pod's node affinity/selector"],
    ],
    [
      'a taken port',
      pod('a', port),
      node(),
      usageOfPods([pod('b', port)]),
      ['NodePorts', "node(s) didn't have free ports for the requested pod ports"],
    ],
    [
      'too little cpu',
      pod('a', { cpu: '3' }),
      node(),
      usageOfPods([pod('b', { cpu: '2' })]),
      ['NodeResourcesFit', 'Insufficient cpu'],
    ],
    [
      'too many pods',
      pod('a'),
      node(),
      usageOfPods([pod('b'), pod('c'), pod('d')]),
      ['NodeResourcesFit', 'Too many pods'],
    ],
  ])('%s: the first filter that refuses is named', (_name, subject, target, usage, expected) => {
    const refusal = refusalByNode(subject, target, usage, RULES);
    expect(refusal === undefined ? undefined : [refusal.filter, ...refusal.reasons]).toEqual(expected);
  });

  test('S-3: before 1.35 the first taint that is not tolerated is named, of those that keep pods out', () => {
    const soft = { key: 'soft', effect: 'PreferNoSchedule' as const };
    const rules = { tolerationCompare: true, taintsUnnamed: false };
    expect(refusalByNode(pod('a'), node({ taints: [soft, ...taints] }), NOBODY, rules)?.reasons).toEqual([
      'node(s) had untolerated taint {dedicated: gpu}',
    ]);
  });

  test('a cordon taint that is tolerated lets the pod in, as every daemon pod', () => {
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }];
    expect(refusalByNode(pod('a', { tolerations }), node({ unschedulable: true }), NOBODY, RULES)).toBeUndefined();
  });

  test('what exceeds the whole node cannot be helped by preemption', () => {
    expect(refusalByNode(pod('a', { cpu: '5' }), node(), NOBODY, RULES)).toMatchObject({ isResolvable: false });
    expect(refusalByNode(pod('a', { cpu: '4' }), node(), usageOfPods([pod('b', { cpu: '1' })]), RULES)).toMatchObject({
      isResolvable: true,
    });
  });
});

describe('refusalsMessage', () => {
  const fit = { filter: 'NodeResourcesFit', reasons: ['Insufficient cpu'], isResolvable: true } as const;

  test('counts reasons as upstream prints them', () => {
    expect(refusalsMessage({ nodes: 5, looked: [fit] }, false)).toBe(
      "0/5 nodes are available: 1 Insufficient cpu, 4 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/5 nodes are available: 1 No preemption victims found for incoming pod, 4 Preemption is not helpful for scheduling.",
    );
    expect(refusalsMessage({ nodes: 5, looked: [] }, false)).toBe(
      "0/5 nodes are available: 5 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.",
    );
    expect(refusalsMessage({ nodes: 0, looked: [] }, false)).toBe('no nodes available to schedule pods');
  });
});

describe('pinnedNodes', () => {
  test('names the nodes that every term allows by name, or nobody', () => {
    const term = (values: readonly string[]) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
    const affinity = (nodeSelectorTerms: readonly object[]) => ({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    });
    expect(pinnedNodes(pod('a', { affinity: affinity([term(['n1']), term(['n2'])]) }))).toEqual(['n1', 'n2']);
    expect(pinnedNodes(pod('a', { affinity: affinity([term(['n1']), { matchExpressions: [] }]) }))).toBeUndefined();
    expect(pinnedNodes(pod('a'))).toBeUndefined();
  });
});

describe('SchedulerCache', () => {
  test('puts, replaces and removes pods without drifting', () => {
    const cache = new SchedulerCache();
    cache.put(pod('a', { cpu: '1' }), 'n');
    cache.put(pod('b', { cpu: '2' }), 'n');
    cache.put(pod('a', { cpu: '3' }), 'n');
    expect([cache.usage('n').pods, cache.usage('n').requests['cpu']]).toEqual([2, 5000]);
    expect(cache.remove('default/a')).toBe('n');
    expect(cache.remove('default/a')).toBeUndefined();
    expect([cache.usage('n').pods, cache.usage('n').requests['cpu']]).toEqual([1, 2000]);
  });
});

describe('SchedulerQueue', () => {
  test('the highest priority goes first, then who came first', () => {
    const queue = new SchedulerQueue();
    for (const [name, priority] of [
      ['low', 0],
      ['high', 10],
      ['low2', 0],
      ['high2', 10],
    ] as const)
      queue.put(pod(name, { priority }), undefined, undefined);
    expect([0, 0, 0, 0, 0].map(() => queue.pop()?.key)).toEqual([
      'default/high',
      'default/high2',
      'default/low',
      'default/low2',
      undefined,
    ]);
  });

  test('a refused pod waits 1, 2, 4, 8, 10, 10 s from its last attempt', () => {
    const queue = new SchedulerQueue();
    queue.put(pod('a'), ['n'], undefined);
    const entry = queue.pop();
    const waits = [0, 1, 2, 3, 4, 5].map(() => {
      if (entry !== undefined) queue.refuse(entry, new Set(['NodeResourcesFit']), 1000);
      return entry === undefined ? 0 : queue.backoffEndMs(entry) - 1000;
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  test('only a change of its node and of its filter touches a refused pod', () => {
    const queue = new SchedulerQueue();
    queue.put(pod('a'), ['n'], undefined);
    const entry = queue.pop();
    if (entry !== undefined) queue.refuse(entry, new Set(['TaintToleration']), 0);
    expect(queue.touched('m', new Set(['TaintToleration']))).toEqual([]);
    expect(queue.touched('n', new Set(['NodePorts']))).toEqual([]);
    expect(queue.touched('n', new Set(['TaintToleration', 'NodePorts']))).toEqual([entry]);
  });
});

describe('changedFilters', () => {
  test('a heartbeat concerns no filter, a taint and a label concern theirs', () => {
    expect([...changedFilters(node(), { ...node(), status: { ...node().status, conditions: [] } })]).toEqual([]);
    expect([...changedFilters(node(), node({ taints: [{ key: 'a', effect: 'NoSchedule' }] }))]).toEqual([
      'TaintToleration',
      'NodeUnschedulable',
    ]);
    expect([...changedFilters(node(), node({}, { a: 'b' }))]).toEqual(['NodeAffinity']);
  });
});

function victims(...pods: readonly Pod[]): Victims {
  return { pods, violations: 0 };
}

function started(name: string, startTime: string): Pod {
  return { ...pod(name, { priority: 1 }), status: { startTime } };
}

describe('preemption', () => {
  test('takes the fewest of the least important, and nobody where even all would not do', () => {
    const high = pod('high', { priority: 100, cpu: '3' });
    const others = [
      pod('a', { priority: 1, cpu: '1' }),
      pod('b', { priority: 5, cpu: '1' }),
      pod('c', { priority: 2, cpu: '1' }),
    ];
    expect(
      findVictims(high, { ...node(), status: { allocatable: { cpu: '5', pods: '10' } } }, others, RULES)?.pods.map(
        ({ metadata }) => metadata.name,
      ),
    ).toEqual(['a']);
    expect(findVictims(pod('high', { priority: 100, cpu: '6' }), node(), others, RULES)).toBeUndefined();
    expect(
      findVictims(pod('equal', { priority: 1, cpu: '3' }), node(), [pod('a', { priority: 1, cpu: '3' })], RULES),
    ).toBeUndefined();
  });

  test('prefers the node whose most important victim is least important', () => {
    const candidates = new Map([
      ['n1', victims(pod('a', { priority: 5 }))],
      ['n2', victims(pod('b', { priority: 1 }), pod('c', { priority: 2 }))],
    ]);
    expect(pickNode(candidates)).toBe('n2');
    expect(pickNode(new Map())).toBeUndefined();
  });

  test.each([
    [
      'fewer violated budgets',
      { ...victims(pod('a', { priority: 1 })), violations: 1 },
      victims(pod('b', { priority: 9 })),
    ],
    [
      'a lower sum of priorities',
      victims(pod('a', { priority: 5 }), pod('b', { priority: 4 })),
      victims(pod('c', { priority: 5 }), pod('d', { priority: 1 })),
    ],
    [
      'fewer victims, also of a negative priority',
      victims(pod('a', { priority: 5 }), pod('b', { priority: -9 })),
      victims(pod('c', { priority: 5 })),
    ],
    [
      'victims that started later',
      victims(started('a', '2020-01-01T00:00:00Z')),
      victims(started('b', '2020-01-01T00:00:01Z')),
    ],
  ])('S-7: otherwise the node with %s', (_what, worse, better) => {
    expect(
      pickNode(
        new Map([
          ['a-worse', worse],
          ['b-better', better],
        ]),
      ),
    ).toBe('b-better');
  });

  test('S-7: of pods of one priority those that a budget guards are taken back first, and only as far as there is room', () => {
    const low = ['a', 'b', 'c'].map((name) => pod(name, { priority: 1, cpu: '1' }));
    const target = { ...node(), status: { allocatable: { cpu: '4', pods: '10' } } };
    const guards =
      (...names: readonly string[]) =>
      (pods: readonly Pod[]) => ({
        violating: pods.filter(({ metadata }) => names.includes(metadata.name)),
        others: pods.filter(({ metadata }) => !names.includes(metadata.name)),
      });
    const found = (...names: readonly string[]): unknown => {
      const high = pod('high', { priority: 100, cpu: '3' });
      const { pods, violations } = findVictims(high, target, low, RULES, guards(...names)) ?? victims();
      return [pods.map(({ metadata }) => metadata.name), violations];
    };
    expect([found(), found('b'), found('b', 'c')]).toEqual([
      [['b', 'c'], 0],
      [['a', 'c'], 0],
      [['a', 'c'], 1],
    ]);
  });
});

describe('scheduler in the whole house', () => {
  const filler = (cpu: string, priority = 0): Pod => pod('filler', { nodeName: 'pool-1', cpu, priority });

  function pending(cluster: TestCluster): Pod | undefined {
    return cluster.pods().find(({ spec }) => (spec.nodeName ?? '') === '');
  }

  test('a daemon pod that does not fit stays Pending, says why, and is bound within its backoff once there is room', () => {
    const cluster = createCluster(2);
    cluster.ask({ verb: 'create', object: filler('3500m') });
    cluster.runUntil(10_000);
    const requests = { cpu: '1' };
    cluster.ask({
      verb: 'create',
      object: agent({}, { containers: [{ name: 'agent', image: 'agent:v1', resources: { requests } }] }),
    });
    cluster.runUntil(30_000);
    expect(pending(cluster)?.status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
    ]);
    expect(cluster.events('apiEvent.FailedScheduling')).toHaveLength(1);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/filler' });
    cluster.runUntil(40_000);
    expect([pending(cluster), cluster.daemonSet().status?.numberAvailable]).toEqual([undefined, 2]);
  });

  test('a pod of higher priority pushes another one off its node and takes its place when that is gone', () => {
    const cluster = createCluster(2);
    cluster.ask({ verb: 'create', object: filler('3500m') });
    cluster.runUntil(10_000);
    const requests = { cpu: '1' };
    const spec = {
      priorityClassName: 'system-node-critical',
      containers: [{ name: 'agent', image: 'agent:v1', resources: { requests } }],
    };
    cluster.ask({ verb: 'create', object: agent({}, spec) });
    cluster.runUntil(60_000);
    expect(cluster.events('sched.preempted')).toMatchObject([{ node: 'pool-1', data: { victims: 1 } }]);
    expect(cluster.events('apiEvent.Preempted')).toHaveLength(1);
    expect(cluster.pods().map(({ status }) => status?.nominatedNodeName)).toEqual([undefined, undefined]);
    expect(cluster.pods().map(({ metadata }) => metadata.namespace)).toEqual(['kube-system', 'kube-system']);
    expect(cluster.daemonSet().status?.numberAvailable).toBe(2);
  });

  test('pods without a named node spread over the nodes', () => {
    const cluster = createCluster(3);
    cluster.runUntil(1000);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) cluster.ask({ verb: 'create', object: pod(name) });
    cluster.runUntil(10_000);
    expect(
      ['pool-0', 'pool-1', 'pool-2'].map((name) => cluster.pods().filter(({ spec }) => spec.nodeName === name).length),
    ).toEqual([2, 2, 2]);
  });
});
