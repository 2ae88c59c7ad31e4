/** Who owns what, over the life of a DaemonSet: circles, orphans, adoption, release, and names that are taken. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { HASH_LABEL } from '@everynode/core/api/daemonSet';
import { controllerOf, type OwnerReference } from '@everynode/core/api/meta';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { objectOf, testPod } from '../cluster/testHouse.ts';

const AGENT = 'kube-system/agent';

function withAgents(nodes: number, ds: DaemonSet = agent()): TestCluster {
  const cluster = createCluster(nodes);
  cluster.ask({ verb: 'create', object: ds });
  cluster.runUntil(60_000);
  return cluster;
}

function other(name: string): DaemonSet {
  const ds = agent();
  return { ...ds, metadata: { ...ds.metadata, name } };
}

function referenceTo(ds: DaemonSet, blockOwnerDeletion: boolean): OwnerReference {
  const { name, uid = '' } = ds.metadata;
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, blockOwnerDeletion };
}

/** Gives an object more owners; those it has stay. */
function own(cluster: TestCluster, kind: 'DaemonSet' | 'Pod', key: string, owners: readonly OwnerReference[]): void {
  const body = { metadata: { ownerReferences: owners } };
  const result = cluster.ask({ verb: 'patch', kind, key, patch: { type: 'strategic', body } });
  expect(result).toMatchObject({ ok: true });
}

