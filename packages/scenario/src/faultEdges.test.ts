/** Every fault at its edges: over as it begins, longer than the run, twice at once, its node gone in the middle. No assertion fails, nothing stays bent. */
import { faultRegistry } from '@everynode/sim/faults/registry';
import type { FaultDefinition } from '@everynode/sim/faults/fault';
import type { Plan, PlannedFault, PlanStep } from '@everynode/sim/plan';
import { describe, expect, test } from 'vitest';
import { PAIRED, pairPlan } from './testing/faultPair.ts';
import { compileText, errorOf, OUTAGE } from './testing/fixtures.ts';
import { TIMEOUT_MS } from './testing/testScale.ts';
import { findFaultsOf, watchRun } from './testing/watchedRun.ts';
import { vocabulary } from './vocabulary.ts';

const minutes = (count: number): number => count * 60_000;
const YEARS_MS = 1_000 * 365 * 86_400_000;
const FAULTS = Object.keys(faultRegistry);

function faultAt(id: string, type: string, liftAtMs: number): PlannedFault {
  const { instant } = faultRegistry[type] as FaultDefinition;
  const target = PAIRED[type];
  if (target === undefined) throw new Error(`nothing is known of ${type}`);
  const lift = instant ? {} : { liftAtMs };
  return { step: 'fault', id, type, atMs: minutes(3), ...lift, targets: '', mayBeVacuous: true, ...target };
}

/** A quarter of an hour under these steps. */
function planOf(type: string, steps: readonly PlanStep[]): Plan {
  const { steps: _steps, ...plan } = pairPlan(type, type, { seed: '5', explore: false });
  return { ...plan, durationMs: minutes(15), steps: [...steps].sort((a, b) => a.atMs - b.atMs) };
}

function problemsOf(plan: Plan): readonly string[] {
  const run = watchRun(plan);
  return [...findFaultsOf(run), ...run.end.bent];
}

describe.each(FAULTS)('%s', (type) => {
  test(
    'for no time at all, and twice so at one instant',
    () => {
      const steps = [faultAt('a', type, minutes(3)), faultAt('b', type, minutes(3))];
      expect(problemsOf(planOf(type, steps))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'for a thousand years it holds to the end, and only it',
    () => {
      const run = watchRun(planOf(type, [faultAt('a', type, YEARS_MS)]));
      expect(findFaultsOf(run)).toEqual([]);
      expect(run.end.bent.filter((each) => !each.startsWith('a '))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'outlives its node, and another one of its own kind, which is lifted first',
    () => {
      const gone: PlanStep = {
        step: 'operation',
        id: 'gone',
        type: 'removeNodes',
        atMs: minutes(4),
        params: { nodes: { include: ['worker-1'] } },
      };
      const steps = [faultAt('a', type, minutes(8)), faultAt('b', type, minutes(6)), gone];
      expect(problemsOf(planOf(type, steps))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('a fault that can hit nothing is refused where it stands', () => {
  const withFault = (fault: string): string => OUTAGE.replace(/fault: \{ type: ZoneOutage.*\}/, `fault: ${fault}`);

  test.each([
    [
      'a node that is not there',
      '{ type: NodeCrash, for: 1m, targets: { nodes: { names: [worker-99] } } }',
      /unknown node "worker-99"/,
    ],
    ['no target', '{ type: NodeCrash, for: 1m }', /"targets" is missing/],
    [
      'a process that is not there',
      '{ type: ControllerCrash, for: 1m, component: kube-controler-manager }',
      /unknown process "kube-controler-manager"; did you mean kube-controller-manager\?/,
    ],
    [
      'a replica that is not there',
      '{ type: ControllerCrash, for: 1m, component: kube-scheduler/1 }',
      /unknown process "kube-scheduler\/1"; did you mean kube-scheduler\/0\?/,
    ],
    [
      'a node in the place of its kubelet',
      '{ type: ControllerPause, for: 1m, component: worker-0 }',
      /unknown process "worker-0"; write kubelet\/worker-0 for the kubelet of that node/,
    ],
    [
      'all kubelets as one process',
      '{ type: ControllerPause, for: 1m, component: kubelet }',
      /unknown process "kubelet"/,
    ],
    [
      'a client that is not there',
      '{ type: WatchLag, for: 1m, client: scheduler, delay: 1s }',
      /unknown client "scheduler"/,
    ],
    [
      'two ways to say whose clock',
      '{ type: ClockSkew, for: 1m, by: 1s, component: pod-gc, targets: { nodes: { names: [worker-0] } } }',
      /`component` and `targets` both say whose; keep one of them/,
    ],
    [
      'no node picked',
      '{ type: NodeCrash, for: 1m, targets: { nodes: { pick: { mode: percent, value: 1%, round: down } } } }',
      /this pick takes no node/,
    ],
    [
      'a condition without a status that there is',
      '{ type: NodeCondition, for: 1m, status: Maybe, targets: { nodes: { names: [worker-0] } } }',
      /Maybe/,
    ],
    [
      'a negative duration',
      '{ type: NodeCrash, for: -1m, targets: { nodes: { names: [worker-0] } } }',
      /s\.yaml:\d+:\d+: /,
    ],
    [
      'more years than there are',
      '{ type: NodeCrash, for: 100000000h, targets: { nodes: { names: [worker-0] } } }',
      /no duration in whole milliseconds up to 1,000 years/,
    ],
  ])('%s', (_what, fault, message) => {
    expect(errorOf(() => compileText(withFault(fault), { words: vocabulary }))).toMatch(message);
  });

  test.each(['kubelet', 'kube-controller-manager', 'kube-controller-manager/0', 'user', 'kubelet/worker-0'])(
    'while %s is a client',
    (client) => {
      const fault = `{ type: ApiError, for: 1m, client: ${client} }`;
      expect(errorOf(() => compileText(withFault(fault), { words: vocabulary }))).not.toMatch(/unknown client/);
    },
  );
});
