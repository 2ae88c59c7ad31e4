import { describe, expect, test } from 'vitest';
import type { Pod } from '../api/pod.ts';
import { apiFailure, type ApiRequest, type ApiResult } from '../api/requests.ts';
import { compileLabelSelector } from '../match/selectors.ts';
import { daemonSet, pod } from '../testing/objects.ts';
import { type Claimed, claimObjects } from './claim.ts';
import { decideClaim } from './decideClaim.ts';

const ds = daemonSet();
const selector = compileLabelSelector(ds.spec.selector ?? {});
const deleted = daemonSet({}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
const orphan = pod('orphan', { ownerUid: null });
const stray = pod('stray', { labels: { app: 'other' } });

test.each([
  ['its own that match', ds, pod('a'), 'ours'],
  ['its own that match and are terminating', ds, pod('a', { isTerminating: true }), 'ours'],
  ['its own that no longer match', ds, stray, 'release'],
  ['those of somebody else', ds, pod('a', { ownerUid: 'other' }), 'notOurs'],
  ['orphans that match', ds, orphan, 'adopt'],
  ['terminating orphans', ds, pod('a', { ownerUid: null, isTerminating: true }), 'notOurs'],
  ['orphans that do not match', ds, pod('a', { ownerUid: null, labels: {} }), 'notOurs'],
  ['orphans, being deleted itself', deleted, orphan, 'notOurs'],
  ['strays, being deleted itself', deleted, stray, 'notOurs'],
])('%s: %#', (_what, owner, object, claim) => {
  expect(decideClaim(owner, object, selector)).toBe(claim);
});

function claim(
  pods: readonly Pod[],
  answer: (request: ApiRequest) => ApiResult,
): { readonly asked: readonly ApiRequest[]; readonly claimed: Claimed<Pod> } {
  const asked: ApiRequest[] = [];
  const sync = claimObjects(ds, 'Pod', pods);
  let step = sync.next();
  while (step.done !== true) {
    asked.push(...step.value);
    step = sync.next(step.value.map(answer));
  }
  return { asked, claimed: step.value };
}

const names = (claimed: Claimed<Pod>): readonly string[] => claimed.claimed.map(({ metadata }) => metadata.name);

describe('carrying it out', () => {
  test('the DaemonSet is looked up once before the first of several adoptions', () => {
    const { asked, claimed } = claim([orphan, pod('own'), pod('two', { ownerUid: null })], () => ({
      ok: true,
      object: ds,
    }));
    expect(asked.map(({ verb }) => verb)).toEqual(['get', 'patch', 'patch']);
    expect(names(claimed)).toEqual(['orphan', 'own', 'two']);
  });

  test('adoption adds our reference and insists on the uid', () => {
    const { asked } = claim([orphan], () => ({ ok: true, object: ds }));
    expect(asked[1]).toMatchObject({
      verb: 'patch',
      key: 'kube-system/orphan',
      patch: { type: 'strategic', body: { metadata: { ownerReferences: [{ uid: 'uid-agent', controller: true }] } } },
      preconditions: { uid: 'uid-orphan' },
    });
  });

  test('nobody adopts for a DaemonSet that was replaced, and what is ours stays ours', () => {
    const other = daemonSet({}, { uid: 'other' });
    const { asked, claimed } = claim([orphan, pod('own'), pod('two', { ownerUid: null })], () => ({
      ok: true,
      object: other,
    }));
    expect(asked).toHaveLength(1);
    expect(names(claimed)).toEqual(['own']);
    expect(claimed.errors[0]).toBe(
      "can't adopt Pod kube-system/orphan (uid-orphan): original DaemonSet kube-system/agent is gone: got uid other, wanted uid-agent",
    );
    expect(claimed.errors).toHaveLength(2);
  });

  test('nobody adopts for a DaemonSet that has just been deleted', () => {
    expect(claim([orphan], () => ({ ok: true, object: deleted })).claimed.errors[0]).toContain(
      'kube-system/agent has just been deleted at 2026-01-01T00:00:00Z',
    );
  });

  test('an orphan that is gone is no error, one that cannot be patched is', () => {
    const fail =
      (reason: 'NotFound' | 'InternalError') =>
      (request: ApiRequest): ApiResult =>
        request.verb === 'get' ? { ok: true, object: ds } : apiFailure(reason, 'no');
    expect(claim([orphan], fail('NotFound')).claimed).toMatchObject({ claimed: [], errors: [] });
    expect(claim([orphan], fail('InternalError')).claimed.errors).toHaveLength(1);
  });

  test.each([
    ['NotFound', 0],
    ['Invalid', 0],
    ['Conflict', 1],
  ] as const)('a release that fails with %s makes %i errors', (reason, count) => {
    const { claimed } = claim([stray], () => apiFailure(reason, 'no'));
    expect([claimed.errors.length, claimed.claimed.length]).toEqual([count, 0]);
  });
});
