/** The large examples against arithmetic of their own: a one-second model of the rollout, the sum of a doubling delay, the steps of a bootstrap. */
import { resolve } from 'node:path';
import { execute } from '@everynode/scenario/execute';
import { parseTrace } from '@everynode/trace/ndjson';
import type { EventRecord, TraceRecord } from '@everynode/trace/record';
import { expect, test, vi } from 'vitest';
import { findJobs, type Job } from './jobs.ts';

// Ninety nodes for 45 virtual minutes, on a machine that runs other tests beside this one.
vi.setConfig({ testTimeout: 60_000 });

const EXAMPLES = resolve(import.meta.dirname, '../../../scenarios/examples');
const SECOND = 1000;

interface Outage {
  readonly budget: number;
  /** The switch count-old-unavailable of 1.31. */
  readonly countsOldUnavailable: boolean;
}

interface Figures {
  readonly updatedInOutage: number;
  readonly fewestInHealthyZones: number;
  readonly completeAfterRecoveryMs: number;
}

/** What the example fixes: 90 nodes, 30 of them dark from 5 to 25 min, an update at 7 min, 5 s to stop, 20 s to start, 10 s to settle. */
const NODES = 90;
const DARK = 30;
const [BEGINS, UPDATE, ENDS] = [300, 420, 1500];
const [STOP, START, SETTLE, GRACE] = [5, 20, 10, 40];

interface CoarseNode {
  readonly dark: boolean;
  revision: number;
  availableAt: number;
  dyingSince: number | undefined;
}

/** The rule DS-U7 in steps of one second, without API, queue, scheduler or image pulls. Shares no line with the simulation. */
function coarseModel({ budget, countsOldUnavailable }: Outage): Figures {
  const nodes = Array.from({ length: NODES }, (_, i): CoarseNode => ({
    dark: i < DARK,
    revision: 1,
    availableAt: 0,
    dyingSince: undefined,
  }));
  let fewest = NODES;
  let updatedInOutage = 0;
  for (let now = UPDATE; ; now += 1) {
    const isOut = now < ENDS;
    for (const node of nodes) settle(node, now, isOut);
    const serves = (node: CoarseNode): boolean =>
      node.dyingSince === undefined && now >= node.availableAt && !(node.dark && isOut && now >= BEGINS + GRACE);
    roll(nodes, now, serves, budget, countsOldUnavailable);
    const updated = nodes.filter((node) => node.revision === 2 && serves(node)).length;
    fewest = Math.min(fewest, nodes.filter((node) => !node.dark && serves(node)).length);
    if (isOut) updatedInOutage = Math.max(updatedInOutage, updated);
    else if (updated === NODES)
      return { updatedInOutage, fewestInHealthyZones: fewest, completeAfterRecoveryMs: (now - ENDS) * SECOND };
  }
}

function settle(node: CoarseNode, now: number, isOut: boolean): void {
  if (node.dyingSince === undefined || (node.dark && isOut)) return;
  // A pod that was to stop while its node was dark stops once the node is back.
  const stopped = (node.dark ? Math.max(node.dyingSince, ENDS) : node.dyingSince) + STOP;
  if (now < stopped) return;
  node.dyingSince = undefined;
  node.revision = 2;
  node.availableAt = now + START + SETTLE;
}

function roll(
  nodes: readonly CoarseNode[],
  now: number,
  serves: (node: CoarseNode) => boolean,
  budget: number,
  countsOld: boolean,
): void {
  const isOld = (node: CoarseNode): boolean => node.revision === 1 && node.dyingSince === undefined;
  const idleOld = nodes.filter((node) => isOld(node) && !serves(node));
  const servingOld = nodes.filter((node) => isOld(node) && serves(node));
  const others = nodes.filter((node) => !isOld(node) && !serves(node)).length;
  const unavailable = others + (countsOld ? idleOld.length : 0);
  for (const node of [...idleOld, ...servingOld.slice(0, Math.max(0, budget - unavailable))]) node.dyingSince = now;
}

const ROWS = [
  { row: 1, outage: { budget: 9, countsOldUnavailable: true }, printed: [0, 51, 280] },
  { row: 2, outage: { budget: 9, countsOldUnavailable: false }, printed: [9, 51, 245] },
  { row: 3, outage: { budget: 45, countsOldUnavailable: true }, printed: [60, 45, 35] },
] as const;

