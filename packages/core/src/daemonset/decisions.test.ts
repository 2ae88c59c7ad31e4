import { expect, test } from 'vitest';
import type { Pod } from '../api/pod.ts';
import { daemonSet, node, pod, type PodOptions } from '../testing/objects.ts';
import { type DecisionCode, decisionsOf } from './decisions.ts';
import { groupPodsByNode } from './manage.ts';
import { compilePlacement } from './placement.ts';

function codeOf(
  pods: readonly Pod[],
  options: {
    readonly taint?: 'NoSchedule' | 'NoExecute';
    readonly issued?: 'create' | 'delete' | 'both' | 'none';
  } = {},
): DecisionCode | undefined {
  const ds = daemonSet({ minReadySeconds: 10 });
  const { taint, issued = 'none' } = options;
  const all = { createOn: ['n'], deletePods: pods };
  const work = {
    createOn: issued === 'create' || issued === 'both' ? ['n'] : [],
    deletePods: issued === 'delete' || issued === 'both' ? pods : [],
  };
  const placement = compilePlacement(ds, true);
  const seat = node('n', taint === undefined ? {} : { taints: [{ key: 'a', effect: taint }] });
  return decisionsOf({
    rules: { ds, hash: 'new', nowMs: 20_000, availabilityInclusive: true },
    fleet: {
      podsByNode: groupPodsByNode(pods, { includeDeletedTerminal: false }),
      outcomeOf: (name) => (name === 'n' ? placement(seat) : undefined),
    },
    wanted: issued === 'none' ? { createOn: [], deletePods: [] } : all,
    issued: work,
    isWaiting: () => false,
    waitingCode: 'backoff',
  })('n');
}

const on = (options: PodOptions = {}): Pod => pod('p', { nodeName: 'n', hash: 'new', ...options });
const waiting = (reason: string): Pod => ({
  ...on(),
  status: {
    phase: 'Pending',
    containerStatuses: [{ name: 'agent', ready: false, restartCount: 0, state: { waiting: { reason } } }],
  },
});

test.each<[DecisionCode, DecisionCode | undefined]>([
  ['ok', codeOf([on({ readySinceMs: 0 })])],
  ['settling', codeOf([on({ readySinceMs: 15_000 })])],
  ['notReady', codeOf([on()])],
  ['startFailed', codeOf([waiting('ImagePullBackOff')])],
  ['notReady', codeOf([waiting('ContainerCreating')])],
  ['oldPodTerminating', codeOf([on({ isTerminating: true })])],
  ['sunset', codeOf([on()], { taint: 'NoSchedule' })],
  ['notWanted', codeOf([], { taint: 'NoExecute' })],
  ['create', codeOf([], { issued: 'create' })],
  ['delete', codeOf([on()], { issued: 'delete' })],
  ['replace', codeOf([on()], { issued: 'both' })],
])('a node reads %s', (expected, code) => {
  expect(code).toBe(expected);
});

test('a pod that the scheduler refused is unschedulable, one that it has not seen is not ready', () => {
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }];
  const spec = {
    containers: [],
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  };
  const unbound = { ...on(), spec };
  expect(codeOf([unbound])).toBe('notReady');
  expect(codeOf([{ ...unbound, status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } }])).toBe(
    'unschedulable',
  );
});
