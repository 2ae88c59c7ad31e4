import { describe, expect, test } from 'vitest';
import type { PlannedFault } from '@everynode/sim/plan';
import { compileText, errorOf, OUTAGE } from './testing/fixtures.ts';

function edited(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the fixture has no ${from}`);
    return text.replace(from, to);
  }, OUTAGE);
}

function faultOf(text: string, id = 'outage', seed?: string): PlannedFault {
  const { plan } = compileText(text, seed === undefined ? {} : { seed });
  const step = plan.steps.find((each) => each.id === id);
  if (step?.step !== 'fault') throw new Error(`no fault ${id}`);
  return step;
}

/** The fixture with another fault in the place of the outage. */
function withFault(fault: string): string {
  return edited(['type: ZoneOutage, for: 20m, targets: { nodes: { zone: "${params.zone}" } }', fault]);
}

describe('a plan', () => {
  test('has every pick made, every window bound, and the place of every line', () => {
    const { plan, notices } = compileText(OUTAGE);
    expect(notices).toEqual([]);
    expect(plan.steps).toEqual([
      {
        step: 'fault',
        id: 'outage',
        type: 'ZoneOutage',
        atMs: 300_000,
        liftAtMs: 1_500_000,
        nodes: ['worker-1', 'worker-4', 'worker-7'],
        targets: 'zone-b (3 nodes)',
        mayBeVacuous: false,
        params: {},
        source: { file: 's.yaml', line: 16, column: 7 },
      },
      {
        step: 'operation',
        id: 'rollout',
        type: 'update',
        atMs: 420_000,
        params: { daemonSet: 'kube-system/agent', setImage: { agent: 'example/agent:v2' } },
        source: { file: 's.yaml', line: 19, column: 7 },
      },
    ]);
    expect(plan.expectations).toEqual([
      {
        id: 'floor',
        block: 'always',
        severity: 'critical',
        invariant: 'daemonset-available',
        params: { daemonSet: 'kube-system/agent', gte: 5 },
        window: { fromMs: 420_000, toMs: 2_700_000 },
        source: { file: 's.yaml', line: 24, column: 9 },
      },
    ]);
    expect(plan).toMatchObject({
      scenario: 'outage',
      labels: { tier: 'test' },
      seed: '7',
      kubernetesVersion: '1.36',
      durationMs: 2_700_000,
      params: { floor: 5, zone: 'zone-b' },
    });
    expect(plan.objects).toMatchObject([{ kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'kube-system' } }]);
  });

  test('is plain JSON: writing and reading it changes nothing', () => {
    const { plan } = compileText(OUTAGE);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('takes the given seed before the scenario’s, and 1 where there is none', () => {
    expect(compileText(OUTAGE, { seed: '99' }).plan.seed).toBe('99');
    expect(compileText(edited(['  seed: 7\n', ''])).plan.seed).toBe('1');
  });

  test('shuffles only where the scenario says explore', () => {
    const explored = OUTAGE.replace('  seed: 7', '  seed: 7\n  explore: true');
    expect([compileText(OUTAGE), compileText(explored)].map(({ plan }) => plan.explore)).toEqual([false, true]);
  });

  test('carries a minor or a patch release, without the v, and the feature gates that are set', () => {
    const version = (text: string) =>
      compileText(
        edited([
          '  seed: 7',
          `  kubernetes: { version: "${text}", settings: { nodeMonitorGracePeriod: 40s, kubeApiQps: 5 } }`,
        ]),
      ).plan;
    expect(version('v1.31.4')).toMatchObject({
      kubernetesVersion: '1.31.4',
      settings: { nodeMonitorGracePeriod: 40_000, kubeApiQps: 5 },
    });
    expect(version('1.31')).toMatchObject({ kubernetesVersion: '1.31' });
    expect(version('1.31')).not.toHaveProperty('featureGates');
    const gated = edited([
      '  seed: 7',
      '  kubernetes: { featureGates: { StaleControllerConsistencyDaemonSet: false } }',
    ]);
    expect(compileText(gated).plan).toMatchObject({
      kubernetesVersion: '1.36',
      featureGates: { StaleControllerConsistencyDaemonSet: false },
    });
  });
});

describe('picks', () => {
  const pick = (text: string) =>
    withFault(`type: DiskPressure, for: 1m, targets: { nodes: { pool: worker, pick: ${text} } }`);

  test.each([
    ['{ mode: all }', 9],
    ['{ mode: one }', 1],
    ['{ mode: fixed, value: 4 }', 4],
    ['{ mode: percent, value: 10% }', 1],
    ['{ mode: percent, value: 50% }', 5],
    ['{ mode: percent, value: 50%, round: down }', 4],
    ['{ mode: percent, value: 100% }', 9],
  ])('%s takes %i of 9 nodes', (text, count) => {
    const { nodes } = faultOf(pick(text));
    expect(new Set(nodes).size).toBe(count);
  });

  test('order by name goes by code unit, order of creation by pool and number', () => {
    const twelve = (order: string) =>
      faultOf(pick(`{ mode: fixed, value: 3, order: ${order} }`).replace('count: 9', 'count: 12')).nodes;
    expect(twelve('name')).toEqual(['worker-0', 'worker-1', 'worker-10']);
    expect(twelve('reverse-name')).toEqual(['worker-9', 'worker-8', 'worker-7']);
    expect(twelve('creation')).toEqual(['worker-0', 'worker-1', 'worker-2']);
  });

  test('the same seed picks the same nodes, other seeds pick others, a new step shifts none of it', () => {
    const text = pick('{ mode: fixed, value: 3 }');
    const first = faultOf(text, 'outage', '1').nodes;
    expect(faultOf(text, 'outage', '1').nodes).toEqual(first);
    const others = ['2', '3', '4', '5', '6'].map((seed) => faultOf(text, 'outage', seed).nodes.join());
    expect(new Set([first.join(), ...others]).size).toBeGreaterThan(3);
    const withMore = text.replace(
      '    - id: outage',
      '    - id: early\n      at: 1m\n      fault: { type: DiskPressure, for: 1m, targets: { nodes: { pick: { mode: one } } } }\n    - id: outage',
    );
    expect(faultOf(withMore, 'outage', '1').nodes).toEqual(first);
  });

  test('a zone goes as a whole: picking one of three zones takes its three nodes', () => {
    const fault = faultOf(
      withFault(
        'type: ZoneOutage, for: 1m, targets: { nodes: { zone: [zone-a, zone-b, zone-c], pick: { mode: one } } }',
      ),
    );
    expect(new Set(fault.nodes.map((name) => Number(name.split('-')[1]) % 3)).size).toBe(1);
    expect(fault.nodes).toHaveLength(3);
  });

  test.each([
    ['{ mode: fixed, value: 10 }', /10 nodes are wanted and 9 match; write at most 9/],
    ['{ mode: fixed, value: 10% }', /mode fixed needs a whole number/],
    ['{ mode: percent, value: 5 }', /mode percent needs a percentage from 0% to 100%/],
    ['{ mode: percent, value: 500% }', /mode percent needs a percentage/],
    ['{ mode: percent, value: 1%, round: down }', /this pick takes no node; write a larger `value`, or `round: up`/],
  ])('%s is refused', (text, message) => {
    expect(errorOf(() => compileText(pick(text)))).toMatch(message);
  });

  test('max-percent takes at least one and at most the share', () => {
    const counts = Array.from(
      { length: 30 },
      (_, seed) => faultOf(pick('{ mode: max-percent, value: 50% }'), 'outage', String(seed)).nodes.length,
    );
    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBe(5);
  });
});

describe('times', () => {
  test('a step after another counts from its end, `.begin` and `plus` say otherwise', () => {
    const after = (text: string) =>
      compileText(edited(['at: 7m', `after: ${text}`])).plan.steps.find(({ id }) => id === 'rollout')?.atMs;
    expect(after('{ step: outage }')).toBe(1_500_000);
    expect(after('{ step: outage.begin, plus: 30s }')).toBe(330_000);
  });

  test('every repeats until the end or as often as `times`, each with an id and a pick of its own', () => {
    const text = withFault('type: DiskPressure, for: 1m, targets: { nodes: { pick: { mode: one } } }').replace(
      'at: 5m',
      'at: 5m\n      every: 10m',
    );
    const { plan } = compileText(text);
    const faults = plan.steps.filter((step): step is PlannedFault => step.step === 'fault');
    expect(faults.map(({ id, atMs }) => [id, atMs / 60_000])).toEqual([
      ['outage-1', 5],
      ['outage-2', 15],
      ['outage-3', 25],
      ['outage-4', 35],
      ['outage-5', 45],
    ]);
    expect(new Set(faults.flatMap(({ nodes }) => nodes)).size).toBeGreaterThan(1);
    expect(compileText(text.replace('every: 10m', 'every: 10m\n      times: 2')).plan.steps).toHaveLength(3);
  });

  test('a drawn duration of a fault lies in its range and depends on the seed', () => {
    const text = withFault('type: DiskPressure, for: { uniform: { min: 1m, max: 10m } }, targets: { nodes: {} }');
    const lengths = ['1', '2', '3', '4'].map((seed) => (faultOf(text, 'outage', seed).liftAtMs ?? 0) - 300_000);
    expect(lengths.every((ms) => ms >= 60_000 && ms <= 600_000)).toBe(true);
    expect(new Set(lengths).size).toBeGreaterThan(2);
  });

  test.each([
    ['{ after: outage.end }', 1_500_000, 2_700_000],
    ['{ after: outage }', 1_500_000, 2_700_000],
    ['{ from: outage }', 300_000, 2_700_000],
    ['{ during: outage }', 300_000, 1_500_000],
    ['{ from: outage, until: rollout }', 300_000, 420_000],
    ['{ from: 1m30s, until: outage.end }', 90_000, 1_500_000],
    ['{}', 300_000, 2_700_000],
  ])('window %s goes from %i to %i', (window, fromMs, toMs) => {
    const { plan } = compileText(edited(['window: { from: rollout }', `window: ${window}`]));
    expect(plan.expectations[0]?.window).toEqual({ fromMs, toMs });
  });
});

describe('nodes of expectations', () => {
  const filterOf = (nodes: string) =>
    compileText(edited(['gte: "${params.floor}"', `nodes: ${nodes}`])).plan.expectations[0]?.params['nodes'];

  test.each([
    ['{ fault: outage }', { include: ['worker-1', 'worker-4', 'worker-7'] }],
    ['{ fault: "!outage" }', { exclude: ['worker-1', 'worker-4', 'worker-7'] }],
    ['{ names: [worker-2] }', { include: ['worker-2'] }],
    [
      '{ zone: zone-a, fault: "!outage" }',
      { include: ['worker-0', 'worker-3', 'worker-6'], exclude: ['worker-1', 'worker-4', 'worker-7'] },
    ],
    [
      '{ selector: { matchLabels: { everynode.dev/pool: worker } } }',
      { selector: { matchLabels: { 'everynode.dev/pool': 'worker' } } },
    ],
  ])('%s', (nodes, filter) => {
    expect(filterOf(nodes)).toEqual(filter);
  });

  test('a pick there is refused', () => {
    expect(errorOf(() => filterOf('{ pick: { mode: one } }'))).toMatch(/unknown key "pick"/);
  });
});

describe('nodes that come and go', () => {
  test('a fault may aim at nodes that joined, and not at those that left', () => {
    const text = withFault('type: DiskPressure, for: 1m, targets: { nodes: { pick: { mode: all } } }').replace(
      '    - id: outage',
      '    - id: join\n      at: 1m\n      addNodes: { pool: worker, count: 1 }\n    - id: leave\n      at: 2m\n      removeNodes: { nodes: { names: [worker-0] } }\n    - id: outage',
    );
    const { nodes } = faultOf(text);
    expect(nodes).toContain('worker-9');
    expect(nodes).not.toContain('worker-0');
    expect(compileText(text).plan.steps.find(({ id }) => id === 'leave')?.params).toEqual({
      nodes: { include: ['worker-0'] },
    });
  });
});

test('`when` leaves an assertion out of the rows it does not hold in', () => {
  const text = edited(['window: { from: rollout }', 'when: params.floor > 5']);
  expect(compileText(text).plan.expectations).toEqual([]);
  expect(compileText(text.replace('floor: { default: 5 }', 'floor: { default: 6 }')).plan.expectations).toHaveLength(1);
});
