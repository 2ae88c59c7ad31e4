/** Whatever happens to nodes, links, processes and pods: when it is over the cluster heals, and truth and API agree. */
import { findCondition } from '@everynode/core/api/meta';
import { verifyTrace } from '@everynode/trace/verify';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lift } from '../seams/seams.ts';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

const NODES = ['pool-0', 'pool-1', 'pool-2'];

type Move = readonly [what: string, node: number, afterMs: number, forMs: number];

const moves = fc.array(
  fc.tuple(
    fc.constantFrom(
      'power',
      'partition',
      'kubelet',
      'disk',
      'memory',
      'kill',
      'delete',
      'force',
      'controller',
      'lifecycle',
      'scheduler',
      'lag',
      'image',
      'update',
    ),
    fc.nat(2),
    fc.nat(60_000),
    fc.nat(200_000),
  ),
  { minLength: 1, maxLength: 8 },
);

function perform(cluster: TestCluster, [what, at]: Move, step: string): Lift {
  const node = NODES[at] ?? 'pool-0';
  const seams = cluster.seams(step);
  const none: Lift = () => undefined;
  const name = cluster.pods().find(({ spec }) => spec.nodeName === node)?.metadata.name;
  switch (what) {
    case 'power':
      return seams.machine.powerOff(node);
    case 'partition':
      return seams.machine.partition(node);
    case 'kubelet':
      return seams.process.crash(`kubelet/${node}`);
    case 'disk':
      return seams.machine.press(node, 'disk', { evict: true });
    case 'memory':
      return seams.machine.press(node, 'memory', { evict: true });
    case 'kill':
      return seams.machine.killPods(node, undefined, 137);
    case 'image':
      return seams.machine.failImagePull(node, undefined, 'no such image');
    case 'controller':
      return seams.process.crash('daemonset-controller');
    case 'lifecycle':
      return seams.process.crash('node-lifecycle');
    case 'scheduler':
      return seams.process.crash('kube-scheduler');
    case 'lag':
      return seams.watch.delay({ client: 'daemonset-controller' }, { fixed: 7000 });
    case 'update': {
      const containers = [{ name: 'agent', image: `agent:${step}` }];
      const patch = { type: 'strategic', body: { spec: { template: { spec: { containers } } } } } as const;
      cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: 'kube-system/agent', patch });
      return none;
    }
    default:
      if (name !== undefined) {
        const grace = what === 'force' ? { gracePeriodSeconds: 0 } : {};
        cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${name}`, ...grace });
      }
      return none;
  }
}

function play(plan: readonly Move[], seed: string, explore: boolean): TestCluster {
  const cluster = createCluster(3, { seed, explore, settings: {} });
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(120_000);
  const lifts: Lift[] = [];
  let nowMs = 120_000;
  const { engine } = cluster.world;
  for (const [i, move] of plan.entries()) {
    nowMs = Math.max(nowMs + move[2], engine.nowMs);
    cluster.runUntil(nowMs);
    const cause = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/test' });
    const lift = engine.withCause(cause, () => perform(cluster, move, `step-${i}`));
    lifts.push(lift);
    const over = (): void => {
      const at = lifts.indexOf(lift);
      if (at >= 0) lifts.splice(at, 1);
      if (at >= 0) lift();
    };
    engine.withCause(cause, () => engine.schedule(move[3], 'test', over));
  }
  cluster.runUntil(nowMs + 200_000);
  // The longest backoff of a failed pod is 15 min, and a look at it may come as late again.
  cluster.runUntil(nowMs + 200_000 + 2_400_000);
  return cluster;
}

test('any faults, in any order: at last every node is Ready and untainted, and runs the one new pod that the API shows', () => {
  fc.assert(
    fc.property(moves, fc.string({ maxLength: 5 }), fc.boolean(), (plan, seed, explore) => {
      const cluster = play(plan, seed, explore);
      for (const name of NODES) {
        const node = cluster.nodeObject(name);
        expect(findCondition(node?.status?.conditions, 'Ready')?.status).toBe('True');
        expect(node?.spec?.taints ?? []).toEqual([]);
        const onNode = cluster.pods().filter(({ spec }) => spec.nodeName === name);
        expect(onNode.map(({ status }) => [status?.phase, findCondition(status?.conditions, 'Ready')?.status])).toEqual(
          [['Running', 'True']],
        );
        expect(cluster.world.machines.get(name)?.running.map(({ uid }) => uid)).toEqual([onNode[0]?.metadata.uid]);
      }
      expect(cluster.daemonSet().status).toMatchObject({
        desiredNumberScheduled: 3,
        numberAvailable: 3,
        updatedNumberScheduled: 3,
      });
      expect(verifyTrace(cluster.records()).map(({ message }) => message)).toEqual([
        'the end is the last record, and only the last',
      ]);
    }),
    { numRuns: Number(process.env['HOUSE_RUNS'] ?? 12) },
  );
}, 120_000);

test('the same seed and the same faults give the same trace, another seed another one', () => {
  const plan: readonly Move[] = [
    ['power', 1, 10_000, 90_000],
    ['update', 0, 5000, 0],
    ['disk', 2, 20_000, 60_000],
  ];
  const lines = (seed: string): string => JSON.stringify(play(plan, seed, true).records());
  expect(lines('a')).toBe(lines('a'));
  expect(lines('a')).not.toBe(lines('b'));
}, 60_000);
