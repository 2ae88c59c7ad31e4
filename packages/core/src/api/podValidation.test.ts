/** What the server says of a pod template that breaks a rule: the words and the order are upstream's. */
import { describe, expect, test } from 'vitest';
import { daemonSet } from '../testing/objects.ts';
import type { DaemonSet } from './daemonSet.ts';
import { defaultDaemonSet, defaultPod } from './defaults.ts';
import { formatFieldError } from './fieldError.ts';
import type { Pod } from './pod.ts';
import { validatePod, validatePodOfTemplate } from './podValidation.ts';
import { validateDaemonSet } from './validation.ts';

const PREFIX = 'spec.template.spec.';

/** The errors of a template with these fields in its spec, each without the path to the spec. */
function problems(spec: object): readonly string[] {
  const ds = daemonSet();
  const template = { ...ds.spec.template, spec: { ...ds.spec.template.spec, ...spec } };
  const whole = { ...ds, spec: { ...ds.spec, template } } as DaemonSet;
  return validateDaemonSet(defaultDaemonSet(whole)).map((error) => formatFieldError(error).replace(PREFIX, ''));
}

const container = (fields: object): object => ({ containers: [{ name: 'a', image: 'i', ...fields }] });
const volume = (fields: object): object => ({ volumes: [{ name: 'v', ...fields }] });

describe('probes and hooks', () => {
  test.each<[object, readonly string[]]>([
    [{ livenessProbe: {} }, ['containers[0].livenessProbe: Required value: must specify a handler type']],
    [
      { readinessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 80 } } },
      ['containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
    ],
    [
      { livenessProbe: { httpGet: { port: 0, scheme: 'FTP' } } },
      [
        'containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'containers[0].livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
      ],
    ],
    [
      { livenessProbe: { tcpSocket: { port: 'metrics-of-a-long-name' } } },
      [
        'containers[0].livenessProbe.tcpSocket.port: Invalid value: "metrics-of-a-long-name": must be no more than 15 characters',
      ],
    ],
    [
      { livenessProbe: { exec: { command: ['x'] }, successThreshold: 2, periodSeconds: -1 } },
      [
        'containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
        'containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      ],
    ],
    [
      { readinessProbe: { exec: { command: ['x'] }, terminationGracePeriodSeconds: 5 } },
      [
        'containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes',
      ],
    ],
    [{ lifecycle: { preStop: { exec: {} } } }, ['containers[0].lifecycle.preStop.exec.command: Required value']],
    [
      { lifecycle: { preStop: { sleep: { seconds: 31 } } } },
      [
        'containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
  ])('%j', (fields, texts) => {
    expect(problems(container(fields))).toEqual(texts);
  });
});

describe('environment', () => {
  test.each<[object, readonly string[]]>([
    [{ env: [{ value: 'x' }] }, ['containers[0].env[0].name: Required value']],
    [
      { env: [{ name: 'A=B' }] },
      [
        `containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      ],
    ],
    [
      { env: [{ name: 'A', valueFrom: {} }] },
      [
        'containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ],
    ],
    [
      { env: [{ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
      ['containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ],
    [
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }] },
      [
        'containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      ],
    ],
    [
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodes' } } }] },
      [
        'containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nodes": error converting fieldPath: field label not supported: spec.nodes',
      ],
    ],
    [{ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }] }, []],
    [
      { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1k' } } }] },
      [
        `containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
      ],
    ],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's' } } }] },
      ['containers[0].env[0].valueFrom.secretKeyRef.key: Required value'],
    ],
    [
      { envFrom: [{ configMapRef: { name: 'c' }, secretRef: { name: 's' } }] },
      ['containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time'],
    ],
  ])('%j', (fields, texts) => {
    expect(problems(container(fields))).toEqual(texts);
  });
});

