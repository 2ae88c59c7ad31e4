/** The breaches of the trace for tests, and how each of its assertions ended. */
import type { TraceWriter } from '@everynode/trace/writer';
import { DS } from './zoneOutageCluster.ts';

const DEADLINE_MS = 1_860_000;

export interface Judged {
  readonly endMs: number;
  /** The first moment with too few available pods. */
  readonly shortfall: { readonly atMs: number; readonly seq: number } | undefined;
  readonly message: string;
}

export function judge(trace: TraceWriter, { endMs, shortfall, message }: Judged): void {
  const lastSeq = trace.events - 1;
  const late = {
    id: 'rollout-finishes',
    invariant: 'rollout-complete',
    block: 'eventually',
    severity: 'critical',
  } as const;
  const floor = {
    id: 'available-floor',
    invariant: 'max-unavailable-respected',
    block: 'always',
    severity: 'observation',
  } as const;
  const { atMs, seq } = shortfall ?? { atMs: DEADLINE_MS, seq: lastSeq };
  const end = { object: DS, faults: ['outage'], toMs: null };
  trace.violation({ ...late, ...end, fromMs: DEADLINE_MS, seq: lastSeq, message });
  trace.violation({
    ...floor,
    ...end,
    fromMs: atMs,
    seq,
    message: 'kube-system/node-agent has 60 available pods of 90, demanded ≥ 81',
  });
  trace.assertion({
    ...late,
    result: 'failed',
    firstViolatedAtMs: DEADLINE_MS,
    violatedMs: endMs - DEADLINE_MS,
    evaluations: 1,
    demanded: 'all nodes updated and available',
    worst: '37 of 90',
    message,
    source: 'scenarios/tour/zone-lost.yaml:31:7',
  });
  trace.assertion({
    ...floor,
    result: 'failed',
    firstViolatedAtMs: atMs,
    violatedMs: endMs - atMs,
    evaluations: 812,
    demanded: '≥ 81',
    worst: '60',
    message: 'available pods fell below desired − maxUnavailable',
  });
  assertHeld(trace);
  trace.faultEnd({ id: 'outage', type: 'ZoneOutage', bites: 1_284, mayBeVacuous: false });
}

function assertHeld(trace: TraceWriter): void {
  const held = {
    severity: 'critical',
    result: 'held',
    firstViolatedAtMs: null,
    violatedMs: 0,
    evaluations: 812,
    worst: '',
    message: '',
  } as const;
  trace.assertion({
    ...held,
    id: 'healthy-zones-keep-coverage',
    invariant: 'available',
    block: 'always',
    demanded: '≥ 51',
    worst: '51',
  });
  trace.assertion({
    ...held,
    id: 'one-pod-per-node',
    invariant: 'one-pod-per-eligible-node',
    block: 'never',
    demanded: '≤ 1',
    worst: '1',
  });
  for (const law of ['INV-1', 'INV-2', 'INV-5'])
    trace.assertion({ ...held, id: law, invariant: law, block: 'law', demanded: '' });
}
