/** What nodes and kubelets go through when one thing of theirs is bent: a condition, one direction of the link, the process alone. */
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { beginFault } from '../run/beginFault.ts';

const NODE = 'pool-1';

/** Three nodes with their daemon pods, at rest since a minute. */
function withAgents(): TestCluster {
  const cluster = createCluster(3);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  return cluster;
}

function conditionOf(cluster: TestCluster, type: string): string | undefined {
  const found = cluster.nodeObject(NODE)?.status?.conditions?.find((each) => each.type === type);
  return found && `${found.status} ${found.reason}: ${found.message}`;
}

function taintsOf(cluster: TestCluster): readonly string[] {
  return (cluster.nodeObject(NODE)?.spec?.taints ?? []).map(({ key }) => key.replace('node.kubernetes.io/', ''));
}

const READY = 'True KubeletReady: kubelet is posting ready status';

describe('NodeCondition', () => {
  test('K-5, K-6: Ready=False is posted in the kubelet’s next round, taints the node, and stops no pod', () => {
    const cluster = withAgents();
    const pod = cluster.podOn(NODE);
    const lift = beginFault(cluster, 'broken', 'NodeCondition', {}, [NODE]);
    cluster.runUntil(75_000);
    expect(conditionOf(cluster, 'Ready')).toBe('False KubeletNotReady: container runtime is down');
    expect(taintsOf(cluster)).toEqual(['not-ready', 'not-ready']);
    // The kubelet does not mark its pods, and nobody else does (N-9).
    expect(cluster.podOn(NODE)).toEqual(pod);
    expect(cluster.events('apiEvent.NodeNotReady').map(({ actor }) => actor)).toEqual([`kubelet/${NODE}`]);
    expect(cluster.world.bites.of('broken')).toBe(1);
    lift();
    cluster.runUntil(90_000);
    expect([conditionOf(cluster, 'Ready'), taintsOf(cluster)]).toEqual([READY, []]);
    expect(cluster.podOn(NODE)?.metadata.uid).toBe(pod?.metadata.uid);
  });

  test('K-2: it is posted at the ticks of the kubelet’s ten seconds: a millisecond too late waits for the next one', () => {
    const writtenAtMs = (beginAtMs: number): number | undefined => {
      const cluster = withAgents();
      cluster.runUntil(beginAtMs);
      beginFault(cluster, 'broken', 'NodeCondition', {}, [NODE]);
      cluster.runUntil(beginAtMs + 15_000);
      return cluster.events('node.updated').find(({ node, atMs }) => node === NODE && atMs > beginAtMs)?.atMs;
    };
    const atMs = writtenAtMs(60_000) ?? 0;
    // The request takes 4 ms to the server, so its round was that much earlier.
    const tickMs = atMs - 4;
    expect([writtenAtMs(tickMs - 1), writtenAtMs(tickMs + 1)]).toEqual([atMs, atMs + 10_000]);
  });

  test.each([
    ['MemoryPressure', 'True', ['memory-pressure']],
    ['DiskPressure', 'True', ['disk-pressure']],
    ['NetworkUnavailable', 'True', ['network-unavailable']],
    ['KernelDeadlock', 'True', []],
    ['Ready', 'Unknown', ['unreachable', 'unreachable']],
  ])('N-14: %s=%s taints the node with %j', (condition, status, taints) => {
    const cluster = withAgents();
    const params = { condition, status, reason: 'SomeReason', message: 'some message' };
    const lift = beginFault(cluster, 'broken', 'NodeCondition', params, [NODE]);
    cluster.runUntil(80_000);
    expect(conditionOf(cluster, condition)).toBe(`${status} SomeReason: some message`);
    expect(taintsOf(cluster)).toEqual(taints);
    lift();
    cluster.runUntil(95_000);
    expect([conditionOf(cluster, 'Ready'), taintsOf(cluster)]).toEqual([READY, []]);
  });

  test('a condition that is not the kubelet’s own goes with its fault, even if the kubelet was restarted meanwhile', () => {
    const cluster = withAgents();
    const params = { condition: 'KernelDeadlock', status: 'True' };
    const lift = beginFault(cluster, 'broken', 'NodeCondition', params, [NODE]);
    cluster.runUntil(80_000);
    expect(conditionOf(cluster, 'KernelDeadlock')).toBeDefined();
    const started = beginFault(cluster, 'restart', 'KubeletRestart', {}, [NODE]);
    lift();
    started();
    cluster.runUntil(120_000);
    expect(conditionOf(cluster, 'KernelDeadlock')).toBeUndefined();
    expect(conditionOf(cluster, 'Ready')).toBe(READY);
  });

  test('of two about one type the later one counts, and the first one again when that is lifted', () => {
    const cluster = withAgents();
    beginFault(cluster, 'a', 'NodeCondition', { message: 'first' }, [NODE]);
    const lift = beginFault(cluster, 'b', 'NodeCondition', { message: 'second' }, [NODE]);
    cluster.runUntil(75_000);
    expect(conditionOf(cluster, 'Ready')).toBe('False KubeletNotReady: second');
    lift();
    cluster.runUntil(90_000);
    expect(conditionOf(cluster, 'Ready')).toBe('False KubeletNotReady: first');
    expect([cluster.world.bites.of('a'), cluster.world.bites.of('b')]).toEqual([1, 1]);
  });

  test('a kubelet that cannot report says nothing, so the fault does not bite', () => {
    const cluster = withAgents();
    beginFault(cluster, 'cut', 'NodeUnreachable', {}, [NODE]);
    beginFault(cluster, 'broken', 'NodeCondition', {}, [NODE]);
    cluster.runUntil(80_000);
    expect([conditionOf(cluster, 'Ready'), cluster.world.bites.of('broken')]).toEqual([READY, 0]);
  });
});

