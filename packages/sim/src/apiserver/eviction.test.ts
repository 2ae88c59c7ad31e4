/** The eviction API and its budgets, asked at the API server's door. */
import type { DisruptionBudgetStatus, PodDisruptionBudget } from '@everynode/core/api/disruptionBudget';
import type { ApiResult } from '@everynode/core/api/requests';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';

const KEY = 'default/budget';
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";

function budget(spec: Partial<PodDisruptionBudget['spec']> = {}, name = 'budget'): PodDisruptionBudget {
  const selector = { matchLabels: { app: 'web' } };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { minAvailable: 1, selector, ...spec },
  };
}

interface PodState {
  readonly phase?: string;
  readonly ready?: boolean;
  readonly terminating?: boolean;
}

/** A pod `web` in some state, in a house with a budget whose status the disruption controller wrote. */
function houseWith(
  state: PodState,
  status: Partial<DisruptionBudgetStatus>,
  spec: Partial<PodDisruptionBudget['spec']> = {},
): House {
  const house = createHouse();
  const { phase = 'Running', ready = true, terminating = false } = state;
  const pod = testPod('web', { grace: 30 });
  house.ask({ verb: 'create', object: { ...pod, metadata: { ...pod.metadata, labels: { app: 'web' } } } });
  house.ask({ verb: 'bind', key: 'default/web', nodeName: 'n1' });
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  const patch = { type: 'strategic', body: { status: { phase, conditions } } } as const;
  house.ask({ verb: 'patch', kind: 'Pod', key: 'default/web', patch, subresource: 'status' });
  if (terminating) house.ask({ verb: 'delete', kind: 'Pod', key: 'default/web' });
  house.ask({ verb: 'create', object: budget(spec) });
  const full = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1 };
  house.ask({ verb: 'updateStatus', object: { ...budget(spec), status: { ...full, ...status } } });
  return house;
}

function evictNow(house: House): ApiResult {
  const { server } = house.world;
  return server.handle('user', { verb: 'evict', key: 'default/web' }).result;
}

describe('D-3: the budget is asked for pods that run, and for no others', () => {
  test.each([
    ['a running pod', {}, false],
    ['a pending pod', { phase: 'Pending', ready: false }, true],
    ['a failed pod', { phase: 'Failed', ready: false }, true],
    ['a succeeded pod', { phase: 'Succeeded', ready: false }, true],
    ['a terminating pod', { terminating: true }, true],
  ])('%s', (_what, state, isEvicted) => {
    expect(evictNow(houseWith(state, { disruptionsAllowed: 0 })).ok).toBe(isEvicted);
  });

  test('429 tells in its cause how many there are and how many it takes, and nothing is written', () => {
    const house = houseWith({}, { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 3 });
    const { revision } = house.world.store;
    expect(evictNow(house)).toEqual({
      ok: false,
      reason: 'TooManyRequests',
      code: 429,
      message: VIOLATES,
      causes: ['The disruption budget budget needs 3 healthy pods and has 2 currently'],
    });
    expect(house.world.store.revision).toBe(revision);
  });

  test('a budget that the controller has not looked at yet allows nothing, and asks to come back in 10 s', () => {
    const house = houseWith({}, { disruptionsAllowed: 5, observedGeneration: 0 });
    expect(evictNow(house)).toMatchObject({
      code: 429,
      retryAfterSeconds: 10,
      causes: ['The disruption budget budget is still being processed by the server.'],
    });
  });

  test('a grant is taken out of the budget before the pod is marked and deleted, and the condition follows the last one', () => {
    const house = houseWith({}, { disruptionsAllowed: 1 });
    expect(evictNow(house)).toMatchObject({ ok: true, object: { metadata: { deletionGracePeriodSeconds: 30 } } });
    const { status } = house.world.store.get('PodDisruptionBudget', KEY) as PodDisruptionBudget;
    expect(status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { web: '2026-01-01T00:00:00Z' } });
    expect(status?.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' },
    ]);
    expect(
      house
        .events()
        .slice(-3)
        .map(({ type }) => type),
    ).toEqual(['pdb.updated', 'pod.updated', 'pod.deleting']);
    expect(evictNow(house).ok).toBe(true);
    expect(house.world.store.get('PodDisruptionBudget', KEY)?.status?.disruptionsAllowed).toBe(0);
  });

  test('two budgets over one pod are an error of the server', () => {
    const house = houseWith({}, { disruptionsAllowed: 1 });
    house.ask({ verb: 'create', object: budget({}, 'other') });
    expect(evictNow(house)).toMatchObject({
      code: 500,
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    });
  });

  test('a budget of another namespace, or with another selector, has no say; one with an empty selector covers all', () => {
    const other = { selector: { matchLabels: { app: 'other' } } };
    expect(evictNow(houseWith({}, { disruptionsAllowed: 0 }, other)).ok).toBe(true);
    expect(evictNow(houseWith({}, { disruptionsAllowed: 0 }, { selector: {} })).ok).toBe(false);
  });

  test('more than 2,000 grants that nobody has seen through are an error', () => {
    const disruptedPods = Object.fromEntries(Array.from({ length: 2001 }, (_, n) => [`p${n}`, '2026-01-01T00:00:00Z']));
    expect(evictNow(houseWith({}, { disruptionsAllowed: 1, disruptedPods }))).toMatchObject({ reason: 'Forbidden' });
  });
});

