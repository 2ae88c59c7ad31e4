import { expect, test } from 'vitest';
import { parseTrace } from '@everynode/trace/ndjson';
import { verifyTrace } from '@everynode/trace/verify';
import { type ExecuteOptions, execute, executeInSlices } from './execute.ts';
import { compile } from './compile.ts';
import { parseScenario } from './parse.ts';
import { shapeChecker } from './shape.ts';
import { vocabulary } from './vocabulary.ts';
import { AGENT, errorOf } from './testing/fixtures.ts';

/** Stays on dead nodes: else the node would have to run none, and no gap would be counted. */
const STAYING_AGENT = AGENT.replace('      containers', '      tolerations: [{ operator: Exists }]\n      containers');

const OPTIONS: ExecuteOptions = { tool: 'test', repro: ['test'] };

const SMALL = `apiVersion: everynode.dev/v1alpha1
kind: Scenario
metadata: { name: small }
spec:
  duration: 12m
  cluster: { nodePools: [{ name: worker, count: 5 }] }
  manifests: [{ path: agent.yaml }]
  timeline:
    - { id: crash, at: 4m, fault: { type: NodeCrash, for: 3m, targets: { nodes: { pick: { mode: one } } } } }
  expect:
    always: [{ id: four, invariant: daemonset-available, with: { daemonSet: kube-system/agent, gte: 4 } }]
    thresholds: [{ id: gap, metric: daemonset_node_uncovered_seconds, labels: { daemonSet: kube-system/agent }, lte: 600 }]
`;

function planOf(text: string): ReturnType<typeof compile>['plan'] {
  const checker = shapeChecker(vocabulary);
  const scenario = parseScenario('small.yaml', text, checker);
  const reader = {
    resolve: (_from: string, path: string) => path,
    read: () => ({ ok: true as const, text: STAYING_AGENT }),
  };
  return compile({ scenario, row: scenario.rows[0] ?? {}, reader, checker, vocabulary }).plan;
}

const PLAN = planOf(SMALL);

test('a run leaves a sound trace whose end says what the outcome says', () => {
  const lines: string[] = [];
  const outcome = execute(PLAN, { ...OPTIONS, sink: (line) => lines.push(line) });
  expect(outcome).toMatchObject({ verdict: 'pass', reason: '', virtualMs: 720_000, onlyThresholds: false });
  const records = parseTrace(lines);
  expect(verifyTrace(records)).toEqual([]);
  expect(records.at(-1)).toMatchObject({ kind: 'end', digest: outcome.digest, verdict: 'pass' });
  expect(records.filter(({ kind }) => kind === 'assertion')).toHaveLength(outcome.assertions.length);
});

test('run in slices, without a sink, or run twice: the same digest; another seed: another', () => {
  const { digest } = execute(PLAN, OPTIONS);
  const run = executeInSlices(PLAN, OPTIONS);
  let slices = 0;
  let slice = run.next();
  for (; slice.done !== true; slice = run.next()) slices += 1;
  expect(slice.value.digest).toBe(digest);
  expect(slices).toBe(Math.trunc(slice.value.events / 10_000));
  expect(execute({ ...PLAN, seed: 'other' }, OPTIONS).digest).not.toBe(digest);
});

test('an assertion that breaks makes it violated; a threshold alone is told apart', () => {
  const broken = execute(planOf(SMALL.replace('gte: 4', 'gte: 5')), OPTIONS);
  expect(broken).toMatchObject({ verdict: 'violated', onlyThresholds: false });
  expect(broken.assertions.find(({ id }) => id === 'four')).toMatchObject({ result: 'failed', block: 'always' });
  const slower = execute(planOf(SMALL.replace('lte: 600', 'lte: 1')), OPTIONS);
  expect(slower).toMatchObject({ verdict: 'violated', onlyThresholds: true });
});

test('an interrupted run ends at once with a sound trace, and judges nothing by what it did not see', () => {
  const lines: string[] = [];
  const long = { ...PLAN, durationMs: 100_000_000 };
  const outcome = execute(long, { ...OPTIONS, sink: (line) => lines.push(line), interrupted: () => true });
  expect(outcome.verdict).toBe('interrupted');
  expect(outcome.events).toBe(10_000);
  expect(verifyTrace(parseTrace(lines))).toEqual([]);
});

test('a limit ends the run with the number', () => {
  const outcome = execute({ ...PLAN, limits: { ...PLAN.limits, events: 500 } }, OPTIONS);
  expect(outcome).toMatchObject({
    verdict: 'limit',
    reason: expect.stringMatching(/500 events were handled; busiest was /),
  });
});

test('with the real vocabulary a misspelt fault and invariant name the nearest one', () => {
  expect(errorOf(() => planOf(SMALL.replace('NodeCrash', 'NodeCrush')))).toMatch(
    /unknown fault "NodeCrush"; did you mean NodeCrash\?/,
  );
  expect(errorOf(() => planOf(SMALL.replace('daemonset-available', 'daemonset-avail')))).toMatch(
    /did you mean daemonset-available\?/,
  );
  expect(errorOf(() => planOf(SMALL.replace('daemonset_node_uncovered_seconds', 'daemonset_node_uncovered')))).toMatch(
    /did you mean daemonset_node_uncovered_seconds\?/,
  );
});
