import type { Condition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import { describe, expect, test } from 'vitest';
import { type AdmissionPicture, refusalOf } from './kubeletAdmission.ts';
import { pullPolicyOf } from './kubeletImages.ts';
import { flipReasons, isSameStatus, nodeConditions } from './kubeletNodeStatus.ts';
import { type KubeletPod, newKubeletPod } from './kubeletPod.ts';
import { computePodStatus, phaseOf } from './kubeletPodStatus.ts';
import type { PodBehaviour } from './podModels.ts';

const BEHAVIOUR: PodBehaviour = {
  imagePull: { fixed: 0 },
  startup: { fixed: 0 },
  readiness: { fixed: 0 },
  termination: { fixed: 0 },
  crash: undefined,
  probes: undefined,
  init: undefined,
  postStart: { fixed: 0 },
  preStop: { fixed: 0 },
  creation: undefined,
  usage: undefined,
  imageSize: 0,
};

const RELEASE = { terminalBeforeDelete: true, podReadyToStart: true };

function pod(spec: Partial<PodSpec> = {}, labels: Readonly<Record<string, string>> = {}): Pod {
  const containers = [{ name: 'c', image: 'i:v1' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd', uid: 'u', labels },
    spec: { containers, nodeName: 'n', ...spec },
  };
}

function requesting(requests: Readonly<Record<string, string>>): Partial<PodSpec> {
  return { containers: [{ name: 'c', image: 'i:v1', resources: { requests } }] };
}

describe('refusalOf', () => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels: { 'kubernetes.io/os': 'linux' } },
    status: { allocatable: { cpu: '2', memory: '1Gi', pods: '2' } },
  };
  const picture = (overrides: Partial<AdmissionPicture> = {}): AdmissionPicture => ({
    node,
    others: [],
    pressure: [],
    isRunning: false,
    compareTolerations: true,
    ...overrides,
  });
  const toleratesMemory = {
    tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }],
  };
  const burstable = requesting({ cpu: '100m' });
  const critical = { priority: 2_000_001_000 };

  // The table of E-14: conditions against kinds of pods.
  test.each([
    ['nothing', [], pod(), undefined],
    ['memory', ['MemoryPressure'], pod(), 'Evicted'],
    ['memory', ['MemoryPressure'], pod(toleratesMemory), undefined],
    ['memory', ['MemoryPressure'], pod(burstable), undefined],
    ['memory', ['MemoryPressure'], pod(critical), undefined],
    ['disk', ['DiskPressure'], pod(), 'Evicted'],
    ['disk', ['DiskPressure'], pod(toleratesMemory), 'Evicted'],
    ['disk', ['DiskPressure'], pod(burstable), 'Evicted'],
    ['disk', ['DiskPressure'], pod(critical), undefined],
    ['both', ['MemoryPressure', 'DiskPressure'], pod(toleratesMemory), 'Evicted'],
  ])('case %#, under pressure of %s: as the table says', (_name, pressure, subject, expected) => {
    expect(refusalOf(subject, picture({ pressure }))?.reason).toBe(expected);
  });

  test('several conditions stand in Go’s brackets', () => {
    expect(refusalOf(pod(), picture({ pressure: ['MemoryPressure', 'DiskPressure'] }))?.message).toBe(
      'The node had condition: [MemoryPressure DiskPressure]. ',
    );
  });

  const port = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] };
  const noExecute = { ...node, spec: { taints: [{ key: 'a', effect: 'NoExecute' as const }] } };
  const noSchedule = { ...node, spec: { unschedulable: true, taints: [{ key: 'a', effect: 'NoSchedule' as const }] } };

  test.each([
    ['another system', pod({}, { 'kubernetes.io/os': 'windows' }), picture(), 'PodOSSelectorNodeLabelDoesNotMatch'],
    ['an OS field of another system', pod({ os: { name: 'windows' } }), picture(), 'PodOSNotSupported'],
    ['an OS field of its own', pod({ os: { name: 'linux' } }), picture(), undefined],
    ['too much cpu', pod(requesting({ cpu: '3' })), picture(), 'OutOfcpu'],
    [
      'memory taken by others',
      pod(requesting({ memory: '1Gi' })),
      picture({ others: [pod(requesting({ memory: '1Mi' }))] }),
      'OutOfmemory',
    ],
    ['too many pods', pod(), picture({ others: [pod(), pod()] }), 'OutOfpods'],
    ['an unknown resource', pod(requesting({ 'example.com/gpu': '1' })), picture(), 'OutOfexample.com/gpu'],
    ['a selector', pod({ nodeSelector: { a: 'b' } }), picture(), 'NodeAffinity'],
    ['another node', pod({ nodeName: 'm' }), picture(), 'NodeName'],
    ['a taken port', pod(port), picture({ others: [pod(port)] }), 'NodePorts'],
    ['a NoExecute taint', pod(), picture({ node: noExecute }), 'TaintToleration'],
    ['a NoSchedule taint and a cordon', pod(), picture({ node: noSchedule }), undefined],
    ['a NoExecute taint, but running already', pod(), picture({ node: noExecute, isRunning: true }), undefined],
    ['a selector, but running already', pod({ nodeSelector: { a: 'b' } }), picture({ isRunning: true }), undefined],
  ])('%s: refused by the right predicate, or not at all', (_name, subject, seen, expected) => {
    expect(refusalOf(subject, seen)?.reason).toBe(expected);
  });
});

