import { describe, expect, test } from 'vitest';
import type { DaemonSet } from '../api/daemonSet.ts';
import type { Pod } from '../api/pod.ts';
import { apiFailure, type ApiRequest } from '../api/requests.ts';
import { MemoryCluster } from '../conformance/memoryCluster.ts';
import { profileOf } from '../profile.ts';
import { daemonSet, DS_KEY, newestProfile, node, pod, withImage } from '../testing/objects.ts';
import { podUpdated } from './handlers.ts';
import { syncDaemonSet } from './sync.ts';
import { targetNodeName } from './podTemplate.ts';

function cluster(ds: DaemonSet, nodeCount: number, options: { watchDelivers?: boolean } = {}): MemoryCluster {
  const made = new MemoryCluster({ profile: newestProfile(), nowMs: 0, ...options });
  made.put(ds);
  for (let at = 0; at < nodeCount; at += 1) made.put(node(`n-${at}`));
  return made;
}

/** As a kubelet would leave them: bound to their node and ready. */
function startPods(made: MemoryCluster): void {
  for (const each of made.list('Pod')) {
    const nodeName = targetNodeName(each) ?? '';
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }];
    const started: Pod = { ...each, spec: { ...each.spec, nodeName }, status: { phase: 'Running', conditions } };
    made.put(started);
  }
}

const describeRequest = ({ verb, ...rest }: ApiRequest): string => {
  const kind = 'object' in rest ? rest.object.kind : 'kind' in rest ? rest.kind : '';
  return `${verb} ${kind}`;
};
const requests = (made: MemoryCluster): readonly string[] =>
  made.takeRequests().map(({ request }) => describeRequest(request));

test('the first sync writes in stages: revision, pods in growing batches, status', () => {
  const made = cluster(daemonSet(), 4);
  const sync = syncDaemonSet(DS_KEY, made.context());
  const batches: string[] = [];
  let step = sync.next();
  while (step.done !== true) {
    batches.push(step.value.map(describeRequest).join(', '));
    step = sync.next(
      step.value.map((request) => ({ ok: true, ...('object' in request ? { object: request.object } : {}) })),
    );
  }
  expect(batches).toMatchInlineSnapshot(`
    [
      "create ControllerRevision",
      "create Pod",
      "create Pod, create Pod",
      "create Pod",
      "updateStatus DaemonSet",
    ]
  `);
});

test('a cluster at rest is asked for nothing', () => {
  const made = cluster(daemonSet(), 3);
  made.sync(DS_KEY);
  startPods(made);
  made.sync(DS_KEY);
  made.takeRequests();
  expect(made.sync(DS_KEY)).toEqual({ ok: true });
  expect(requests(made)).toEqual([]);
});

