/**
 * The remembered templates of a DaemonSet: finding or making the current one, telling duplicates, dropping old ones.
 * Twin: daemon/update.go constructHistory, snapshot, dedupCurHistories, cleanupHistory. Rules: DS-H1…DS-H15.
 */
import { canonicalJson } from '../api/canonicalJson.ts';
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '../api/daemonSet.ts';
import { compareKeys, keyOf, objectKey } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import { computeTemplateHash } from './templateHash.ts';
import { type Claimed, claimObjects } from './claim.ts';
import { ownerReferenceTo } from './podTemplate.ts';
import type { Sync, SyncContext } from './syncContext.ts';

export interface History {
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
}

export type HistoryResult =
  | { readonly ok: true; readonly history: History }
  | { readonly ok: false; readonly error: string };
type RevisionResult =
  | { readonly ok: true; readonly revision: ControllerRevision }
  | { readonly ok: false; readonly error: string };

/** Claims all pods of the DaemonSet; given by the caller, since relabelling needs them (DS-H11). */
export type ClaimPods = () => Sync<Claimed<Pod>>;

/** The strategic patch that restores a template: nothing but the template is remembered (DS-H2). */
export function revisionData(ds: DaemonSet): NonNullable<ControllerRevision['data']> {
  return { spec: { template: { ...ds.spec.template, $patch: 'replace' } } };
}

/** Byte equality of the stored patch with the one of the live template (DS-H3). */
export function isRevisionOf(ds: DaemonSet, revision: ControllerRevision): boolean {
  return textOf(revision.data) === templateText(ds);
}

export function maxRevision(revisions: readonly ControllerRevision[]): number {
  return revisions.reduce((max, { revision }) => Math.max(max, revision), 0);
}

/** By revision number, then age, then name: a total order. */
export function compareRevisions(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  const byAge = compareKeys(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '');
  return byAge !== 0 ? byAge : compareKeys(a.metadata.name, b.metadata.name);
}

/** The duplicate that stays: the highest number, and of equals the last one in the list (DS-H11). */
export function keeperOf(current: readonly ControllerRevision[]): ControllerRevision | undefined {
  return current.reduce<ControllerRevision | undefined>(
    (keeper, revision) => (keeper === undefined || revision.revision >= keeper.revision ? revision : keeper),
    undefined,
  );
}

/** Old revisions that are one too many, oldest first; one that a pod still carries is passed over (DS-H14). */
export function findSurplusRevisions(
  old: readonly ControllerRevision[],
  limit: number,
  liveHashes: ReadonlySet<string>,
): readonly ControllerRevision[] {
  const surplus = old.length - limit;
  if (surplus <= 0) return [];
  const unused = old.filter((revision) => !liveHashes.has(revision.metadata.labels?.[HASH_LABEL] ?? ''));
  return [...unused].sort(compareRevisions).slice(0, surplus);
}

/** Finds the current revision, or makes it, and tells it from the old ones. */
export function* constructHistory(ds: DaemonSet, claimPods: ClaimPods, ctx: SyncContext): Sync<HistoryResult> {
  const candidates = ctx.order(ctx.revisionsInNamespace(ds.metadata.namespace ?? ''));
  const { claimed, errors } = yield* claimObjects(ds, 'ControllerRevision', candidates);
  const [error] = errors;
  if (error !== undefined) return { ok: false, error };
  const current: ControllerRevision[] = [];
  const old: ControllerRevision[] = [];
  for (const candidate of claimed) {
    const labelled = yield* ensureHashLabel(candidate);
    if (!labelled.ok) return labelled;
    (isRevisionOf(ds, labelled.revision) ? current : old).push(labelled.revision);
  }
  const next = maxRevision(old) + 1;
  const result =
    current.length === 0 ? yield* createRevision(ds, next) : yield* reuseRevision(current, next, claimPods);
  return result.ok ? { ok: true, history: { current: result.revision, old } } : result;
}

/** Deletes what the limit no longer covers; returns the error, if any. Needs all pods, the finished ones too. */
export function* cleanUpHistory(ds: DaemonSet, history: History, claimPods: ClaimPods): Sync<string | undefined> {
  const { claimed, errors } = yield* claimPods();
  const [error] = errors;
  if (error !== undefined) return podMappingError(ds, error);
  if (!hasSurplus(ds, history)) return undefined;
  const limit = ds.spec.revisionHistoryLimit ?? 10;
  const liveHashes = new Set(claimed.map((pod) => pod.metadata.labels?.[HASH_LABEL] ?? ''));
  liveHashes.delete('');
  for (const revision of findSurplusRevisions(history.old, limit, liveHashes)) {
    const [result] = yield [{ verb: 'delete', kind: 'ControllerRevision', key: keyOf(revision) }];
    if (result?.ok === false) return result.message;
  }
  return undefined;
}

/** Whether there are more old revisions than the limit keeps, be they in use or not. */
export function hasSurplus(ds: DaemonSet, history: History): boolean {
  return history.old.length > (ds.spec.revisionHistoryLimit ?? 10);
}

export function podMappingError(ds: DaemonSet, error: string): string {
  return `couldn't get node to daemon pod mapping for daemon set ${JSON.stringify(ds.metadata.name)}: ${error}`;
}

/** Revisions of old releases lack the label; their name serves (DS-H4). */
function* ensureHashLabel(revision: ControllerRevision): Sync<RevisionResult> {
  const { metadata } = revision;
  if (metadata.labels !== undefined && Object.hasOwn(metadata.labels, HASH_LABEL)) return { ok: true, revision };
  return yield* update({
    ...revision,
    metadata: { ...metadata, labels: { ...metadata.labels, [HASH_LABEL]: metadata.name } },
  });
}

