/**
 * A moment of a run, as an API server that kubectl can ask: the plan is carried out again up to that instant, and what
 * the store then holds is what the server serves. Nobody judges this run; the folder holds the verdict.
 */
import { keyOf } from '@everynode/core/api/meta';
import { applyPatch } from '@everynode/core/api/patch';
import { type Kind, KINDS, objectRef } from '@everynode/core/api/objects';
import type { ServedEvent, ServedObject, Server } from '@everynode/kubectl/server';
import { profileOf } from '@everynode/core/profile';
import { assert } from '@everynode/core/assert';
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
  const profile = profileOf(plan.kubernetesVersion, plan.featureGates);
  assert(profile !== undefined, () => `Kubernetes ${plan.kubernetesVersion} is not known`);
  const events = new ApiEvents(profile);
  const heard = (line: string): void => {
    const record = JSON.parse(line) as TraceRecord;
    if (record.kind === 'event') events.add(record);
  };
  const end = (view: WorldView): void => {
    for (const kind of KIND_NAMES) objects.set(kind, served(view.list(kind)));
  };
  runAgain({ ...plan, durationMs: atMs }, heard, { ...NOBODY, end });
  objects.set('Event', served(events.at(atMs)));
  let rest: ReadonlyMap<string, readonly ServedEvent[]> | undefined;
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
    later: (object) => {
      rest ??= changesAfter(plan, atMs);
      return rest.get(objectRef(object.kind as Kind, keyOf(object))) ?? [];
    },
    endsAtMs: plan.durationMs,
    ended: `the run ends at ${formatDuration(plan.durationMs)}, and nothing is known of what would come then`,
  };
}

/** The rest of the run: what came of each DaemonSet, by its reference; nothing else is ever watched. */
function changesAfter(plan: Plan, atMs: number): ReadonlyMap<string, readonly ServedEvent[]> {
  const seen = new Map<string, ServedEvent[]>();
  const changed = (change: Change, nowMs: number): void => {
    if (change.kind !== 'DaemonSet' || nowMs <= atMs) return;
    const type = change.before === undefined ? 'ADDED' : change.after === undefined ? 'DELETED' : 'MODIFIED';
    const event = { type, object: (change.after ?? change.before) as unknown as ServedObject, atMs: nowMs } as const;
    const ref = objectRef(change.kind, change.key);
    const events = seen.get(ref);
    if (events === undefined) seen.set(ref, [event]);
    else events.push(event);
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
  const trace = new TraceWriter({ level: 'full', sink });
  const { scenario, seed, kubernetesVersion: kubernetes, durationMs: endMs, params } = plan;
  trace.header({ scenario, seed, tool: TOOL, kubernetes, endMs, params, repro: [] });
  runPlan({ plan, trace, observer, progress: (atMs, events) => progress.update(atMs, events) });
  progress.clear();
}

/** Objects of the store are plain data; kubectl looks at any field of them. */
function served(objects: readonly unknown[]): readonly ServedObject[] {
  return objects as readonly ServedObject[];
}