describe('circles of owners', () => {
  /** Two DaemonSets without pods, since there are no nodes, that own each other. */
  function circle(): TestCluster {
    const cluster = createCluster(0);
    const ds = (name: string): DaemonSet => objectOf('DaemonSet', cluster.ask({ verb: 'create', object: other(name) }));
    const [a, b] = [ds('a'), ds('b')];
    own(cluster, 'DaemonSet', 'kube-system/a', [referenceTo(b, true)]);
    own(cluster, 'DaemonSet', 'kube-system/b', [referenceTo(a, true)]);
    cluster.runUntil(30_000);
    expect(cluster.world.store.list('DaemonSet')).toHaveLength(2);
    return cluster;
  }

  test.each(['Background', 'Foreground'] as const)('%s: one is deleted, both go', (propagation) => {
    const cluster = circle();
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: 'kube-system/a', propagation });
    cluster.runUntil(200_000);
    expect(cluster.world.store.list('DaemonSet')).toEqual([]);
    expect(cluster.world.store.list('ControllerRevision')).toEqual([]);
  });

  test('orphan: one is deleted, the other stays without an owner', () => {
    const cluster = circle();
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: 'kube-system/a', propagation: 'Orphan' });
    cluster.runUntil(200_000);
    const left = cluster.world.store.list('DaemonSet');
    expect(left.map(({ metadata }) => [metadata.name, metadata.ownerReferences])).toEqual([['b', undefined]]);
  });

  test('a DaemonSet that is owned by its own pod goes with it, and the pod with the DaemonSet', () => {
    const cluster = withAgents(1);
    const [pod] = cluster.pods();
    const owner = { apiVersion: 'v1', kind: 'Pod', name: pod?.metadata.name ?? '', uid: pod?.metadata.uid ?? '' };
    own(cluster, 'DaemonSet', AGENT, [owner]);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${owner.name}` });
    cluster.runUntil(400_000);
    expect([cluster.daemonSet(), cluster.pods()]).toEqual([undefined, []]);
  });
});

describe('several owners', () => {
  test('a pod stays while one of them is there, and loses its reference to the other', () => {
    const cluster = createCluster(0);
    const [a, b] = ['a', 'b'].map((name) =>
      objectOf('DaemonSet', cluster.ask({ verb: 'create', object: other(name) })),
    ) as [DaemonSet, DaemonSet];
    const pod = testPod('shared');
    const ownerReferences = [referenceTo(a, true), referenceTo(b, true)];
    const metadata = { ...pod.metadata, namespace: 'kube-system', ownerReferences };
    cluster.ask({ verb: 'create', object: { ...pod, metadata } });
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: 'kube-system/a', propagation: 'Foreground' });
    cluster.runUntil(120_000);
    const names = cluster.pods().map((each) => each.metadata.ownerReferences?.map(({ name }) => name));
    expect([cluster.world.store.list('DaemonSet').map((ds) => ds.metadata.name), names]).toEqual([['b'], [['b']]]);
  });
});

describe('orphans', () => {
  test('DS-D9: the same DaemonSet made anew adopts the pods and the revision, and restarts nothing', () => {
    const cluster = withAgents(3);
    const before = cluster.pods().map(({ metadata }) => metadata.uid);
    const revisions = (): readonly (string | undefined)[] =>
      cluster.world.store.list('ControllerRevision').map(({ metadata }) => metadata.uid);
    const recorded = revisions();
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: AGENT, propagation: 'Orphan' });
    cluster.runUntil(120_000);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(240_000);
    expect([cluster.pods().map(({ metadata }) => metadata.uid), revisions()]).toEqual([before, recorded]);
    const { uid } = cluster.daemonSet().metadata;
    expect(new Set(cluster.pods().map((pod) => controllerOf(pod)?.uid))).toEqual(new Set([uid]));
    expect(cluster.daemonSet().status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  });

  test('DS-D10: a pod that loses its labels is released and replaced; with its labels back it survives its successor', () => {
    const cluster = withAgents(1);
    const [first] = cluster.pods();
    const key = `kube-system/${first?.metadata.name ?? ''}`;
    const relabel = (app: string): void => {
      const body = { metadata: { labels: { app } } };
      cluster.ask({ verb: 'patch', kind: 'Pod', key, patch: { type: 'merge', body } });
    };
    relabel('debug');
    cluster.runUntil(120_000);
    const released = cluster.pods().find(({ metadata }) => metadata.uid === first?.metadata.uid);
    expect([released && controllerOf(released), cluster.pods().length]).toEqual([undefined, 2]);
    relabel('agent');
    cluster.runUntil(240_000);
    expect(cluster.pods().map(({ metadata }) => metadata.uid)).toEqual([first?.metadata.uid]);
  });

  test('DS-D11: two DaemonSets with one selector fight over no pod: each keeps its own', () => {
    const cluster = withAgents(2);
    cluster.ask({ verb: 'create', object: other('twin') });
    cluster.runUntil(200_000);
    const owners = cluster.pods().map((pod) => controllerOf(pod)?.name);
    expect(owners.filter((name) => name === 'agent')).toHaveLength(2);
    expect(owners.filter((name) => name === 'twin')).toHaveLength(2);
    expect(cluster.events('pod.created')).toHaveLength(4);
  });
});

describe('revisions', () => {
  test('DS-H7: a name that another template has taken is a collision: counted, and the next name is tried', () => {
    const probe = withAgents(1);
    const [taken] = probe.world.store.list('ControllerRevision');
    const cluster = createCluster(1);
    const { uid: _uid, ownerReferences: _owners, ...metadata } = taken?.metadata ?? { name: '' };
    const data = { spec: { template: { ...agent().spec.template, metadata: { labels: { app: 'else' } } } } };
    const squatter = { apiVersion: 'apps/v1', kind: 'ControllerRevision', revision: 1, data } as const;
    // Not the agent's labels: otherwise it would be adopted, and be an old revision of its own.
    const object = { ...squatter, metadata: { ...metadata, labels: { app: 'else' } } };
    expect(cluster.ask({ verb: 'create', object })).toMatchObject({ ok: true });
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(120_000);
    const recorded = cluster.world.store
      .list('ControllerRevision')
      .find((each) => controllerOf(each)?.name === 'agent');
    expect(cluster.daemonSet().status).toMatchObject({ collisionCount: 1, numberAvailable: 1 });
    expect(recorded?.metadata.name).not.toBe(metadata.name);
    expect(cluster.pods()[0]?.metadata.labels?.[HASH_LABEL]).toBe(recorded?.metadata.labels?.[HASH_LABEL]);
  });

  test('DS-H14: of five templates in a row two are remembered besides the current one, if the limit says so', () => {
    const cluster = withAgents(1, agent({ revisionHistoryLimit: 2 }));
    for (const [at, image] of ['v2', 'v3', 'v4', 'v5'].entries()) {
      const body = { spec: { template: { spec: { containers: [{ name: 'agent', image: `agent:${image}` }] } } } };
      cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: AGENT, patch: { type: 'strategic', body } });
      cluster.runUntil(60_000 + (at + 1) * 120_000);
    }
    const numbers = cluster.world.store.list('ControllerRevision').map(({ revision }) => revision);
    expect(numbers.sort((a, b) => a - b)).toEqual([3, 4, 5]);
  });
});

describe('A-16: what changes while the garbage collector’s delete is on its way', () => {
  /** A pod whose owner never existed, and the collector's delete of it, which takes 5 s. */
  function doomed(kubernetesVersion: string): TestCluster {
    const cluster = createCluster(0, { kubernetesVersion, settings: { latencyPercent: 0 } });
    cluster.ask({ verb: 'create', object: other('owner') });
    cluster.seams('slow').api.delay({ client: 'garbage-collector', verb: 'delete' }, { fixed: 5000 });
    const pod = testPod('doomed');
    const ownerReferences = [referenceTo({ ...agent(), metadata: { name: 'never', uid: 'never' } }, false)];
    const metadata = { ...pod.metadata, namespace: 'kube-system', ownerReferences };
    cluster.ask({ verb: 'create', object: { ...pod, metadata } });
    cluster.runFor(2000);
    return cluster;
  }

  test.each([
    ['1.33', false],
    ['1.34', true],
  ])('in %s a pod that gets a living owner stays: %s', (version, stays) => {
    const cluster = doomed(version);
    const owner = cluster.world.store.get('DaemonSet', 'kube-system/owner') as DaemonSet;
    const body = { metadata: { ownerReferences: [referenceTo(owner, false)] } };
    cluster.ask({ verb: 'patch', kind: 'Pod', key: 'kube-system/doomed', patch: { type: 'merge', body } });
    cluster.runFor(60_000);
    expect(cluster.world.store.get('Pod', 'kube-system/doomed') !== undefined).toBe(stays);
  });

  test.each(['1.33', '1.34'])('in %s a pod that gets a label goes all the same', (version) => {
    const cluster = doomed(version);
    const body = { metadata: { labels: { touched: 'yes' } } };
    cluster.ask({ verb: 'patch', kind: 'Pod', key: 'kube-system/doomed', patch: { type: 'merge', body } });
    cluster.runFor(60_000);
    expect(cluster.world.store.get('Pod', 'kube-system/doomed')).toBeUndefined();
  });
});

test('A-12: a bound pod with a finalizer stays after its containers have ended, until the finalizer goes', () => {
  const cluster = createCluster(1, { settings: { latencyPercent: 0 } });
  const pod = testPod('held', { nodeName: 'pool-0' });
  const key = 'default/held';
  cluster.ask({ verb: 'create', object: { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/hold'] } } });
  cluster.runUntil(10_000);
  cluster.ask({ verb: 'delete', kind: 'Pod', key });
  cluster.runUntil(60_000);
  const held = cluster.world.store.get('Pod', key);
  expect([held?.metadata.deletionGracePeriodSeconds, held?.status?.phase]).toEqual([0, 'Succeeded']);
  expect(cluster.world.machines.get('pool-0')?.running).toEqual([]);
  const body = { metadata: { finalizers: null } };
  cluster.ask({ verb: 'patch', kind: 'Pod', key, patch: { type: 'merge', body } });
  expect(cluster.world.store.get('Pod', key)).toBeUndefined();
});
