/** Processes that stand still or read a wrong clock. */
import { describe, expect, test } from 'vitest';
import { createHouse } from '../cluster/testHouse.ts';
import { agent, createCluster } from '../cluster/testCluster.ts';
import type { ComponentContext, KubeletContext } from '../components/component.ts';
import { beginFault } from '../run/beginFault.ts';

test('SchedulerStall: pods are created and stay Pending without a node; when it ends all of them are placed', () => {
  const cluster = createCluster(3);
  cluster.runUntil(10_000);
  const lift = beginFault(cluster, 'stall', 'SchedulerStall', {}, []);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(70_000);
  const bound = (): number => cluster.pods().filter(({ spec }) => spec.nodeName !== undefined).length;
  expect([cluster.pods().length, bound()]).toEqual([3, 0]);
  lift();
  cluster.runUntil(71_000);
  expect([bound(), cluster.world.bites.of('stall') > 0]).toEqual([3, true]);
});

describe('ClockSkew', () => {
  const clocks = () => {
    const house = createHouse();
    const contexts: ComponentContext[] = [];
    house.process('daemonset-controller', (ctx) => void contexts.push(ctx));
    const kubelets: KubeletContext[] = [];
    const node = house.node(0, (ctx) => void kubelets.push(ctx));
    house.runFor(10_000);
    const [controller, kubelet] = [contexts[0], kubelets[0]];
    if (controller === undefined || kubelet === undefined) throw new Error('nothing has started');
    return { house, node, controller, kubelet };
  };

  test('V-23: ahead and behind, at once, and right again when it is lifted', () => {
    const { house, controller } = clocks();
    const ahead = beginFault(house, 'a', 'ClockSkew', { by: 45_000 }, []);
    expect(controller.nowMs()).toBe(55_000);
    const behind = beginFault(house, 'b', 'ClockSkew', { by: 60_000, direction: 'behind' }, []);
    expect(controller.nowMs()).toBe(-5_000);
    ahead();
    behind();
    expect(controller.nowMs()).toBe(10_000);
    expect([house.world.bites.of('a'), house.world.bites.of('b')]).toEqual([1, 1]);
  });

  test('V-23: a clock that drifts by 1/1000 is a millisecond off after a second, not a millisecond earlier', () => {
    const { house, controller } = clocks();
    const drift = { numerator: 1, denominator: 1000 };
    beginFault(house, 'a', 'ClockSkew', { by: 0, drift }, []);
    const offMs = (): number => controller.nowMs() - house.world.engine.nowMs;
    house.runFor(999);
    expect(offMs()).toBe(0);
    house.runFor(1);
    expect(offMs()).toBe(1);
    house.runFor(499_000);
    expect(offMs()).toBe(500);
  });

  test('V-23: with targets it is the clock of the kubelets of those nodes', () => {
    const { house, node, controller, kubelet } = clocks();
    beginFault(house, 'a', 'ClockSkew', { by: 1_000, direction: 'behind' }, [node]);
    expect([kubelet.nowMs(), controller.nowMs()]).toEqual([9_000, 10_000]);
  });

  test('a clock set right does not bite', () => {
    const { house } = clocks();
    beginFault(house, 'a', 'ClockSkew', { by: 0 }, []);
    expect(house.world.bites.of('a')).toBe(0);
  });

  test('N-3: a kubelet far ahead stays Ready; of one set back no renewal is newer, so its node is Unknown again and again', () => {
    const cluster = createCluster(2);
    cluster.runUntil(30_000);
    beginFault(cluster, 'a', 'ClockSkew', { by: 600_000, direction: 'behind' }, ['pool-0']);
    beginFault(cluster, 'b', 'ClockSkew', { by: 600_000 }, ['pool-1']);
    cluster.runUntil(900_000);
    const timedOut = cluster.events('node.timedOut');
    expect(new Set(timedOut.map(({ node }) => node))).toEqual(new Set(['pool-0']));
    // A status that is mended counts as a sign of life, and fifty seconds later it is over again; until its clock has caught up.
    expect(timedOut.length).toBeGreaterThan(8);
    expect(timedOut.at(-1)?.atMs).toBeLessThan(640_000);
  });
});