function* update(revision: ControllerRevision): Sync<RevisionResult> {
  const [result] = yield [{ verb: 'update', object: revision }];
  if (result?.ok !== true) return { ok: false, error: result?.message ?? 'no answer' };
  return { ok: true, revision: result.object?.kind === 'ControllerRevision' ? result.object : revision };
}

/** One current revision is left, and its number is the highest: on a rollback it moves up (DS-H10, DS-H11). */
function* reuseRevision(
  current: readonly ControllerRevision[],
  next: number,
  claimPods: ClaimPods,
): Sync<RevisionResult> {
  const keeper = keeperOf(current);
  if (keeper === undefined) return { ok: false, error: 'no current revision' };
  for (const duplicate of current) {
    if (duplicate === keeper) continue;
    const error = yield* dropDuplicate(keeper, duplicate, claimPods);
    if (error !== undefined) return { ok: false, error };
  }
  if (keeper.revision >= next) return { ok: true, revision: keeper };
  return yield* update({ ...keeper, revision: next });
}

/** Relabels every pod that differs, old ones too, then deletes the duplicate (DS-H11, DS-X22). */
function* dropDuplicate(
  keeper: ControllerRevision,
  duplicate: ControllerRevision,
  claimPods: ClaimPods,
): Sync<string | undefined> {
  const { claimed, errors } = yield* claimPods();
  const [error] = errors;
  if (error !== undefined) return error;
  const hash = keeper.metadata.labels?.[HASH_LABEL] ?? '';
  for (const pod of claimed) {
    if (pod.metadata.labels?.[HASH_LABEL] === hash) continue;
    const body = { metadata: { labels: { [HASH_LABEL]: hash } } };
    const [result] = yield [{ verb: 'patch', kind: 'Pod', key: keyOf(pod), patch: { type: 'merge', body } }];
    if (result?.ok === false) return result.message;
  }
  const [result] = yield [{ verb: 'delete', kind: 'ControllerRevision', key: keyOf(duplicate) }];
  return result?.ok === false ? result.message : undefined;
}

/** A new revision, named after its hash; the name may be taken by another template of the same hash (DS-H6, DS-H7). */
function* createRevision(ds: DaemonSet, number: number): Sync<RevisionResult> {
  const { metadata, spec } = ds;
  const hash = computeTemplateHash(spec.template, ds.status?.collisionCount ?? undefined);
  const revision: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${metadata.name}-${hash}`,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels: { ...spec.template.metadata?.labels, [HASH_LABEL]: hash },
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [ownerReferenceTo(ds)],
    },
    data: revisionData(ds),
    revision: number,
  };
  const [created] = yield [{ verb: 'create', object: revision }];
  if (created?.ok === true) {
    return { ok: true, revision: created.object?.kind === 'ControllerRevision' ? created.object : revision };
  }
  const error = created?.message ?? 'no answer';
  return created?.reason === 'AlreadyExists' ? yield* resolveCollision(ds, revision, error) : { ok: false, error };
}

function* resolveCollision(ds: DaemonSet, revision: ControllerRevision, error: string): Sync<RevisionResult> {
  const key = objectKey(revision.metadata.namespace, revision.metadata.name);
  const [existing] = yield [{ verb: 'get', kind: 'ControllerRevision', key }];
  if (existing?.ok !== true) return { ok: false, error: existing?.message ?? 'no answer' };
  if (existing.object?.kind === 'ControllerRevision' && isRevisionOf(ds, existing.object)) {
    return { ok: true, revision: existing.object };
  }
  const [live] = yield [{ verb: 'get', kind: 'DaemonSet', key: keyOf(ds) }];
  if (live?.ok !== true) return { ok: false, error: live?.message ?? 'no answer' };
  if (live.object?.kind !== 'DaemonSet') return { ok: false, error };
  const cachedCount = ds.status?.collisionCount ?? undefined;
  const liveCount = live.object.status?.collisionCount ?? undefined;
  if (cachedCount !== liveCount) {
    const name = JSON.stringify(ds.metadata.name);
    const text = `found a stale collision count (${cachedCount ?? '<nil>'}, expected ${liveCount ?? '<nil>'}) of DaemonSet ${name}`;
    return { ok: false, error: `${text} while processing; will retry until it is updated` };
  }
  const status = { ...EMPTY_STATUS, ...live.object.status, collisionCount: (liveCount ?? 0) + 1 };
  const [updated] = yield [{ verb: 'updateStatus', object: { ...live.object, status } }];
  return { ok: false, error: updated?.ok === false ? updated.message : error };
}

const EMPTY_STATUS = { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };

/** Objects are immutable, so each template and each stored patch is spelled out once. */
const dataTexts = new WeakMap<object, string>();
const templateTexts = new WeakMap<object, string>();

function textOf(data: ControllerRevision['data']): string {
  if (data === undefined) return '';
  const known = dataTexts.get(data);
  if (known !== undefined) return known;
  const text = canonicalJson(data);
  dataTexts.set(data, text);
  return text;
}

function templateText(ds: DaemonSet): string {
  const { template } = ds.spec;
  const known = templateTexts.get(template);
  if (known !== undefined) return known;
  const text = canonicalJson(revisionData(ds));
  templateTexts.set(template, text);
  return text;
}