describe('computePodStatus', () => {
  function entry(overrides: Partial<KubeletPod> = {}, spec: Partial<PodSpec> = {}): KubeletPod {
    return { ...newKubeletPod(pod(spec), BEHAVIOUR, RELEASE), stage: 'running', startTimeMs: 1000, ...overrides };
  }
  function running(subject: KubeletPod, ready: boolean): KubeletPod {
    for (const container of subject.containers)
      Object.assign(container, { state: { is: 'running', startedAtMs: 2000 }, ready });
    return subject;
  }
  const find = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
    conditions?.find((each) => each.type === type);

  test('a pod whose container runs is Running, and Ready once that is ready', () => {
    const unready = computePodStatus(running(entry(), false), undefined, 5000);
    expect([unready.phase, find(unready.conditions, 'Ready')]).toEqual([
      'Running',
      {
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [c]',
        lastTransitionTime: formatTime(5000),
      },
    ]);
    const ready = computePodStatus(running(entry(), true), unready, 9000);
    expect(find(ready.conditions, 'Ready')).toEqual({
      type: 'Ready',
      status: 'True',
      lastTransitionTime: formatTime(9000),
    });
    expect(find(ready.conditions, 'Initialized')?.lastTransitionTime).toBe(formatTime(5000));
  });

  test('conditions stand in upstream’s order', () => {
    expect(computePodStatus(running(entry(), true), undefined, 0).conditions?.map(({ type }) => type)).toEqual([
      'PodReadyToStartContainers',
      'Initialized',
      'ContainersReady',
      'Ready',
    ]);
  });

  test('a refused pod gets reason and message, but neither container statuses nor readiness', () => {
    const verdict = { phase: 'Failed', reason: 'Evicted', message: 'm', isDisrupted: false } as const;
    const status = computePodStatus(entry({ stage: 'stopped', startTimeMs: undefined, verdict }), undefined, 3000);
    expect(status).toEqual({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'm',
      startTime: formatTime(3000),
      conditions: [],
    });
  });

  test('an evicted pod is told of only when nothing of it runs any more', () => {
    const verdict = { phase: 'Failed', reason: 'Evicted', message: 'm', isDisrupted: true } as const;
    expect(computePodStatus(running(entry({ stage: 'stopping', verdict }), true), undefined, 0)).toMatchObject({
      phase: 'Running',
    });
    const status = computePodStatus(entry({ stage: 'stopped', verdict }), undefined, 0);
    expect([status.phase, find(status.conditions, 'DisruptionTarget')?.reason]).toEqual([
      'Failed',
      'TerminationByKubelet',
    ]);
  });

  test.each([
    ['never started', [], 'stopped', 'Failed'],
    ['exited with 0', [0], 'stopped', 'Succeeded'],
    ['was killed', [137], 'stopped', 'Failed'],
    ['exited, to be restarted', [1], 'running', 'Running'],
  ] as const)('the phase of a pod that %s is as expected', (_name, codes, stage, expected) => {
    const subject = entry({ stage });
    const [exitCode] = codes;
    if (exitCode !== undefined) {
      const state = { is: 'terminated', exitCode, reason: 'Error', startedAtMs: 0, finishedAtMs: 1 };
      Object.assign(subject.containers[0] ?? {}, { state });
    }
    expect(phaseOf(subject)).toBe(expected);
  });

  test('a container that waits for its first start keeps the pod Pending; one that has run does not', () => {
    expect(phaseOf(entry())).toBe('Pending');
    const subject = entry();
    const last = { is: 'terminated', exitCode: 1, reason: 'Error', startedAtMs: 0, finishedAtMs: 1 };
    Object.assign(subject.containers[0] ?? {}, { last });
    expect(phaseOf(subject)).toBe('Running');
  });
});