test.each(ROWS)('row $row of the zone outage ends as the one-second model says', ({ row, outage, printed }) => {
  const coarse = coarseModel(outage);
  expect([coarse.updatedInOutage, coarse.fewestInHealthyZones, coarse.completeAfterRecoveryMs / SECOND]).toEqual(
    printed,
  );
  const { records, verdict } = runJob(jobOf('rolling-update-during-zone-outage.yaml', row));
  expect(verdict).toBe('pass');
  expect(rowOf(records, 'progress-during-outage').worst).toBe(String(coarse.updatedInOutage));
  expect(rowOf(records, 'healthy-zones-keep-coverage').worst).toBe(String(coarse.fewestInHealthyZones));
  // Beyond the coarse model: kubelets of the dark zone need seconds to start, and each hop of the API costs milliseconds.
  const beyondMs = completeAtMs(records) - ENDS * SECOND - coarse.completeAfterRecoveryMs;
  expect(beyondMs).toBeGreaterThan(0);
  expect(beyondMs).toBeLessThan(60 * SECOND);
});

test('a version without the backport takes 45 of the 60 healthy pods down at maxUnavailable 50%', () => {
  expect(coarseModel({ budget: 45, countsOldUnavailable: false })).toEqual({
    updatedInOutage: 60,
    fewestInHealthyZones: 15,
    completeAfterRecoveryMs: 35 * SECOND,
  });
  const params = ['k8s=1.29', 'maxUnavailable=50%', 'healthyFloor=15', 'updatedDuringOutage=60'];
  const { records, verdict } = runJob(jobOf('rolling-update-during-zone-outage.yaml', undefined, params));
  expect(verdict).toBe('pass');
  expect(rowOf(records, 'healthy-zones-keep-coverage').worst).toBe('15');
});

test('under disk pressure each node is tried at a doubling distance, and comes back after the pressure', () => {
  const { records, verdict } = runJob(jobOf('disk-pressure-eviction-loop.yaml', 1));
  expect(verdict).toBe('pass');
  const nodes = new Set(records.flatMap((record) => (record.kind === 'fault' ? record.nodes : [])));
  expect(nodes.size).toBe(5);
  for (const node of nodes) {
    const deletedAtMs = failedPodDeletions(records, node);
    // 1, 2, 4 … s and at most 900 s lie between one deletion and the next (DS-F2).
    expect(deletedAtMs.length).toBeGreaterThanOrEqual(11);
    expect(deletedAtMs.length).toBeLessThanOrEqual(12);
    let leastMs = 0;
    for (const [n, atMs] of deletedAtMs.entries()) {
      if (n > 0) leastMs += Math.min(2 ** (n - 1), 900) * SECOND;
      const sinceFirstMs = atMs - (deletedAtMs[0] ?? 0);
      expect(sinceFirstMs).toBeGreaterThanOrEqual(leastMs);
      // Each retry finds the successor refused some moments after its birth, and waits from then on (DS-F3).
      expect(sinceFirstMs).toBeLessThan(leastMs + (n + 1) * 3 * SECOND);
    }
  }
});

/** What the example fixes: the agent's pull (lognormal 8 s at p50, 45 s at p99, so 1 to 128 s in all), its start, and how often the runtime is asked for its network. */
const BURST = 30;
const [PULL, STARTUP, POLL] = [
  { least: 0.5, median: 8, most: 128 },
  { least: 3, median: 6, most: 9 },
  { least: 0, median: 2.5, most: 5 },
];
/** API, scheduler, admission and container start: some tens of milliseconds a hop, a second at most for most of them. */
const HOPS = 10;

test('with its toleration the agent brings 30 new nodes up, each in the order of its needs and in the time of its parts', () => {
  const { records, verdict } = runJob(jobOf('cni-bootstrap-network-unavailable.yaml', 1));
  expect(verdict).toBe('pass');
  const waits = Array.from({ length: BURST }, (_, n) => bootstrapOf(records, `burst-${n}`)).map((times) => {
    const order = [times.node, times.agentPod, times.agentRuns, times.nodeReady, times.otherPod, times.otherRuns];
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    return (times.nodeReady - times.node) / SECOND;
  });
  const sum = (key: 'least' | 'median' | 'most'): number => PULL[key] + STARTUP[key] + POLL[key];
  const sorted = [...waits].sort((a, b) => a - b);
  expect(sorted[0]).toBeGreaterThan(sum('least'));
  expect(sorted[BURST - 1]).toBeLessThan(sum('most') + HOPS);
  // Half of thirty draws around the median of each part: between the sum with the quickest start and twice the sum.
  expect(sorted[BURST / 2]).toBeGreaterThan(PULL.median + STARTUP.least);
  expect(sorted[BURST / 2]).toBeLessThan(2 * sum('median'));
  expect(rowOf(records, 'node-ready-latency').worst).toBe(String(sorted[BURST - 1]));
});

