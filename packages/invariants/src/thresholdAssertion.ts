/** A threshold in the course of a run: records its metric, and compares one number at the end. */
import { assert } from '@everynode/core/assert';
import type { Comparison, PlannedThreshold } from '@everynode/sim/plan';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { boundsText, isWithin } from './comparison.ts';
import { Episodes, type ViolationSink } from './episodes.ts';
import type { FaultLog } from './faultLog.ts';
import { type Assertion, type AssertionRow, type RunEndView, windowNote } from './ledger.ts';
import type { MetricDefinition, Recorder } from './metric.ts';
import { metricRegistry } from './metrics.ts';
import { computeStat, thousandthsText } from './stats.ts';

export class ThresholdAssertion implements Assertion {
  readonly watches: readonly WatchKind[];
  readonly #planned: PlannedThreshold;
  readonly #metric: MetricDefinition;
  readonly #recorder: Recorder;
  readonly #episodes: Episodes;

  constructor(planned: PlannedThreshold, sink: ViolationSink, faults: FaultLog) {
    const metric = Object.hasOwn(metricRegistry, planned.metric) ? metricRegistry[planned.metric] : undefined;
    assert(metric !== undefined, () => `a plan names the metric ${planned.metric}, which is none`);
    const { id, severity } = planned;
    this.watches = metric.watches;
    this.#planned = planned;
    this.#metric = metric;
    this.#recorder = metric.record(planned);
    this.#episodes = new Episodes({ id, invariant: planned.metric, block: 'threshold', severity }, sink, faults);
  }

  begin(view: WorldView): void {
    this.#recorder.begin(view);
  }

  changed(change: Change, view: WorldView): void {
    this.#recorder.observe(change, view);
  }

  get wakeAtMs(): number | undefined {
    const { wakeAtMs } = this.#recorder;
    return wakeAtMs === undefined || wakeAtMs > this.#planned.window.toMs ? undefined : wakeAtMs;
  }

  finish({ view, seq }: RunEndView): AssertionRow {
    const { stat, compare, metric, window, labels } = this.#planned;
    const { isEmpty, note } = windowNote(window, view.nowMs);
    const samples = isEmpty ? undefined : this.#recorder.finish(view);
    if (samples === undefined) {
      const why = isEmpty ? note : `${metric} has no data: nothing to measure came up in its window`;
      return this.#row('not-evaluated', 0, '', why);
    }
    const { unitsPerOne, unit } = this.#metric;
    // Counting says how many, whatever is counted; all else is in the metric's unit.
    const scale = stat === 'count' ? 1000 : 1000 * unitsPerOne;
    const got = computeStat(samples, stat);
    const evaluations = samples.values.length;
    const worst = thousandthsText(Math.trunc((got * 1000) / scale));
    if (isWithin(got, scaled(compare, scale))) return this.#row('held', evaluations, worst, note);
    const of = labels['daemonSet'] === undefined ? '' : ` of ${labels['daemonSet']}`;
    const what = stat === 'count' ? '' : ` ${unit}`;
    const message = `${stat} of ${metric}${of} is ${worst}${what}, demanded ${boundsText(compare)}`;
    const atMs = Math.min(window.toMs, view.nowMs);
    this.#episodes.breach(atMs, seq, { message });
    this.#episodes.heal(atMs);
    this.#episodes.finish(view.nowMs);
    return this.#row('failed', evaluations, worst, message);
  }

  #row(result: AssertionRow['result'], evaluations: number, worst: string, message: string): AssertionRow {
    const { id, metric, stat, compare, severity, source } = this.#planned;
    return {
      id,
      invariant: metric,
      block: 'threshold',
      severity,
      result,
      firstViolatedAtMs: this.#episodes.firstViolatedAtMs,
      violatedMs: 0,
      evaluations,
      demanded: `${stat} ${boundsText(compare)}`,
      worst,
      message,
      ...(source === undefined ? {} : { source: `${source.file}:${source.line}:${source.column}` }),
    };
  }
}

/** Bounds in the recorder's thousandths; a bound with more digits than that stands between two of them. */
function scaled(compare: PlannedThreshold['compare'], scale: number): Partial<Record<Comparison, number>> {
  const entries = Object.entries(compare) as readonly (readonly [Comparison, number])[];
  return Object.fromEntries(entries.map(([name, bound]) => [name, bound * scale]));
}
