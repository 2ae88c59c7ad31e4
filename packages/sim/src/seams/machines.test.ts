import type { Pod } from '@everynode/core/api/pod';
import { keyOf } from '@everynode/core/api/meta';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import type { Informer, KubeletContext } from '../components/component.ts';
import type { MachineState } from './machineState.ts';

const POD = { uid: 'u1', key: 'default/a', daemonSet: 'kube-system/agent' };

function startNode(house: House, index = 0) {
  const contexts: KubeletContext[] = [];
  const node = house.node(index, (ctx) => void contexts.push(ctx));
  const machine = house.world.machines.get(node) as MachineState;
  return { node, machine, contexts };
}

const typesOf = (house: House): readonly string[] =>
  house
    .events()
    .filter((each) => each.type.startsWith('machine.') || each.type.startsWith('process.'))
    .map((each) => each.type);

describe('Machines', () => {
  test('power loss ends everything at once; the lift boots it, and the kubelet starts anew', () => {
    const house = createHouse();
    const { node, machine, contexts } = startNode(house);
    machine.startContainer(POD, 'main');
    machine.addImage('agent:v1', 1);
    const lift = house.seams('s').machine.powerOff(node);
    expect([machine.powered, machine.reachable, machine.running]).toEqual([false, false, []]);
    lift();
    expect([machine.powered, machine.boot, machine.hasImage('agent:v1'), contexts.length]).toEqual([true, 2, true, 2]);
    expect(contexts.map((ctx) => ctx.registration.existing)).toEqual([true, false]);
    expect(typesOf(house)).toEqual([
      'machine.added',
      'machine.containerStarted',
      'machine.poweredOff',
      'machine.poweredOn',
      'process.started',
    ]);
    expect(house.world.bites.of('s')).toBe(1);
  });

  test('of two overlapping power cuts the last lift boots the machine, once', () => {
    const house = createHouse();
    const { node, machine } = startNode(house);
    const first = house.seams('a').machine.powerOff(node);
    const second = house.seams('b').machine.powerOff(node);
    first();
    expect(machine.powered).toBe(false);
    second();
    expect([machine.powered, machine.boot]).toEqual([true, 2]);
    expect([house.world.bites.of('a'), house.world.bites.of('b')]).toEqual([1, 1]);
    expect(first).toThrow('lifted twice');
  });

  test('what presses a machine without power bites once it is on again', () => {
    const house = createHouse();
    const { node } = startNode(house);
    const lift = house.seams('a').machine.powerOff(node);
    house.seams('b').machine.press(node, 'disk', { evict: true });
    expect(house.world.bites.of('b')).toBe(0);
    lift();
    expect(house.world.bites.of('b')).toBe(1);
  });

  test('a machine that is removed takes its faults along: their lifts are harmless', () => {
    const house = createHouse();
    const { node } = startNode(house);
    const { powerOff, partition, press, failImagePull } = house.seams('s').machine;
    const lifts = [
      powerOff(node),
      partition(node),
      press(node, 'disk', { evict: true }),
      failImagePull(node, undefined, 'x'),
    ];
    house.world.processes.remove(`kubelet/${node}`);
    house.world.machines.remove(node);
    for (const lift of lifts) lift();
    expect(house.world.machines.list()).toEqual([]);
  });

  test('pressing takes room away until its last lift, and asks for evictions if any of them does', () => {
    const house = createHouse();
    const { node, machine, contexts } = startNode(house);
    const calls: string[] = [];
    contexts[0]?.machine.onRoomChanged(() => void calls.push(machine.room.pressure('memory')));
    const { room } = machine;
    const before = room.available('memory');
    expect(before).toBe(17_179_869_184 - 858_993_459);
    const first = house.seams('a').machine.press(node, 'memory', { evict: false });
    expect([room.pressure('memory'), room.available('memory')]).toEqual(['condition', 50 * 2 ** 20]);
    const second = house.seams('b').machine.press(node, 'memory', { evict: true });
    expect([room.pressure('memory'), room.pressure('disk')]).toEqual(['evict', 'none']);
    second();
    first();
    expect([room.pressure('memory'), room.available('memory')]).toEqual(['none', before]);
    expect(calls).toEqual(['condition', 'evict', 'condition', 'none']);
  });

  test('a press of what no kubelet threshold is about is there, but nobody notices: it does not bite', () => {
    const house = createHouse();
    const { node, machine } = startNode(house);
    house.seams('a').machine.press(node, 'pids', { evict: true });
    house.seams('b').machine.press(node, 'inodes', { evict: true });
    expect([machine.room.pressure('pids'), house.world.bites.of('a'), house.world.bites.of('b')]).toEqual([
      'evict',
      0,
      1,
    ]);
  });

  test('E-8: memory is given back with the container, the disk when a pod that was stopped is gone', () => {
    const house = createHouse();
    const { machine } = startNode(house);
    const { room } = machine;
    const [disk, memory] = [room.available('disk'), room.available('memory')];
    const pod = { memory: { constant: 11 }, disk: { constant: 1_001 } };
    const part = (index: number) => ({ ...POD, usage: { pod, index, count: 2 } });
    machine.startContainer(part(0), 'main');
    machine.startContainer(part(1), 'side');
    expect([disk - room.available('disk'), memory - room.available('memory')]).toEqual([1_001, 11]);
    machine.containerGone('u1', 'main');
    expect(machine.running[0]?.containers.map((each) => each.name)).toEqual(['side']);
    expect([disk - room.available('disk'), memory - room.available('memory')]).toEqual([1_001, 5]);
    machine.stopPod('u1');
    machine.containerGone('u1', 'side');
    expect([room.available('disk'), room.available('memory'), machine.running]).toEqual([disk, memory, []]);
  });

  test('E-8: a pod that ends by itself keeps its dead containers on the disk until they are removed', () => {
    const house = createHouse();
    const { machine } = startNode(house);
    const before = machine.room.available('disk');
    machine.startContainer({ ...POD, usage: { pod: { disk: { constant: 70 } }, index: 0, count: 1 } }, 'main');
    machine.containerGone('u1', 'main');
    expect(before - machine.room.available('disk')).toBe(70);
    machine.removeDeadContainers((uid) => uid !== 'u1');
    expect(before - machine.room.available('disk')).toBe(70);
    machine.removeDeadContainers(() => true);
    expect(before - machine.room.available('disk')).toBe(0);
  });

  test.each([
    ['a leak', { leak: { start: 50, rate: { amount: 10, perMs: 1000 } } }, 5_100],
    ['a burst', { burst: { base: 1, peak: 101, everyMs: 60_000, forMs: 1 } }, 60_000],
    ['a constant amount', { constant: 101 }, 0],
    ['what never goes beyond it', { leak: { start: 0, rate: { amount: 1, perMs: 1 }, max: 100 } }, undefined],
  ])('%s ends a container at the very ms at which it is beyond its memory limit', (_name, memory, expected) => {
    const house = createHouse();
    const { machine, contexts } = startNode(house);
    const heard: unknown[] = [];
    contexts[0]?.machine.onContainerKilled((...what) => void heard.push([...what, house.world.engine.nowMs]));
    machine.startContainer({ ...POD, usage: { pod: { memory }, index: 0, count: 1 }, memoryLimit: 100 }, 'main');
    house.runFor(200_000);
    const exit = { exitCode: 137, isOutOfMemory: true };
    expect(heard).toEqual(expected === undefined ? [] : [['u1', 'main', exit, expected]]);
  });

  test('a container that is started anew has its memory limit before it once more', () => {
    const house = createHouse();
    const { machine } = startNode(house);
    const memory = { leak: { start: 0, rate: { amount: 1, perMs: 100 } } };
    const pod = { ...POD, usage: { pod: { memory }, index: 0, count: 1 }, memoryLimit: 99 };
    machine.startContainer(pod, 'main');
    house.runFor(5_000);
    machine.startContainer(pod, 'main');
    house.runFor(9_999);
    expect(machine.running).toHaveLength(1);
    house.runFor(1);
    expect(machine.running).toHaveLength(0);
  });

  test('a kill ends the containers of matching pods, and the kubelet hears of it', () => {
    const house = createHouse();
    const { node, machine, contexts } = startNode(house);
    const heard: unknown[] = [];
    contexts[0]?.machine.onContainerKilled((...what) => void heard.push(what));
    machine.startContainer(POD, 'main');
    machine.startContainer({ uid: 'u2', key: 'default/b', daemonSet: undefined }, 'main');
    house.seams('s').machine.killPods(node, 'kube-system/agent', 137);
    expect(heard).toEqual([['u1', 'main', { exitCode: 137, isOutOfMemory: false }]]);
    expect(machine.running.map((pod) => pod.uid)).toEqual(['u2']);
    expect(house.world.bites.of('s')).toBe(1);
  });

  test('a dead kubelet hears of no kill, not even after the next one has started', () => {
    const house = createHouse();
    const { node, machine, contexts } = startNode(house);
    const heard: unknown[] = [];
    contexts[0]?.machine.onContainerKilled((...what) => void heard.push(what));
    machine.startContainer(POD, 'main');
    const lift = house.seams('a').process.crash(`kubelet/${node}`);
    house.seams('s').machine.killPods(node, undefined, 1);
    lift();
    machine.startContainer(POD, 'main');
    house.seams('s').machine.killPods(node, undefined, 1);
    expect([heard, machine.running]).toEqual([[], []]);
  });

  test('pulls fail for the named image only, each failure is a bite', () => {
    const house = createHouse();
    const { node, machine } = startNode(house);
    const lift = house.seams('s').machine.failImagePull(node, 'agent:v2', 'registry is down');
    expect([machine.imagePullError('agent:v1'), machine.imagePullError('agent:v2')]).toEqual([
      undefined,
      'registry is down',
    ]);
    lift();
    expect([machine.imagePullError('agent:v2'), house.world.bites.of('s')]).toEqual([undefined, 1]);
  });

  test('E-8: unused images go when the kubelet collects garbage, the longest unused first, and the disk gains by it', () => {
    const house = createHouse();
    const { machine } = startNode(house);
    const before = machine.room.available('disk');
    for (const image of ['a', 'b', 'c', 'd']) {
      machine.addImage(image, 100);
      house.runFor(1000);
    }
    machine.startContainer({ ...POD, image: 'a' }, 'main');
    expect(before - machine.room.available('disk')).toBe(400);
    expect(machine.removeImages({ inUse: new Set(['b']), minimumAgeMs: 1001, bytesToFree: 150 })).toBe(200);
    expect(['a', 'b', 'c', 'd'].map((image) => machine.hasImage(image))).toEqual([false, true, false, true]);
    expect(machine.removeImages({ inUse: new Set() })).toBe(200);
    expect(before - machine.room.available('disk')).toBe(0);
  });
});

