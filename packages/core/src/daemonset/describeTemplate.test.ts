import { describe, expect, test } from 'vitest';
import type { PodTemplate } from '../api/pod.ts';
import { annotationTexts } from './describeAnnotations.ts';
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
            { containerPort: 9100, hostPort: 9100, name: 'metrics', protocol: 'TCP' },
            { containerPort: 53, protocol: 'UDP' },
          ],
          resources: { limits: { memory: '200Mi', cpu: '100m' } },
          livenessProbe: {
            httpGet: { port: 'healthz', path: '/health z', scheme: 'HTTP' },
            initialDelaySeconds: 10,
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          readinessProbe: { exec: { command: ['test', '-f', '/ready'] } },
          env: [
            { name: 'NODE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
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
    '    Liveness:\thttp-get http://:healthz/health%20z delay=10s timeout=1s period=10s #success=1 #failure=3',
    '    Readiness:\texec [test -f /ready] delay=0s timeout=0s period=0s #success=0 #failure=0',
    '    Environment:\n      NODE:\t (v1:spec.nodeName)\n      TWO:\ta\n      \tb',
    '    Mounts:\n      /var/log from log (ro)',
    '   log:\n    Type:\tHostPath (bare host directory volume)\n    Path:\t/var/log\n    HostPathType:\t',
    '   cfg:\n    Type:\tConfigMap (a volume populated by a ConfigMap)\n    Name:\tcfg\n    Optional:\tfalse',
    '  Priority Class Name:\tsystem-node-critical\n  Node-Selectors:\tdisk=ssd\n  Tolerations:\top=Exists\n',
  ]) {
    expect(text).toContain(line);
  }
  expect(describeTemplate(template, 33)).toContain('    Ports:\t9100/TCP, 53/UDP\n');
  expect(describeTemplate(template, 29)).not.toContain('Tolerations');
});

describe('volumes', () => {
  const lines = (volume: Readonly<Record<string, unknown>>, minor = 36): string => {
    const template = { spec: { containers: [], volumes: [{ name: 'v', ...volume }] } } as unknown as PodTemplate;
    const text = describeTemplate(template, minor);
    return text.slice(text.indexOf('   v:\n') + 6, text.indexOf('  Node-Selectors')).trimEnd();
  };

  test.each([
    [{ gcePersistentDisk: { pdName: 'd' } }, 'PDName:\td\n    FSType:\t\n    Partition:\t0\n    ReadOnly:\tfalse'],
    [{ hostPath: { path: '/x' } }, 'Path:\t/x\n    HostPathType:\t<none>'],
    [{ emptyDir: { sizeLimit: '2048Mi' } }, 'Medium:\t\n    SizeLimit:\t2Gi'],
    [{ cephfs: { monitors: ['a', 'b'], secretRef: { name: 's' } } }, 'Monitors:\t[a b]\n'],
    [{ cephfs: { secretRef: { name: 's' } } }, 'SecretRef:\t&LocalObjectReference{Name:s,}\n'],
    [{ cinder: { volumeID: 'c' } }, 'ReadOnly:\tfalse\n    SecretRef:\tnil'],
    [{ flexVolume: { driver: 'd', options: { b: '2', a: '1' } } }, 'Options:\tmap[a:1 b:2]'],
    [{ fc: { targetWWNs: ['w', 'x'], lun: 2 } }, 'TargetWWNs:\tw, x\n    LUN:\t2\n'],
    [{ iscsi: { iqn: 'q' } }, 'ISCSIInterface\t\n'],
    [{ csi: { driver: 'd' } }, 'VolumeAttributes:\t<none>'],
    [{ image: { reference: 'r', pullPolicy: 'Always' } }, 'Reference:\tr\n    PullPolicy:\tAlways'],
  ])('%j', (volume, expected) => {
    expect(lines(volume)).toContain(expected);
  });

  test('a kind that the client does not know has no rows', () => {
    expect(lines({ image: { reference: 'r' } }, 31)).toBe('  <unknown>');
    expect(lines({})).toBe('  <unknown>');
  });

  test('old clients print pointers where the source may be missing', () => {
    const projected = {
      projected: { sources: [{ secret: { name: 's' } }, { configMap: { name: 'c', optional: true } }] },
    };
    expect(lines(projected, 32)).toContain(
      'SecretOptionalName:\t<nil>\n    ConfigMapName:\tc\n    ConfigMapOptional:\t0xc',
    );
    expect(lines(projected, 33)).toContain('Optional:\tfalse\n    ConfigMapName:\tc\n    Optional:\ttrue');
  });

  test('an ephemeral volume shows its claim', () => {
    const volumeClaimTemplate = {
      metadata: { labels: { b: '2', a: '1' } },
      spec: { storageClassName: 'fast', volumeMode: 'Filesystem' },
    };
    expect(lines({ ephemeral: { volumeClaimTemplate } })).toContain(
      [
        '    StorageClass:\tfast',
        '    Volume:\t',
        '    Labels:\t    a=1',
        '        \t    b=2',
        '    Annotations:\t    <none>',
        '    Capacity:\t',
        '    Access Modes:\t',
        '    VolumeMode:\tFilesystem',
      ].join('\n'),
    );
  });
});

test('a seccomp profile is shown from 1.27 on, with its file where it has one', () => {
  const seccompProfile = { type: 'Localhost', localhostProfile: 'p.json' };
  const template = {
    spec: { containers: [{ name: 'a', image: 'a', securityContext: { seccompProfile } }] },
  } as unknown as PodTemplate;
  expect(describeTemplate(template)).toContain('    SeccompProfile:\tLocalhost\n      LocalhostProfile:\tp.json\n');
  expect(describeTemplate(template, 26)).not.toContain('Seccomp');
});

test('resources of the container in the environment are counted in divisors', () => {
  const env = (resource: string, divisor?: string): unknown => ({
    name: 'X',
    valueFrom: { resourceFieldRef: { resource, ...(divisor === undefined ? {} : { divisor }) } },
  });
  const resources = { limits: { cpu: '1500m' }, requests: { memory: '1Gi', 'hugepages-2Mi': '4Mi' } };
  const list = [
    env('limits.cpu'),
    env('limits.cpu', '1m'),
    env('limits.memory'),
    env('requests.memory', '1Mi'),
    env('requests.hugepages-2Mi', '1Mi'),
    env('requests.other'),
  ];
  const template = {
    spec: { containers: [{ name: 'a', image: 'a', resources, env: list }] },
  } as unknown as PodTemplate;
  expect([...describeTemplate(template).matchAll(/X:\t(.*)/g)].map(([, text]) => text)).toEqual([
    '2 (limits.cpu)',
    '1500 (limits.cpu)',
    'node allocatable (limits.memory)',
    '1024 (requests.memory)',
    '4 (requests.hugepages-2Mi)',
    ' (requests.other)',
  ]);
});

test('annotations that are long or of several lines go below their key, without what apply remembers', () => {
  const long = 'x'.repeat(200);
  expect(
    annotationTexts({ b: 'one\ntwo\n', a: long, 'kubectl.kubernetes.io/last-applied-configuration': '{}' }),
  ).toEqual(['a:', `  ${'x'.repeat(138)}...`, 'b:', '  one', '  two']);
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
