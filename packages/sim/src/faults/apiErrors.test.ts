/** Failures in the API server's own words, and when the caller hears of them. */
import type { ApiResult } from '@everynode/core/api/requests';
import { expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { agent, createCluster } from '../cluster/testCluster.ts';
import type { ComponentContext } from '../components/component.ts';
import type { Json } from '../plan.ts';
import { beginFault } from '../run/beginFault.ts';

const CLIENT = 'daemonset-controller';

function ask(params: Readonly<Record<string, Json>>, forMs: number): { house: House; answers: readonly ApiResult[] } {
  const house = createHouse();
  const contexts: ComponentContext[] = [];
  house.process(CLIENT, (ctx) => void contexts.push(ctx));
  beginFault(house, 'errors', 'ApiError', { client: CLIENT, ...params }, []);
  const answers: ApiResult[] = [];
  const object = testPod('agent-1');
  house.world.engine.withCause(0, () => contexts[0]?.send({ verb: 'create', object }, (got) => void answers.push(got)));
  house.runFor(forMs);
  return { house, answers };
}

test.each([
  ['server-error', 500, 'an error on the server has prevented the request from succeeding'],
  ['webhook-denied', 403, 'admission webhook "validate.example.com" denied the request: not allowed by policy'],
  [
    'webhook-unreachable',
    500,
    'Internal error occurred: failed calling webhook "validate.example.com": failed to call webhook: Post "https://policy.example.svc:443/validate?timeout=10s": context deadline exceeded',
  ],
  [
    'quota-exceeded',
    403,
    'pods "agent-1" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10',
  ],
])('A-18, case %s: the caller hears %i at once, in upstream’s words', (failure, code, message) => {
  const { house, answers } = ask({ case: failure }, 8);
  expect(answers).toMatchObject([{ ok: false, code, message }]);
  expect([house.world.store.get('Pod', 'default/agent-1'), house.world.bites.of('errors')]).toEqual([undefined, 1]);
});

// Each try takes 8 ms for its legs; ten waits lie between eleven tries.
test.each([
  ['throttled', {}, 1_000],
  ['throttled', { retryAfter: 3_000 }, 3_000],
  ['server-error', { retryAfter: 2_000 }, 2_000],
])(
  'I-14, A-25: case %s with %j is repeated every %i ms by the client, and heard after ten repetitions',
  (name, more, afterMs) => {
    const heardAtMs = 11 * 8 + 10 * afterMs;
    expect(ask({ case: name, ...more }, heardAtMs - 1).answers).toEqual([]);
    const { house, answers } = ask({ case: name, ...more }, heardAtMs);
    expect([answers.length, house.world.bites.of('errors')]).toEqual([1, 11]);
  },
);

test('a message of one’s own takes the place of the case’s, and the reason stays', () => {
  const { answers } = ask({ case: 'webhook-denied', message: 'no <name> here' }, 8);
  expect(answers).toMatchObject([{ ok: false, code: 403, message: 'no agent-1 here' }]);
});

test('a quota that is used up is told in the event of the DaemonSet, by the beginning of the pod’s name', () => {
  const cluster = createCluster(1);
  const params = { client: CLIENT, kind: 'Pod', verb: 'create', case: 'quota-exceeded' };
  beginFault(cluster, 'quota', 'ApiError', params, []);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(5_000);
  expect(cluster.events('apiEvent.FailedCreate')[0]?.data?.['message']).toBe(
    'Error creating: pods "agent-" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10',
  );
});
