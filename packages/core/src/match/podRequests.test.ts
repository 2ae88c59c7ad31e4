import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '../api/pod.ts';
import { hostPorts, portsConflict } from './hostPorts.ts';
import { isBestEffort, nodeAllocatable, parseAmounts, podRequests } from './podRequests.ts';

function container(name: string, requests: Record<string, string>, rest: Partial<Container> = {}): Container {
  return { name, image: 'i', resources: { requests }, ...rest };
}

function pod(containers: readonly Container[], initContainers: readonly Container[] = [], hostNetwork = false): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers, initContainers, hostNetwork } };
}

describe('podRequests', () => {
  test.each([
    [
      'main containers add up',
      pod([container('a', { cpu: '100m', memory: '1Mi' }), container('b', { cpu: '0.5' })]),
      { cpu: 600, memory: 1048576 },
    ],
    [
      'a larger init container counts alone',
      pod([container('a', { cpu: '1' })], [container('i', { cpu: '3' })]),
      { cpu: 3000 },
    ],
    [
      'a smaller init container costs nothing',
      pod([container('a', { cpu: '1' })], [container('i', { cpu: '500m' })]),
      { cpu: 1000 },
    ],
    [
      'a sidecar runs beside main and later init containers',
      pod(
        [container('a', { cpu: '1' })],
        [container('s', { cpu: '1' }, { restartPolicy: 'Always' }), container('i', { cpu: '2' })],
      ),
      { cpu: 3000 },
    ],
    [
      'an init container before the sidecar runs without it',
      pod(
        [container('a', { cpu: '1' })],
        [container('i', { cpu: '2' }), container('s', { cpu: '1' }, { restartPolicy: 'Always' })],
      ),
      { cpu: 2000 },
    ],
    [
      'a limit without a request is one',
      pod([{ name: 'a', image: 'i', resources: { limits: { cpu: '2' } } }]),
      { cpu: 2000 },
    ],
    ['no requests ask for nothing', pod([{ name: 'a', image: 'i' }]), {}],
  ])('%s', (_name, subject, expected) => {
    expect(podRequests(subject)).toEqual(expected);
  });

  test('a text that is no quantity counts as nothing', () => {
    expect(parseAmounts({ cpu: 'many', 'example.com/gpu': 2 })).toEqual({ cpu: 0, 'example.com/gpu': 2 });
  });

  test('S-4: what the sandbox takes comes on top, whichever moment is the largest', () => {
    const spec = {
      containers: [{ name: 'c', image: 'c', resources: { requests: { cpu: '100m' } } }],
      initContainers: [{ name: 'i', image: 'i', resources: { requests: { cpu: '300m' } } }],
      overhead: { cpu: '50m', memory: '1Mi' },
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as const;
    expect(podRequests(pod)).toEqual({ cpu: 350, memory: 1_048_576 });
  });

  test('a node offers its allocatable, or its capacity where it says nothing else', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } } as const;
    expect(nodeAllocatable({ ...node, status: { capacity: { cpu: '4', pods: '110' } } })).toEqual({
      cpu: 4000,
      pods: 110,
    });
    expect(nodeAllocatable({ ...node, status: { capacity: { cpu: '4' }, allocatable: { cpu: '3800m' } } })).toEqual({
      cpu: 3800,
    });
    expect(nodeAllocatable(node)).toEqual({});
  });
});

describe('isBestEffort', () => {
  test('follows the class that the server wrote', () => {
    expect(isBestEffort({ ...pod([container('a', { cpu: '1' })]), status: { qosClass: 'BestEffort' } })).toBe(true);
  });

  test('is read from the spec where the server wrote none', () => {
    expect(isBestEffort(pod([container('a', { 'ephemeral-storage': '1Gi' })]))).toBe(true);
    expect(isBestEffort(pod([container('a', {})], [container('i', { memory: '1Mi' })]))).toBe(false);
  });
});

describe('hostPorts', () => {
  const withPorts = (ports: Container['ports'], hostNetwork = false): Pod =>
    pod([{ name: 'a', image: 'i', ...(ports === undefined ? {} : { ports }) }], [], hostNetwork);

  test('hostNetwork turns every container port into one of the node', () => {
    expect(hostPorts(withPorts([{ containerPort: 9100 }], true))).toEqual([
      { ip: '0.0.0.0', protocol: 'TCP', port: 9100 },
    ]);
    expect(hostPorts(withPorts([{ containerPort: 9100 }]))).toEqual([]);
  });

  test.each([
    ['the same port of every address', { containerPort: 1, hostPort: 80 }, { containerPort: 2, hostPort: 80 }, true],
    [
      'every address against one',
      { containerPort: 1, hostPort: 80 },
      { containerPort: 2, hostPort: 80, hostIP: '10.0.0.1' },
      true,
    ],
    [
      'two addresses',
      { containerPort: 1, hostPort: 80, hostIP: '10.0.0.2' },
      { containerPort: 2, hostPort: 80, hostIP: '10.0.0.1' },
      false,
    ],
    ['two protocols', { containerPort: 1, hostPort: 53, protocol: 'UDP' }, { containerPort: 2, hostPort: 53 }, false],
    ['two ports', { containerPort: 1, hostPort: 53 }, { containerPort: 2, hostPort: 54 }, false],
  ])('conflict between %s: as expected', (_name, one, other, expected) => {
    expect(portsConflict(hostPorts(withPorts([one])), hostPorts(withPorts([other])))).toBe(expected);
    expect(portsConflict(hostPorts(withPorts([other])), hostPorts(withPorts([one])))).toBe(expected);
  });
});
