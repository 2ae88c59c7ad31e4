/** Deleting a namespace, from the API server's door and with the whole control plane. */
import { describe, expect, test } from 'vitest';
import type { Namespace } from '@everynode/core/api/namespace';
import { findCondition } from '@everynode/core/api/meta';
import type { ApiResult } from '@everynode/core/api/requests';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { createHouse, objectOf, testPod } from '../cluster/testHouse.ts';
import { operationStep } from '../run/runHouse.ts';

function namespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function refusal(result: ApiResult): readonly unknown[] {
  return result.ok ? [] : [result.code, result.reason, result.message];
}

const inSpace = (space: string) => ({ ...testPod('web'), metadata: { name: 'web', namespace: space } });

describe('A-17: a namespace', () => {
  test('that does not exist takes nothing', () => {
    const house = createHouse();
    const result = house.ask({ verb: 'create', object: inSpace('nowhere') });
    expect(refusal(result)).toEqual([404, 'NotFound', 'namespaces "nowhere" not found']);
  });

  test('is created with the finalizer of its controller and a label of its name', () => {
    const house = createHouse();
    const created = objectOf('Namespace', house.ask({ verb: 'create', object: namespace('team') }));
    expect([created.metadata.labels, created.spec, created.status]).toEqual([
      { 'kubernetes.io/metadata.name': 'team' },
      { finalizers: ['kubernetes'] },
      { phase: 'Active' },
    ]);
    expect(house.ask({ verb: 'create', object: inSpace('team') }).ok).toBe(true);
  });

  test('that is deleted is Terminating at once, and refuses whatever is new', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: namespace('team') });
    const deleted = objectOf('Namespace', house.ask({ verb: 'delete', kind: 'Namespace', key: 'team' }));
    expect([deleted.status?.phase, deleted.metadata.deletionTimestamp !== undefined]).toEqual(['Terminating', true]);
    const object = { ...testPod(''), metadata: { name: '', generateName: 'agent-', namespace: 'team' } };
    expect(refusal(house.ask({ verb: 'create', object }))).toEqual([
      403,
      'NamespaceTerminating',
      'pods "agent-" is forbidden: unable to create new content in namespace team because it is being terminated',
    ]);
    // A second delete changes nothing: the finalizer holds it.
    expect(objectOf('Namespace', house.ask({ verb: 'delete', kind: 'Namespace', key: 'team' }))).toEqual(deleted);
  });

  test.each(['default', 'kube-system', 'kube-public'])('%s may not be deleted', (name) => {
    const house = createHouse();
    expect(refusal(house.ask({ verb: 'delete', kind: 'Namespace', key: name }))).toEqual([
      403,
      'Forbidden',
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    ]);
  });

  test('goes with the write that empties its finalizers, and not with a write of the main resource', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: namespace('team') });
    const deleted = objectOf('Namespace', house.ask({ verb: 'delete', kind: 'Namespace', key: 'team' }));
    const bare = { ...deleted, spec: { finalizers: [] } };
    const kept = objectOf('Namespace', house.ask({ verb: 'update', object: bare }));
    expect(kept.spec).toEqual({ finalizers: ['kubernetes'] });
    house.ask({ verb: 'finalize', object: bare });
    expect(house.world.store.get('Namespace', 'team')).toBeUndefined();
  });

  test('takes no finalizer from an old picture', () => {
    const house = createHouse();
    const created = objectOf('Namespace', house.ask({ verb: 'create', object: namespace('team') }));
    house.ask({ verb: 'delete', kind: 'Namespace', key: 'team' });
    const result = house.ask({ verb: 'finalize', object: { ...created, spec: { finalizers: [] } } });
    expect(result).toMatchObject({ ok: false, reason: 'Conflict' });
  });

  test('deletes what is of one kind in it, and nothing elsewhere', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: namespace('team') });
    house.ask({ verb: 'create', object: inSpace('team') });
    house.ask({ verb: 'create', object: inSpace('default') });
    house.ask({ verb: 'deleteCollection', kind: 'Pod', namespace: 'team' });
    expect(house.world.store.list('Pod').map(({ metadata }) => metadata.namespace)).toEqual(['default']);
  });
});

