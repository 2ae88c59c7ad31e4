/**
 * What `kubectl rollout` says and sends about a DaemonSet: status, history, undo, restart, pause.
 * Twin: kubectl polymorphichelpers rollout_status.go, history.go, rollback.go. Rules: DS-K1…DS-K6.
 */
import { canonicalJson } from '../api/canonicalJson.ts';
import { CHANGE_CAUSE_ANNOTATION, type ControllerRevision, type DaemonSet } from '../api/daemonSet.ts';
import { controllerOf } from '../api/meta.ts';
import type { PodTemplate } from '../api/pod.ts';
import type { PatchBody } from '../api/requests.ts';
import { formatTime } from '../api/time.ts';
import { matchesLabelSelector } from '../match/selectors.ts';
import { describeTemplate } from './describeTemplate.ts';
import { compareRevisions } from './history.ts';
import { isRollingUpdate } from './updateBudget.ts';

export type RolloutStatus =
  | { readonly ok: true; readonly message: string; readonly done: boolean }
  | { readonly ok: false; readonly error: string };

/** One line of `rollout status`, and whether it is the last (DS-K1). */
export function rolloutStatus(ds: DaemonSet): RolloutStatus {
  if (!isRollingUpdate(ds)) {
    return { ok: false, error: 'rollout status is only available for RollingUpdate strategy type' };
  }
  const { status } = ds;
  const name = JSON.stringify(ds.metadata.name);
  const desired = status?.desiredNumberScheduled ?? 0;
  const updated = status?.updatedNumberScheduled ?? 0;
  const available = status?.numberAvailable ?? 0;
  if ((ds.metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return { ok: true, message: 'Waiting for daemon set spec update to be observed...\n', done: false };
  }
  const waiting = `Waiting for daemon set ${name} rollout to finish:`;
  if (updated < desired) {
    return {
      ok: true,
      message: `${waiting} ${updated} out of ${desired} new pods have been updated...\n`,
      done: false,
    };
  }
  if (available < desired) {
    return { ok: true, message: `${waiting} ${available} of ${desired} updated pods are available...\n`, done: false };
  }
  return { ok: true, message: `daemon set ${name} successfully rolled out\n`, done: true };
}

/** Revisions that match the selector and are controlled by the DaemonSet, oldest first (DS-K3). */
export function ownedRevisions(ds: DaemonSet, revisions: readonly ControllerRevision[]): readonly ControllerRevision[] {
  return revisions
    .filter((revision) => (revision.metadata.namespace ?? '') === (ds.metadata.namespace ?? ''))
    .filter((revision) => matchesLabelSelector(ds.spec.selector, revision.metadata.labels))
    .filter((revision) => controllerOf(revision)?.uid === ds.metadata.uid)
    .sort(compareRevisions);
}

/** The table of `rollout history`, without the line that names the object. */
export function formatHistory(owned: readonly ControllerRevision[]): string {
  if (owned.length === 0) return 'No rollout history found.';
  const rows = owned.map(({ revision, metadata }): readonly [string, string] => {
    const cause = metadata.annotations?.[CHANGE_CAUSE_ANNOTATION] ?? '';
    return [String(revision), cause === '' ? '<none>' : cause];
  });
  const table: readonly (readonly [string, string])[] = [['REVISION', 'CHANGE-CAUSE'], ...rows];
  const width = Math.max(...table.map(([first]) => first.length)) + 2;
  return table.map(([first, second]) => `${first.padEnd(width)}${second}\n`).join('');
}

/** One remembered template, as `rollout history --revision=N` shows it; undefined where there is none of that number. */
export function describeRevision(
  owned: readonly ControllerRevision[],
  number: number,
  namesPorts = true,
): string | undefined {
  const revision = findRevision(owned, number);
  const template = revision === undefined ? undefined : templateOf(revision);
  return template === undefined ? undefined : describeTemplate(template, namesPorts);
}

function findRevision(owned: readonly ControllerRevision[], number: number): ControllerRevision | undefined {
  return owned.find(({ revision }) => revision === number);
}

/** The template that a revision restores; the marker of the strategic patch is no part of it. */
export function templateOf(revision: ControllerRevision): PodTemplate | undefined {
  const stored = revision.data?.spec.template;
  if (stored === undefined) return undefined;
  const { $patch: _marker, ...template } = stored;
  return template;
}

export type UndoPlan =
  | { readonly outcome: 'patch'; readonly patch: PatchBody; readonly revision: number; readonly message: string }
  | { readonly outcome: 'skip'; readonly message: string }
  | { readonly outcome: 'error'; readonly error: string };

/**
 * `rollout undo`: the second highest revision, or the given one. `nullTimestamps`: clients before 1.34 spell out an
 * empty creationTimestamp in the template that they compare.
 */
export function planUndo(
  ds: DaemonSet,
  revisions: readonly ControllerRevision[],
  toRevision: number,
  nullTimestamps = false,
): UndoPlan {
  const owned = ownedRevisions(ds, revisions);
  if (toRevision === 0 && owned.length <= 1) return { outcome: 'error', error: 'no last revision to roll back to' };
  const target = toRevision === 0 ? owned[owned.length - 2] : findRevision(owned, toRevision);
  const data = target?.data;
  if (target === undefined || data === undefined) {
    return { outcome: 'error', error: `unable to find specified revision ${toRevision} in history` };
  }
  const name = `daemonset.apps/${ds.metadata.name}`;
  if (canonicalJson(data) === canonicalJson(comparedPatch(ds.spec.template, nullTimestamps))) {
    // The number as it was asked for, so `0` for the default (DS-X21).
    const text = `skipped rollback (current template already matches revision ${toRevision})`;
    return { outcome: 'skip', message: `${name} ${text}` };
  }
  const patch: PatchBody = { type: 'strategic', body: data };
  return { outcome: 'patch', patch, revision: target.revision, message: `${name} rolled back` };
}

/** `rollout restart`: a new annotation is a new template (DS-K5). */
export function restartPatch(nowMs: number): PatchBody {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': formatTime(nowMs) };
  return { type: 'strategic', body: { spec: { template: { metadata: { annotations } } } } };
}

/** `rollout pause` and `resume` do not exist for DaemonSets (DS-K6). */
export function pauseError(ds: DaemonSet, verb: 'pausing' | 'resuming'): string {
  return `daemonsets.apps ${JSON.stringify(ds.metadata.name)} ${verb} is not supported`;
}

export type SetImagePlan =
  | { readonly outcome: 'patch'; readonly patch: PatchBody }
  /** Every image is there already. */
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'error'; readonly error: string };

