import { expect, test } from 'vitest';
import { daemonSet } from '../testing/objects.ts';
import type { DaemonSet } from './daemonSet.ts';
import { defaultDaemonSet, defaultPodSpec } from './defaults.ts';
import type { PodSpec } from './pod.ts';

test('a rolling update defaults to one unavailable pod and no surge', () => {
  const { updateStrategy: _none, ...spec } = daemonSet().spec;
  const ds = defaultDaemonSet({ ...daemonSet(), spec });
  expect(ds.spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
  expect(ds.spec.revisionHistoryLimit).toBe(10);
});

test('a surge alone gets maxUnavailable 1 beside it, which is then refused', () => {
  const ds = defaultDaemonSet(daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }));
  expect(ds.spec.updateStrategy?.rollingUpdate).toEqual({ maxUnavailable: 1, maxSurge: 1 });
});

test('nothing is filled in under OnDelete, and zero is a value', () => {
  const ds = defaultDaemonSet(daemonSet({ updateStrategy: { type: 'OnDelete' }, revisionHistoryLimit: 0 }));
  expect(ds.spec.updateStrategy).toEqual({ type: 'OnDelete' });
  expect(ds.spec.revisionHistoryLimit).toBe(0);
});

test.each([
  ['agent', 'Always'],
  ['agent:latest', 'Always'],
  ['agent:1', 'IfNotPresent'],
  ['localhost:5000/agent', 'Always'],
  ['agent@sha256:0123', 'IfNotPresent'],
])('image %s is pulled %s', (image, imagePullPolicy) => {
  expect(defaultPodSpec({ containers: [{ name: 'c', image }] }).containers[0]).toMatchObject({ imagePullPolicy });
});

test('in the network of the host every port is one of its own', () => {
  const containers = [
    { name: 'c', image: 'i', ports: [{ containerPort: 9100 }, { containerPort: 80, hostPort: 8080 }] },
  ];
  const ports = (hostNetwork: boolean): unknown => defaultPodSpec({ containers, hostNetwork }).containers[0]?.ports;
  // A template is left as it is: its pods get the ports.
  const ds = defaultDaemonSet(daemonSet({ template: { spec: { containers, hostNetwork: true } } }));
  expect(ds.spec.template.spec.containers[0]?.ports?.[0]).toEqual({ containerPort: 9100, protocol: 'TCP' });
  expect(ports(true)).toEqual([
    { containerPort: 9100, hostPort: 9100, protocol: 'TCP' },
    { containerPort: 80, hostPort: 8080, protocol: 'TCP' },
  ]);
  expect(ports(false)).toEqual([
    { containerPort: 9100, protocol: 'TCP' },
    { containerPort: 80, hostPort: 8080, protocol: 'TCP' },
  ]);
});

test('probes and volumes get their numbers', () => {
  const spec = defaultPodSpec({
    containers: [{ name: 'c', image: 'i', livenessProbe: { httpGet: { port: 80 } } }],
    volumes: [
      { name: 'v', configMap: { name: 'x' } },
      { name: 'h', hostPath: { path: '/' } },
    ],
  });
  expect(spec.containers[0]?.livenessProbe).toMatchObject({
    periodSeconds: 10,
    failureThreshold: 3,
    httpGet: { path: '/', scheme: 'HTTP' },
  });
  expect(spec).toMatchObject({
    volumes: [{ configMap: { defaultMode: 420 } }, { hostPath: { type: '' } }],
    terminationGracePeriodSeconds: 30,
  });
});

test('a manifest of nonsense is defaulted all the same: validation says what is wrong', () => {
  const nonsense = { spec: { template: 'x', updateStrategy: 7 } } as unknown as DaemonSet;
  expect(defaultDaemonSet(nonsense).spec.template.spec).toMatchObject({ restartPolicy: 'Always' });
});

test('references to fields, hooks, tokens and volumes without a kind get what the server knows', () => {
  const given = {
    serviceAccount: 'agent',
    containers: [
      {
        name: 'c',
        image: 'i',
        env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
        lifecycle: { preStop: { httpGet: { port: 80 } } },
        startupProbe: { grpc: { port: 9 }, periodSeconds: 0 },
      },
    ],
    volumes: [{ name: 'v' }, { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
  };
  expect(defaultPodSpec(given)).toMatchObject({
    serviceAccountName: 'agent',
    enableServiceLinks: true,
    containers: [
      {
        env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }],
        lifecycle: { preStop: { httpGet: { path: '/', scheme: 'HTTP' } } },
        startupProbe: { grpc: { service: '' }, periodSeconds: 10, timeoutSeconds: 1 },
        terminationMessagePolicy: 'File',
      },
    ],
    volumes: [
      { emptyDir: {} },
      { projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3600 } }] } },
    ],
  });
});

test('quantities are spelled in the shortest way, and a pod asks for what it is limited to', () => {
  const container = {
    name: 'c',
    image: 'i',
    resources: { limits: { cpu: '1000m', memory: '2048Mi' }, requests: { cpu: 0.5 } },
  };
  const resources = (spec: PodSpec): unknown => spec.containers[0]?.resources;
  expect(resources(defaultPodSpec({ containers: [container] }))).toEqual({
    limits: { cpu: '1', memory: '2Gi' },
    requests: { cpu: '500m', memory: '2Gi' },
  });
  const ds = defaultDaemonSet(daemonSet({ template: { spec: { containers: [container] } } }));
  expect(resources(ds.spec.template.spec)).toMatchObject({ requests: { cpu: '500m' } });
});