/** A DaemonSet in namespace `team`, which is deleted at 60 s. */
function clusterWithTeam(kubernetesVersion = '1.36'): TestCluster {
  const ds = agent({}, { terminationGracePeriodSeconds: 30 });
  const object = { ...ds, metadata: { ...ds.metadata, namespace: 'team' } };
  const t = createCluster(2, {
    kubernetesVersion,
    objects: [object],
    steps: [operationStep('gone', 60_000, 'delete', { namespace: 'team' })],
  });
  t.ask({ verb: 'create', object });
  t.runUntil(60_000);
  t.ask({ verb: 'delete', kind: 'Namespace', key: 'team' });
  return t;
}

function lives(t: TestCluster): readonly string[] {
  return t
    .timeline(({ type }) => /^(ns|ds)\.(deleting|removed)$|^pod\.(deleting|removed)$/.test(type))
    .map((line) => line.replace(/ pod\/team\/agent-\w+/, ''));
}

describe('A-17: the namespace controller', () => {
  test('begins after 5 s, deletes the pods first, looks again 5 s after it wrote conditions, and lets the namespace go', () => {
    const t = clusterWithTeam();
    t.runUntil(120_000);
    expect(lives(t)).toMatchInlineSnapshot(`
      [
        "60.004 ns.deleting user ns/team",
        "65.021 pod.deleting namespace-controller @pool-0",
        "65.021 pod.deleting namespace-controller @pool-1",
        "65.758 pod.removed kubelet/pool-0 @pool-0",
        "65.758 pod.removed kubelet/pool-1 @pool-1",
        "70.062 ds.removed namespace-controller ds/team/agent",
        "70.122 ns.removed namespace-controller ns/team",
      ]
    `);
    expect(t.world.store.get('Namespace', 'team')).toBeUndefined();
  });

  test('the DaemonSet outlives its pods, and its controller is refused new ones', () => {
    const t = clusterWithTeam();
    t.runUntil(120_000);
    const failed = t.events('api.failed').filter(({ actor }) => actor === 'daemonset-controller');
    expect(failed.map(({ data }) => data?.['reason'])).toContain('NamespaceTerminating');
  });

  test('up to 1.32 no kind waits for another', () => {
    const t = clusterWithTeam('1.32');
    t.runUntil(65_500);
    expect(t.world.store.list('DaemonSet')).toEqual([]);
    expect(t.pods().length).toBeGreaterThan(0);
  });

  test('says in the conditions what a finalizer holds, and looks again every 8 s', () => {
    const t = createCluster(0, { steps: [operationStep('gone', 1000, 'delete', { namespace: 'team' })] });
    t.ask({ verb: 'create', object: namespace('team') });
    const pod = inSpace('team');
    t.ask({ verb: 'create', object: { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/hold'] } } });
    t.ask({ verb: 'delete', kind: 'Namespace', key: 'team' });
    t.runFor(120_000);
    expect(t.world.store.get('Namespace', 'team')?.status?.phase).toBe('Terminating');
    t.ask({
      verb: 'patch',
      kind: 'Pod',
      key: 'team/web',
      patch: { type: 'merge', body: { metadata: { finalizers: null } } },
    });
    t.runFor(20_000);
    expect(t.world.store.get('Namespace', 'team')).toBeUndefined();
  });

  test('up to 1.32 the conditions count what is left', () => {
    const t = clusterWithTeam('1.32');
    t.runUntil(66_000);
    const conditions = t.world.store.get('Namespace', 'team')?.status?.conditions;
    expect(findCondition(conditions, 'NamespaceContentRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: 'Some resources are remaining: pods. has 2 resource instances',
    });
  });
});