describe('ports, mounts and resources', () => {
  test.each<[object, readonly string[]]>([
    [
      container({
        ports: [
          { name: 'web', containerPort: 80 },
          { name: 'web', containerPort: 81 },
        ],
      }),
      ['containers[0].ports[1].name: Duplicate value: "web"'],
    ],
    [
      container({ ports: [{ containerPort: 80, protocol: 'ICMP' }] }),
      ['containers[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      { hostNetwork: true, ...container({ ports: [{ containerPort: 80, hostPort: 81 }] }) },
      ['containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true'],
    ],
    [
      {
        ...volume({ emptyDir: {} }),
        ...container({
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'v', mountPath: '/v' },
          ],
        }),
      },
      ['containers[0].volumeMounts[1].mountPath: Invalid value: "/v": must be unique'],
    ],
    [
      {
        ...volume({ emptyDir: {} }),
        ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '../x' }] }),
      },
      [`containers[0].volumeMounts.subPath: Invalid value: "../x": must not contain '..'`],
    ],
    [
      {
        ...volume({ hostPath: { path: '/' } }),
        ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }] }),
      },
      [
        'containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
      ],
    ],
    [
      container({ resources: { limits: { 'nvidia.com/gpu': '500m' } } }),
      ['containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer'],
    ],
    [
      container({ resources: { requests: { 'nvidia.com/gpu': '1' } } }),
      ['containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
    ],
    [
      container({ resources: { limits: { gpu: '1' } } }),
      [
        'containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      ],
    ],
    [
      container({ resources: { limits: { 'hugepages-2Mi': '3Mi', cpu: '1' }, requests: { cpu: '-1' } } }),
      [
        'containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
        'containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
  ])('%j', (spec, texts) => {
    expect(problems(spec)).toEqual(texts);
  });
});

