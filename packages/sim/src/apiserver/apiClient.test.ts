/** The legs between a client and the server: rate limit, latency, and what faults make of them. */
import type { ApiResult } from '@everynode/core/api/requests';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { FIRM_LINK } from './apiClient.ts';
import { createContext } from '../cluster/processContext.ts';
import type { ComponentContext } from '../components/component.ts';

const ALWAYS = { numerator: 1, denominator: 1 };

/** A process that does nothing by itself; its context is handed out at every start. */
function startIdle(
  house: House,
  name = 'worker',
): { readonly contexts: ComponentContext[]; latest(): ComponentContext } {
  const contexts: ComponentContext[] = [];
  house.process(name, (ctx) => void contexts.push(ctx));
  return { contexts, latest: () => contexts.at(-1) as ComponentContext };
}

/** Sends from within the world, so that a cause exists. */
function send(
  house: House,
  ctx: ComponentContext,
  request: Parameters<ComponentContext['send']>[0],
): { at?: number; result?: ApiResult } {
  const seen: { at?: number; result?: ApiResult } = {};
  house.world.engine.withCause(0, () =>
    ctx.send(request, (result) => Object.assign(seen, { at: house.world.engine.nowMs, result })),
  );
  return seen;
}

describe('ApiClient', () => {
  test('an answer comes after both legs: 8 ms for a write, 4 ms for a read without spread (V-1, V-2)', () => {
    const house = createHouse();
    const { latest } = startIdle(house);
    const write = send(house, latest(), { verb: 'create', object: testPod('a') });
    const read = send(house, latest(), { verb: 'get', kind: 'Pod', key: 'default/a' });
    house.runFor(100);
    expect([write.at, write.result?.ok, read.at, read.result?.ok]).toEqual([8, true, 4, false]);
  });

  test('requests beyond the burst wait in line for their tokens (I-13)', () => {
    const house = createHouse();
    const limits = { qps: 20, burst: 2 };
    startIdle(house);
    const identity = {
      name: 'worker',
      incarnation: 1,
      limits,
      timeoutMs: 60_000,
      link: FIRM_LINK,
    };
    const { context: ctx } = createContext(house.world, identity);
    const all = [1, 2, 3, 4].map(() => send(house, ctx, { verb: 'get', kind: 'Pod', key: 'default/a' }));
    house.runFor(1_000);
    expect(all.map((each) => each.at)).toEqual([4, 4, 54, 104]);
  });

  test('a fault fails a request before anything is done, as often as it may', () => {
    const house = createHouse();
    const { latest } = startIdle(house);
    house.seams('errors').api.fail({ client: 'worker', verb: 'create', count: 1 }, 'InternalError', ALWAYS);
    const first = send(house, latest(), { verb: 'create', object: testPod('a') });
    house.runFor(100);
    const second = send(house, latest(), { verb: 'create', object: testPod('a') });
    house.runFor(100);
    expect(first.result).toMatchObject({ reason: 'InternalError', code: 500 });
    expect(second.result?.ok).toBe(true);
    expect(house.world.bites.of('errors')).toBe(1);
    expect(house.events('api.failed')).toMatchObject([
      { actor: 'worker', object: 'pod/default/a', data: { verb: 'create', reason: 'InternalError', fault: 'errors' } },
    ]);
  });

  test('a lost answer: the pod is there, and the sender sees a timeout after 60 s (A-26)', () => {
    const house = createHouse();
    const { latest } = startIdle(house);
    house.seams('lost').api.loseResponse({ client: 'worker', verb: 'create' }, ALWAYS);
    const seen = send(house, latest(), { verb: 'create', object: testPod('a') });
    house.runFor(59_999);
    expect([seen.at, house.world.store.get('Pod', 'default/a')?.metadata.name]).toEqual([undefined, 'a']);
    house.runFor(1);
    expect([seen.at, seen.result]).toMatchObject([60_000, { reason: 'Timeout', code: 504 }]);
    const [created, lost, failed] = house.events().slice(-3);
    expect([created?.type, lost?.type, failed?.type]).toEqual(['pod.created', 'api.answerLost', 'api.failed']);
    expect([lost?.cause, failed?.cause]).toEqual([created?.seq, lost?.seq]);
  });

  test('a request slower than its sender’s patience is given up after 60 s, and carried out all the same', () => {
    const house = createHouse();
    const { latest } = startIdle(house);
    house.seams('slow').api.delay({ client: 'worker' }, { fixed: 70_000 });
    const seen = send(house, latest(), { verb: 'create', object: testPod('a') });
    house.runFor(60_000);
    expect([seen.at, seen.result?.ok, house.world.store.list('Pod').length]).toEqual([60_000, false, 0]);
    house.runFor(20_000);
    expect([seen.at, house.world.store.list('Pod').length]).toEqual([60_000, 1]);
  });

  test('429 with Retry-After is repeated up to ten times before the caller hears of it (I-14)', () => {
    const house = createHouse();
    const { latest } = startIdle(house);
    const lift = house.seams('busy').api.fail({ client: 'worker' }, 'TooManyRequests', ALWAYS);
    const patient = send(house, latest(), { verb: 'create', object: testPod('a') });
    house.runFor(5_500);
    lift();
    house.runFor(5_000);
    expect([patient.result?.ok, house.world.bites.of('busy')]).toEqual([true, 6]);
    house.seams('busy2').api.fail({ client: 'worker' }, 'TooManyRequests', ALWAYS);
    const hopeless = send(house, latest(), { verb: 'create', object: testPod('b') });
    house.runFor(30_000);
    expect([hopeless.result, house.world.bites.of('busy2')]).toMatchObject([{ reason: 'TooManyRequests' }, 11]);
  });

  test('a crash of the sender drops the answer, not the request', () => {
    const house = createHouse();
    const { contexts, latest } = startIdle(house);
    const seen = send(house, latest(), { verb: 'create', object: testPod('a') });
    house.runFor(1);
    const lift = house.seams('crash').process.crash('worker');
    house.runFor(100);
    lift();
    house.runFor(100_000);
    expect([seen.at, house.world.store.get('Pod', 'default/a')?.metadata.name, contexts.length]).toEqual([
      undefined,
      'a',
      2,
    ]);
  });

  test('a paused sender gets its answer when it goes on', () => {
    const house = createHouse();
    const { latest } = startIdle(house);
    const seen = send(house, latest(), { verb: 'create', object: testPod('a') });
    const lift = house.seams('pause').process.pause('worker');
    house.runFor(5_000);
    expect(seen.at).toBeUndefined();
    lift();
    expect([seen.at, house.world.bites.of('pause')]).toEqual([5_000, 1]);
  });
});
