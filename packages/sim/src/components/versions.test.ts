import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { FeatureGates } from '@everynode/core/profile';
import { describe, expect, test } from 'vitest';
import { createCluster } from '../cluster/testCluster.ts';
import { createHouse, objectIn, testPod } from '../cluster/testHouse.ts';
import { testDaemonSet } from '../run/runHouse.ts';

// Each test runs the same requests in the release before a change and in the one after it. The grace of silent nodes is
// in nodeFailures.test.ts, that of evicted pods in pressure.test.ts, the controller's own changes in core.

describe('generatename-retry', () => {
  /** Creates a pod under a generated name that is taken: the same seed draws the same name first. */
  function createOverTaken(kubernetesVersion: string, featureGates: FeatureGates = {}): string {
    const nameless = { ...testPod(''), metadata: { name: '', generateName: 'agent-', namespace: 'default' } };
    const create = (taken: readonly string[]): ReturnType<ReturnType<typeof createHouse>['ask']> => {
      const house = createHouse({ kubernetesVersion, featureGates });
      for (const name of taken) house.ask({ verb: 'create', object: testPod(name) });
      return house.ask({ verb: 'create', object: nameless });
    };
    const { name } = objectIn(create([])).metadata;
    const result = create([name]);
    return result.ok ? 'another name' : result.reason;
  }

  test('a generated name that is taken was the client’s problem', () => {
    expect(createOverTaken('1.30')).toBe('AlreadyExists');
    expect(createOverTaken('1.31.0')).toBe('another name');
  });

  test('its feature gate turns it on a release earlier, and off in the first one that has it', () => {
    expect(createOverTaken('1.30', { RetryGenerateName: true })).toBe('another name');
    expect(createOverTaken('1.31', { RetryGenerateName: false })).toBe('AlreadyExists');
  });
});

test('taint-timer-update: a toleration that is prolonged while the eviction is pending did not help', () => {
  const evictedAtMs = (kubernetesVersion: string): readonly number[] => {
    const cluster = createCluster(1, { kubernetesVersion });
    const tolerate = (tolerationSeconds: number) => [
      { key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
    ];
    const pod = testPod('app');
    cluster.ask({ verb: 'create', object: { ...pod, spec: { ...pod.spec, tolerations: tolerate(30) } } });
    cluster.runUntil(20_000);
    const taints = [{ key: 'maintenance', effect: 'NoExecute' }];
    cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch: { type: 'merge', body: { spec: { taints } } } });
    cluster.runUntil(30_000);
    const body = { spec: { tolerations: tolerate(60) } };
    cluster.ask({ verb: 'patch', kind: 'Pod', key: 'default/app', patch: { type: 'merge', body } });
    cluster.runUntil(120_000);
    return cluster.events('taint.timerFired').map(({ atMs }) => Math.trunc(atMs / 1000));
  };
  expect([evictedAtMs('1.35'), evictedAtMs('1.36.0')]).toEqual([[50], [80]]);
});

test('toleration-compare: the server takes numbers in tolerations behind the feature gate only', () => {
  const answer = (kubernetesVersion: string, featureGates: FeatureGates = {}): string => {
    const house = createHouse({ kubernetesVersion, featureGates });
    const pod = testPod('app');
    const tolerations = [{ key: 'sla', operator: 'Gt', value: '750' }];
    const result = house.ask({ verb: 'create', object: { ...pod, spec: { ...pod.spec, tolerations } } });
    return result.ok ? 'created' : result.message;
  };
  expect(answer('1.36', { TaintTolerationComparisonOperators: true })).toBe('created');
  expect(answer('1.36')).toBe(
    'Pod "app" is invalid: spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"',
  );
  expect(answer('1.34')).toMatch(/supported values: "Equal", "Exists"$/);
});

test('creation-timestamp-omitted: a stored template told of a creation that never was, and its revisions with it', () => {
  const timestampsIn = (kubernetesVersion: string): readonly unknown[] => {
    const house = createHouse({ kubernetesVersion });
    const { metadata } = (objectIn(house.ask({ verb: 'create', object: testDaemonSet() })) as DaemonSet).spec.template;
    return [metadata !== undefined && 'creationTimestamp' in metadata, metadata?.creationTimestamp];
  };
  expect([timestampsIn('1.33'), timestampsIn('1.34.0')]).toEqual([
    [true, null],
    [false, undefined],
  ]);
});