describe('early ends', () => {
  test('a DaemonSet that is gone leaves no expectations behind', () => {
    const made = cluster(daemonSet(), 0);
    made.expectations.set('kube-system/gone', 1, 0, 0);
    expect(made.sync('kube-system/gone')).toEqual({ ok: true });
    expect(made.expectations.get('kube-system/gone')).toBeUndefined();
  });

  test('an empty selector is told and nothing is done', () => {
    const made = cluster(daemonSet({ selector: {} }), 1);
    made.sync(DS_KEY);
    expect(made.takeEvents().map(({ reason }) => reason)).toEqual(['SelectingAll']);
    expect(requests(made)).toEqual([]);
  });

  test('a DaemonSet that is being deleted is left alone', () => {
    const made = cluster(daemonSet({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), 1);
    made.sync(DS_KEY);
    expect(requests(made)).toEqual([]);
  });

  test('a cache behind the own writes makes the sync try again later, from 1.36 on', () => {
    const made = cluster(daemonSet(), 1);
    made.consistency.wroteAt(DS_KEY, 'uid-agent', 'Pod', '999');
    expect(made.sync(DS_KEY)).toMatchObject({ ok: false });
    expect(made.takePasses().map(({ pass }) => pass)).toEqual(['stale']);
    const older = new MemoryCluster({ profile: profileOf('1.35') ?? newestProfile(), nowMs: 0 });
    older.put(daemonSet());
    older.consistency.wroteAt(DS_KEY, 'uid-agent', 'Pod', '999');
    expect(older.sync(DS_KEY)).toEqual({ ok: true });
  });
});

describe('the gate of expectations', () => {
  test('keeps a second sync from acting, which then tells the status alone and does not raise its generation', () => {
    const made = cluster(daemonSet(), 2, { watchDelivers: false });
    made.sync(DS_KEY);
    made.takeRequests();
    made.takePasses();
    for (const each of made.list('Pod')) made.remove('Pod', `kube-system/${each.metadata.name}`);
    made.put({
      ...withImage(daemonSet(), 'agent:2'),
      ...({ status: made.get('DaemonSet', DS_KEY)?.status } as object),
    });
    made.sync(DS_KEY);
    expect(requests(made)).toEqual(['create ControllerRevision', 'updateStatus DaemonSet']);
    expect(made.get('DaemonSet', DS_KEY)?.status).toMatchObject({ currentNumberScheduled: 0, observedGeneration: 1 });
    expect(made.takePasses()).toMatchObject([{ pass: 'gated', adds: 2, dels: 0 }]);
  });

  test('opens after five minutes', () => {
    const made = cluster(daemonSet(), 1, { watchDelivers: false });
    made.sync(DS_KEY);
    made.nowMs = 300_001;
    made.takePasses();
    made.sync(DS_KEY);
    expect(made.takePasses().map(({ pass }) => pass)).toContain('manage');
  });

  test('DS-X11: two updates of one terminating pod open it for two deletions, and the pod not yet heard of is deleted again', () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } as const;
    const made = cluster(daemonSet({ updateStrategy }), 4, { watchDelivers: false });
    made.sync(DS_KEY);
    startPods(made);
    made.expectations.forget(DS_KEY);
    const updated = withImage(daemonSet({ updateStrategy }), 'agent:2');
    made.put(updated);
    // The server takes both deletions; the watch has told of neither.
    made.intercept = (request) => (request.verb === 'delete' && request.kind === 'Pod' ? { ok: true } : undefined);
    const deletedIn = (): readonly string[] => {
      made.takeRequests();
      made.sync(DS_KEY);
      return made.takeRequests().flatMap(({ request }) => (request.verb === 'delete' ? [request.key] : []));
    };
    const [first, second] = deletedIn();
    expect(made.expectations.get(DS_KEY)).toMatchObject({ dels: 2 });
    expect(deletedIn()).toEqual([]);

    const caches = { profile: made.profile, daemonSets: { get: () => updated, list: () => [updated] } };
    for (const resourceVersion of ['901', '902']) {
      const before = made.get('Pod', first ?? '');
      if (before === undefined) throw new Error('the first pod is not in the cache');
      const metadata = { ...before.metadata, deletionTimestamp: '2026-01-01T00:00:30Z', resourceVersion };
      const after: Pod = { ...before, metadata };
      made.put(after);
      for (const { effect } of podUpdated(before, after, caches))
        if (effect === 'deletionObserved') made.expectations.deletionObserved(DS_KEY);
    }
    expect(deletedIn()).toEqual([second]);
  });

  test('shuts the rolling update out of a sync in which manage had work', () => {
    const made = cluster(daemonSet(), 3);
    made.sync(DS_KEY);
    startPods(made);
    made.put(withImage(daemonSet(), 'agent:2'));
    made.put(node('n-9'));
    const blind = cluster(withImage(daemonSet(), 'agent:2'), 3, { watchDelivers: false });
    for (const kind of ['Pod', 'Node', 'ControllerRevision'] as const)
      for (const object of made.list(kind)) blind.put(object);
    blind.sync(DS_KEY);
    expect(blind.takePasses().map(({ pass }) => pass)).toEqual(['manage']);
    made.takePasses();
    made.sync(DS_KEY);
    expect(made.takePasses().map(({ pass }) => pass)).toEqual(['manage', 'rollingUpdate']);
  });
});

describe('a rolling update', () => {
  test('goes node by node when one may miss, and ends', () => {
    const made = cluster(daemonSet(), 3);
    made.sync(DS_KEY);
    startPods(made);
    made.put(withImage(daemonSet(), 'agent:2'));
    const timeline: string[] = [];
    for (let round = 0; round < 7; round += 1) {
      made.takeRequests();
      made.sync(DS_KEY);
      startPods(made);
      timeline.push(
        requests(made)
          .filter((text) => text.endsWith('Pod'))
          .join(', '),
      );
    }
    expect(timeline).toEqual(['delete Pod', 'create Pod', 'delete Pod', 'create Pod', 'delete Pod', 'create Pod', '']);
    made.sync(DS_KEY);
    expect(made.get('DaemonSet', DS_KEY)?.status).toMatchObject({
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      observedGeneration: 2,
    });
  });

  test('tells what it saw and what it decided', () => {
    const made = cluster(daemonSet(), 3);
    made.sync(DS_KEY);
    startPods(made);
    made.put(withImage(daemonSet(), 'agent:2'));
    made.takePasses();
    made.sync(DS_KEY);
    const pass = made.takePasses().find((each) => each.pass === 'rollingUpdate');
    expect(pass).toMatchObject({ desired: 3, maxUnavailable: 1, numUnavailable: 0, createOn: [] });
    expect(pass?.pass === 'rollingUpdate' && ['n-0', 'n-1', 'n-2', 'n-3'].map(pass.decisionOf)).toEqual([
      'delete',
      'budget',
      'budget',
      undefined,
    ]);
  });

  test('does not run with OnDelete', () => {
    const ds = daemonSet({ updateStrategy: { type: 'OnDelete' } });
    const made = cluster(ds, 1);
    made.sync(DS_KEY);
    startPods(made);
    made.put(withImage(ds, 'agent:2'));
    made.takePasses();
    made.sync(DS_KEY);
    const passes = made.takePasses();
    expect(passes.map(({ pass }) => pass)).toEqual(['manage']);
    expect(passes[0]?.pass === 'manage' && passes[0].decisionOf('n-0')).toBe('onDelete');
  });
});

