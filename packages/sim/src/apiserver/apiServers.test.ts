/** Several API servers whose watch caches lag: what a client sees of them, to the millisecond. */
import { keyOf } from '@everynode/core/api/meta';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import type { Informer } from '../components/component.ts';

/** Commit to watcher, without spread and without lag. */
const WATCH_MS = 5;

/** Two servers, the second behind by `lagMs`, and a process that watches pods through that one. */
function lagging(
  lagMs: number,
  kubernetesVersion = '1.34',
): {
  readonly house: House;
  readonly told: string[];
  readonly informer: () => Informer<'Pod'>;
  readonly name: string;
} {
  const settings = { latencyPercent: 0, apiServers: 2, watchCacheLag: lagMs };
  const house = createHouse({ settings, kubernetesVersion });
  const name = [...Array(20).keys()].map((each) => `watcher-${each}`).find((each) => isSlow(house, each)) ?? '';
  const told: string[] = [];
  const current: { informer?: Informer<'Pod'> } = {};
  const tell = (mark: string) => (pod: { readonly metadata: { readonly name: string } }) =>
    void told.push(`${house.world.engine.nowMs} ${mark}${pod.metadata.name}`);
  house.process(name, (ctx) => {
    // Its server is drawn at each start; the test wants the slow one.
    while (house.world.servers.lagMs(name) === 0) house.world.servers.connect(name);
    current.informer = ctx.watch('Pod', {
      added: tell('+'),
      updated: (_before, pod) => tell('~')(pod),
      deleted: tell('-'),
      synced: () => void told.push('synced'),
    });
  });
  return { house, told, informer: () => current.informer as Informer<'Pod'>, name };
}

function lastWriteAtMs({ world }: House): number {
  return world.store.writtenAtMs('Pod', world.store.revision);
}

function isSlow({ world }: House, name: string): boolean {
  world.servers.connect(name);
  return world.servers.lagMs(name) > 0;
}

describe('A-24: behind a server that lags', () => {
  test('an event comes by its lag later, and not a millisecond sooner', () => {
    const { house, told } = lagging(2000);
    house.runFor(100);
    house.ask({ verb: 'create', object: testPod('a') });
    const writtenAtMs =
      house.changes.at(-1) === undefined ? 0 : house.world.store.writtenAtMs('Pod', house.world.store.revision);
    house.world.engine.runUntil(writtenAtMs + WATCH_MS + 1999);
    expect(told).toEqual(['synced']);
    house.world.engine.runUntil(writtenAtMs + WATCH_MS + 2000);
    expect(told).toEqual(['synced', `${writtenAtMs + WATCH_MS + 2000} +a`]);
  });

  test('I-1: a first list is as old as the cache, and the watch brings what is missing when the cache has it', () => {
    const { house, told, name } = lagging(2000);
    house.runFor(100);
    house.ask({ verb: 'create', object: testPod('a') });
    const writtenAtMs = lastWriteAtMs(house);
    house.runFor(1000);
    house.seams('crash').process.crash(name)();
    house.world.engine.runUntil(writtenAtMs + 2000 + WATCH_MS - 1);
    expect(told).toEqual(['synced', 'synced']);
    house.world.engine.runUntil(writtenAtMs + 2000 + WATCH_MS);
    expect(told.at(-1)).toBe(`${writtenAtMs + 2000 + WATCH_MS} +a`);
  });

  test('I-1: from 1.35 on the first list waits until the cache has come as far as the store', () => {
    const { house, told, name } = lagging(2000, '1.35');
    house.runFor(2500);
    house.ask({ verb: 'create', object: testPod('a') });
    const writtenAtMs = lastWriteAtMs(house);
    house.seams('crash').process.crash(name)();
    told.length = 0;
    house.world.engine.runUntil(writtenAtMs + 2000);
    expect(told).toEqual([]);
    // And the way back.
    house.world.engine.runUntil(writtenAtMs + 2000 + 2);
    expect(told).toEqual([`${writtenAtMs + 2002} +a`, 'synced']);
  });

  test('I-3: a relist waits until the cache has come as far as the client, three seconds at most', () => {
    const { house, informer } = lagging(2000);
    house.runFor(100);
    house.ask({ verb: 'create', object: testPod('a') });
    house.runFor(3000);
    expect(informer().list().map(keyOf)).toEqual(['default/a']);
    // By another way the client has heard of what its server has not: it never goes back behind that.
    const lift = house.seams('old').watch.serveOld({ kind: 'Pod' }, 4500);
    const cutAtMs = house.world.engine.nowMs;
    house.seams('cut').watch.cut({ kind: 'Pod' });
    const listedAtMs = lastWriteAtMs(house) + 4500;
    house.world.engine.runUntil(listedAtMs - 1);
    expect(house.world.bites.of('old')).toBe(1);
    expect(listedAtMs - cutAtMs).toBeLessThan(3000);
    house.runFor(100);
    expect(informer().list().map(keyOf)).toEqual(['default/a']);
    lift();
  });

  test('I-3: after eleven refusals of three seconds each, a second apart, the store is asked instead', () => {
    const { house, told, informer } = lagging(1);
    house.runFor(100);
    house.ask({ verb: 'create', object: testPod('a') });
    house.runFor(1000);
    house.seams('old').watch.serveOld({ kind: 'Pod' }, 70_000);
    house.ask({ verb: 'create', object: testPod('b') });
    house.runFor(100);
    const cutAtMs = house.world.engine.nowMs;
    house.seams('cut').watch.cut({ kind: 'Pod' });
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/b' });
    // Each try: 4 ms on its way, 3 s at the server; ten pauses of a second.
    house.world.engine.runUntil(cutAtMs + 11 * 3004 + 10 * 1000 - 1);
    expect(told.at(-1)).toMatch(/ \+b$/);
    house.runFor(10);
    expect(told.at(-1)).toMatch(/ -b$/);
    expect(informer().list().map(keyOf)).toEqual(['default/a']);
  });

  test('its words name both versions', () => {
    const { house } = lagging(1);
    house.ask({ verb: 'create', object: testPod('a') });
    house.seams('old').watch.serveOld({ kind: 'Pod' }, 70_000);
    const request = { verb: 'list', kind: 'Pod', cached: true, atLeast: house.world.store.revision } as const;
    expect(house.ask(request)).toMatchObject({
      ok: false,
      reason: 'Timeout',
      message: 'Too large resource version: 1, current: 0',
      retryAfterSeconds: 1,
    });
  });
});

test('A-24: with one server, or with caches that keep up, nothing is drawn and nothing lags', () => {
  for (const settings of [{ apiServers: 3 }, { watchCacheLag: 5000 }]) {
    const { world } = createHouse({ settings });
    world.servers.connect('watcher');
    expect([world.servers.haveLag, world.servers.lagMs('watcher')]).toEqual([false, 0]);
  }
});

test('A-24: lags lie evenly between that of the first server, which has none, and that of the slowest', () => {
  const { world } = createHouse({ settings: { apiServers: 3, watchCacheLag: 1000 } });
  const lags = new Set<number>();
  for (let i = 0; i < 50; i += 1) {
    world.servers.connect('watcher');
    lags.add(world.servers.lagMs('watcher'));
  }
  expect([...lags].sort((a, b) => a - b)).toEqual([0, 500, 1000]);
});
