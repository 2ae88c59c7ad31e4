/** Pages of the scenario language that are no plain registry of parameters: metrics, and operations in their YAML form. */
import type { MetricEntry, Vocabulary } from '@everynode/scenario/vocabulary';
import { type Described, GENERATED_NOTE, table } from './reference.ts';

/** One section for each metric, with the labels that a threshold gives it. */
export function metricsPage(metrics: Readonly<Record<string, MetricEntry>>): string {
  const intro =
    'What a threshold can be about: an entry under `expect.thresholds` with `metric:`, `stat:` and a bound.';
  const sections = Object.keys(metrics)
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const metric = metrics[name];
      return metric === undefined ? [] : [section(name, metric)];
    });
  return `${['# Metrics', GENERATED_NOTE, intro, ...sections].join('\n\n')}\n`;
}

function section(name: string, { summary, promise, unit, required, optional }: MetricEntry): string {
  const rows = [
    ...required.map((label) => [`\`${label}\``, 'required']),
    ...optional.map((label) => [`\`${label}\``, 'optional']),
  ];
  const labels = rows.length === 0 ? 'No labels.' : table(['label', 'presence'], rows);
  return [`## ${name}`, `${summary}. Unit: ${unit}.`, promise, labels].join('\n\n');
}

/** `apply` holds API objects in a plan; in a scenario it names manifests. */
export function operationsAsWritten({ operations }: Vocabulary): Readonly<Record<string, Described>> {
  const { apply, ...others } = operations;
  if (apply === undefined) return operations;
  const promise = 'Written as a list of manifests, as under `spec.manifests`: `apply: [{ path: ./agent.yaml }]`.';
  return { ...others, apply: { summary: apply.summary, promise, params: {} } };
}

/** `cel` holds its text and the row in a plan; in a scenario it is a key of its own. */
export function expectationsAsWritten({ expectations }: Vocabulary): Readonly<Record<string, Described>> {
  const { cel, ...others } = expectations;
  if (cel === undefined) return expectations;
  const how =
    'Written as `cel:` with the expression, in place of `invariant:`: `cel: "pods.all(p, p.phase != \'Failed\')"`.';
  return { ...others, cel: { summary: cel.summary, promise: `${how} ${cel.promise}`, params: {} } };
}
