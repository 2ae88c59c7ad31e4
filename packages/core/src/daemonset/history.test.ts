import { describe, expect, test } from 'vitest';
import { HASH_LABEL } from '../api/daemonSet.ts';
import { apiFailure } from '../api/requests.ts';
import { MemoryCluster } from '../conformance/memoryCluster.ts';
import { daemonSet, DS_KEY, newestProfile, node, pod, revision, withImage } from '../testing/objects.ts';
import { findSurplusRevisions, keeperOf, maxRevision } from './history.ts';

function cluster(ds = daemonSet()): MemoryCluster {
  const made = new MemoryCluster({ profile: newestProfile(), nowMs: 0 });
  made.put(ds);
  made.put(node('n'));
  return made;
}

const revisions = (made: MemoryCluster): readonly string[] =>
  made.list('ControllerRevision').map(({ metadata, revision: number }) => `${metadata.name}@${number}`);

describe('the current revision', () => {
  test('is made once and used again, with the annotations of its birth', () => {
    const made = cluster(daemonSet({}, { annotations: { 'kubernetes.io/change-cause': 'first' } }));
    made.sync(DS_KEY);
    made.sync(DS_KEY);
    expect(made.list('ControllerRevision')).toMatchObject([
      {
        revision: 1,
        metadata: { annotations: { 'kubernetes.io/change-cause': 'first' } },
        data: { spec: { template: { $patch: 'replace' } } },
      },
    ]);
    const [only] = made.list('ControllerRevision');
    expect(only?.metadata.name).toBe(`agent-${only?.metadata.labels?.[HASH_LABEL]}`);
  });

  test('moves up on the way back, and no third one is made', () => {
    const made = cluster();
    const first = daemonSet();
    for (const ds of [first, withImage(first, 'agent:2'), first]) {
      made.put({
        ...ds,
        status: made.get('DaemonSet', DS_KEY)?.status ?? {
          desiredNumberScheduled: 0,
          currentNumberScheduled: 0,
          numberMisscheduled: 0,
          numberReady: 0,
        },
      });
      made.sync(DS_KEY);
    }
    expect(new Set(made.list('ControllerRevision').map(({ revision: number }) => number))).toEqual(new Set([2, 3]));
  });

  test('gets its name as hash where an old release left no label', () => {
    const made = cluster();
    const { metadata, ...bare } = revision('agent-old', 4);
    const { labels: _labels, ...unlabelled } = metadata;
    made.put({ ...bare, metadata: { ...unlabelled, labels: { app: 'agent' } } });
    made.sync(DS_KEY);
    expect(made.list('Pod')[0]?.metadata.labels?.[HASH_LABEL]).toBe('agent-old');
  });

  test('is the highest of duplicates: the others go, and pods take its hash', () => {
    const made = cluster();
    made.put(revision('agent-aaa', 3));
    made.put(revision('agent-bbb', 5));
    made.put(pod('p', { nodeName: 'n', hash: 'aaa' }));
    made.sync(DS_KEY);
    expect(revisions(made)).toEqual(['agent-bbb@5']);
    expect(made.get('Pod', 'kube-system/p')?.metadata.labels?.[HASH_LABEL]).toBe('bbb');
  });
});

test('DS-X22: duplicates of the current revision make every pod a current one, also one of an older template', () => {
  const onDelete = daemonSet({ updateStrategy: { type: 'OnDelete' } });
  const made = cluster(onDelete);
  made.put(node('m'));
  made.put(revision('agent-old', 1, withImage(onDelete, 'agent:0')));
  made.put(revision('agent-new', 2));
  made.put(pod('p', { nodeName: 'n', hash: 'old' }));
  made.put(pod('q', { nodeName: 'm', hash: 'new' }));
  made.sync(DS_KEY);
  expect(made.get('DaemonSet', DS_KEY)?.status?.updatedNumberScheduled).toBe(1);
  // As a backup may bring it back: the same template once more, under another name.
  made.put(revision('agent-restored', 3));
  made.sync(DS_KEY);
  expect(revisions(made)).toEqual(['agent-old@1', 'agent-restored@3']);
  expect(made.list('Pod').map(({ metadata }) => metadata.labels?.[HASH_LABEL])).toEqual(['restored', 'restored']);
  expect(made.get('DaemonSet', DS_KEY)?.status?.updatedNumberScheduled).toBe(2);
});

