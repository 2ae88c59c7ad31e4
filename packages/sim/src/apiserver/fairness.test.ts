/** Seats of an overloaded API server: who gets one when, and who is told to come again. */
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { Fairness } from './fairness.ts';
import { levelOf, seatsOf } from './priorityLevels.ts';

test.each([
  ['kubelet/n-0', 'Lease', 'node-high'],
  ['kubelet/n-0', 'Node', 'node-high'],
  ['kubelet/n-0', 'Pod', 'system'],
  ['kube-scheduler', 'Pod', 'workload-high'],
  ['daemonset-controller', 'Pod', 'workload-high'],
  ['kube-controller-manager', 'Lease', 'leader-election'],
  ['user', 'Pod', undefined],
] as const)('A-25: requests of %s about a %s belong to %s', (client, kind, level) => {
  expect(levelOf({ client, kind })).toBe(level);
});

test('A-25: of 600 seats each level has its share, rounded up', () => {
  const levels = [
    'node-high',
    'system',
    'leader-election',
    'workload-high',
    'workload-low',
    'global-default',
    'catch-all',
  ] as const;
  expect(levels.map((level) => seatsOf(level, 600))).toEqual([98, 74, 25, 98, 245, 49, 13]);
  expect(seatsOf('catch-all', 1)).toBe(1);
});

interface Told {
  readonly fairness: Fairness;
  readonly house: House;
  readonly told: string[];
  ask(client: string, seatMs: number, label?: string): void;
}

/** One seat for each level. */
function oneSeat(): Told {
  const house = createHouse();
  const { engine } = house.world;
  const fairness = new Fairness(engine, 1);
  const told: string[] = [];
  const ask = (client: string, seatMs: number, label = client): void =>
    fairness.admit(
      { client, kind: 'Pod', verb: 'get' },
      seatMs,
      (refusal) => void told.push(`${engine.nowMs} ${label}${refusal === undefined ? '' : ` ${refusal.code}`}`),
    );
  return { fairness, house, told, ask };
}

describe('A-25: with one seat', () => {
  test('the next request has it when the first is through, and not a millisecond sooner', () => {
    const { house, told, ask } = oneSeat();
    ask('a', 100);
    ask('b', 100);
    house.world.engine.runUntil(99);
    expect(told).toEqual(['0 a']);
    house.world.engine.runUntil(100);
    expect(told).toEqual(['0 a', '100 b']);
  });

  test('clients take turns, however much one of them asks', () => {
    const { house, told, ask } = oneSeat();
    for (const label of ['a1', 'a2', 'a3']) ask('a', 10, label);
    ask('b', 10, 'b1');
    house.runFor(1000);
    expect(told).toEqual(['0 a1', '10 a2', '20 b1', '30 a3']);
  });

  test('levels do not wait for each other', () => {
    const { told, ask } = oneSeat();
    ask('kube-scheduler', 1000);
    ask('kubelet/n-0', 10);
    expect(told).toEqual(['0 kube-scheduler', '0 kubelet/n-0']);
  });

  test('a queue of fifty is full', () => {
    const { told, ask } = oneSeat();
    for (let i = 0; i < 51; i += 1) ask('a', 10_000);
    expect(told).toEqual(['0 a']);
    ask('a', 10_000, 'one too many');
    ask('b', 10_000, 'another client');
    expect(told).toEqual(['0 a', '0 one too many 429']);
  });

  test('who has waited for 15 s is told to come again', () => {
    const { house, told, ask } = oneSeat();
    ask('a', 60_000);
    ask('b', 10);
    house.world.engine.runUntil(14_999);
    expect(told).toHaveLength(1);
    house.world.engine.runUntil(15_000);
    expect(told.at(-1)).toBe('15000 b 429');
  });
});

test('A-25: what a full queue refuses, the client repeats a second later', () => {
  const house = createHouse({ settings: { latencyPercent: 0, apiSeats: 1 } });
  const answers: string[] = [];
  house.process('controller', (ctx) => {
    for (let i = 0; i < 60; i += 1)
      ctx.send(
        { verb: 'create', object: testPod(`p-${i}`) },
        (result) => void answers.push(result.ok ? 'ok' : result.reason),
      );
  });
  house.runFor(900);
  // Fifty-one seats of 8 ms each, one after the other.
  expect([answers.length, new Set(answers)]).toEqual([51, new Set(['ok'])]);
  expect(house.events('api.failed')).toEqual([]);
  house.runFor(600);
  expect(answers).toHaveLength(60);
});

test('A-25: people are exempt, and without seats nobody waits', () => {
  const house = createHouse({ settings: { latencyPercent: 0, apiSeats: 1 } });
  expect(house.ask({ verb: 'create', object: testPod('a') }).ok).toBe(true);
  expect(createHouse().world.servers.fairnessFor('kube-scheduler')).toBeUndefined();
});
