import type { Node } from '@everynode/core/api/node';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHouse, type House } from '../cluster/testHouse.ts';
import type { KubeletConfig, MachineSize, PodUsage } from '../plan.ts';
import { arbitraryUsage } from '../testing/randomUsage.ts';
import type { KubeletContext } from './component.ts';
import { EvictionManagerLoop } from './evictionManagerLoop.ts';
import { type KubeletPod, newKubeletPod } from './kubeletPod.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Memory of the machine, of which the system takes a twentieth. */
const CAPACITY = { memory: '1000Mi', 'ephemeral-storage': '10Gi' };
const STOP_MS = 200;

interface Bench {
  readonly house: House;
  readonly ctx: KubeletContext;
  readonly loop: EvictionManagerLoop;
  /** `<ms> <what>`: conditions that are in force now, pods that are evicted. */
  readonly said: string[];
  readonly graces: number[];
  /** A pod with one container runs from now on. */
  start(name: string, usage: PodUsage, spec?: Partial<PodSpec>): void;
  /** Its container ends, and it is gone. */
  end(name: string): void;
}

interface BenchOptions {
  readonly kubelet?: KubeletConfig;
  readonly machine?: MachineSize;
  readonly isNaive?: boolean;
  readonly seed?: string;
  readonly version?: string;
  readonly explore?: boolean;
}

/** One kubelet of which only the eviction manager is there. */
function bench(options: BenchOptions = {}): Bench {
  const { kubelet = {}, machine = {}, isNaive = false, seed = '7', version = '1.36', explore = false } = options;
  const house = createHouse({ seed, kubernetesVersion: version, explore });
  const contexts: KubeletContext[] = [];
  const pool = { name: 'pool', count: 0, capacity: CAPACITY, kubelet, machine };
  const node = house.node(0, (ctx) => void contexts.push(ctx), pool);
  const ctx = contexts[0] as KubeletContext;
  const entries = new Map<string, KubeletPod>();
  const said: string[] = [];
  const graces: number[] = [];
  const say = (what: string): void => void said.push(`${house.world.engine.nowMs} ${what}`);
  const end = (name: string): void => {
    const entry = entries.get(name);
    if (entry === undefined || entry.stage === 'stopped') return;
    ctx.machine.stopPod(name);
    ctx.machine.containerGone(name, 'c');
    entry.stage = 'stopped';
  };
  const loop: EvictionManagerLoop = new EvictionManagerLoop({
    ctx,
    active: () => [...entries.values()].filter(({ stage }) => stage !== 'stopped'),
    node: () => house.world.store.get('Node', node) as Node,
    conditionsChanged: () => say(`[${loop.conditions.join(' ')}]`),
    evict: (entry, { message }, graceMs, stopped) => {
      say(`${entry.uid}: ${message}`);
      graces.push(graceMs);
      ctx.schedule(STOP_MS, () => {
        end(entry.uid);
        stopped();
      });
    },
    isNaive,
  });
  ctx.machine.onRoomChanged(() => loop.reconsider());
  loop.reconsider();
  const start = (name: string, usage: PodUsage, spec: Partial<PodSpec> = {}): void => {
    const containers = [{ name: 'c', image: 'i:v1' }];
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'd', uid: name },
      spec: { containers, ...spec },
    };
    const entry = newKubeletPod(pod, ctx.models.behaviourOf(pod, node), ctx.profile);
    entry.stage = 'running';
    entries.set(name, entry);
    const used = { pod: usage, index: 0, count: 1 };
    ctx.machine.startContainer({ uid: name, key: `d/${name}`, daemonSet: undefined, usage: used }, 'c');
  };
  return { house, ctx, loop, said, graces, start, end };
}

const minutes = (count: number): number => count * 60_000;
const asks = (name: string, quantity: string): Partial<PodSpec> => {
  return { containers: [{ name: 'c', image: 'i:v1', resources: { requests: { [name]: quantity } } }] };
};

