/** Requests that the server refuses before anything is stored, each in its own words. */
import type { ControllerRevision, DaemonSet } from '@everynode/core/api/daemonSet';
import type { ApiFailure, ApiResult, PatchBody } from '@everynode/core/api/requests';
import { describe, expect, test } from 'vitest';
import { agent } from '../cluster/testCluster.ts';
import { createHouse, type House, objectOf, testPod } from '../cluster/testHouse.ts';

const KEY = 'kube-system/agent';

function withAgent(): House {
  const house = createHouse();
  expect(house.ask({ verb: 'create', object: agent() })).toMatchObject({ ok: true });
  return house;
}

function refusal(result: ApiResult): readonly [number, string] {
  expect(result.ok).toBe(false);
  const { code, message } = result as ApiFailure;
  return [code, message];
}

describe('bodies that cannot be read', () => {
  test('a create is a bad request that names the field, its struct and its type', () => {
    const object = agent({ minReadySeconds: 999_999_999_999 });
    expect(refusal(createHouse().ask({ verb: 'create', object }))).toEqual([
      400,
      'DaemonSet in version "v1" cannot be handled as a DaemonSet: json: cannot unmarshal number 999999999999 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32',
    ]);
  });

  test.each<[PatchBody['type'], string]>([
    ['strategic', ' "" is invalid: patch: Invalid value: "map[spec:map[minReadySeconds:x]]": unrecognized type: int32'],
    ['merge', 'json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32'],
  ])('a %s patch is invalid, and is quoted', (type, text) => {
    const patch = { type, body: { spec: { minReadySeconds: 'x' } } };
    const [code, message] = refusal(withAgent().ask({ verb: 'patch', kind: 'DaemonSet', key: KEY, patch }));
    expect([code, message.startsWith(' "" is invalid: patch: Invalid value: "'), message.endsWith(text)]).toEqual([
      422,
      true,
      true,
    ]);
  });

  test('a body of another version, or of a kind that is not served', () => {
    const house = createHouse();
    const beta = { ...agent(), apiVersion: 'apps/v1beta2' } as unknown as DaemonSet;
    expect(refusal(house.ask({ verb: 'create', object: beta }))).toEqual([
      400,
      'the API version in the data (apps/v1beta2) does not match the expected API version (apps/v1)',
    ]);
    const job = { ...agent(), kind: 'Job' } as unknown as DaemonSet;
    expect(refusal(house.ask({ verb: 'create', object: job }))).toEqual([
      404,
      'the server could not find the requested resource',
    ]);
  });
});

describe('a patch that would move an object', () => {
  test.each<[object, string]>([
    [{ metadata: { name: 'other' } }, 'the name of the object (other) does not match the name on the URL (agent)'],
    [
      { metadata: { name: null } },
      'the name of the object (agent based on URL) was undeterminable: name must be provided',
    ],
    [
      { metadata: { namespace: 'default' } },
      'the namespace of the object (default) does not match the namespace on the URL (kube-system)',
    ],
    [{ kind: 'Pod' }, 'the object provided is unrecognized (must be of type DaemonSet)'],
  ])('%j', (body, message) => {
    const patch = { type: 'merge', body: body as Readonly<Record<string, unknown>> } as const;
    const house = withAgent();
    expect(refusal(house.ask({ verb: 'patch', kind: 'DaemonSet', key: KEY, patch }))).toEqual([400, message]);
    expect(house.world.store.list('DaemonSet')).toHaveLength(1);
  });
});

describe('a status that somebody else writes', () => {
  test('DS-V23: numbers below nothing, and collisions that are forgotten, are refused; the stored status stays', () => {
    const house = withAgent();
    const write = (status: object): ApiResult =>
      house.ask({
        verb: 'patch',
        kind: 'DaemonSet',
        key: KEY,
        subresource: 'status',
        patch: { type: 'merge', body: { status } },
      });
    expect(write({ collisionCount: 2 })).toMatchObject({ ok: true });
    expect(refusal(write({ numberReady: -1, collisionCount: 1 }))).toEqual([
      422,
      'DaemonSet.apps "agent" is invalid: [status.numberReady: Invalid value: -1: must be greater than or equal to 0, status.collisionCount: Invalid value: 1: cannot be decremented]',
    ]);
    expect(house.world.store.get('DaemonSet', KEY)?.status).toMatchObject({ collisionCount: 2, numberReady: 0 });
  });

  test('a kind without a status of its own has no such resource', () => {
    const house = createHouse();
    const object: ControllerRevision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'r', namespace: 'default' },
      revision: 1,
      data: { spec: { template: agent().spec.template } },
    };
    expect(house.ask({ verb: 'create', object })).toMatchObject({ ok: true });
    expect(refusal(house.ask({ verb: 'updateStatus', object }))[0]).toBe(404);
  });
});

test('DS-H13: the data of a revision is what it is, its number may change', () => {
  const house = createHouse();
  const revision = (fields: object): ControllerRevision => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: 'r', namespace: 'default' },
    revision: 1,
    data: { spec: { template: agent().spec.template } },
    ...fields,
  });
  expect(refusal(house.ask({ verb: 'create', object: revision({ data: undefined, revision: -1 }) }))).toEqual([
    422,
    'ControllerRevision.apps "r" is invalid: [data: Required value: data is mandatory, revision: Invalid value: -1: must be greater than or equal to 0]',
  ]);
  expect(house.ask({ verb: 'create', object: revision({}) })).toMatchObject({ ok: true });
  expect(house.ask({ verb: 'update', object: revision({ revision: 7 }) })).toMatchObject({ ok: true });
  const [code, message] = refusal(house.ask({ verb: 'update', object: revision({ revision: 7, data: {} }) }));
  expect([code, message]).toEqual([
    422,
    'ControllerRevision.apps "r" is invalid: data: Invalid value: {}: field is immutable',
  ]);
});

describe('a pod', () => {
  const change = (spec: object): ApiResult => {
    const house = createHouse();
    const pod = testPod('a', { nodeName: 'n', grace: 30 });
    const created = objectOf(
      'Pod',
      house.ask({ verb: 'create', object: { ...pod, spec: { ...pod.spec, activeDeadlineSeconds: 60 } } }),
    );
    return house.ask({ verb: 'update', object: { ...created, spec: { ...created.spec, ...spec } } });
  };

  test.each<[object, string]>([
    [{ nodeName: 'other' }, 'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`'],
    [{ containers: [] }, 'spec.containers: Forbidden: pod updates may not add or remove containers'],
    [
      { activeDeadlineSeconds: 61 },
      'spec.activeDeadlineSeconds: Invalid value: 61: must be less than or equal to previous value',
    ],
    [
      { tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
  ])('does not change %j', (spec, text) => {
    const [code, message] = refusal(change(spec));
    expect([code, message.includes(text)]).toEqual([422, true]);
  });

  test.each([
    { containers: [{ name: 'main', image: 'agent:v2' }] },
    { activeDeadlineSeconds: 5 },
    { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] },
  ])('may change %j', (spec) => {
    expect(change(spec)).toMatchObject({ ok: true });
  });

  test('counts the changes of its spec from 1.34 on (A-4)', () => {
    const generation = (kubernetesVersion: string): number | undefined => {
      const house = createHouse({ kubernetesVersion });
      return objectOf('Pod', house.ask({ verb: 'create', object: testPod('a') })).metadata.generation;
    };
    expect([generation('1.33'), generation('1.34')]).toEqual([undefined, 1]);
  });
});
