/** Bodies that the server cannot read: the first value of a wrong type, in Go's words. */
import { describe, expect, test } from 'vitest';
import { daemonSet, node } from '../testing/objects.ts';
import { decodeObject, formatUnreadable } from './decoding.ts';
import { mergePatch } from './patch.ts';

/** What is said of a DaemonSet with these fields merged into it. */
function errorOf(body: object, reader: 'body' | 'patch' = 'body'): string | undefined {
  const decoded = decodeObject('DaemonSet', mergePatch(daemonSet(), body), reader);
  return decoded.ok ? undefined : decoded.error;
}

const inSpec = (spec: object): object => ({ spec: { template: { spec } } });
const rolling = (rollingUpdate: object): object => ({ spec: { updateStrategy: { rollingUpdate } } });

describe('of a body', () => {
  test.each<[object, string]>([
    [
      { spec: { minReadySeconds: 'soon' } },
      'json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32',
    ],
    [
      { spec: { minReadySeconds: 999_999_999_999 } },
      'json: cannot unmarshal number 999999999999 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32',
    ],
    [
      { spec: { revisionHistoryLimit: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DaemonSetSpec.spec.revisionHistoryLimit of type int32',
    ],
    [
      rolling({ maxUnavailable: 999_999_999_999 }),
      'json: cannot unmarshal number 999999999999 into Go struct field RollingUpdateDaemonSet.spec.updateStrategy.rollingUpdate.maxUnavailable of type int32',
    ],
    [
      rolling({ maxSurge: true }),
      'json: cannot unmarshal bool into Go struct field RollingUpdateDaemonSet.spec.updateStrategy.rollingUpdate.maxSurge of type int32',
    ],
    [
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { metadata: { name: ['x'] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [{ spec: 'x' }, 'json: cannot unmarshal string into Go struct field DaemonSet.spec of type v1.DaemonSetSpec'],
    [
      inSpec({ containers: {} }),
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      inSpec({ containers: [{ name: 'a', env: [{ name: 'N', value: 5 }] }] }),
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      inSpec({ restartPolicy: false }),
      'json: cannot unmarshal bool into Go struct field PodSpec.spec.template.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [
      inSpec({ containers: [{ resources: { limits: { cpu: 'lots' } } }] }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      { metadata: { annotations: { 'deprecated.daemonset.template.generation': 'x' } } },
      'strconv.ParseInt: parsing "x": invalid syntax',
    ],
  ])('%j', (body, error) => {
    expect(errorOf(body)).toBe(error);
  });

  test('only the first one is told, but for those that end the reading at once', () => {
    const both = { spec: { minReadySeconds: 'a', revisionHistoryLimit: 'b' } };
    expect(errorOf(both)).toContain('minReadySeconds');
    expect(errorOf({ spec: { ...both.spec, updateStrategy: { rollingUpdate: { maxSurge: {} } } } })).toContain(
      'maxSurge',
    );
  });

  test('the server names kind and version before it', () => {
    expect(formatUnreadable('DaemonSet', 'apps/v1', 'x')).toBe(
      'DaemonSet in version "v1" cannot be handled as a DaemonSet: x',
    );
  });
});

describe('of a strategic merge patch', () => {
  test.each<[object, string]>([
    [{ spec: { minReadySeconds: '5' } }, 'unrecognized type: int32'],
    [inSpec({ hostNetwork: 'yes' }), 'unrecognized type: bool'],
    [inSpec({ nodeName: 5 }), 'cannot convert int64 to string'],
    [inSpec({ restartPolicy: 5 }), 'cannot convert int64 to v1.RestartPolicy'],
    [inSpec({ tolerations: 'x' }), 'cannot restore slice from string'],
    [{ metadata: { labels: [] } }, 'cannot restore map from slice'],
    [{ spec: { selector: 'x' } }, 'cannot restore struct from: string'],
    [rolling({ maxSurge: true }), 'json: cannot unmarshal bool into Go value of type int32'],
  ])('%j', (body, error) => {
    expect(errorOf(body, 'patch')).toBe(error);
  });

  test('a number that is too large overflows, as it does in Go', () => {
    const decoded = decodeObject('DaemonSet', mergePatch(daemonSet(), { spec: { minReadySeconds: 2 ** 31 } }), 'patch');
    expect(decoded).toMatchObject({ ok: true, object: { spec: { minReadySeconds: -(2 ** 31) } } });
  });
});

describe('an object that can be read', () => {
  test('comes back as the very same object', () => {
    const ds = daemonSet();
    expect(decodeObject('DaemonSet', ds)).toEqual({ ok: true, object: ds });
    const decoded = decodeObject('DaemonSet', ds);
    expect(decoded.ok && decoded.object).toBe(ds);
  });

  test('loses its nulls: a field is absent, an element of a list is what Go makes of nothing', () => {
    const taints = [null, { key: 'a', value: null, effect: 'NoSchedule' }];
    const decoded = decodeObject('Node', { ...node('n'), spec: { taints, unschedulable: null } });
    expect(decoded).toEqual({
      ok: true,
      object: {
        ...node('n'),
        spec: {
          taints: [
            { key: '', effect: '' },
            { key: 'a', effect: 'NoSchedule' },
          ],
        },
      },
    });
  });

  test('loses what Go leaves out: what is zero or empty, unless it is a pointer or always written', () => {
    const spec = {
      hostPID: false,
      hostUsers: false,
      dnsPolicy: '',
      tolerations: [],
      nodeSelector: {},
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [{ name: 'a', image: 'i', args: [], env: [{ name: 'E', value: '' }], ports: [{ containerPort: 0 }] }],
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
    expect(decodeObject('Pod', { ...pod, spec })).toEqual({
      ok: true,
      object: {
        ...pod,
        spec: {
          hostUsers: false,
          terminationGracePeriodSeconds: 0,
          volumes: [{ name: 'v', emptyDir: {} }],
          containers: [{ name: 'a', image: 'i', env: [{ name: 'E' }], ports: [{ containerPort: 0 }] }],
        },
      },
    });
  });

  test('keeps what we do not know', () => {
    const strange = { ...daemonSet(), extra: { a: null }, metadata: { name: 'x', managedFields: [{}] } };
    const decoded = decodeObject('DaemonSet', strange);
    expect(decoded.ok && decoded.object).toBe(strange);
  });

  test('always has metadata', () => {
    expect(decodeObject('Pod', { kind: 'Pod', metadata: null })).toEqual({
      ok: true,
      object: { kind: 'Pod', metadata: {} },
    });
  });
});