describe('E-3: rounds', () => {
  test('an idle manager has no events, and one whose pods leak none until the round that finds it', () => {
    const { house, start, said } = bench();
    const before = house.world.engine.events;
    start('a', { memory: { leak: { start: 0, rate: { amount: MIB, perMs: 1000 } } } });
    house.runFor(840_000);
    expect([house.world.engine.events - before, said]).toEqual([0, []]);
    house.runFor(20_000);
    // 950Mi less a leak of 1Mi/s: below 100Mi after 850 s; the next round of this node's ten seconds finds it.
    expect(said).toEqual([
      '858441 [MemoryPressure]',
      '858441 a: The node was low on resource: memory. Threshold quantity: 100Mi, available: 96006570. Container c was using 900140630, request is 0, has larger consumption of memory. ',
    ]);
  });

  test('a manager that sleeps through idle rounds sees and does the same as one that never does', () => {
    const soft: KubeletConfig = {
      evictionHard: { 'memory.available': { quantity: 1_000 }, 'nodefs.available': { quantity: 2_000 } },
      evictionSoft: { 'nodefs.available': { quantity: 4_000 } },
      evictionSoftGracePeriod: { 'nodefs.available': 45_000 },
      evictionMinimumReclaim: { 'memory.available': { quantity: 500 } },
      evictionPressureTransitionPeriod: 120_000,
    };
    const capacity = Number(CAPACITY.memory.replace('Mi', '')) * MIB;
    const memoryLeft = capacity - Math.trunc(capacity / 20) - 10_000;
    const diskLeft = 10 * GIB - Math.trunc((10 * GIB) / 20) - 10_000;
    const pods = fc.array(
      fc.record({ memory: arbitraryUsage, disk: arbitraryUsage, atMs: fc.nat(900_000), livesMs: fc.nat(5_400_000) }),
      { minLength: 1, maxLength: 5 },
    );
    let pressures = 0;
    fc.assert(
      fc.property(pods, fc.nat(1000).map(String), (all, seed) => {
        const tell = (isNaive: boolean): readonly string[] => {
          const { house, start, end, said } = bench({ kubelet: soft, isNaive, seed });
          start(
            'filler',
            { memory: { constant: memoryLeft }, disk: { constant: diskLeft } },
            { priority: 2_000_001_000 },
          );
          for (const [at, { atMs, livesMs, ...usage }] of all.entries()) {
            house.world.engine.schedule(atMs, 'test', () => start(`p${at}`, usage));
            house.world.engine.schedule(atMs + livesMs, 'test', () => end(`p${at}`));
          }
          house.runFor(5_400_000);
          return said;
        };
        const said = tell(false);
        if (said.length > 0) pressures += 1;
        expect(said).toEqual(tell(true));
      }),
      { numRuns: 60 },
    );
    // About a third of the drawn plans come to a pressure.
    expect(pressures).toBeGreaterThan(3);
  });

  test('the next round follows a second after the evicted pod has stopped, and the grid of ten seconds begins anew', () => {
    const { house, start, said } = bench();
    start('a', { memory: { constant: 500 * MIB } });
    start('b', { memory: { constant: 400 * MIB } });
    start('c', { memory: { constant: 300 * MIB } });
    house.runFor(20_000);
    expect(said.map((line) => line.slice(0, line.indexOf(' ') + 3))).toEqual(['8441 [M', '8441 a:']);
    const later = house.world.engine.nowMs;
    start('d', { memory: { constant: 500 * MIB } });
    house.runFor(20_000);
    // 8.441 s, 0.2 s to stop, 1 s to the poll: rounds at 9.641 s, 19.641 s, 29.641 s …
    expect([later, said.at(-1)?.slice(0, 8)]).toEqual([20_000, '29641 d:']);
  });
});

