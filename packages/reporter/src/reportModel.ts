/** Reads a trace once and puts what it tells into the order in which people ask. */
import type {
  AssertionRecord,
  EndRecord,
  FaultRecord,
  HeaderRecord,
  NodeRecord,
  Severity,
  TraceRecord,
  ViolationRecord,
} from '@everynode/trace/record';
import type { LogEntry } from './causes.ts';
import { walkCluster } from './clusterWalk.ts';
import { mergeEpisodes } from './episodes.ts';
import { findReason } from './findings.ts';
import type { FaultRow, ReportModel } from './report.ts';

/** Reads the records of one trace, complete or cut off, into a model. The first record must be the header. */
export function toReport(records: readonly TraceRecord[]): ReportModel {
  const parts = sortRecords(records);
  const { header, end, log } = parts;
  const endMs = end?.atMs ?? log.at(-1)?.atMs ?? 0;
  const model: Omit<ReportModel, 'reason'> = {
    scenario: header.scenario,
    description: header.description ?? '',
    seed: header.seed,
    tool: header.tool,
    kubernetes: header.kubernetes,
    params: Object.entries(header.params),
    repro: header.repro,
    endMs,
    digest: end?.digest ?? '',
    verdict: end?.verdict ?? 'interrupted',
    assertions: parts.assertions.sort(byUrgency),
    episodes: mergeEpisodes(parts.violations),
    faults: faultRows(records, parts.faults, endMs),
    nodes: parts.nodes,
    daemonSets: walkCluster(records, endMs),
    log,
  };
  return { ...model, reason: findReason(model, end?.reason ?? 'The trace has no end: the run was cut off.') };
}

interface Sorted {
  readonly header: HeaderRecord;
  readonly end: EndRecord | undefined;
  readonly log: LogEntry[];
  readonly nodes: NodeRecord[];
  readonly faults: FaultRecord[];
  readonly violations: ViolationRecord[];
  readonly assertions: AssertionRecord[];
}

function sortRecords(records: readonly TraceRecord[]): Sorted {
  const [header] = records;
  if (header?.kind !== 'header') throw new TypeError('a trace begins with its header record');
  const last = records.at(-1);
  const end = last?.kind === 'end' ? last : undefined;
  const sorted: Sorted = { header, end, log: [], nodes: [], faults: [], violations: [], assertions: [] };
  for (const record of records) {
    if (record.kind === 'event' || record.kind === 'decision') sorted.log.push(record);
    else if (record.kind === 'node') sorted.nodes.push(record);
    else if (record.kind === 'fault') sorted.faults.push(record);
    else if (record.kind === 'violation') sorted.violations.push(record);
    else if (record.kind === 'assertion') sorted.assertions.push(record);
  }
  return sorted;
}

function faultRows(
  records: readonly TraceRecord[],
  faults: readonly FaultRecord[],
  endMs: number,
): readonly FaultRow[] {
  const [bites, lifted] = [
    new Map<string, { readonly bites: number; readonly mayBeVacuous: boolean }>(),
    new Map<string, number>(),
  ];
  for (const record of records) {
    if (record.kind === 'faultEnd') bites.set(record.id, record);
    if (record.kind === 'event' && record.type === 'fault.lift')
      lifted.set(record.actor.replace(/^fault\//, ''), record.atMs);
  }
  return faults
    .map((fault) => {
      const planned = fault.toMs ?? endMs;
      const toMs = Math.min(lifted.get(fault.id) ?? planned, endMs);
      const ended = bites.get(fault.id);
      return {
        id: fault.id,
        type: fault.type,
        targets: fault.targets,
        nodes: fault.nodes,
        fromMs: fault.fromMs,
        toMs,
        toEnd: toMs >= endMs,
        seq: fault.seq,
        bites: ended?.bites ?? null,
        mayBeVacuous: ended?.mayBeVacuous ?? false,
      };
    })
    .sort((a, b) => a.fromMs - b.fromMs || a.seq - b.seq);
}

const RESULT_RANK = { failed: 0, 'not-evaluated': 1, held: 2 } as const;
const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, observation: 2 };

/** Failed before held, critical before the rest, laws after what the scenario asks, then by the first breach. */
function byUrgency(a: AssertionRecord, b: AssertionRecord): number {
  return (
    RESULT_RANK[a.result] - RESULT_RANK[b.result] ||
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    Number(a.block === 'law') - Number(b.block === 'law') ||
    (a.firstViolatedAtMs ?? 0) - (b.firstViolatedAtMs ?? 0)
  );
}