describe('NodeUnreachable in one direction', () => {
  test('K-38, fromServer: heartbeats arrive, so the node stays Ready; a pod that is deleted runs on unheard', () => {
    const cluster = withAgents();
    const lift = beginFault(cluster, 'deaf', 'NodeUnreachable', { direction: 'fromServer' }, [NODE]);
    const name = cluster.podOn(NODE)?.metadata.name;
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${name}` });
    cluster.runUntil(400_000);
    expect(conditionOf(cluster, 'Ready')).toBe(READY);
    expect(cluster.podOn(NODE)?.metadata.deletionTimestamp).toBeDefined();
    expect(cluster.world.machines.get(NODE)?.running.map(({ key }) => key)).toEqual([`kube-system/${name}`]);
    expect(cluster.world.bites.of('deaf')).toBeGreaterThan(10);
    lift();
    cluster.runUntil(600_000);
    expect(cluster.podOn(NODE)?.metadata.name).not.toBe(name);
    expect(cluster.podOn(NODE)?.status?.phase).toBe('Running');
  });

  test('K-38, toServer: the node is Unknown after the grace, and its kubelet still hears that a pod is deleted', () => {
    const cluster = withAgents();
    const lift = beginFault(cluster, 'mute', 'NodeUnreachable', { direction: 'toServer' }, [NODE]);
    const name = cluster.podOn(NODE)?.metadata.name;
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${name}` });
    cluster.runUntil(200_000);
    expect(conditionOf(cluster, 'Ready')).toBe('Unknown NodeStatusUnknown: Kubelet stopped posting node status.');
    // It has stopped; the object stays, since nobody is told.
    expect(cluster.world.machines.get(NODE)?.running).toEqual([]);
    expect(cluster.podOn(NODE)?.metadata.name).toBe(name);
    lift();
    cluster.runUntil(400_000);
    expect(conditionOf(cluster, 'Ready')).toBe(READY);
    expect(cluster.podOn(NODE)?.metadata.name).not.toBe(name);
  });

  test('two one-way cuts make a whole one, and each lift mends its own direction', () => {
    const cluster = withAgents();
    const machine = cluster.world.machines.get(NODE);
    const works = (): readonly unknown[] => [machine?.canSend, machine?.canHear, machine?.reachable];
    const mute = beginFault(cluster, 'mute', 'NodeUnreachable', { direction: 'toServer' }, [NODE]);
    expect(works()).toEqual([false, true, false]);
    const deaf = beginFault(cluster, 'deaf', 'NodeUnreachable', { direction: 'fromServer' }, [NODE]);
    expect(works()).toEqual([false, false, false]);
    mute();
    expect(works()).toEqual([true, false, false]);
    deaf();
    expect(works()).toEqual([true, true, true]);
    const told = cluster.events().filter(({ type }) => type === 'machine.unreachable' || type === 'machine.reachable');
    expect(told.map(({ type, data }) => [type, data?.['direction']])).toEqual([
      ['machine.unreachable', 'toServer'],
      ['machine.unreachable', undefined],
      ['machine.unreachable', 'fromServer'],
      ['machine.reachable', undefined],
    ]);
  });

  test('a link that is cut again before the kubelet has reconnected brings nothing until it is whole', () => {
    const cluster = withAgents();
    beginFault(cluster, 'first', 'NodeUnreachable', {}, [NODE])();
    const lift = beginFault(cluster, 'second', 'NodeUnreachable', {}, [NODE]);
    const name = cluster.podOn(NODE)?.metadata.name;
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${name}` });
    cluster.runUntil(200_000);
    expect(cluster.world.machines.get(NODE)?.running).toHaveLength(1);
    lift();
    cluster.runUntil(400_000);
    expect(cluster.podOn(NODE)?.metadata.name).not.toBe(name);
  });
});

describe('KubeletRestart', () => {
  test('K-35: containers run on, nothing is restarted, and the node is NotReady for a moment', () => {
    const cluster = withAgents();
    const before = cluster.world.machines.get(NODE)?.running;
    const lift = beginFault(cluster, 'restart', 'KubeletRestart', {}, [NODE]);
    cluster.runUntil(65_000);
    expect(cluster.world.processes.isAlive(`kubelet/${NODE}`)).toBe(false);
    lift();
    cluster.runUntil(120_000);
    expect(cluster.world.machines.get(NODE)?.running).toEqual(before);
    expect(cluster.podOn(NODE)?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(conditionOf(cluster, 'Ready')).toBe(READY);
    expect(cluster.world.bites.of('restart')).toBe(1);
  });

  test('a node that is gone meanwhile takes the fault along', () => {
    const cluster = withAgents();
    const lift = beginFault(cluster, 'restart', 'KubeletRestart', {}, [NODE]);
    cluster.world.processes.remove(`kubelet/${NODE}`);
    lift();
    cluster.runUntil(80_000);
    expect(cluster.world.processes.isAlive(`kubelet/${NODE}`)).toBe(false);
  });
});