describe('volumes', () => {
  test.each<[object, readonly string[]]>([
    [{}, []],
    [
      { emptyDir: {}, configMap: { name: 'c' } },
      ['volumes[0].configMap: Forbidden: may not specify more than 1 volume type'],
    ],
    [{ hostPath: { path: '' } }, ['volumes[0].hostPath.path: Required value']],
    [
      { hostPath: { path: '/a/../b', type: 'Dir' } },
      [
        `volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
        'volumes[0].hostPath.type: Unsupported value: "Dir": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [{ secret: {} }, ['volumes[0].secret.secretName: Required value']],
    [
      { configMap: { name: 'c', defaultMode: 0o1000, items: [{ key: 'k', path: '/abs' }] } },
      [
        'volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
        'volumes[0].configMap.items[0].path: Invalid value: "/abs": must be a relative path',
      ],
    ],
    [
      { downwardAPI: { items: [{ path: 'p' }] } },
      ['volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required'],
    ],
    [
      { projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } },
      [
        'volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
      ],
    ],
    [
      { projected: { sources: [{ secret: { name: 's' }, configMap: { name: 'c' } }] } },
      ['volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source'],
    ],
    [{ nfs: { server: 's', path: 'rel' } }, ['volumes[0].nfs.path: Invalid value: "rel": must be an absolute path']],
    [{ csi: {} }, ['volumes[0].csi.driver: Required value', expect.stringContaining('a lowercase RFC 1123 subdomain')]],
    [{ azureDisk: { diskName: 'd' } }, expect.arrayContaining(['volumes[0].azureDisk.diskURI: Required value'])],
    [{ persistentVolumeClaim: {} }, ['volumes[0].persistentVolumeClaim.claimName: Required value']],
  ])('%j', (source, texts) => {
    expect(problems(volume(source))).toEqual(texts);
  });

  test('a volume that is wrong cannot be mounted either, and says so', () => {
    const spec = { ...volume({ secret: {} }), ...container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }) };
    expect(problems(spec)).toEqual([
      'volumes[0].secret.secretName: Required value',
      'containers[0].volumeMounts[0].name: Not found: "v"',
    ]);
  });
});

describe('security', () => {
  test.each<[object, readonly string[]]>([
    [
      container({ securityContext: { runAsUser: -1 } }),
      ['containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
    ],
    [
      container({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      [
        'containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      ['securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost'],
    ],
    [
      { securityContext: { appArmorProfile: { type: 'Strict' } } },
      [
        'securityContext.appArmorProfile.type: Unsupported value: "Strict": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
      ],
    ],
    [
      { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] } },
      [
        `securityContext.sysctls[0].name: Invalid value: "net.ipv4.ip_forward": may not be specified when 'hostNetwork' is true`,
      ],
    ],
    [
      { hostPID: true, shareProcessNamespace: true },
      [
        'securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      ],
    ],
    [{ hostUsers: false, hostNetwork: true }, ['hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false']],
    [{ os: { name: 'windows' }, hostPID: true }, ['hostPID: Forbidden: cannot be set for a windows pod']],
  ])('%j', (spec, texts) => {
    expect(problems(spec)).toEqual(texts);
  });
});

describe('placement and the rest of the spec', () => {
  test.each<[object, readonly string[]]>([
    [
      {
        affinity: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: {} } }] },
        },
      },
      [
        'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
        'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
        expect.stringContaining('name part must consist of alphanumeric characters'),
      ],
    ],
    [
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }],
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'spec.x', operator: 'Gt', values: ['a'] }] }],
            },
          },
        },
      },
      [
        'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: Invalid value: "Gt": not a valid selector operator',
        'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "spec.x": not a valid field selector key',
        'affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
      ],
    ],
    [
      { topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: 'Maybe' }] },
      [
        'topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    ],
    [{ dnsPolicy: 'None' }, ['dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
    [
      { dnsConfig: { nameservers: ['1.2.3'] } },
      [
        'dnsConfig.nameservers[0]: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      { dnsPolicy: 'Cluster' },
      [
        'dnsPolicy: Unsupported value: "Cluster": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      ],
    ],
    [{ hostAliases: [{ ip: '::1', hostnames: ['a.b'] }] }, []],
    [
      { initContainers: [{ name: 'a', image: 'i', restartPolicy: 'Never' }] },
      ['initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      { initContainers: [{ name: 'b', image: 'i', livenessProbe: { tcpSocket: { port: 1 } } }] },
      ['initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
    ],
    [
      container({ restartPolicy: 'Always' }),
      ['containers[0].restartPolicy: Forbidden: may not be set for non-init containers'],
    ],
    [
      { ephemeralContainers: [{ name: 'e', image: 'i' }] },
      ['ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template'],
    ],
  ])('%j', (spec, texts) => {
    expect(problems(spec)).toEqual(texts);
  });
});

test('several errors stand in the order in which the server finds them: volumes, containers, the rest', () => {
  const spec = {
    tolerations: [{ operator: 'Equal' }],
    restartPolicy: 'Never',
    volumes: [{ name: 'V', emptyDir: {} }],
    containers: [{ name: 'a', ports: [{ containerPort: 0 }] }],
  };
  expect(problems(spec).map((text) => text.slice(0, text.indexOf(':')))).toEqual([
    'volumes[0].name',
    'containers[0].image',
    'containers[0].ports[0].containerPort',
    'tolerations[0].operator',
    'restartPolicy',
  ]);
});

describe('what a template gets away with, and its pods do not', () => {
  const pod = (spec: object): Pod =>
    defaultPod({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'a', image: 'i' }], ...spec },
    });

  test.each<[object, string]>([
    [
      container({ image: ' i' }),
      'spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace',
    ],
    [
      volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ],
  ])('%j', (spec, text) => {
    expect(problems(spec)).toEqual([]);
    expect(validatePod(pod(spec)).map(formatFieldError)).toEqual([text]);
    expect(validatePodOfTemplate(pod(spec)).map(formatFieldError)).toEqual([text]);
  });
});
