import { describe, expect, test } from 'vitest';
import { applyPatch } from '../api/patch.ts';
import { daemonSet, revision, withImage } from '../testing/objects.ts';
import {
  describeRevision,
  formatHistory,
  ownedRevisions,
  pauseError,
  planSetImage,
  planUndo,
  restartPatch,
  rolloutStatus,
} from './rollout.ts';

const first = daemonSet();
const third = withImage(withImage(first, 'agent:2'), 'agent:3');
const history = [
  revision('agent-c', 3, third),
  revision('agent-a', 1, first),
  revision('agent-b', 2, withImage(first, 'agent:2')),
];

describe('rollout status', () => {
  const at = (updated: number, available: number, observedGeneration = 1): ReturnType<typeof rolloutStatus> =>
    rolloutStatus({
      ...first,
      status: {
        desiredNumberScheduled: 5,
        currentNumberScheduled: 5,
        numberMisscheduled: 0,
        numberReady: available,
        updatedNumberScheduled: updated,
        numberAvailable: available,
        observedGeneration,
      },
    });

  test.each([
    [at(5, 5, 0), 'Waiting for daemon set spec update to be observed...\n', false],
    [at(2, 5), 'Waiting for daemon set "agent" rollout to finish: 2 out of 5 new pods have been updated...\n', false],
    [at(5, 3), 'Waiting for daemon set "agent" rollout to finish: 3 of 5 updated pods are available...\n', false],
    [at(5, 5), 'daemon set "agent" successfully rolled out\n', true],
  ])('%j', (status, message, done) => {
    expect(status).toEqual({ ok: true, message, done });
  });

  test('needs a rolling update', () => {
    expect(rolloutStatus(daemonSet({ updateStrategy: { type: 'OnDelete' } }))).toEqual({
      ok: false,
      error: 'rollout status is only available for RollingUpdate strategy type',
    });
  });
});

describe('rollout history', () => {
  test('lists what matches and is owned, oldest first, with the cause of the revision', () => {
    const latest = revision('agent-c', 3, third);
    const named = {
      ...latest,
      metadata: { ...latest.metadata, annotations: { 'kubernetes.io/change-cause': 'third' } },
    };
    const stranger = revision('other-x', 9);
    const foreign = { ...stranger, metadata: { ...stranger.metadata, ownerReferences: [] } };
    expect(formatHistory(ownedRevisions(first, [named, ...history.slice(1), foreign]))).toBe(
      ['REVISION  CHANGE-CAUSE', '1         <none>', '2         <none>', '3         third', ''].join('\n'),
    );
  });

  test('says so when there is none', () => {
    expect(formatHistory([])).toBe('No rollout history found.');
  });

  test('shows the template of one revision', () => {
    const owned = ownedRevisions(first, history);
    expect(describeRevision(owned, 2)).toContain('    Image:\tagent:2\n');
    expect(describeRevision(owned, 7)).toBeUndefined();
  });
});

describe('rollout undo', () => {
  test('goes back to the second highest revision', () => {
    const plan = planUndo(third, history, 0);
    expect(plan).toMatchObject({ outcome: 'patch', revision: 2, message: 'daemonset.apps/agent rolled back' });
    const restored = plan.outcome === 'patch' ? applyPatch(third, plan.patch) : third;
    expect(restored.spec.template).toEqual(withImage(first, 'agent:2').spec.template);
    expect(restored.metadata).toEqual(third.metadata);
  });

  test('goes to the revision that is asked for', () => {
    expect(planUndo(third, history, 1)).toMatchObject({ outcome: 'patch', revision: 1 });
  });

  test.each([
    [7, history, 'unable to find specified revision 7 in history'],
    [-1, history, 'unable to find specified revision -1 in history'],
    [0, history.slice(0, 1), 'no last revision to roll back to'],
    [0, [], 'no last revision to roll back to'],
  ])('to %i of %j is an error', (toRevision, revisions, error) => {
    expect(planUndo(third, revisions, toRevision)).toEqual({ outcome: 'error', error });
  });

  test('to the current template is skipped, with the number as it was given', () => {
    expect(planUndo(third, history, 3)).toEqual({
      outcome: 'skip',
      message: 'daemonset.apps/agent skipped rollback (current template already matches revision 3)',
    });
    expect(planUndo(withImage(first, 'agent:2'), history, 0)).toMatchObject({
      message: expect.stringContaining('revision 0)'),
    });
  });

  test('by an old client is only skipped where the revision spells out an empty timestamp', () => {
    expect(planUndo(third, history, 3, true).outcome).toBe('patch');
  });
});

test('a restart is an annotation with the time', () => {
  expect(restartPatch(61_000).body).toEqual({
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:01:01Z' } } } },
  });
  expect(pauseError(first, 'pausing')).toBe('daemonsets.apps "agent" pausing is not supported');
});

describe('set image', () => {
  test('patches what differs and nothing else', () => {
    expect(planSetImage(first, { agent: 'agent:9' })).toEqual({
      outcome: 'patch',
      patch: {
        type: 'strategic',
        body: {
          spec: {
            template: {
              spec: {
                '$setElementOrder/containers': [{ name: 'agent' }],
                containers: [{ image: 'agent:9', name: 'agent' }],
              },
            },
          },
        },
      },
    });
    expect(planSetImage(first, { '*': 'agent:1' })).toEqual({ outcome: 'nothing' });
  });

  test('knows the containers', () => {
    expect(planSetImage(first, { nope: 'x' })).toEqual({
      outcome: 'error',
      error: 'unable to find container named "nope"',
    });
  });
});