describe('a cut link', () => {
  function startWatchingNode(house: House) {
    const current: { informer?: Informer<'Pod'>; ctx?: KubeletContext } = {};
    const told: string[] = [];
    const node = house.node(0, (ctx) => {
      current.ctx = ctx;
      current.informer = ctx.watch(
        'Pod',
        {
          added: (pod) => void told.push(`+${keyOf(pod)}`),
          updated: (_old, pod) => void told.push(`~${keyOf(pod)}`),
          deleted: (pod) => void told.push(`-${keyOf(pod)}`),
        },
        { nodeName: 'pool-0' },
      );
    });
    house.runFor(100);
    const bind = (name: string): void => {
      house.ask({ verb: 'create', object: testPod(name) });
      house.ask({ verb: 'bind', key: `default/${name}`, nodeName: node });
    };
    return {
      node,
      told,
      bind,
      informer: () => current.informer as Informer<'Pod'>,
      ctx: () => current.ctx as KubeletContext,
    };
  }

  test('holds watches back, and they resume without a loss when it works again', () => {
    const house = createHouse();
    const { node, told, bind } = startWatchingNode(house);
    bind('a');
    house.runFor(100);
    const lift = house.seams('s').machine.partition(node);
    bind('b');
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 });
    house.runFor(30_000);
    expect(told).toEqual(['+default/a']);
    expect(house.world.bites.of('s')).toBe(2);
    lift();
    house.runFor(60_000);
    expect(told).toEqual(['+default/a', '+default/b', '-default/a']);
  });

  test('of two overlapping cuts the last lift lets events through', () => {
    const house = createHouse();
    const { node, told, bind } = startWatchingNode(house);
    const first = house.seams('a').machine.partition(node);
    const second = house.seams('b').machine.partition(node);
    bind('a');
    first();
    house.runFor(60_000);
    expect(told).toEqual([]);
    second();
    house.runFor(120_000);
    expect(told).toEqual(['+default/a']);
  });

  test('an event that was on its way when the link broke comes after it', () => {
    const house = createHouse();
    const { node, told, bind } = startWatchingNode(house);
    house.seams('slow').watch.delay({}, { fixed: 50 });
    bind('a');
    const lift = house.seams('s').machine.partition(node);
    house.runFor(1_000);
    expect(told).toEqual([]);
    lift();
    house.runFor(60_000);
    expect(told).toEqual(['+default/a']);
  });

  test('after an outage longer than the window the kubelet lists again (A-22)', () => {
    const house = createHouse();
    const { node, told, bind, informer } = startWatchingNode(house);
    bind('a');
    house.runFor(100);
    const lift = house.seams('s').machine.partition(node);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 });
    house.runFor(80_000);
    for (let i = 0; i < 120; i += 1) house.ask({ verb: 'create', object: testPod(`other-${i}`) });
    bind('b');
    house.runFor(80_000);
    house.ask({ verb: 'create', object: testPod('last') });
    lift();
    house.runFor(120_000);
    expect(told).toEqual(['+default/a', '+default/b', '-default/a']);
    expect(
      informer()
        .list()
        .map((pod: Pod) => keyOf(pod)),
    ).toEqual(['default/b']);
  });

  test.each([
    [119_900, 'a minute ago: too old by now, so it lists again', ['+default/a', '~default/a']],
    [120_100, 'just now: the window still reaches back so far', ['+default/a']],
  ])('A-21: cut at %i ms, the last bookmark told of %s', (cutAtMs, _what, expected) => {
    const house = createHouse();
    const { node, told, bind } = startWatchingNode(house);
    const make = (from: number, to: number): void => {
      for (let i = from; i < to; i += 1) house.ask({ verb: 'create', object: testPod(`other-${i}`) });
    };
    bind('a');
    house.world.engine.runUntil(65_000);
    make(0, 100);
    house.world.engine.runUntil(cutAtMs);
    const lift = house.seams('s').machine.partition(node);
    house.runFor(100_000);
    // The ring has grown to two hundred, and forgets the oldest fifty.
    make(100, 250);
    lift();
    house.runFor(200_000);
    expect(told).toEqual(expected);
  });

  test('requests get lost: the kubelet hears a timeout after 10 s, and nothing was done', () => {
    const house = createHouse();
    const { node, ctx } = startWatchingNode(house);
    house.seams('s').machine.partition(node);
    const seen: unknown[] = [];
    const begin = house.world.engine.nowMs;
    const { engine, store } = house.world;
    engine.withCause(0, () =>
      ctx().send(
        { verb: 'create', object: testPod('x') },
        (result) => void seen.push([engine.nowMs - begin, result.ok]),
      ),
    );
    house.runFor(20_000);
    expect([seen, store.get('Pod', 'default/x'), house.world.bites.of('s')]).toEqual([[[10_000, false]], undefined, 1]);
  });

  test('an answer that is on its way when the link breaks is lost, though the write was done', () => {
    const house = createHouse();
    const { node, ctx } = startWatchingNode(house);
    const seen: unknown[] = [];
    const { engine, store } = house.world;
    engine.withCause(0, () =>
      ctx().send({ verb: 'create', object: testPod('x') }, (result) => void seen.push(result.ok)),
    );
    house.runFor(5);
    house.seams('s').machine.partition(node);
    house.runFor(20_000);
    expect([seen, store.get('Pod', 'default/x')?.metadata.name]).toEqual([[false], 'x']);
  });
});
