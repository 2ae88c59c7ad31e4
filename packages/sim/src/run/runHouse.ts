/** A whole run for tests: a plan of a few lines in, its trace as records out. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { parseTrace } from '@everynode/trace/ndjson';
import type { EventRecord, Level, TraceRecord } from '@everynode/trace/record';
import { TraceWriter } from '@everynode/trace/writer';
import { emptyPlan } from '../cluster/testHouse.ts';
import type { RunObserver } from '../cluster/worldView.ts';
import type { NodePool, Plan, PlannedFault, PlannedOperation } from '../plan.ts';
import { type RunEnd, type RunOptions, runPlan } from '../run.ts';

export interface RunResult {
  readonly end: RunEnd;
  readonly digest: string;
  readonly records: readonly TraceRecord[];
  readonly lines: readonly string[];
  events(type?: string): readonly EventRecord[];
}

export interface RunHouseOptions extends Pick<RunOptions, 'interrupted' | 'progress'> {
  readonly level?: Level;
  readonly observer?: RunObserver;
  readonly traceBytesMax?: number;
}

export function testRun(overrides: Partial<Plan>, options: RunHouseOptions = {}): RunResult {
  const { level = 'default', traceBytesMax, ...rest } = options;
  const lines: string[] = [];
  const plan = emptyPlan(overrides);
  const trace = new TraceWriter({
    level,
    sink: (line) => void lines.push(line),
    ...(traceBytesMax === undefined ? {} : { traceBytesMax }),
  });
  const { scenario, seed, kubernetesVersion: kubernetes, durationMs: endMs } = plan;
  trace.header({ scenario, seed, tool: 'test', kubernetes, endMs, params: {}, repro: [] });
  const end = runPlan({ plan, trace, ...rest });
  const digest = trace.end({ atMs: end.atMs, verdict: 'pass', reason: '' });
  const records = parseTrace(lines);
  const events = (type?: string): readonly EventRecord[] =>
    records.filter((each): each is EventRecord => each.kind === 'event' && (type === undefined || each.type === type));
  return { end, digest, records, lines, events };
}

export function testPool(count: number, overrides: Partial<NodePool> = {}): NodePool {
  return { name: 'worker', count, capacity: {}, ...overrides };
}

export function testDaemonSet(image = 'agent:v1'): DaemonSet {
  const template = { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'main', image }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'kube-system' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template },
  };
}

type FaultStep = Partial<PlannedFault> & Pick<PlannedFault, 'id' | 'type' | 'atMs'>;

export function faultStep(step: FaultStep): PlannedFault {
  return { step: 'fault', nodes: [], targets: '', mayBeVacuous: false, params: {}, ...step };
}

export function operationStep(
  id: string,
  atMs: number,
  type: string,
  params: PlannedOperation['params'],
): PlannedOperation {
  return { step: 'operation', id, atMs, type, params };
}
