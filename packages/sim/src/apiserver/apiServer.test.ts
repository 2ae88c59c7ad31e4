/** The API server, asked as a user asks it: through a client, with all that an answer and a store then show. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { SAFE_ALPHABET } from '@everynode/core/daemonset/templateHash';
import { rngFor } from '../engine/rng.ts';
import { createHouse, type House, objectIn, objectOf, testPod } from '../cluster/testHouse.ts';

const DS: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'main', image: 'agent:v1' }] } },
  },
};

function boundPod(house: House, name: string, grace = 30): Pod {
  house.ask({ verb: 'create', object: testPod(name, { grace }) });
  return objectOf('Pod', house.ask({ verb: 'bind', key: `default/${name}`, nodeName: 'n1' }));
}

describe('versions and writes', () => {
  test('every write takes the next revision, and a removal too (A-1)', () => {
    const house = createHouse();
    const first = objectIn(house.ask({ verb: 'create', object: testPod('a') }));
    const second = objectIn(house.ask({ verb: 'create', object: testPod('b') }));
    const removed = objectIn(house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' }));
    expect([first, second, removed].map((each) => each.metadata.resourceVersion)).toEqual(['1', '2', '3']);
    expect(house.world.store.revision).toBe(3);
  });

  test('an update that changes nothing is not written (A-2)', () => {
    const house = createHouse();
    const created = objectIn(house.ask({ verb: 'create', object: testPod('a') }));
    const again = objectIn(house.ask({ verb: 'update', object: { ...created } }));
    expect(again.metadata.resourceVersion).toBe('1');
    expect(house.events('pod.updated')).toEqual([]);
  });

  test('an update of an old version is a conflict in the server’s words (A-3)', () => {
    const house = createHouse();
    const created = objectOf('Pod', house.ask({ verb: 'create', object: testPod('a') }));
    const labelled = (value: string): Pod => ({ ...created, metadata: { ...created.metadata, labels: { value } } });
    expect(house.ask({ verb: 'update', object: labelled('x') }).ok).toBe(true);
    expect(house.ask({ verb: 'update', object: labelled('y') })).toMatchObject({
      reason: 'Conflict',
      code: 409,
      message:
        'Operation cannot be fulfilled on pods "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(house.events('api.failed')).toMatchObject([
      { object: 'pod/default/a', data: { verb: 'update', reason: 'Conflict' } },
    ]);
  });

  test('a status write keeps the spec, and a write of the main resource keeps the status (A-5)', () => {
    const house = createHouse();
    const pod = boundPod(house, 'a');
    const running = {
      ...pod,
      spec: { ...pod.spec, nodeName: 'elsewhere' },
      status: { ...pod.status, phase: 'Running' as const },
    };
    const afterStatus = objectOf('Pod', house.ask({ verb: 'updateStatus', object: running }));
    expect([afterStatus.spec.nodeName, afterStatus.status?.phase, afterStatus.status?.qosClass]).toEqual([
      'n1',
      'Running',
      'BestEffort',
    ]);
    const afterSpec = objectOf(
      'Pod',
      house.ask({ verb: 'update', object: { ...afterStatus, status: { phase: 'Failed' } } }),
    );
    expect(afterSpec.status?.phase).toBe('Running');
  });

  test('a patch body with an old resourceVersion is a conflict, one without is applied', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: testPod('a') });
    const patch = (body: Record<string, unknown>) =>
      house.ask({ verb: 'patch', kind: 'Pod', key: 'default/a', patch: { type: 'merge', body } });
    expect(patch({ metadata: { labels: { x: '1' } } }).ok).toBe(true);
    expect(patch({ metadata: { resourceVersion: '1', labels: { x: '2' } } })).toMatchObject({ reason: 'Conflict' });
    expect(patch({ metadata: { uid: 'another', labels: { x: '3' } } })).toMatchObject({ reason: 'Conflict' });
  });

  test('generated names have five letters, differ, and are at most 63 long (A-8)', () => {
    const house = createHouse();
    const base = 'x'.repeat(70);
    const names = [1, 2, 3].map(() => {
      const object = { ...testPod(''), metadata: { name: '', generateName: base, namespace: 'default' } };
      return objectIn(house.ask({ verb: 'create', object })).metadata.name;
    });
    expect(names.every((name) => /^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(3);
  });

  test.each([
    ['1.31', 8, true, 'pods "a-%s" already exists'],
    ['1.31', 7, false, ''],
    ['1.30', 1, true, 'pods "a-%s" already exists, the server was not able to generate a unique name for the object'],
  ])(
    'A-8: in %s a generated name that clashes %i times in a row is taken: %s',
    (version, clashes, isTaken, message) => {
      const house = createHouse({ kubernetesVersion: version });
      const drawn = rngFor('7', 'apiserver/names');
      const letters = (): string =>
        Array.from({ length: 5 }, () => SAFE_ALPHABET[drawn.below(SAFE_ALPHABET.length)]).join('');
      const taken = Array.from({ length: clashes }, letters);
      for (const each of taken) house.ask({ verb: 'create', object: testPod(`a-${each}`) });
      const object = { ...testPod(''), metadata: { name: '', generateName: 'a-', namespace: 'default' } };
      const result = house.ask({ verb: 'create', object });
      expect(result.ok).toBe(!isTaken);
      const said = message.replace('%s', taken.at(-1) ?? '');
      if (!result.ok) expect([result.reason, result.message]).toEqual(['AlreadyExists', said]);
    },
  );

  test('a name that is taken is refused, also by something that is being deleted (A-7)', () => {
    const house = createHouse();
    boundPod(house, 'a');
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    expect(house.ask({ verb: 'create', object: testPod('a') })).toMatchObject({
      reason: 'AlreadyExists',
      message: 'pods "a" already exists',
    });
  });

  test('uids are version 4 UUIDs and times have whole seconds (A-6, A-7)', () => {
    const house = createHouse();
    house.runFor(1_999);
    const { metadata } = objectIn(house.ask({ verb: 'create', object: testPod('a') }));
    expect(metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(metadata.creationTimestamp).toBe('2026-01-01T00:00:02Z');
  });
});

describe('deletion', () => {
  test('a bound pod gets its grace, and only a delete with grace 0 ends it (A-10)', () => {
    const house = createHouse();
    boundPod(house, 'a', 30);
    const marked = objectIn(house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' }));
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    expect(house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' })).toMatchObject({ ok: true });
    expect(house.world.store.get('Pod', 'default/a')).toBe(marked);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 });
    expect(house.world.store.get('Pod', 'default/a')).toBeUndefined();
    expect(
      house
        .events()
        .filter((each) => each.object === 'pod/default/a')
        .map((each) => each.type),
    ).toEqual(['pod.created', 'pod.updated', 'pod.deleting', 'pod.removed']);
  });

  test('a second delete may shorten the grace, counted from the first, and never lengthen it (A-11)', () => {
    const house = createHouse();
    boundPod(house, 'a', 60);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    house.runFor(5_000);
    const longer = objectIn(house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 90 }));
    expect(longer.metadata.deletionTimestamp).toBe('2026-01-01T00:01:00Z');
    const shorter = objectIn(house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 20 }));
    expect(shorter.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:20Z',
      deletionGracePeriodSeconds: 20,
      generation: 2,
    });
  });

  test('A-11, C-3: the last delete of a pod with finalizers does not move its mark later, it counts from the first', () => {
    const house = createHouse();
    boundPod(house, 'a', 10);
    const patch = { type: 'merge', body: { metadata: { finalizers: ['a/b'] } } } as const;
    house.ask({ verb: 'patch', kind: 'Pod', key: 'default/a', patch });
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    house.runFor(40_000);
    const last = objectIn(house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 }));
    expect(last.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
  });

  test.each([
    ['unbound', (house: House) => house.ask({ verb: 'create', object: testPod('a', { grace: 30 }) })],
    [
      'finished',
      (house: House) => {
        const pod = boundPod(house, 'a');
        house.ask({ verb: 'updateStatus', object: { ...pod, status: { ...pod.status, phase: 'Failed' } } });
      },
    ],
  ])('a pod that is %s goes at once', (_what, prepare) => {
    const house = createHouse();
    prepare(house);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    expect(house.world.store.get('Pod', 'default/a')).toBeUndefined();
  });

  test('an object with finalizers stays until the write that empties them (A-10, A-12)', () => {
    const house = createHouse();
    const pod = testPod('a');
    house.ask({ verb: 'create', object: { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/wait'] } } });
    const marked = objectOf('Pod', house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' }));
    expect(marked.metadata.deletionGracePeriodSeconds).toBe(0);
    house.ask({ verb: 'update', object: { ...marked, metadata: { ...marked.metadata, finalizers: [] } } });
    expect(house.world.store.get('Pod', 'default/a')).toBeUndefined();
  });

  test.each([
    [{ uid: 'other' }, 'the UID in the precondition (other) does not match the UID in record'],
    [
      { resourceVersion: '99' },
      'the ResourceVersion in the precondition (99) does not match the ResourceVersion in record (1)',
    ],
  ])('a precondition %j that does not hold is a conflict (A-13)', (preconditions, message) => {
    const house = createHouse();
    house.ask({ verb: 'create', object: testPod('a') });
    const result = house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', preconditions });
    expect(result).toMatchObject({ reason: 'Conflict', message: expect.stringContaining(message) });
    expect(house.world.store.get('Pod', 'default/a')).toBeDefined();
  });

  test('foreground deletion leaves the owner visible, background takes it at once (DS-D2)', () => {
    const house = createHouse();
    const key = 'kube-system/agent';
    house.ask({ verb: 'create', object: DS });
    const marked = objectIn(house.ask({ verb: 'delete', kind: 'DaemonSet', key, propagation: 'Foreground' }));
    expect(marked.metadata).toMatchObject({
      finalizers: ['foregroundDeletion'],
      deletionTimestamp: expect.any(String),
    });
    const done = { ...marked, metadata: { ...marked.metadata, finalizers: [] } } as DaemonSet;
    house.ask({ verb: 'update', object: done });
    expect(house.world.store.get('DaemonSet', key)).toBeUndefined();
    house.ask({ verb: 'create', object: DS });
    house.ask({ verb: 'delete', kind: 'DaemonSet', key, propagation: 'Background' });
    expect(house.world.store.get('DaemonSet', key)).toBeUndefined();
  });

  test('an eviction says why before it deletes (D-3)', () => {
    const house = createHouse();
    boundPod(house, 'a');
    const evicted = objectOf('Pod', house.ask({ verb: 'evict', key: 'default/a' }));
    expect(evicted.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(evicted.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }),
    );
  });
});

describe('binding (A-31)', () => {
  test('binds once: node and condition in one write, a second bind conflicts', () => {
    const house = createHouse();
    const pod = boundPod(house, 'a');
    expect([pod.spec.nodeName, pod.status?.conditions?.[0]?.type, pod.metadata.resourceVersion]).toEqual([
      'n1',
      'PodScheduled',
      '2',
    ]);
    expect(house.ask({ verb: 'bind', key: 'default/a', nodeName: 'n2' })).toMatchObject({
      reason: 'Conflict',
      message: 'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"',
    });
  });
});

describe('admission', () => {
  test('a pod gets its priority and tolerates lost nodes for 300 s (A-28)', () => {
    const house = createHouse();
    const pod = testPod('a');
    const critical = { ...pod, spec: { ...pod.spec, priorityClassName: 'system-node-critical' } };
    const { spec } = objectOf('Pod', house.ask({ verb: 'create', object: critical }));
    expect(spec.priority).toBe(2_000_001_000);
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ]);
  });

  test('an unknown priority class is forbidden (A-28)', () => {
    const house = createHouse();
    const pod = testPod('a');
    const result = house.ask({ verb: 'create', object: { ...pod, spec: { ...pod.spec, priorityClassName: 'gold' } } });
    expect(result).toMatchObject({ code: 403, message: 'no PriorityClass with name gold was found' });
  });

  test('a new node starts with not-ready:NoSchedule, once (A-29)', () => {
    const house = createHouse();
    const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };
    const created = objectOf('Node', house.ask({ verb: 'create', object: node }));
    expect(created.spec?.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
    const again = { ...node, metadata: { name: 'n2' }, spec: { taints: created.spec?.taints ?? [] } };
    expect(objectOf('Node', house.ask({ verb: 'create', object: again })).spec?.taints).toHaveLength(1);
  });

  test('a DaemonSet gets its defaults, and its status is wiped (DS-V1, DS-V3)', () => {
    const house = createHouse();
    const status = { desiredNumberScheduled: 9, currentNumberScheduled: 9, numberMisscheduled: 9, numberReady: 9 };
    const created = objectOf('DaemonSet', house.ask({ verb: 'create', object: { ...DS, status } }));
    expect(created.spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
    expect(created.status).toBeUndefined();
    expect(created.metadata).toMatchObject({
      generation: 1,
      annotations: { 'deprecated.daemonset.template.generation': '1' },
    });
  });

  test('generations count: of the object any change of spec, of the template its own alone (DS-V4)', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: DS });
    const change = (body: Record<string, unknown>): unknown[] => {
      const request = {
        verb: 'patch',
        kind: 'DaemonSet',
        key: 'kube-system/agent',
        patch: { type: 'strategic', body },
      } as const;
      const { metadata } = objectIn(house.ask(request));
      return [metadata.generation, metadata.annotations?.['deprecated.daemonset.template.generation']];
    };
    expect(change({ metadata: { labels: { team: 'a' } } })).toEqual([1, '1']);
    expect(change({ spec: { minReadySeconds: 5 } })).toEqual([2, '1']);
    expect(change({ spec: { template: { spec: { containers: [{ name: 'main', image: 'agent:v2' }] } } } })).toEqual([
      3,
      '2',
    ]);
  });

  test('a template generation that comes with a new DaemonSet is kept, if it is a number from 1 on (DS-V3)', () => {
    const annotation = (value: string): unknown => {
      const metadata = { ...DS.metadata, annotations: { 'deprecated.daemonset.template.generation': value } };
      const created = objectOf('DaemonSet', createHouse().ask({ verb: 'create', object: { ...DS, metadata } }));
      return created.metadata.annotations?.['deprecated.daemonset.template.generation'];
    };
    expect([annotation('5'), annotation('0'), annotation('-3')]).toEqual(['5', '1', '1']);
  });

  test('applying the same manifest again changes nothing, although it lacks the defaults', () => {
    const house = createHouse();
    const created = objectOf('DaemonSet', house.ask({ verb: 'create', object: DS }));
    const { annotations } = created.metadata;
    const again = { ...DS, metadata: { ...DS.metadata, ...(annotations && { annotations }) } };
    expect(objectIn(house.ask({ verb: 'update', object: again })).metadata.resourceVersion).toBe('1');
  });

  test('writing out what Go leaves out changes nothing: no generation, no rollout', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: DS });
    const body = { spec: { minReadySeconds: 0, template: { spec: { hostPID: false, tolerations: [] } } } };
    const patch = { type: 'merge', body } as const;
    const after = house.ask({ verb: 'patch', kind: 'DaemonSet', key: 'kube-system/agent', patch });
    expect(objectIn(after).metadata).toMatchObject({ generation: 1, resourceVersion: '1' });
  });

  test('a DaemonSet that breaks a rule is refused with the server’s sentence (422)', () => {
    const house = createHouse();
    const wrong = { ...DS, spec: { ...DS.spec, selector: { matchLabels: { app: 'other' } } } };
    expect(house.ask({ verb: 'create', object: wrong })).toMatchObject({
      code: 422,
      message: expect.stringMatching(
        /^DaemonSet\.apps "agent" is invalid: spec\.template\.metadata\.labels: Invalid value: .*selector/,
      ),
    });
  });
});
