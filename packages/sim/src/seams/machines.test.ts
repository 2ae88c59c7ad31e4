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
    machine.addImage('agent:v1');
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
    contexts[0]?.machine.onPressureChanged(() => void calls.push(machine.pressure('memory')));
    const before = machine.availableBytes('memory');
    expect(before).toBe(17_179_869_184 - 858_993_459);
    const first = house.seams('a').machine.press(node, 'memory', { evict: false });
    expect([machine.pressure('memory'), machine.availableBytes('memory')]).toEqual(['condition', 50 * 2 ** 20]);
    const second = house.seams('b').machine.press(node, 'memory', { evict: true });
    expect([machine.pressure('memory'), machine.pressure('disk')]).toEqual(['evict', 'none']);
    second();
    first();
    expect([machine.pressure('memory'), machine.availableBytes('memory')]).toEqual(['none', before]);
    expect(calls).toEqual(['condition', 'evict', 'condition', 'none']);
  });

  test('what pods use is taken from the room, and given back when the last container is gone', () => {
    const house = createHouse();
    const { machine } = startNode(house);
    const before = machine.availableBytes('disk');
    const pod = { ...POD, usage: { memoryBytes: 5, diskBytes: 1_000 } };
    machine.startContainer(pod, 'main');
    machine.startContainer(pod, 'side');
    expect(machine.availableBytes('disk')).toBe(before - 1_000);
    machine.containerGone('u1', 'main');
    expect(machine.running[0]?.containers.map((each) => each.name)).toEqual(['side']);
    machine.containerGone('u1', 'side');
    expect([machine.availableBytes('disk'), machine.running]).toEqual([before, []]);
  });

  test('a kill ends the containers of matching pods, and the kubelet hears of it', () => {
    const house = createHouse();
    const { node, machine, contexts } = startNode(house);
    const heard: unknown[] = [];
    contexts[0]?.machine.onContainerKilled((...what) => void heard.push(what));
    machine.startContainer(POD, 'main');
    machine.startContainer({ uid: 'u2', key: 'default/b', daemonSet: undefined }, 'main');
    house.seams('s').machine.killPods(node, 'kube-system/agent', 137);
    expect(heard).toEqual([['u1', 'main', 137]]);
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

  test('unused images go when the kubelet collects garbage', () => {
    const house = createHouse();
    const { machine } = startNode(house);
    for (const image of ['a', 'b', 'c']) machine.addImage(image);
    expect([machine.removeUnusedImages(new Set(['b'])), machine.hasImage('a'), machine.hasImage('b')]).toEqual([
      2,
      false,
      true,
    ]);
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
