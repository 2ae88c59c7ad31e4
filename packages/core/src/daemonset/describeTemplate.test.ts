import { expect, test } from 'vitest';
import type { PodTemplate } from '../api/pod.ts';
import { describeTemplate, tolerationTexts } from './describeTemplate.ts';

test('a plain template reads as kubectl prints it, columns apart by tabs', () => {
  const template: PodTemplate = {
    metadata: { labels: { tier: 'x', app: 'agent' } },
    spec: { containers: [{ name: 'agent', image: 'agent:2' }] },
  };
  expect(describeTemplate(template)).toBe(
    [
      'Pod Template:',
      '  Labels:\tapp=agent',
      '\ttier=x',
      '  Containers:',
      '   agent:',
      '    Image:\tagent:2',
      '    Port:\t<none>',
      '    Host Port:\t<none>',
      '    Environment:\t<none>',
      '    Mounts:\t<none>',
      '  Volumes:\t<none>',
      '  Node-Selectors:\t<none>',
      '  Tolerations:\t<none>',
      '',
    ].join('\n'),
  );
});

test('what a daemon pod usually has is described', () => {
  const template = {
    metadata: { annotations: { b: '2', a: '1' } },
    spec: {
      serviceAccountName: 'agent',
      priorityClassName: 'system-node-critical',
      initContainers: [{ name: 'setup', image: 'busybox', command: ['sh', '-c', 'true'] }],
      containers: [
        {
          name: 'agent',
          image: 'agent:2',
          args: ['--v=5'],
          ports: [
            { containerPort: 9100, hostPort: 9100, name: 'metrics' },
            { containerPort: 53, protocol: 'UDP' },
          ],
          resources: { limits: { memory: '200Mi', cpu: '100m' } },
          livenessProbe: { httpGet: { port: 'healthz', path: '/healthz', scheme: 'HTTP' }, initialDelaySeconds: 10 },
          readinessProbe: { exec: { command: ['test', '-f', '/ready'] } },
          env: [
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'TWO', value: 'a\nb' },
          ],
          volumeMounts: [{ name: 'log', mountPath: '/var/log', readOnly: true }],
        },
      ],
      volumes: [
        { name: 'log', hostPath: { path: '/var/log', type: '' } },
        { name: 'cfg', configMap: { name: 'cfg' } },
      ],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ operator: 'Exists' }],
    },
  } as unknown as PodTemplate;
  const text = describeTemplate(template);
  for (const line of [
    '  Annotations:\ta: 1\n\tb: 2',
    '  Service Account:\tagent',
    '  Init Containers:\n   setup:',
    '    Command:\n      sh\n      -c\n      true',
    '    Ports:\t9100/TCP (metrics), 53/UDP\n    Host Ports:\t9100/TCP (metrics), 0/UDP',
    '    Limits:\n      cpu:\t100m\n      memory:\t200Mi',
    '    Liveness:\thttp-get http://:healthz/healthz delay=10s timeout=1s period=10s #success=1 #failure=3',
    '    Readiness:\texec [test -f /ready] delay=0s timeout=1s period=10s #success=1 #failure=3',
    '    Environment:\n      NODE:\t (v1:spec.nodeName)\n      TWO:\ta\n      \tb',
    '    Mounts:\n      /var/log from log (ro)',
    '   log:\n    Type:\tHostPath (bare host directory volume)\n    Path:\t/var/log\n    HostPathType:\t',
    '   cfg:\n    Type:\tConfigMap (a volume populated by a ConfigMap)\n    Name:\tcfg\n    Optional:\tfalse',
    '  Priority Class Name:\tsystem-node-critical\n  Node-Selectors:\tdisk=ssd\n  Tolerations:\top=Exists\n',
  ]) {
    expect(text).toContain(line);
  }
  expect(describeTemplate(template, false)).toContain('    Ports:\t9100/TCP, 53/UDP\n');
});

test('tolerations say what they answer, and for how long', () => {
  const tolerations = [
    { key: 'd', effect: 'NoExecute', tolerationSeconds: 0 },
    { key: 'b', value: 'x', effect: 'NoSchedule' },
    { operator: 'Exists' },
    { key: 'a', operator: 'Exists' },
  ];
  expect(tolerationTexts(tolerations)).toEqual(['op=Exists', 'a op=Exists', 'b=x:NoSchedule', 'd:NoExecute for 0s']);
});
