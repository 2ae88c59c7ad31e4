/** `everynode plan`: every victim and every time of a run, without running it. Exact, since the same plan is run. */
import { formatDuration } from '@everynode/scenario/duration';
import type { Plan, PlanStep } from '@everynode/sim/plan';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { findJobs, type JobOptions } from './jobs.ts';
import { countOf, printLine } from './terminal.ts';

export interface PlanCommandOptions extends JobOptions {
  readonly output: 'text' | 'json';
}

export function planCommand(options: PlanCommandOptions): ExitCode {
  for (const { compiled, rowNumber } of findJobs(options)) {
    if (options.output === 'json') printLine(JSON.stringify(compiled.plan));
    else printLine(planText(compiled.plan, rowNumber));
  }
  return EXIT.pass;
}

function planText(plan: Plan, rowNumber: number | undefined): string {
  const nodes = plan.pools.reduce((sum, { count }) => sum + count, 0);
  const params = Object.entries(plan.params).map(([name, value]) => `${name}: ${String(value)}`);
  const row = rowNumber === undefined ? '' : ` row ${rowNumber}`;
  const head = [
    `seed ${plan.seed}`,
    `Kubernetes ${plan.kubernetesVersion}`,
    ...Object.entries(plan.featureGates ?? {}).map(([name, isOn]) => `${name}: ${isOn}`),
    countOf(nodes, 'node'),
    formatDuration(plan.durationMs),
    ...params,
  ];
  const lines = plan.steps.map((step) => [timesOf(step), step.id, whatOf(step)] as const);
  const widths = [0, 1].map((column) => Math.max(0, ...lines.map((line) => (line[column] ?? '').length)));
  const rows = lines.map(
    ([times, id, what]) => `  ${times.padEnd(widths[0] ?? 0)}  ${id.padEnd(widths[1] ?? 0)}  ${what}`,
  );
  const demands = plan.expectations.map(({ id, block, invariant, window }) => {
    return `  ${formatDuration(window.fromMs)}–${formatDuration(window.toMs)}  ${block} ${id} (${invariant})`;
  });
  const thresholds = plan.thresholds.map(({ id, metric, stat, window }) => {
    return `  ${formatDuration(window.fromMs)}–${formatDuration(window.toMs)}  threshold ${id} (${stat} of ${metric})`;
  });
  return [`${plan.scenario}${row}  ${head.join(' · ')}`, ...rows, ...demands, ...thresholds].join('\n');
}

function timesOf(step: PlanStep): string {
  const from = formatDuration(step.atMs);
  return step.step === 'fault' && step.liftAtMs !== undefined ? `${from}–${formatDuration(step.liftAtMs)}` : from;
}

/** Victims by name: a plan that says "10 %" says nothing that could be checked. */
function whatOf(step: PlanStep): string {
  const params = Object.entries(step.params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const given = params.length === 0 ? '' : ` { ${params.join(', ')} }`;
  if (step.step === 'operation') return `${step.type}${given}`;
  const victims = step.nodes.length === 0 ? '' : ` on ${step.nodes.join(', ')}`;
  return `${step.type}${given}${victims}`;
}