describe('E-4, E-11: soft thresholds', () => {
  const kubelet: KubeletConfig = {
    evictionHard: {},
    evictionSoft: { 'memory.available': { quantity: 500 * MIB } },
    evictionSoftGracePeriod: { 'memory.available': 90_000 },
    evictionMaxPodGracePeriod: 40,
  };

  test('the condition comes at once, the eviction when the grace period is over', () => {
    const { house, start, said } = bench({ kubelet });
    start('a', { memory: { constant: 600 * MIB } });
    house.runFor(98_440);
    expect(said).toEqual(['8441 [MemoryPressure]']);
    house.runFor(1);
    expect(said[1]).toMatch(/^98441 a: The node was low on resource: memory\. Threshold quantity: 500Mi, /);
  });

  test.each([
    ['1.36', 40, 60, 40_000],
    ['1.36', 40, 10, 10_000],
    ['1.33', 40, 10, 40_000],
    ['1.36', 0, 25, 25_000],
    ['1.36', -1, 25, 1_000],
  ])('evict-soft-min: in %s a maximum of %i s leaves a pod of %i s %i ms', (version, max, own, expected) => {
    const { house, start, graces } = bench({ kubelet: { ...kubelet, evictionMaxPodGracePeriod: max }, version });
    start('a', { memory: { constant: 600 * MIB } }, { terminationGracePeriodSeconds: own });
    house.runFor(minutes(2));
    expect(graces).toEqual([expected]);
  });

  test('E-4: after an eviction so much more must come free, and until then one pod after the other goes', () => {
    const hard: KubeletConfig = {
      evictionHard: { 'memory.available': { quantity: 100 * MIB } },
      evictionMinimumReclaim: { 'memory.available': { quantity: 300 * MIB } },
    };
    const evicted = (config: KubeletConfig): readonly string[] => {
      const { house, start, said } = bench({ kubelet: config });
      for (const [name, size] of [
        ['a', 300],
        ['b', 290],
        ['c', 280],
      ] as const)
        start(name, { memory: { constant: size * MIB } });
      house.runFor(minutes(1));
      return said.filter((line) => line.includes(':')).map((line) => line.slice(line.indexOf(' ') + 1).slice(0, 1));
    };
    // 950Mi less 870Mi; after the first 380Mi are free: enough for the threshold, not for it and the minimum reclaim.
    expect([evicted({ evictionHard: hard.evictionHard ?? {} }), evicted(hard)]).toEqual([['a'], ['a', 'b']]);
  });

  test('the period of a pool goes before that of all kubelets', () => {
    const { house, start, end, said } = bench({ kubelet: { evictionPressureTransitionPeriod: 25_000 } });
    start('a', { memory: { constant: 900 * MIB } }, { priority: 2_000_001_000 });
    house.runFor(10_000);
    end('a');
    house.runFor(minutes(2));
    expect(said).toEqual(['8441 [MemoryPressure]', '38441 []']);
  });
});

describe('E-1, E-9: what can run low', () => {
  test('inodes: the pod that asks for storage goes last, whatever it has', () => {
    const { house, start, said } = bench({ machine: { inodes: 100_000 } });
    start('asks', { inodes: { constant: 80_000 } }, asks('ephemeral-storage', '1Gi'));
    start('few', { inodes: { constant: 12_000 } });
    house.runFor(20_000);
    expect(said).toEqual([
      '8441 [DiskPressure]',
      '8441 few: The node was low on resource: inodes. Threshold quantity: 5000, available: 3k. ',
    ]);
  });

  test('process ids: no kubelet looks at them unless it is told to; then priority decides', () => {
    const run = (kubelet: KubeletConfig): readonly string[] => {
      const { house, start, said } = bench({ kubelet, machine: { pids: 1000 } });
      start('important', { pids: { constant: 800 } }, { priority: 10 });
      start('other', { pids: { constant: 100 } });
      house.runFor(20_000);
      return said;
    };
    expect(run({})).toEqual([]);
    expect(run({ evictionHard: { 'pid.available': { quantity: 100 } } })).toEqual([
      '8441 [PIDPressure]',
      '8441 other: The node was low on resource: pids. Threshold quantity: 100, available: 50. ',
    ]);
  });

  test('E-7: memory goes before the disk when both are low', () => {
    const { house, start, said } = bench();
    start('writer', { disk: { constant: 9 * GIB } });
    start('hog', { memory: { constant: 900 * MIB } });
    house.runFor(20_000);
    expect(said.map((line) => line.slice(0, 50))).toEqual([
      '8441 [MemoryPressure DiskPressure]',
      '8441 hog: The node was low on resource: memory. Th',
      '9641 writer: The node was low on resource: ephemer',
    ]);
  });

  test('E-15: in explore mode the conditions stand in any order', () => {
    const orders = Array.from({ length: 12 }, (_, seed) => {
      const { house, start, said } = bench({ explore: true, seed: String(seed) });
      start('a', { disk: { constant: 9 * GIB }, memory: { constant: 900 * MIB } }, { priority: 2_000_001_000 });
      house.runFor(20_000);
      return said[0]?.slice(said[0].indexOf('['));
    });
    expect(new Set(orders)).toEqual(new Set(['[MemoryPressure DiskPressure]', '[DiskPressure MemoryPressure]']));
  });
});