/** `set image`: container name (`*` for all of them) to image. */
export function planSetImage(ds: DaemonSet, images: Readonly<Record<string, string>>): SetImagePlan {
  const { containers, initContainers = [] } = ds.spec.template.spec;
  for (const name of Object.keys(images)) {
    if (name !== '*' && ![...containers, ...initContainers].some((container) => container.name === name)) {
      return { outcome: 'error', error: `unable to find container named ${JSON.stringify(name)}` };
    }
  }
  const changesOf = (list: typeof containers): readonly { readonly name: string; readonly image: string | null }[] =>
    list.flatMap(({ name, image }) => {
      const wanted = images[name] ?? images['*'];
      // The client leaves an empty image out of what it wants, so its patch removes the field.
      return wanted === undefined || wanted === image ? [] : [{ image: wanted === '' ? null : wanted, name }];
    });
  const spec: Record<string, unknown> = {};
  for (const [field, list] of [
    ['initContainers', initContainers],
    ['containers', containers],
  ] as const) {
    const changes = changesOf(list);
    if (changes.length === 0) continue;
    spec[`$setElementOrder/${field}`] = list.map(({ name }) => ({ name }));
    spec[field] = changes;
  }
  if (Object.keys(spec).length === 0) return { outcome: 'nothing' };
  return { outcome: 'patch', patch: { type: 'strategic', body: { spec: { template: { spec } } } } };
}

function comparedPatch(template: PodTemplate, nullTimestamps: boolean): unknown {
  const metadata = nullTimestamps ? { creationTimestamp: null, ...template.metadata } : template.metadata;
  return { spec: { template: { ...template, ...(metadata === undefined ? {} : { metadata }), $patch: 'replace' } } };
}
