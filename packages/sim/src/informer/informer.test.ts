/** A process's picture against the store: never lost, never reordered, and equal in the end, whatever happens on the way. */
import type { Pod } from '@everynode/core/api/pod';
import { keyOf } from '@everynode/core/api/meta';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import type { Informer } from '../components/component.ts';
import type { Lift } from '../seams/seams.ts';

/** A cut of a watch is a bite of its step too. */
const CUTS = 1;

interface Watching {
  informer(): Informer<'Pod'>;
  /** What the handlers of the running incarnation have been told. */
  readonly told: string[];
}

function watchPods(house: House, options: { nodeName?: string } = {}): Watching {
  const told: string[] = [];
  const current: { informer?: Informer<'Pod'> } = {};
  const revision = (pod: Pod): string => pod.metadata.resourceVersion ?? '';
  house.process('watcher', (ctx) => {
    told.length = 0;
    current.informer = ctx.watch(
      'Pod',
      {
        added: (pod) => void told.push(`+${keyOf(pod)}@${revision(pod)}`),
        updated: (before, after) => void told.push(`~${keyOf(after)}@${revision(before)}→${revision(after)}`),
        deleted: (pod) => void told.push(`-${keyOf(pod)}@${revision(pod)}`),
        synced: () => void told.push('synced'),
      },
      options,
    );
  });
  return { informer: () => current.informer as Informer<'Pod'>, told };
}

function label(house: House, name: string, value: string): void {
  const body = { metadata: { labels: { value } } };
  house.ask({ verb: 'patch', kind: 'Pod', key: `default/${name}`, patch: { type: 'merge', body } });
}

describe('Informer', () => {
  test('lists first, tells that it is in sync, and then follows every change', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: testPod('b') });
    house.ask({ verb: 'create', object: testPod('a') });
    const { informer, told } = watchPods(house);
    expect(informer().hasSynced).toBe(false);
    house.runFor(100);
    label(house, 'a', '1');
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/b' });
    house.runFor(100);
    expect(told).toEqual(['+default/a@2', '+default/b@1', 'synced', '~default/a@2→3', '-default/b@4']);
    expect([informer().list().map(keyOf), informer().lastRevision]).toEqual([['default/a'], 4]);
  });

  test('a watch of one node’s pods sees a pod when it is bound, as a new one (A-20)', () => {
    const house = createHouse();
    const { informer, told } = watchPods(house, { nodeName: 'n1' });
    house.runFor(100);
    house.ask({ verb: 'create', object: testPod('a') });
    house.ask({ verb: 'create', object: testPod('b') });
    house.ask({ verb: 'bind', key: 'default/a', nodeName: 'n1' });
    house.ask({ verb: 'bind', key: 'default/b', nodeName: 'n2' });
    house.runFor(100);
    expect(told).toEqual(['synced', '+default/a@3']);
    expect(informer().byNode('n1').map(keyOf)).toEqual(['default/a']);
  });

  test('after a broken watch it lists again: identical objects as updates, missing ones as deleted (I-4)', () => {
    const house = createHouse();
    for (const name of ['a', 'b']) house.ask({ verb: 'create', object: testPod(name) });
    const { told } = watchPods(house);
    house.runFor(100);
    const seams = house.seams('lag');
    const lift = seams.watch.delay({ client: 'watcher' }, { fixed: 10_000 });
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    seams.watch.cut({ client: 'watcher' });
    lift();
    house.runFor(100);
    expect(told.slice(3)).toEqual(['~default/b@2→2', '-default/a@1']);
    expect(house.world.bites.of('lag')).toBe(2);
  });

  test('lag holds events back and keeps their order, also after it is lifted', () => {
    const house = createHouse();
    const { informer, told } = watchPods(house);
    house.runFor(100);
    const lift = house.seams('lag').watch.delay({ client: 'watcher', kind: 'Pod' }, { fixed: 8_000 });
    house.ask({ verb: 'create', object: testPod('a') });
    lift();
    label(house, 'a', '1');
    house.runFor(7_900);
    expect(informer().list()).toEqual([]);
    house.runFor(200);
    expect(told).toEqual(['synced', '+default/a@1', '~default/a@1→2']);
  });

  test('a new incarnation starts from an empty picture', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: testPod('a') });
    const { informer, told } = watchPods(house);
    house.runFor(100);
    const lift = house.seams('crash').process.crash('watcher');
    label(house, 'a', '1');
    lift();
    expect(informer().list()).toEqual([]);
    house.runFor(100);
    expect(told).toEqual(['+default/a@2', 'synced']);
  });

  test('a list from a lagging cache starts in the past, and the watch catches up from there (A-19, L-4)', () => {
    const house = createHouse({ kubernetesVersion: '1.34' });
    for (const name of ['a', 'b']) house.ask({ verb: 'create', object: testPod(name) });
    house.runFor(20_000);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    house.ask({ verb: 'create', object: testPod('c') });
    const seams = house.seams('old');
    const lift = seams.watch.serveOld({ client: 'watcher' }, 10_000);
    const liftLag = house.seams('lag').watch.delay({ client: 'watcher' }, { fixed: 1_000 });
    const { informer, told } = watchPods(house);
    house.runFor(500);
    expect(informer().list().map(keyOf)).toEqual(['default/a', 'default/b']);
    house.runFor(2_000);
    expect(told).toEqual(['+default/a@1', '+default/b@2', 'synced', '-default/a@3', '+default/c@4']);
    expect(house.world.bites.of('old')).toBe(1);
    lift();
    liftLag();
    house.seams('x').process.crash('watcher')();
    house.runFor(100);
    expect(informer().list().map(keyOf)).toEqual(['default/b', 'default/c']);
  });

  test('a list that fails is tried again, later each time (I-2)', () => {
    const house = createHouse();
    const lift = house
      .seams('errors')
      .api.fail({ client: 'watcher', verb: 'list' }, 'InternalError', { numerator: 1, denominator: 1 });
    const { informer } = watchPods(house);
    house.runFor(60_000);
    expect(house.world.bites.of('errors')).toBeLessThan(8);
    expect(house.world.bites.of('errors')).toBeGreaterThan(3);
    lift();
    house.runFor(61_000);
    expect(informer().hasSynced).toBe(true);
  });

  test('I-2: a list that works forgets no failures, two quiet minutes do', () => {
    const house = createHouse();
    const odds = { numerator: 1, denominator: 1 };
    const failLists = (step: string): Lift =>
      house.seams(step).api.fail({ client: 'watcher', verb: 'list' }, 'InternalError', odds);
    const lift = failLists('first');
    const { informer } = watchPods(house);
    house.runFor(15_000);
    lift();
    while (!informer().hasSynced) house.runFor(10);
    /** How many lists fail in the first two seconds after a cut, when a fresh backoff begins with 0.8 to 1.6 s. */
    const failuresAfterCut = (step: string): number => {
      const liftAgain = failLists(step);
      house.seams(step).watch.cut({ client: 'watcher' });
      house.runFor(2000);
      liftAgain();
      house.runFor(125_000);
      return house.world.bites.of(step) - CUTS;
    };
    expect([failuresAfterCut('soon'), failuresAfterCut('later')]).toEqual([1, 2]);
  });

  test('I-2: a watch that finds no link keeps its version: when it opens, it tells all that happened since', () => {
    const house = createHouse();
    const told: string[] = [];
    const node = house.node(
      0,
      (ctx) =>
        void ctx.watch('Pod', {
          added: (pod) => void told.push(`+${pod.metadata.labels?.['value'] ?? ''}`),
          updated: (_before, pod) => void told.push(`~${pod.metadata.labels?.['value'] ?? ''}`),
          synced: () => void told.push('synced'),
        }),
    );
    house.ask({ verb: 'create', object: testPod('a') });
    house.runFor(1000);
    house.seams('crash').process.crash(`kubelet/${node}`)();
    told.length = 0;
    while (!told.includes('synced')) house.runFor(1);
    // Listed, and its watch is on the way.
    const lift = house.seams('cut').machine.partition(node);
    label(house, 'a', '1');
    label(house, 'a', '2');
    house.runFor(5000);
    lift();
    house.runFor(120_000);
    expect(told).toEqual(['+', 'synced', '~1', '~2']);
  });
});