test('without it not one pod is ever made for the 30, and 20 nodes stay', () => {
  const { records, verdict } = runJob(jobOf('cni-bootstrap-network-unavailable.yaml', 2));
  expect(verdict).toBe('pass');
  const isBurst = ({ node = '' }: EventRecord): boolean => node.startsWith('burst-');
  const events = records.filter((record): record is EventRecord => record.kind === 'event');
  expect(events.filter((event) => isBurst(event) && event.type === 'node.created')).toHaveLength(BURST);
  expect(events.filter((event) => isBurst(event) && event.type === 'pod.created')).toEqual([]);
  expect(events.filter((event) => isBurst(event) && event.type === 'apiEvent.NodeReady')).toEqual([]);
});

/** Instants of one node's way up. */
interface Bootstrap {
  readonly node: number;
  readonly agentPod: number;
  readonly agentRuns: number;
  readonly nodeReady: number;
  readonly otherPod: number;
  readonly otherRuns: number;
}

function bootstrapOf(records: readonly TraceRecord[], node: string): Bootstrap {
  const events = records.filter(
    (record): record is EventRecord =>
      record.kind === 'event' && (record.node === node || record.object === `node/${node}`),
  );
  const first = (type: string, pod = ''): number =>
    events.find((event) => event.type === type && (event.object ?? '').includes(pod))?.atMs ?? Number.NaN;
  return {
    node: first('node.created'),
    agentPod: first('pod.created', 'cni-agent'),
    agentRuns: first('kubelet.started', 'cni-agent'),
    nodeReady: readyAtMs(events),
    otherPod: first('pod.created', 'csi-node'),
    otherRuns: first('kubelet.started', 'csi-node'),
  };
}

function readyAtMs(events: readonly EventRecord[]): number {
  const isReady = ({ type, patch }: EventRecord): boolean =>
    type === 'node.updated' && patch?.some(([field, value]) => field === 'ready' && value === 'True') === true;
  return events.find(isReady)?.atMs ?? Number.NaN;
}

function jobOf(file: string, row: number | undefined, params: readonly string[] = []): Job {
  const [job] = findJobs({ paths: [resolve(EXAMPLES, file)], selector: undefined, row, params, seed: undefined });
  if (job === undefined) throw new Error(`no job in ${file}`);
  return job;
}

function runJob(job: Job): { readonly records: readonly TraceRecord[]; readonly verdict: string } {
  const lines: string[] = [];
  const { verdict } = execute(job.compiled.plan, {
    sink: (line) => lines.push(line),
    tool: 'test',
    repro: ['everynode'],
  });
  return { records: parseTrace(lines), verdict };
}

function rowOf(records: readonly TraceRecord[], id: string): Extract<TraceRecord, { readonly kind: 'assertion' }> {
  const row = records.find((record) => record.kind === 'assertion' && record.id === id);
  if (row?.kind !== 'assertion') throw new Error(`no row ${id}`);
  return row;
}

/** When the status says for the first time after the outage that all pods are of the new template and available. */
function completeAtMs(records: readonly TraceRecord[]): number {
  const status = new Map<string, unknown>();
  for (const record of records) {
    if (record.kind !== 'event' || record.object !== 'ds/kube-system/node-agent') continue;
    for (const [field, value] of record.patch ?? []) status.set(field, value);
    const isComplete = status.get('updated') === NODES && status.get('available') === NODES;
    if (isComplete && record.atMs > ENDS * SECOND) return record.atMs;
  }
  throw new Error('the rollout never completed');
}

/** Instants at which the controller deleted a failed pod of the node. */
function failedPodDeletions(records: readonly TraceRecord[], node: string): readonly number[] {
  const failed = new Set<string>();
  const deleted: number[] = [];
  const isEvent = (record: TraceRecord): record is EventRecord => record.kind === 'event';
  for (const { object = '', type, actor, patch, atMs } of records
    .filter(isEvent)
    .filter((record) => record.node === node)) {
    if (patch?.some(([field, value]) => field === 'phase' && value === 'Failed') === true) failed.add(object);
    if (type === 'pod.removed' && actor === 'daemonset-controller' && failed.has(object)) deleted.push(atMs);
  }
  return deleted;
}