describe('failed pods', () => {
  const failed = (name: string): Pod => pod(name, { nodeName: 'n-0', phase: 'Failed', hash: 'x' });
  const backoffKey = 'uid-agent/0/n-0';
  /** Without a rolling update, which would take unavailable old pods whatever their backoff. */
  const onDelete = daemonSet({ updateStrategy: { type: 'OnDelete' } });

  test('the first of two on a node goes, the second waits for the whole delay', () => {
    const made = cluster(onDelete, 1);
    made.put(failed('a'));
    made.put(failed('b'));
    made.sync(DS_KEY);
    expect(made.list('Pod').map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(made.takeTimers()).toContainEqual({ key: DS_KEY, atMs: 1000 });
    expect(made.takeEvents()[0]).toEqual({
      type: 'Warning',
      reason: 'FailedDaemonPod',
      message: 'Found failed daemon pod kube-system/a on node n-0, will try to kill it',
    });
  });

  test('the requeue counts the full delay from now on, not what is left of it', () => {
    const made = cluster(onDelete, 1);
    made.backoff.next(backoffKey, 0);
    made.put(failed('a'));
    made.nowMs = 900;
    made.sync(DS_KEY);
    expect(made.takeTimers()).toEqual([{ key: DS_KEY, atMs: 1900 }]);
  });

  test('a succeeded pod knows no backoff', () => {
    const made = cluster(daemonSet(), 1);
    made.backoff.next(backoffKey, 0);
    made.put(pod('a', { nodeName: 'n-0', phase: 'Succeeded' }));
    made.sync(DS_KEY);
    expect(made.list('Pod')).toEqual([]);
    expect(made.takeEvents()[0]?.reason).toBe('SucceededDaemonPod');
  });
});

describe('errors', () => {
  test('a failed creation is told, and the status is written all the same', () => {
    const made = cluster(daemonSet(), 2);
    made.intercept = (request) =>
      request.verb === 'create' && request.object.kind === 'Pod' ? apiFailure('Forbidden', 'quota') : undefined;
    expect(made.sync(DS_KEY)).toEqual({ ok: false, error: 'quota' });
    expect(made.get('DaemonSet', DS_KEY)?.status).toMatchObject({ desiredNumberScheduled: 2, observedGeneration: 1 });
  });

  test('a history that cannot be made ends the sync without a status', () => {
    const made = cluster(daemonSet(), 1);
    made.intercept = (request) => (request.verb === 'create' ? apiFailure('InternalError', 'boom') : undefined);
    expect(made.sync(DS_KEY)).toEqual({ ok: false, error: 'failed to construct revisions of DaemonSet: boom' });
    expect(made.get('DaemonSet', DS_KEY)?.status).toBeUndefined();
  });

  test('a status that cannot be written is tried twice, and the error of the work wins', () => {
    const made = cluster(daemonSet(), 1);
    made.intercept = (request) => (request.verb === 'updateStatus' ? apiFailure('Conflict', 'old') : undefined);
    expect(made.sync(DS_KEY)).toEqual({ ok: false, error: 'error storing status for daemon set "agent": old' });
    expect(requests(made).slice(-3)).toEqual(['updateStatus DaemonSet', 'get DaemonSet', 'updateStatus DaemonSet']);
    made.put(node('n-9'));
    made.intercept = (request) =>
      request.verb === 'updateStatus' || request.verb === 'create' ? apiFailure('Conflict', request.verb) : undefined;
    expect(made.sync(DS_KEY)).toEqual({ ok: false, error: 'create' });
  });
});

test('more nodes than the burst are served in several syncs', () => {
  const made = cluster(daemonSet(), 260);
  made.sync(DS_KEY);
  expect(made.list('Pod')).toHaveLength(250);
  const [manage] = made.takePasses();
  const names = made.list('Node').map(({ metadata }) => metadata.name);
  expect(manage?.pass === 'manage' && names.filter((name) => manage.decisionOf(name) === 'burst')).toHaveLength(10);
  made.sync(DS_KEY);
  expect(made.list('Pod')).toHaveLength(260);
});

test('an orphan that matches is adopted, and the released one of two is replaced', () => {
  const made = cluster(daemonSet({ updateStrategy: { type: 'OnDelete' } }), 2);
  made.put(pod('orphan', { nodeName: 'n-0', ownerUid: null }));
  made.put(pod('renamed', { nodeName: 'n-1', labels: { app: 'debug' } }));
  made.sync(DS_KEY);
  expect(made.get('Pod', 'kube-system/orphan')?.metadata.ownerReferences?.[0]?.uid).toBe('uid-agent');
  expect(made.get('Pod', 'kube-system/renamed')?.metadata.ownerReferences).toEqual([]);
  const owned = made.list('Pod').filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === 'uid-agent');
  expect(owned.map(targetNodeName)).toEqual(['n-1', 'n-0']);
});
