/** Pod GC at its door: the order inside a round, its distance to the next one, and the two writes of a forced deletion. */
import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { podGc } from './podGc.ts';

const ROUND_MS = 20_000;

function start(settings: Readonly<Record<string, number>> = {}): House {
  const house = createHouse({ settings: { latencyPercent: 0, ...settings } });
  house.process(podGc.name, (ctx) => podGc.start(ctx));
  return house;
}

function addNode(house: House, name: string, isReady: boolean, taint?: string): void {
  const taints = taint === undefined ? [] : [{ key: taint, effect: 'NoExecute' as const }];
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'Unknown' }];
  house.ask({
    verb: 'create',
    object: { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { taints }, status: { conditions } },
  });
}

function podOn(house: House, name: string, nodeName: string): void {
  house.ask({ verb: 'create', object: testPod(name, { grace: 30 }) });
  house.ask({ verb: 'bind', key: `default/${name}`, nodeName });
}

/** A terminating pod that was never bound: only a finalizer keeps such a one. */
function unscheduled(house: House, name: string): void {
  const pod = testPod(name);
  const held: Pod = { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/hold'] } };
  house.ask({ verb: 'create', object: held });
  house.ask({ verb: 'delete', kind: 'Pod', key: `default/${name}` });
}

/** When pod GC first wrote to an object. */
function firstWriteAtMs(house: House, pod: string): number {
  const own = house.events().find(({ actor, object }) => actor === podGc.name && object === `pod/default/${pod}`);
  return own?.atMs ?? Number.NaN;
}

describe('G-1: a round', () => {
  test('does one part after the other: out of service, then orphans, then what was never bound', () => {
    const house = start();
    addNode(house, 'down', false, 'node.kubernetes.io/out-of-service');
    podOn(house, 'lost', 'gone');
    podOn(house, 'late', 'gone');
    // Beyond the 40 s of quarantine, and beyond two rounds.
    house.runFor(39_000);
    podOn(house, 'stuck', 'down');
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/stuck' });
    unscheduled(house, 'held');
    house.runFor(3 * ROUND_MS);
    const [stuck, late, lost, held] = ['stuck', 'late', 'lost', 'held'].map((name) => firstWriteAtMs(house, name));
    expect(stuck).toBeLessThan(late ?? 0);
    expect(late).toBeLessThan(lost ?? 0);
    expect(Number.isNaN(held)).toBe(false);
    expect(house.world.store.list('Pod').map(({ metadata }) => metadata.name)).toEqual(['held']);
  });

  test('begins 20 s after the last answer of the one before', () => {
    const house = start();
    addNode(house, 'down', false, 'node.kubernetes.io/out-of-service');
    podOn(house, 'stuck', 'down');
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/stuck' });
    const always = { numerator: 1, denominator: 1 };
    house.seams('refuse').api.fail({ client: podGc.name, verb: 'patch' }, 'InternalError', always);
    house.runFor(5 * ROUND_MS);
    const refused = house.events('api.failed').map(({ atMs }) => atMs);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    const distances = new Set(refused.slice(1).map((atMs, i) => atMs - (refused[i] ?? 0)));
    // One refused patch, there and back, lies between.
    expect(distances.size).toBe(1);
    const [distance = 0] = distances;
    expect(distance).toBeGreaterThan(ROUND_MS);
    expect(distance).toBeLessThan(ROUND_MS + 50);
  });
});

describe('G-6: a forced deletion', () => {
  test('is two writes: Failed with the reason, then the deletion without grace', () => {
    const house = start();
    podOn(house, 'lost', 'gone');
    house.runFor(100_000);
    const own = house.events().filter(({ actor, object }) => actor === podGc.name && object === 'pod/default/lost');
    expect(own.map(({ type }) => type)).toEqual(['pod.updated', 'pod.removed']);
    expect(own[0]?.patch).toContainEqual(['phase', 'Failed']);
    const last = house.changes.filter((change) => change.kind === 'Pod').at(-1);
    const before = last !== undefined && 'before' in last ? (last.before as Pod) : undefined;
    expect(before?.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
      }),
    );
  });

  test('an error of the first write leaves the pod to the next round', () => {
    const house = start();
    podOn(house, 'lost', 'gone');
    const lift = house
      .seams('refuse')
      .api.fail({ client: podGc.name, verb: 'patch' }, 'InternalError', { numerator: 1, denominator: 1 });
    house.runFor(100_000);
    expect(house.world.store.get('Pod', 'default/lost')?.status?.phase).toBe('Pending');
    lift();
    // The name waits its 40 s anew.
    house.runFor(40_000 + 2 * ROUND_MS + 1000);
    expect(house.world.store.get('Pod', 'default/lost')).toBeUndefined();
  });
});

describe('G-2: finished pods beyond the threshold', () => {
  test.each([
    [2, ['c', 'd']],
    [4, ['a', 'b', 'c', 'd']],
    [0, ['a', 'b', 'c', 'd']],
  ])('a threshold of %i leaves %j of four', (terminatedPodGcThreshold, left) => {
    const house = start({ terminatedPodGcThreshold });
    addNode(house, 'n', true);
    for (const name of ['a', 'b', 'c', 'd']) {
      podOn(house, name, 'n');
      const patch = { type: 'strategic', body: { status: { phase: 'Succeeded' } } } as const;
      house.ask({ verb: 'patch', kind: 'Pod', key: `default/${name}`, patch, subresource: 'status' });
      house.runFor(1000);
    }
    house.runFor(2 * ROUND_MS);
    expect(house.world.store.list('Pod').map(({ metadata }) => metadata.name)).toEqual(left);
  });
});
