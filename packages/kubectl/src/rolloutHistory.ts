/** `kubectl rollout history`: the numbered templates of a DaemonSet. Twin: kubectl cmd/rollout/rollout_history.go, polymorphichelpers/history.go. Rules: DS-K3. */
import type { ControllerRevision, DaemonSet } from '@everynode/core/api/daemonSet';
import { applyPatch } from '@everynode/core/api/patch';
import { describeRevision, formatHistory, numberedRevisions, ownedRevisions } from '@everynode/core/daemonset/rollout';
import type { Surroundings } from './surroundings.ts';
import type { ServedObject } from './server.ts';
import { typedDaemonSet } from './typed.ts';

const UNKNOWN = 'unable to find the specified revision';

/** What follows the name of the object, or why there is nothing to follow it. `revision` 0: the table of all. */
export function historyText(
  object: ServedObject,
  revision: number,
  { server, minor }: Surroundings,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string } {
  const owned = ownedRevisions(asDaemonSet(object), revisionsOf(server));
  if (revision === 0) return { ok: true, text: `\n${formatHistory(owned)}` };
  // Where there is no history at all, its number is not missed.
  const block = owned.length === 0 ? formatHistory(owned) : describeRevision(owned, revision, minor);
  if (block === undefined) return { ok: false, error: UNKNOWN };
  return { ok: true, text: `with revision #${revision}\n${block}` };
}

/** Today's object with the template of one revision, or of each, oldest first. */
export function historyObjects(
  object: ServedObject,
  revision: number,
  { server, minor }: Surroundings,
): { readonly ok: true; readonly objects: readonly ServedObject[] } | { readonly ok: false; readonly error: string } {
  const numbered = numberedRevisions(ownedRevisions(asDaemonSet(object), revisionsOf(server)));
  const wanted = numbered.filter((each) => revision === 0 || each.revision === revision);
  // Clients before 1.33 panic here; the later error says what they meant.
  if (revision > 0 && wanted.length === 0) return { ok: false, error: UNKNOWN };
  const objects = wanted.map(({ data }) =>
    typedDaemonSet(applyPatch(object, { type: 'strategic', body: data ?? {} }), minor),
  );
  return { ok: true, objects };
}

export function revisionsOf({ list }: Surroundings['server']): readonly ControllerRevision[] {
  return list('ControllerRevision') as unknown as readonly ControllerRevision[];
}

/** The server's JSON is what the core's type says, as far as the core reads it. */
export function asDaemonSet(object: ServedObject): DaemonSet {
  return object as unknown as DaemonSet;
}