test('DS-X32: a field that a newer server fills in by itself makes another revision, and every pod is an old one', () => {
  const before = daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } });
  const made = cluster(before);
  made.put(revision('agent-old', 1, before));
  made.put(pod('p', { nodeName: 'n', hash: 'old', readySinceMs: 0 }));
  made.sync(DS_KEY);
  expect([revisions(made), made.list('Pod').length]).toEqual([['agent-old@1'], 1]);
  // Nobody has changed anything: neither the generation nor what the user wrote differs.
  const { template } = before.spec;
  const spec = { ...before.spec, template: { ...template, spec: { ...template.spec, newlyDefaulted: 'Default' } } };
  made.put({ ...before, spec, status: made.get('DaemonSet', DS_KEY)?.status });
  made.sync(DS_KEY);
  expect(made.list('ControllerRevision').map(({ revision: number }) => number)).toContain(2);
  expect(made.list('Pod')).toEqual([]);
});

describe('a name that is taken', () => {
  test('by the same template is used', () => {
    const made = cluster();
    made.sync(DS_KEY);
    const [taken] = made.list('ControllerRevision');
    if (taken === undefined) throw new Error('no revision');
    // Not in the cache yet: the controller lists nothing, creates, and is told that it exists.
    const blind = cluster();
    blind.intercept = (request) => {
      if (request.verb === 'create' && request.object.kind === 'ControllerRevision')
        return apiFailure('AlreadyExists', 'taken');
      return request.verb === 'get' && request.kind === 'ControllerRevision' ? { ok: true, object: taken } : undefined;
    };
    expect(blind.sync(DS_KEY)).toEqual({ ok: true });
    expect(blind.get('DaemonSet', DS_KEY)?.status?.collisionCount).toBeUndefined();
  });

  test('by another template raises the collision count, and the next sync hashes anew', () => {
    const first = daemonSet();
    const probe = cluster();
    probe.sync(DS_KEY);
    const name = probe.list('ControllerRevision')[0]?.metadata.name ?? '';
    const made = cluster(first);
    const other = revision(name, 1, withImage(first, 'agent:9'));
    made.put({ ...other, metadata: { ...other.metadata, labels: {}, ownerReferences: [] } });
    const outcome = made.sync(DS_KEY);
    expect(outcome.ok ? '' : outcome.error).toMatch(/^failed to construct revisions of DaemonSet: .*already exists$/);
    expect(made.get('DaemonSet', DS_KEY)?.status?.collisionCount).toBe(1);
    expect(made.sync(DS_KEY)).toEqual({ ok: true });
    expect(made.list('ControllerRevision')).toHaveLength(2);
  });

  test('with a count that the cache does not show yet waits for the cache', () => {
    const made = cluster();
    const live = {
      ...daemonSet(),
      status: {
        desiredNumberScheduled: 0,
        currentNumberScheduled: 0,
        numberMisscheduled: 0,
        numberReady: 0,
        collisionCount: 3,
      },
    };
    made.intercept = (request) => {
      if (request.verb === 'create') return apiFailure('AlreadyExists', 'taken');
      if (request.verb !== 'get') return undefined;
      return request.kind === 'DaemonSet'
        ? { ok: true, object: live }
        : { ok: true, object: revision('x', 1, withImage(daemonSet(), 'z')) };
    };
    const outcome = made.sync(DS_KEY);
    expect(outcome.ok ? '' : outcome.error).toContain(
      'found a stale collision count (<nil>, expected 3) of DaemonSet "agent" while processing',
    );
  });
});

describe('what is dropped', () => {
  const old = [4, 1, 3, 2].map((number) => revision(`agent-r${number}`, number));

  test('is the oldest beyond the limit, and never one that a pod carries', () => {
    expect(findSurplusRevisions(old, 2, new Set(['r1'])).map(({ revision: number }) => number)).toEqual([2, 3]);
    expect(findSurplusRevisions(old, 4, new Set())).toEqual([]);
    expect(findSurplusRevisions(old, 0, new Set(['r1', 'r2', 'r3', 'r4']))).toEqual([]);
  });

  test('goes at the end of a sync that went well', () => {
    const made = cluster(daemonSet({ revisionHistoryLimit: 1 }));
    for (const number of [1, 2, 3])
      made.put(revision(`agent-r${number}`, number, withImage(daemonSet(), `agent:old-${number}`)));
    made.sync(DS_KEY);
    expect(revisions(made).filter((name) => name.includes('-r'))).toEqual(['agent-r3@3']);
    expect(maxRevision(made.list('ControllerRevision'))).toBe(4);
  });
});

test('of equal duplicates the last one stays', () => {
  expect(keeperOf([revision('a', 2), revision('b', 2), revision('c', 1)])?.metadata.name).toBe('b');
  expect(keeperOf([])).toBeUndefined();
});
