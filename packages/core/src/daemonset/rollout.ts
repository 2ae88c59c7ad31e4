/**
 * What `kubectl rollout` says and sends about a DaemonSet: status, history, undo, restart, pause.
 * Twin: kubectl cmd/rollout, polymorphichelpers rollout_status.go, history.go, rollback.go. Rules: DS-K1…DS-K6.
 */
import { canonicalJson } from '../api/canonicalJson.ts';
import { CHANGE_CAUSE_ANNOTATION, type ControllerRevision, type DaemonSet } from '../api/daemonSet.ts';
import { controllerOf } from '../api/meta.ts';
import type { PodTemplate } from '../api/pod.ts';
import type { PatchBody } from '../api/requests.ts';
import { formatTime } from '../api/time.ts';
import { matchesLabelSelector } from '../match/selectors.ts';
import { LAST_APPLIED_ANNOTATION } from './describeAnnotations.ts';
import { describeTemplate } from './describeTemplate.ts';
import { compareRevisions, revisionData } from './history.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

export type RolloutStatus =
  | { readonly ok: true; readonly message: string; readonly done: boolean }
  | { readonly ok: false; readonly error: string };

/** One line of `rollout status`, and whether it is the last (DS-K1). */
export function rolloutStatus(ds: DaemonSet): RolloutStatus {
  if (ds.spec.updateStrategy?.type !== 'RollingUpdate') {
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
    const message = `${waiting} ${updated} out of ${desired} new pods have been updated...\n`;
    return { ok: true, message, done: false };
  }
  if (available < desired) {
    return { ok: true, message: `${waiting} ${available} of ${desired} updated pods are available...\n`, done: false };
  }
  return { ok: true, message: `daemon set ${name} successfully rolled out\n`, done: true };
}

/** Revisions that match the selector and are controlled by the DaemonSet, in the order given (DS-K3). */
export function ownedRevisions(ds: DaemonSet, revisions: readonly ControllerRevision[]): readonly ControllerRevision[] {
  return revisions
    .filter((revision) => (revision.metadata.namespace ?? '') === (ds.metadata.namespace ?? ''))
    .filter((revision) => matchesLabelSelector(ds.spec.selector, revision.metadata.labels))
    .filter((revision) => controllerOf(revision)?.uid === ds.metadata.uid);
}

/** Ascending by number; of several with one number the last in the list counts, as in upstream's map. */
export function numberedRevisions(owned: readonly ControllerRevision[]): readonly ControllerRevision[] {
  const byNumber = new Map(owned.map((revision) => [revision.revision, revision]));
  return [...byNumber.values()].sort(compareRevisions);
}

/** The table of `rollout history`, without the line that names the object. */
export function formatHistory(owned: readonly ControllerRevision[]): string {
  if (owned.length === 0) return 'No rollout history found.';
  const rows = numberedRevisions(owned).map(({ revision, metadata }): readonly [string, string] => {
    const cause = metadata.annotations?.[CHANGE_CAUSE_ANNOTATION] ?? '';
    return [String(revision), cause === '' ? '<none>' : cause];
  });
  const table: readonly (readonly [string, string])[] = [['REVISION', 'CHANGE-CAUSE'], ...rows];
  const width = Math.max(...table.map(([first]) => first.length)) + 2;
  return table.map(([first, second]) => `${first.padEnd(width)}${second}\n`).join('');
}

/**
 * One remembered template, as `rollout history --revision=N` shows it to a client of that minor; undefined where there
 * is none of that number.
 */
export function describeRevision(owned: readonly ControllerRevision[], number: number, minor = 36): string | undefined {
  const revision = numberedRevisions(owned).find((each) => each.revision === number);
  const template = revision === undefined ? undefined : templateOf(revision);
  return template === undefined ? undefined : describeTemplate(template, minor);
}

/** The template that a revision restores; the marker of the strategic patch is no part of it. */
export function templateOf(revision: ControllerRevision): PodTemplate | undefined {
  const stored = revision.data?.spec.template;
  if (stored === undefined) return undefined;
  const { $patch: _marker, ...template } = stored;
  return template;
}

export type UndoPlan =
  | { readonly outcome: 'patch'; readonly patch: PatchBody; readonly template: PodTemplate }
  /** The template is there already. */
  | { readonly outcome: 'skip'; readonly template: PodTemplate }
  | { readonly outcome: 'error'; readonly error: string };

export const ROLLED_BACK = 'rolled back';

/** `rollout undo`: the second highest revision, or the given one (DS-K4). `ds` as the client's types write it. */
export function planUndo(ds: DaemonSet, revisions: readonly ControllerRevision[], toRevision: number): UndoPlan {
  const owned = ownedRevisions(ds, revisions);
  if (toRevision === 0 && owned.length <= 1) return { outcome: 'error', error: 'no last revision to roll back to' };
  const target =
    toRevision === 0
      ? [...owned].sort(compareRevisions)[owned.length - 2]
      : owned.find(({ revision }) => revision === toRevision);
  const template = target === undefined || toRevision < 0 ? undefined : templateOf(target);
  if (target?.data === undefined || template === undefined) {
    return { outcome: 'error', error: `unable to find specified revision ${toRevision} in history` };
  }
  const isThere = canonicalJson(target.data) === canonicalJson(revisionData(ds));
  if (isThere) return { outcome: 'skip', template };
  return { outcome: 'patch', patch: { type: 'strategic', body: target.data }, template };
}

/** The number as it was asked for, so `0` for the default (DS-X21). */
export function skippedText(toRevision: number): string {
  return `skipped rollback (current template already matches revision ${toRevision})`;
}

/** What clients of 1.36 and later say to stderr before they undo what `kubectl apply` made; a whole line, or nothing. */
export function undoWarning({ metadata }: DaemonSet, minor: number): string {
  if (minor < 36 || metadata.annotations?.[LAST_APPLIED_ANNOTATION] === undefined) return '';
  return (
    `Warning: resource daemonsets/${metadata.name} was previously managed with 'kubectl apply'. ` +
    `Rolling back will not update the ${LAST_APPLIED_ANNOTATION} annotation, ` +
    "which may cause unexpected behavior on future 'kubectl apply' operations. " +
    "Consider using 'kubectl apply' with your previous configuration file instead.\n"
  );
}

/** `rollout restart`: a new annotation is a new template. Within one second it is the old one, and refused (DS-K5). */
export function planRestart(
  { metadata, spec }: DaemonSet,
  nowMs: number,
  minor: number,
): { readonly ok: true; readonly patch: PatchBody } | { readonly ok: false; readonly error: string } {
  const now = formatTime(nowMs);
  if (spec.template.metadata?.annotations?.[RESTARTED_AT] === now) {
    const recently =
      'if restart has already been triggered within the past second, please wait before attempting to trigger another';
    const why = minor < 27 ? 'empty patch' : recently;
    return { ok: false, error: `failed to create patch for ${metadata.name}: ${why}` };
  }
  const annotations = { [RESTARTED_AT]: now };
  return { ok: true, patch: { type: 'strategic', body: { spec: { template: { metadata: { annotations } } } } } };
}

/** `rollout pause` and `resume` exist for Deployments alone (DS-K6). `resource` as in `daemonsets.apps`. */
export function pauseError(name: string, verb: 'pausing' | 'resuming', resource = 'daemonsets.apps'): string {
  return `error: ${resource} ${JSON.stringify(name)} ${verb} is not supported`;
}