const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), pod: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('label' as const), pod: fc.nat(4), value: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), pod: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lag' as const), delay: fc.nat(3_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), down: fc.nat(500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), down: fc.nat(500) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2_000) }) },
);

test('under any order of writes, lag, cuts, pauses and restarts no event is lost or reordered (C-1, C-2)', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), fc.nat(1000), fc.boolean(), (moves, seed, explore) => {
      const house = createHouse({ seed: String(seed), explore, settings: {} });
      const { informer, told } = watchPods(house);
      const seams = house.seams('chaos');
      for (const each of moves) {
        if (each.do === 'create') house.ask({ verb: 'create', object: testPod(`p${each.pod}`) });
        else if (each.do === 'label') label(house, `p${each.pod}`, String(each.value));
        else if (each.do === 'delete') house.ask({ verb: 'delete', kind: 'Pod', key: `default/p${each.pod}` });
        else if (each.do === 'cut') seams.watch.cut({ client: 'watcher' });
        else if (each.do === 'wait') house.runFor(each.ms);
        else if (each.do === 'lag') {
          const lift = seams.watch.delay({ client: 'watcher' }, { uniform: { minMs: 0, maxMs: each.delay } });
          house.world.engine.schedule(1_000, 'test', lift);
        } else {
          const lift = each.do === 'restart' ? seams.process.crash('watcher') : seams.process.pause('watcher');
          house.world.engine.schedule(each.down, 'test', () => house.world.engine.withCause(0, lift));
        }
      }
      house.runFor(300_000);
      expect(informer().list()).toEqual(house.world.store.list('Pod'));
      expect(informer().hasSynced).toBe(true);
      expectOrdered(told);
    }),
    { numRuns: 60 },
  );
});

/** Per pod: versions only rise, and each update starts from what was told before. */
function expectOrdered(told: readonly string[]): void {
  const last = new Map<string, string>();
  for (const each of told) {
    const [, sign = '', key = '', versions = ''] = /^([+~-])(.+)@(.+)$/.exec(each) ?? [];
    if (sign === '') continue;
    const [first = '', second = first] = versions.split('→');
    if (sign === '+') expect(last.has(key)).toBe(false);
    else expect(last.has(key)).toBe(true);
    if (sign === '~') expect(last.get(key)).toBe(first);
    expect(Number(second)).toBeGreaterThanOrEqual(Number(last.get(key) ?? 0));
    if (sign === '-') last.delete(key);
    else last.set(key, second);
  }
}