describe('E-8: what the kubelet can remove', () => {
  const isLow = { disk: { constant: 7.5 * GIB } };

  test('unused images go first, and where that is enough nobody is evicted', () => {
    const { house, ctx, start, said } = bench();
    ctx.machine.addImage('old:v1', 2 * GIB);
    start('a', isLow);
    // 10Gi less half a Gi of the system: with 2Gi of images nothing is left.
    house.runFor(20_000);
    expect(said).toEqual(['8441 [DiskPressure]']);
    expect([ctx.machine.hasImage('old:v1'), ctx.machine.room.available('disk')]).toEqual([false, 2 * GIB]);
    expect(house.events('apiEvent.EvictionThresholdMet').map(({ data }) => data?.['message'])).toEqual([
      'Attempting to reclaim ephemeral-storage',
    ]);
  });

  test('an image that a pod needs stays, and a pod goes', () => {
    const { house, ctx, start, said } = bench();
    ctx.machine.addImage('i:v1', 2 * GIB);
    start('a', isLow);
    house.runFor(20_000);
    expect([ctx.machine.hasImage('i:v1'), said[1]?.slice(0, 7)]).toEqual([true, '8441 a:']);
  });

  test('dead containers of pods that ended by themselves go with all they wrote', () => {
    const { house, ctx, start, said } = bench();
    const used = { pod: { disk: { constant: 2 * GIB } }, index: 0, count: 1 };
    ctx.machine.startContainer({ uid: 'job', key: 'd/job', daemonSet: undefined, usage: used }, 'c');
    ctx.machine.containerGone('job', 'c');
    start('a', isLow);
    house.runFor(20_000);
    expect([said, ctx.machine.room.available('disk')]).toEqual([['8441 [DiskPressure]'], 2 * GIB]);
  });

  test('a soft threshold that is still met makes the removal not enough', () => {
    const kubelet: KubeletConfig = {
      evictionSoft: { 'nodefs.available': { quantity: 3 * GIB } },
      evictionSoftGracePeriod: { 'nodefs.available': minutes(60) },
    };
    const { house, ctx, start, said } = bench({ kubelet });
    ctx.machine.addImage('old:v1', 2 * GIB);
    start('a', isLow);
    house.runFor(9_000);
    expect(said[1]?.slice(0, 7)).toBe('8441 a:');
  });

  test('images with a disk of their own: the kubelet removes some where that is full, and none where the other is', () => {
    const machine = { imageDisk: { bytes: 10 * GIB } };
    const images = bench({ machine });
    images.ctx.machine.addImage('old:v1', 9 * GIB);
    images.start('a', { disk: { constant: 1 } });
    images.house.runFor(20_000);
    expect([images.said, images.ctx.machine.hasImage('old:v1')]).toEqual([['8441 [DiskPressure]'], false]);
    const other = bench({ machine });
    other.ctx.machine.addImage('old:v1', GIB);
    other.start('a', { disk: { constant: 9 * GIB } });
    other.house.runFor(20_000);
    expect([other.said[1]?.slice(0, 7), other.ctx.machine.hasImage('old:v1')]).toEqual(['8441 a:', true]);
  });
});

describe('E-6: limits of local storage', () => {
  const limited = (name: string, limit: string) => {
    return { name, image: 'i:v1', resources: { limits: { 'ephemeral-storage': limit } } };
  };

  test('every pod beyond its limit goes, one after the other, without any pressure', () => {
    const { house, start, said } = bench();
    const spec = { containers: [limited('c', '1Gi')] };
    start('a', { disk: { leak: { start: GIB, rate: { amount: 1, perMs: 1000 } } } }, spec);
    start('b', { disk: { constant: 2 * GIB } }, spec);
    start('within', { disk: { constant: GIB } }, spec);
    start('critical', { disk: { constant: 2 * GIB } }, { ...spec, priority: 2_000_001_000 });
    house.runFor(30_000);
    const text = 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ';
    expect(said).toEqual([`8441 a: ${text}`, `8641 b: ${text}`]);
  });

  test('a container may not use the limits of the others', () => {
    const { house, start, said } = bench();
    start('a', { disk: { constant: 2 * GIB } }, { containers: [limited('c', '1Gi'), limited('idle', '2Gi')] });
    house.runFor(20_000);
    expect(said).toEqual(['8441 a: Container c exceeded its local ephemeral storage limit "1Gi". ']);
  });

  test('while a limit is broken nothing is done about pressure', () => {
    const { house, start, said } = bench();
    start('broken', { disk: { constant: 2 * GIB } }, { containers: [limited('c', '1Gi')] });
    start('hog', { memory: { constant: 900 * MIB } });
    house.runFor(20_000);
    expect(said.map((line) => line.slice(0, 30))).toEqual([
      '8441 [MemoryPressure]',
      '8441 broken: Pod ephemeral loc',
      '9641 hog: The node was low on ',
    ]);
  });
});