describe('pullPolicyOf', () => {
  test.each([
    ['agent', 'Always'],
    ['agent:latest', 'Always'],
    ['agent:v1', 'IfNotPresent'],
    ['registry:5000/agent', 'Always'],
    ['registry:5000/team/agent:v1', 'IfNotPresent'],
    ['agent@sha256:abc', 'IfNotPresent'],
  ])('%s is pulled %s', (image, expected) => {
    expect(pullPolicyOf({ name: 'c', image })).toBe(expected);
  });

  test('what the container says goes first', () => {
    expect(pullPolicyOf({ name: 'c', image: 'agent', imagePullPolicy: 'Never' })).toBe('Never');
  });
});

describe('node conditions', () => {
  const up = { isRuntimeUp: true, isNetworkUp: true, hasRoutes: undefined, pressure: [], forced: [] };

  test('a condition keeps its transition time while its status stays; the heartbeat moves', () => {
    const before = nodeConditions(up, [], 1000);
    const after = nodeConditions({ ...up, pressure: ['DiskPressure'] }, before, 9000);
    expect(after.map(({ type, status, lastTransitionTime }) => [type, status, lastTransitionTime])).toEqual([
      ['MemoryPressure', 'False', formatTime(1000)],
      ['DiskPressure', 'True', formatTime(9000)],
      ['PIDPressure', 'False', formatTime(1000)],
      ['Ready', 'True', formatTime(1000)],
    ]);
    expect(after.every(({ lastHeartbeatTime }) => lastHeartbeatTime === formatTime(9000))).toBe(true);
  });

  test('heartbeats alone are no difference, a reason is one', () => {
    const before = nodeConditions(up, [], 1000);
    expect(isSameStatus(nodeConditions(up, before, 9000), before)).toBe(true);
    expect(isSameStatus(nodeConditions({ ...up, isNetworkUp: false }, before, 9000), before)).toBe(false);
    expect(isSameStatus(before, undefined)).toBe(false);
  });

  test('flips are told in upstream’s words', () => {
    const before = nodeConditions({ ...up, isRuntimeUp: false }, [], 0);
    const after = nodeConditions({ ...up, pressure: ['MemoryPressure'] }, before, 0);
    expect(flipReasons(before, after)).toEqual(['NodeHasInsufficientMemory', 'NodeReady']);
    expect(flipReasons(after, before)).toEqual(['NodeHasSufficientMemory', 'NodeNotReady']);
  });

  test('a node that is born without routes has NetworkUnavailable until they exist', () => {
    const find = (hasRoutes: boolean): string | undefined =>
      nodeConditions({ ...up, hasRoutes }, [], 0).find(({ type }) => type === 'NetworkUnavailable')?.status;
    expect([find(false), find(true)]).toEqual(['True', 'False']);
  });
});
