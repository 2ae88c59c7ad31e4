/** What `kubectl rollout undo`, `restart`, `pause` and `resume` do to one object. Twin: kubectl cmd/rollout. Rules: DS-K4, DS-K5, DS-K6. */
import type { PatchBody } from '@everynode/core/api/requests';
import { describeTemplate } from '@everynode/core/daemonset/describeTemplate';
import { planRestart, planUndo, ROLLED_BACK, skippedText, undoWarning } from '@everynode/core/daemonset/rollout';
import type { DryRun } from './changeFlags.ts';
import type { Surroundings } from './surroundings.ts';
import { asDaemonSet, revisionsOf } from './rolloutHistory.ts';
import type { ServedObject } from './server.ts';
import { typedDaemonSet } from './typed.ts';

/** The object to print and what was done to it, or an error; `warning` comes first in either case. */
export type Change =
  | { readonly ok: true; readonly object: ServedObject; readonly operation: string; readonly warning?: string }
  | { readonly ok: false; readonly error: string; readonly warning?: string };

/** Prints the object as it was before, whatever becomes of it. */
export function undo(object: ServedObject, toRevision: number, dryRun: DryRun, surroundings: Surroundings): Change {
  const { server, minor } = surroundings;
  const typed = typedDaemonSet(object, minor);
  const ds = asDaemonSet(typed);
  const warning = undoWarning(ds, minor);
  const plan = planUndo(ds, revisionsOf(server), toRevision);
  if (plan.outcome === 'error') return { ok: false, error: plan.error, warning };
  const done = (operation: string): Change => ({ ok: true, object: typed, operation, warning });
  if (dryRun === 'client') return done(`will roll back to ${describeTemplate(plan.template, minor)}`);
  if (plan.outcome === 'skip') return done(skippedText(toRevision));
  const result = send(object, plan.patch, dryRun, surroundings);
  if (result.ok) return done(ROLLED_BACK);
  return { ok: false, error: `failed restoring revision ${toRevision}: ${result.message}`, warning };
}

export function restart(object: ServedObject, surroundings: Surroundings): Change {
  const { minor, nowMs } = surroundings;
  const plan = planRestart(asDaemonSet(object), nowMs, minor);
  if (!plan.ok) return plan;
  const result = send(object, plan.patch, 'none', surroundings);
  if (!result.ok) return { ok: false, error: `failed to patch: ${result.message}` };
  return { ok: true, object: typedDaemonSet(result.object, minor), operation: 'restarted' };
}

/** Patches through the server; one that cannot be written to answers as a server does that lacks the method. */
export function send(
  object: ServedObject,
  patch: PatchBody,
  dryRun: DryRun,
  { server }: Surroundings,
): ReturnType<NonNullable<Surroundings['server']['patch']>> {
  if (server.patch !== undefined) return server.patch(object, patch, { dryRun: dryRun === 'server' });
  const message = 'the server does not allow this method on the requested resource';
  return { ok: false, reason: 'MethodNotAllowed', message };
}
