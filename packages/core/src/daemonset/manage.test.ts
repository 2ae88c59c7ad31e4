import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DaemonSet } from '../api/daemonSet.ts';
import type { Pod } from '../api/pod.ts';
import { daemonSet, node, pod, type PodOptions } from '../testing/objects.ts';
import { comparePodAge, type FinishedPods, groupPodsByNode, type ManagePlan, planManage } from './manage.ts';
import { compilePlacement } from './placement.ts';

const admitAll: FinishedPods = { admitFailed: () => true, admitSucceeded: () => true };
const surging = daemonSet({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
});
const sunset = [{ key: 'a', effect: 'NoSchedule' as const }];
const evicting = [{ key: 'a', effect: 'NoExecute' as const }];

function plan(
  pods: readonly Pod[],
  options: { ds?: DaemonSet; taints?: typeof sunset | typeof evicting; finished?: FinishedPods; nowMs?: number } = {},
): ManagePlan {
  const { ds = daemonSet(), taints = [], finished = admitAll, nowMs = 60_000 } = options;
  const groups = groupPodsByNode(pods, { includeDeletedTerminal: false });
  const input = {
    ds,
    hash: 'new',
    nodes: [node('n', { taints })],
    podsByNode: groups,
    placement: compilePlacement(ds, true),
    nowMs,
    availabilityInclusive: true,
    goneNames: [...groups.keys()].filter((name) => name !== 'n'),
  };
  return planManage(input, finished);
}

const on = (name: string, options: PodOptions = {}): Pod => pod(name, { nodeName: 'n', hash: 'new', ...options });
const names = (pods: readonly Pod[]): readonly string[] => pods.map(({ metadata }) => metadata.name);

describe('a node that should run a pod', () => {
  test('gets one where none is', () => {
    expect(plan([]).createOn).toEqual(['n']);
  });

  test('gets none while the old one is still terminating', () => {
    expect(plan([on('a', { isTerminating: true })])).toMatchObject({ createOn: [], deletePods: [] });
  });

  test('gets one beside it when the DaemonSet surges', () => {
    expect(plan([on('a', { isTerminating: true })], { ds: surging }).createOn).toEqual(['n']);
  });

  test('gets one again when the terminating pod is finished as well', () => {
    expect(plan([on('a', { isTerminating: true, phase: 'Failed' })]).createOn).toEqual(['n']);
  });

  test('keeps the oldest scheduled of several, not the healthy one', () => {
    const pods = [
      on('young', { createdAtMs: 2000, readySinceMs: 0 }),
      on('old', { createdAtMs: 1000, phase: 'Pending' }),
    ];
    expect(names(plan(pods).deletePods)).toEqual(['young']);
  });

  test('loses failed and succeeded pods, and gets the new one only in a later sync', () => {
    const { createOn, deletePods } = plan([on('a', { phase: 'Failed' }), on('b', { phase: 'Succeeded' })]);
    expect(createOn).toEqual([]);
    expect(names(deletePods)).toEqual(['a', 'b']);
  });

  test('keeps a failed pod while its backoff runs, but a surge creates all the same', () => {
    const finished = { ...admitAll, admitFailed: () => false };
    const failed = [on('a', { phase: 'Failed' })];
    expect(plan(failed, { finished })).toMatchObject({ createOn: [], deletePods: [], inBackoff: new Set(['n']) });
    expect(plan(failed, { finished, ds: surging }).createOn).toEqual(['n']);
  });

  test('counts a Pending and an Unknown pod as running', () => {
    expect(plan([on('a', { phase: 'Pending' })]).createOn).toEqual([]);
    expect(plan([on('a', { phase: 'Unknown' })]).createOn).toEqual([]);
  });
});

describe('a node that may only keep a pod', () => {
  test('gets none and keeps what is there', () => {
    expect(plan([], { taints: sunset }).createOn).toEqual([]);
    expect(plan([on('a')], { taints: sunset }).deletePods).toEqual([]);
  });

  test('loses a failed pod for good, also with a surge', () => {
    expect(plan([on('a', { phase: 'Failed' })], { taints: sunset, ds: surging })).toMatchObject({
      createOn: [],
      deletePods: [{}],
    });
  });
});

test('a node that may run nothing loses every pod that is not terminating, whatever its phase', () => {
  const pods = [on('a'), on('b', { phase: 'Failed' }), on('c', { isTerminating: true })];
  expect(names(plan(pods, { taints: evicting }).deletePods)).toEqual(['a', 'b']);
});

describe('old and new beside each other in a surge', () => {
  const pair = (oldPod: PodOptions, newPod: PodOptions): readonly string[] =>
    names(
      plan([on('old', { hash: 'old', ...oldPod }), on('new', { createdAtMs: 1000, ...newPod })], { ds: surging })
        .deletePods,
    );

  test('both stay while the new one starts', () => {
    expect(pair({ readySinceMs: 0 }, {})).toEqual([]);
  });

  test('the old one goes when the new one is available', () => {
    expect(pair({ readySinceMs: 0 }, { readySinceMs: 0 })).toEqual(['old']);
  });

  test('the old one goes when it is not ready itself', () => {
    expect(pair({}, {})).toEqual(['old']);
  });

  test('a second one of either sort goes at once', () => {
    const pods = [on('old', { hash: 'old', readySinceMs: 0 }), on('new-1'), on('new-2', { createdAtMs: 1000 })];
    expect(names(plan(pods, { ds: surging }).deletePods)).toEqual(['new-2']);
  });
});

test('pods aimed at a node that is gone are deleted unless they are bound', () => {
  const bound = pod('bound', { nodeName: 'gone' });
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gone'] }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  const waiting = { ...pod('waiting'), spec: { containers: [], affinity } };
  expect(names(plan([bound, waiting, on('a')]).deletePods)).toEqual(['waiting']);
});

test('age is a total order in which every scheduled pod comes before every unscheduled one', () => {
  const options = fc.record({
    isBound: fc.boolean(),
    createdAtMs: fc.constantFrom(0, 1000, 2000),
    name: fc.constantFrom('a', 'b', 'c'),
  });
  const make = ({ isBound, createdAtMs, name }: { isBound: boolean; createdAtMs: number; name: string }): Pod =>
    pod(name, { createdAtMs, ...(isBound ? { nodeName: 'n' } : {}) });
  fc.assert(
    fc.property(options, options, options, (x, y, z) => {
      const [a, b, c] = [make(x), make(y), make(z)];
      expect(Math.sign(comparePodAge(a, b))).toBe(-Math.sign(comparePodAge(b, a)) + 0);
      if (comparePodAge(a, b) <= 0 && comparePodAge(b, c) <= 0) expect(comparePodAge(a, c)).toBeLessThanOrEqual(0);
      if (x.isBound && !y.isBound) expect(comparePodAge(a, b)).toBeLessThan(0);
    }),
  );
});
