/**
 * A moment of a run, as an API server that kubectl can ask: the plan is carried out again up to that instant, and what
 * the store then holds is what the server serves. Nobody judges this run; the folder holds the verdict.
 */
import { keyOf } from '@everynode/core/api/meta';
import { applyPatch } from '@everynode/core/api/patch';
import { type Kind, KINDS } from '@everynode/core/api/objects';
import type { ServedEvent, ServedObject, Server } from '@everynode/kubectl/server';
import { formatDuration } from '@everynode/scenario/duration';
import type { Change, RunObserver, WorldView } from '@everynode/sim/cluster/worldView';
import type { Plan } from '@everynode/sim/plan';
import { runPlan } from '@everynode/sim/run';
import { ApiEvents } from '@everynode/trace/apiEvents';
import type { TraceRecord } from '@everynode/trace/record';
import { TraceWriter } from '@everynode/trace/writer';
import { TOOL } from './build.ts';
import { Progress } from './progress.ts';

const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** Serves the state at the end of the instant. */
export function serveMoment(plan: Plan, atMs: number): Server {
  const objects = new Map<string, readonly ServedObject[]>();
  const events = new ApiEvents();
  const heard = (line: string): void => {
    const record = JSON.parse(line) as TraceRecord;
    if (record.kind === 'event') events.add(record);
  };
  const end = (view: WorldView): void => {
    for (const kind of KIND_NAMES) objects.set(kind, served(view.list(kind)));
  };
  runAgain({ ...plan, durationMs: atMs }, heard, { ...NOBODY, end });
  objects.set('Event', served(events.at(atMs)));
  return {
    list: (kind) => objects.get(kind) ?? [],
    patch: (object, patch, { dryRun }) =>
      dryRun
        ? { ok: true, object: applyPatch(object, patch) }
        : {
            ok: false,
            reason: 'MethodNotAllowed',
            message:
              'a run that is over cannot be changed; write what you want as a step of its scenario (`everynode list operations`)',
          },
    later: (object) => changesAfter(plan, atMs, object),
    endsAtMs: plan.durationMs,
    ended: `the run ends at ${formatDuration(plan.durationMs)}, and nothing is known of what would come then`,
  };
}

/** The rest of the run, for a watch. */
function changesAfter(plan: Plan, atMs: number, object: ServedObject): readonly ServedEvent[] {
  const seen: ServedEvent[] = [];
  const key = keyOf(object);
  const changed = (change: Change, nowMs: number): void => {
    if (change.kind !== object.kind || !('key' in change) || change.key !== key || nowMs <= atMs) return;
    const type = change.before === undefined ? 'ADDED' : change.after === undefined ? 'DELETED' : 'MODIFIED';
    seen.push({ type, object: (change.after ?? change.before) as unknown as ServedObject, atMs: nowMs });
  };
  runAgain(plan, () => undefined, { ...NOBODY, changed: (change, view) => changed(change, view.nowMs) });
  return seen;
}

const NOBODY: RunObserver = {
  begin: () => undefined,
  changed: () => undefined,
  wakeAtMs: () => undefined,
  end: () => undefined,
};

function runAgain(plan: Plan, sink: (line: string) => void, observer: RunObserver): void {
  const progress = new Progress(plan.scenario, plan.durationMs);
  // At level full components say everything that kubectl would show of them.
  const trace = new TraceWriter({ level: 'full', sink, traceBytesMax: Number.MAX_SAFE_INTEGER });
  const { scenario, seed, kubernetesVersion: kubernetes, durationMs: endMs, params } = plan;
  trace.header({ scenario, seed, tool: TOOL, kubernetes, endMs, params, repro: [] });
  runPlan({ plan, trace, observer, progress: (atMs, events) => progress.update(atMs, events) });
  progress.clear();
}

/** Objects of the store are plain data; kubectl looks at any field of them. */
function served(objects: readonly unknown[]): readonly ServedObject[] {
  return objects as readonly ServedObject[];
}
