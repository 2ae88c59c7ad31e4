/**
 * What a benchmark is here: named cases, measured side by side in one process with tinybench, quoted as medians with their spread
 * and as a ratio against the case that is named as baseline. Absolute times differ between machines; ratios less so.
 */
import { Bench } from 'tinybench';

export interface BenchCase {
  readonly name: string;
  /** How many units one call of `run` works through; the table shows the time per unit. */
  readonly units: number;
  readonly unit: string;
  /** Name of the case of the same suite that this one is compared with. */
  readonly baseline?: string;
  run(): void;
}

export interface Suite {
  readonly name: string;
  readonly summary: string;
  readonly cases: readonly BenchCase[];
}

export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly unit: string;
  readonly samples: number;
  /** Nanoseconds per unit. */
  readonly medianNs: number;
  readonly p25Ns: number;
  readonly p75Ns: number;
  readonly baseline: string | null;
  /** Baseline's median over this one's: above 1 is faster than the baseline. */
  readonly ratio: number | null;
}

/** Measures a suite's cases one after the other; at least 10 samples each. */
export async function measure(suite: Suite): Promise<readonly Row[]> {
  const bench = new Bench({
    retainSamples: true,
    time: 400,
    iterations: 10,
    warmup: true,
    warmupTime: 100,
    warmupIterations: 3,
  });
  for (const { name, run } of suite.cases) bench.add(name, run);
  await bench.run();
  const rows = suite.cases.map((one) => rowOf(suite, one, bench));
  return rows.map((row) => {
    const baseline = rows.find(({ name }) => name === row.baseline);
    return baseline === undefined ? row : { ...row, ratio: baseline.medianNs / row.medianNs };
  });
}

function rowOf(suite: Suite, one: BenchCase, bench: Bench): Row {
  const result = bench.getTask(one.name)?.result;
  if (result === undefined || !('latency' in result)) {
    const why = result !== undefined && 'error' in result ? String(result.error) : 'it did not run';
    throw new Error(`${suite.name}/${one.name}: no measurement: ${why}`);
  }
  const { latency } = result;
  const perUnit = (ms: number | undefined): number => ((ms ?? NaN) * 1e6) / one.units;
  const sorted = [...(latency.samples ?? [])].sort((a, b) => a - b);
  const at = (share: number): number | undefined => sorted[Math.floor((sorted.length - 1) * share)];
  return {
    suite: suite.name,
    name: one.name,
    unit: one.unit,
    samples: latency.samplesCount,
    medianNs: perUnit(latency.p50),
    p25Ns: perUnit(at(0.25) ?? latency.p50),
    p75Ns: perUnit(at(0.75) ?? latency.p75),
    baseline: one.baseline ?? null,
    ratio: null,
  };
}