describe('D-6: a pod that is not ready', () => {
  const unready = { ready: false };
  test.each([
    ['IfHealthyBudget, enough others are healthy', {}, { currentHealthy: 1, desiredHealthy: 1 }, true],
    ['IfHealthyBudget, not enough are', {}, { currentHealthy: 0, desiredHealthy: 1 }, false],
    ['IfHealthyBudget, nothing is demanded', {}, { currentHealthy: 0, desiredHealthy: 0 }, false],
    ['AlwaysAllow, not enough are', { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { currentHealthy: 0 }, true],
  ])('%s', (_what, spec, status, isEvicted) => {
    const house = houseWith(unready, { disruptionsAllowed: 0, ...status }, spec);
    expect(evictNow(house).ok).toBe(isEvicted);
    expect(house.world.store.get('PodDisruptionBudget', KEY)?.status?.disruptedPods).toBeUndefined();
  });

  test('AlwaysAllow does not help a pod that is ready', () => {
    const policy = { unhealthyPodEvictionPolicy: 'AlwaysAllow' };
    expect(evictNow(houseWith({}, { disruptionsAllowed: 0 }, policy)).ok).toBe(false);
  });
});

describe('a budget as the server takes it', () => {
  test.each([
    [
      { minAvailable: 1, maxUnavailable: 1 },
      /spec: Invalid value: .*: minAvailable and maxUnavailable cannot be both set$/,
    ],
    [{ minAvailable: -1 }, /spec\.minAvailable: Invalid value: -1: must be greater than or equal to 0$/],
    [{ minAvailable: '101%' }, /spec\.minAvailable: Invalid value: "101%": must not be greater than 100%$/],
    [
      { unhealthyPodEvictionPolicy: 'Never' },
      /Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"$/,
    ],
  ])('%j is refused', (spec, message) => {
    const result = createHouse().ask({ verb: 'create', object: budget(spec) });
    expect(result).toMatchObject({ ok: false, reason: 'Invalid' });
    expect(result.ok ? '' : result.message).toMatch(message);
  });

  test('its generation counts changes of the spec, and only the status write takes a status', () => {
    const house = createHouse();
    const status = { disruptionsAllowed: 9, currentHealthy: 9, desiredHealthy: 9, expectedPods: 9 };
    house.ask({ verb: 'create', object: { ...budget(), status } });
    expect(house.world.store.get('PodDisruptionBudget', KEY)?.status).toBeUndefined();
    house.ask({ verb: 'updateStatus', object: { ...budget(), status } });
    house.ask({ verb: 'update', object: budget({ minAvailable: 2 }) });
    expect(house.world.store.get('PodDisruptionBudget', KEY)).toMatchObject({
      metadata: { generation: 2 },
      status: { disruptionsAllowed: 9 },
    });
  });
});
