/** What holds of whole runs. Each property takes a plan and says what is wrong with its run; empty: it holds. Rules: INV-1…INV-10, C-1…C-8, C-15, C-16. */
import type { Plan } from '@everynode/sim/plan';
import type { TraceRecord } from '@everynode/trace/record';
import { execute } from '../execute.ts';
import { findFaultsOf, type WatchedRun, watchRun } from './watchedRun.ts';

/** At the end of a run this long nothing may happen but heartbeats. */
const REST_MS = 600_000;
/** Engine events per minute of a node at rest; its status goes out every five minutes, and some hear of it (K-2). Measured: 2. */
const EVENTS_PER_NODE_MINUTE = 4;
/** And of the control plane: monitor passes, sweeps, resyncs (N-2, G-1). Measured: 33. */
const EVENTS_PER_MINUTE = 40;

/** Whatever happens: equal plans give equal traces, watched or not, and no law breaks (C-16). */
export function judgeAnyPlan(plan: Plan): readonly string[] {
  const run = watchRun(plan);
  const again = execute(plan, { tool: 'test', repro: [] });
  const isSame = run.digest === again.digest && run.end.events === again.events;
  return [...findFaultsOf(run), ...(isSame ? [] : [`two runs differ: ${run.digest} and ${again.digest}`])];
}

/** A plan that leaves the world alone for long enough ends at rest (INV-10), and at rest nothing goes on (C-15). */
export function judgeConvergingPlan(plan: Plan): readonly string[] {
  const run = watchRun(plan);
  const shorter = watchRun({ ...plan, durationMs: plan.durationMs - REST_MS });
  return [
    ...findFaultsOf(run),
    ...run.end.bent,
    ...run.unrest,
    ...findHotLoops(run, shorter),
    ...findLateWork(run.records, plan.durationMs - REST_MS),
    ...findNoPrefix(run, shorter),
  ];
}

/** The drawn order of events decides how a world comes to rest, not where. `plan` is run once per seed, in explore mode. */
export function judgeExploredPlan(plan: Plan, seeds: readonly string[]): readonly string[] {
  const [first, ...others] = seeds.map((seed) => watchRun({ ...plan, seed, explore: true }));
  if (first === undefined) return ['no seeds'];
  const differences = others.flatMap(({ summary }, i) => {
    const lost = first.summary.filter((line) => !summary.includes(line));
    const found = summary.filter((line) => !first.summary.includes(line));
    return [
      ...lost.map((line) => `seed ${seeds[i + 1]} lacks ${line}`),
      ...found.map((line) => `seed ${seeds[i + 1]} has ${line}`),
    ];
  });
  return [...[first, ...others].flatMap((run) => [...findFaultsOf(run), ...run.unrest]), ...differences];
}

/**
 * Of an undisturbed rollout the order that Go leaves open decides which node comes when, and nothing that can be counted:
 * the plan as it is, and once per seed in explore mode. Budgets are laws of each run (INV-3, INV-5, INV-6). Rules: DS-S10, DS-X17.
 */
export function judgeShuffledRollout(plan: Plan, seeds: readonly string[]): readonly string[] {
  const [plain, ...shuffled] = [plan, ...seeds.map((seed) => ({ ...plan, seed, explore: true }))].map(watchRun);
  if (plain === undefined) return ['no runs'];
  const wanted = countsOf(plain);
  const differences = shuffled.flatMap((run, i) => {
    const counts = countsOf(run);
    return counts === wanted ? [] : [`seed ${seeds[i]} counts ${counts}, by name it is ${wanted}`];
  });
  return [...[plain, ...shuffled].flatMap((run) => [...findFaultsOf(run), ...run.unrest]), ...differences];
}

/** Status numbers at rest, and how many pods were created and deleted from one step to the next. */
function countsOf({ daemonSets, records }: WatchedRun): string {
  const waves: { creates: number; deletes: number }[] = [{ creates: 0, deletes: 0 }];
  for (const record of records) {
    if (record.kind !== 'event') continue;
    const { type, data } = record;
    if (type === 'step.begin') waves.push({ creates: 0, deletes: 0 });
    const wave = waves.at(-1);
    if (wave === undefined || (type !== 'ds.manage' && type !== 'ds.roll')) continue;
    wave.creates += Number(data?.['creates']);
    wave.deletes += Number(data?.['deletes']);
  }
  return JSON.stringify([daemonSets.map(({ status }) => status), waves]);
}

/**
 * Both faults of a pair bite, no bite comes after the last lift, and the world is as it was. `cutMs`: when all is lifted.
 * `mayMiss`: in this run one may leave the other nothing to bite.
 */
export function judgePair(plan: Plan, cutMs: number, mayMiss = false): readonly string[] {
  const run = watchRun(plan);
  const cut = watchRun({ ...plan, durationMs: cutMs });
  const bites = plan.steps.flatMap((each) => {
    const { id } = each;
    if (each.step !== 'fault' || each.mayBeVacuous) return [];
    const [atEnd = 0, atCut = 0] = [run.end.bites.get(id), cut.end.bites.get(id)];
    if (atEnd === 0) return mayMiss ? [] : [`${id} never bit`];
    return atEnd === atCut ? [] : [`${id} bit ${atEnd - atCut} times after its lift`];
  });
  return [...findFaultsOf(run), ...run.end.bent, ...run.unrest, ...bites, ...findNoPrefix(run, cut)];
}

function findHotLoops(run: WatchedRun, shorter: WatchedRun): readonly string[] {
  const nodes = run.summary.filter((line) => line.startsWith('node ')).length;
  const perMinute = Math.trunc(((run.end.events - shorter.end.events) * 60_000) / REST_MS);
  const most = EVENTS_PER_MINUTE + nodes * EVENTS_PER_NODE_MINUTE;
  return perMinute <= most
    ? []
    : [`${perMinute} events a minute at rest, ${most} are due to heartbeats of ${nodes} nodes`];
}

/** Events of the default trace leave heartbeats out, so at rest there are none. */
function findLateWork(records: readonly TraceRecord[], fromMs: number): readonly string[] {
  return records.flatMap((record) =>
    (record.kind === 'event' || record.kind === 'decision') && record.atMs > fromMs
      ? [
          `${record.kind === 'event' ? record.type : record.code} of ${record.object} at ${record.atMs} ms, long after all was over`,
        ]
      : [],
  );
}

/** A run that ends earlier is the beginning of the one that goes on. */
function findNoPrefix(long: WatchedRun, short: WatchedRun): readonly string[] {
  const isHappening = (line: string): boolean =>
    line.startsWith('{"kind":"event"') || line.startsWith('{"kind":"decision"');
  const [all, begin] = [long.lines.filter(isHappening), short.lines.filter(isHappening)];
  const at = begin.findIndex((line, i) => line !== all[i]);
  return at < 0 ? [] : [`record ${at} depends on how long the run goes on: ${begin[at]}`];
}
