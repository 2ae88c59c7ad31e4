/**
 * What a benchmark is here: named cases, measured side by side in one process, quoted as medians with their spread and
 * as a ratio against the case that is named as baseline. Absolute times differ between machines; ratios less so.
 */
import { Bench } from 'tinybench';

interface CaseBase {
  readonly name: string;
  readonly unit: string;
  /** Name of the case of the same suite that this one is compared with. */
  readonly baseline?: string;
  /** How large the problem is; the exponent is taken against the case before it in the suite that has one of the same unit. */
  readonly size?: number;
  /** What upstream has published for the same case, in ns per unit, on another machine. */
  readonly publishedNs?: number;
}

/** Called again and again, and timed from outside. */
export interface TimedCase extends CaseBase {
  /** How many units one call of `run` works through; the table shows the time per unit. */
  readonly units: number;
  run(): void;
}

/** Takes its own time, since not all that it does is to be measured. */
export interface SampledCase extends CaseBase {
  /** Ns per unit. */
  sample(): number;
}

export type BenchCase = TimedCase | SampledCase;

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
  /** b of cost ~ size^b, against the next smaller size. */
  readonly exponent: number | null;
  readonly publishedNs: number | null;
  /** This median over the published one: below 1 is faster, as far as two machines compare. */
  readonly overPublished: number | null;
}

/** Of a case that takes its own time: at least so many samples, and for at least so long. */
const SAMPLES_MIN = 3;
const SAMPLING_MS = 4_000;

/** Measures a suite's cases one after the other; at least 10 samples of each that is timed from outside. */
export async function measure(suite: Suite): Promise<readonly Row[]> {
  const bench = new Bench({
    retainSamples: true,
    time: 400,
    iterations: 10,
    warmup: true,
    warmupTime: 100,
    warmupIterations: 3,
  });
  for (const one of suite.cases) if ('run' in one) bench.add(one.name, () => one.run());
  await bench.run();
  return summarize(
    suite,
    suite.cases.map((one) => ('run' in one ? timesOf(suite, one, bench) : takeSamples(one))),
  );
}

/** The rows of a suite from the samples of each of its cases, in ns per unit. */
export function summarize(suite: Suite, samples: readonly (readonly number[])[]): readonly Row[] {
  const rows = suite.cases.map((one, at) => rowOf(suite, one, samples[at] ?? []));
  return rows.map((row, at) => {
    const baseline = rows.find(({ name }) => name === row.baseline);
    const ratio = baseline === undefined ? null : baseline.medianNs / row.medianNs;
    const one = suite.cases[at];
    return { ...row, ratio, exponent: one === undefined ? null : exponentOf(one, suite.cases, rows) };
  });
}

/** Ns per unit, of each sample. */
function timesOf(suite: Suite, one: TimedCase, bench: Bench): readonly number[] {
  const result = bench.getTask(one.name)?.result;
  if (result === undefined || !('latency' in result)) {
    const why = result !== undefined && 'error' in result ? String(result.error) : 'it did not run';
    throw new Error(`${suite.name}/${one.name}: no measurement: ${why}`);
  }
  return (result.latency.samples ?? []).map((ms) => (ms * 1e6) / one.units);
}

function takeSamples(one: SampledCase): readonly number[] {
  const samples: number[] = [];
  const beganAtMs = performance.now();
  while (samples.length < SAMPLES_MIN || performance.now() - beganAtMs < SAMPLING_MS) samples.push(one.sample());
  return samples;
}

function rowOf(suite: Suite, one: BenchCase, samples: readonly number[]): Row {
  const sorted = [...samples].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (index: number): number => sorted[index] ?? NaN;
  const medianNs = at(Math.floor(last * 0.5));
  const { publishedNs } = one;
  return {
    suite: suite.name,
    name: one.name,
    unit: one.unit,
    samples: sorted.length,
    medianNs,
    // Outwards, so that a handful of samples still shows its spread.
    p25Ns: at(Math.floor(last * 0.25)),
    p75Ns: at(Math.ceil(last * 0.75)),
    baseline: one.baseline ?? null,
    ratio: null,
    exponent: null,
    publishedNs: publishedNs ?? null,
    overPublished: publishedNs === undefined ? null : medianNs / publishedNs,
  };
}

function exponentOf(one: BenchCase, cases: readonly BenchCase[], rows: readonly Row[]): number | null {
  const before = cases.slice(0, cases.indexOf(one)).filter(({ size, unit }) => size !== undefined && unit === one.unit);
  const smaller = before.at(-1);
  if (one.size === undefined || smaller?.size === undefined) return null;
  const medianOf = (each: BenchCase): number => rows.find(({ name }) => name === each.name)?.medianNs ?? NaN;
  return Math.log(medianOf(one) / medianOf(smaller)) / Math.log(one.size / smaller.size);
}
