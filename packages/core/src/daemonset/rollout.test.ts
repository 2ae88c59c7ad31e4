import { describe, expect, test } from 'vitest';
import { applyPatch } from '../api/patch.ts';
import { daemonSet, node, pod, revision, withImage } from '../testing/objects.ts';
import { groupPodsByNode } from './manage.ts';
import { compilePlacement } from './placement.ts';
import {
  describeRevision,
  formatHistory,
  ownedRevisions,
  pauseError,
  planRestart,
  planUndo,
  rolloutStatus,
  skippedText,
  undoWarning,
} from './rollout.ts';
import { computeStatus } from './statusNumbers.ts';

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

test('a rollout is told to be done while a node that is not ready keeps its old pod', () => {
  const notReady = { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' as const }] };
  const pods = [
    pod('1', { nodeName: 'a', hash: 'new', readySinceMs: 0 }),
    pod('2', { nodeName: 'down', hash: 'old', readySinceMs: 0 }),
  ];
  const numbers = computeStatus({
    ds: first,
    hash: 'new',
    nodes: [node('a'), node('down', notReady)],
    podsByNode: groupPodsByNode(pods, { includeDeletedTerminal: false }),
    placement: compilePlacement(first, true),
    nowMs: 10_000,
    availabilityInclusive: true,
  });
  expect(rolloutStatus({ ...first, status: { ...numbers, observedGeneration: 1 } })).toMatchObject({
    message: 'daemon set "agent" successfully rolled out\n',
    done: true,
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
    expect(plan).toMatchObject({ outcome: 'patch', template: withImage(first, 'agent:2').spec.template });
    const restored = plan.outcome === 'patch' ? applyPatch(third, plan.patch) : third;
    expect(restored.spec.template).toEqual(withImage(first, 'agent:2').spec.template);
    expect(restored.metadata).toEqual(third.metadata);
  });

  test('goes to the revision that is asked for', () => {
    expect(planUndo(third, history, 1)).toMatchObject({ outcome: 'patch', template: first.spec.template });
  });

  test.each([
    [7, history, 'unable to find specified revision 7 in history'],
    [-1, history, 'unable to find specified revision -1 in history'],
    [-1, [], 'unable to find specified revision -1 in history'],
    [0, history.slice(0, 1), 'no last revision to roll back to'],
    [0, [], 'no last revision to roll back to'],
  ])('to %i of %j is an error', (toRevision, revisions, error) => {
    expect(planUndo(third, revisions, toRevision)).toEqual({ outcome: 'error', error });
  });

  test('to the current template is skipped, with the number as it was given', () => {
    expect(planUndo(third, history, 3)).toEqual({ outcome: 'skip', template: third.spec.template });
    expect(planUndo(withImage(first, 'agent:2'), history, 0).outcome).toBe('skip');
    expect(skippedText(0)).toBe('skipped rollback (current template already matches revision 0)');
  });

  test('compares byte by byte: an empty timestamp that only one side spells out is a difference', () => {
    const template = { ...third.spec.template, metadata: { ...third.spec.template.metadata, creationTimestamp: null } };
    const old = { ...third, spec: { ...third.spec, template } } as unknown as typeof third;
    expect(planUndo(old, history, 3).outcome).toBe('patch');
  });

  test('warns about what was applied, from 1.36 on', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const applied = { ...third, metadata: { ...third.metadata, annotations } };
    expect(undoWarning(applied, 36)).toMatch(
      /^Warning: resource daemonsets\/agent was previously managed with 'kubectl apply'\. .* instead\.\n$/,
    );
    expect([undoWarning(applied, 35), undoWarning(third, 36)]).toEqual(['', '']);
  });
});

describe('rollout restart', () => {
  test('is an annotation with the time', () => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:01:01Z' };
    expect(planRestart(first, 61_000, 36)).toEqual({
      ok: true,
      patch: { type: 'strategic', body: { spec: { template: { metadata: { annotations } } } } },
    });
  });

  test('twice within a second is refused', () => {
    const once = planRestart(first, 61_000, 36);
    const restarted = once.ok ? applyPatch(first, once.patch) : first;
    const refusal = 'failed to create patch for agent: ';
    expect(planRestart(restarted, 61_999, 36)).toEqual({
      ok: false,
      error: `${refusal}if restart has already been triggered within the past second, please wait before attempting to trigger another`,
    });
    expect(planRestart(restarted, 61_999, 26)).toEqual({ ok: false, error: `${refusal}empty patch` });
    expect(planRestart(restarted, 62_000, 36).ok).toBe(true);
  });
});

test('a DaemonSet cannot be paused', () => {
  expect(pauseError('agent', 'pausing')).toBe('error: daemonsets.apps "agent" pausing is not supported');
});
