import { describe, expect, test } from 'vitest';
import { createHouse } from '../cluster/testHouse.ts';
import type { ComponentContext } from '../components/component.ts';

function startTicker() {
  const house = createHouse();
  const ticks: string[] = [];
  const latest: { ctx?: ComponentContext } = {};
  house.process('p', (ctx) => {
    latest.ctx = ctx;
    const born = house.world.engine.nowMs;
    const tick = (): void => {
      ticks.push(`${born}+${house.world.engine.nowMs - born}`);
      ctx.schedule(1_000, tick);
    };
    ctx.schedule(1_000, tick);
  });
  return { house, ticks, ctx: () => latest.ctx as ComponentContext };
}

describe('ProcessTable', () => {
  test('timers of a dead incarnation never fire; the next one starts with empty memory at the lift', () => {
    const { house, ticks } = startTicker();
    house.runFor(2_500);
    const lift = house.seams('s').process.crash('p');
    house.runFor(3_000);
    lift();
    house.runFor(1_500);
    expect(ticks).toEqual(['0+1000', '0+2000', '5500+1000']);
    expect([house.world.processes.incarnation('p'), house.world.bites.of('s')]).toEqual([2, 1]);
    expect(
      house
        .events()
        .slice(1)
        .map((each) => each.type),
    ).toEqual(['process.died', 'process.started']);
  });

  test('a timer that is still running when its process is back again belongs to the dead', () => {
    const { house, ticks } = startTicker();
    house.runFor(500);
    house.seams('s').process.crash('p')();
    house.runFor(1_200);
    expect(ticks).toEqual(['500+1000']);
  });

  test('of overlapping crashes the last lift starts it again, and the second one bites by holding it down', () => {
    const { house, ticks } = startTicker();
    const first = house.seams('a').process.crash('p');
    const second = house.seams('b').process.crash('p');
    first();
    house.runFor(5_000);
    expect([ticks, house.world.processes.isAlive('p')]).toEqual([[], false]);
    second();
    house.runFor(1_000);
    expect(ticks).toEqual(['5000+1000']);
    expect([house.world.bites.of('a'), house.world.bites.of('b')]).toEqual([1, 1]);
    expect(second).toThrow('lifted twice');
  });

  test('a pause keeps what comes, in order, until the last of several pauses is lifted', () => {
    const { house, ticks } = startTicker();
    const first = house.seams('a').process.pause('p');
    house.runFor(1_500);
    const second = house.seams('b').process.pause('p');
    first();
    house.runFor(1_000);
    expect(ticks).toEqual([]);
    second();
    house.runFor(1_000);
    expect(ticks).toEqual(['0+2500', '0+3500']);
    expect([house.world.bites.of('a'), house.world.bites.of('b')]).toEqual([1, 0]);
  });

  test('skews of a clock add up and go one by one; only the process itself sees them', () => {
    const { house, ctx } = startTicker();
    const first = house.seams('a').process.skewClock('p', { byMs: 5_000 });
    const second = house.seams('b').process.skewClock('p', { byMs: -2_000 });
    expect(ctx().nowMs()).toBe(3_000);
    first();
    expect(ctx().nowMs()).toBe(-2_000);
    second();
    house.runFor(10);
    expect([ctx().nowMs(), house.world.engine.nowMs]).toEqual([10, 10]);
  });

  test('a fault against a process that does not exist does nothing and does not bite', () => {
    const { house } = startTicker();
    house.seams('s').process.crash('nobody')();
    house.seams('s').process.pause('nobody')();
    expect(house.world.bites.of('s')).toBe(0);
  });
});
