/**
 * Which pods and revisions belong to a DaemonSet: its own stay, strays that match are adopted, its own that no longer
 * match are released. Twin: pkg/controller/controller_ref_manager.go. Rules: DS-D5…DS-D8.
 */
import type { ControllerRevision, DaemonSet } from '../api/daemonSet.ts';
import { type HasMeta, keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import type { ApiRequest } from '../api/requests.ts';
import { compileLabelSelector, type LabelMatcher } from '../match/selectors.ts';
import { decideClaim } from './decideClaim.ts';
import { ownerReferenceTo } from './podTemplate.ts';
import type { Sync } from './syncContext.ts';

/** `claimed` holds even where some claim failed: what is ours stays ours (DS-D7). */
export interface Claimed<T> {
  readonly claimed: readonly T[];
  readonly errors: readonly string[];
  /** Whether anything was asked of the API server on the way. */
  readonly hasPatched: boolean;
}

export type ClaimedKind = 'Pod' | 'ControllerRevision';

const MATCHES_NOTHING: LabelMatcher = { errors: [], isEmpty: false, matches: () => false };

/** One claim pass: decides per object and carries it out, one patch after the other as upstream does. */
export function* claimObjects<T extends Pod | ControllerRevision>(
  ds: DaemonSet,
  kind: ClaimedKind,
  objects: readonly T[],
): Sync<Claimed<T>> {
  const selector = ds.spec.selector === undefined ? MATCHES_NOTHING : compileLabelSelector(ds.spec.selector);
  const claimed: T[] = [];
  const errors: string[] = [];
  let hasPatched = false;
  /** Asked once per pass, before the first adoption (DS-D6). */
  let refusal: { readonly error: string | undefined } | undefined;
  for (const object of objects) {
    const claim = decideClaim(ds, object, selector);
    if (claim === 'ours') claimed.push(object);
    if (claim === 'adopt' || claim === 'release') hasPatched = true;
    if (claim === 'release') {
      const error = yield* release(ds, kind, object);
      if (error !== undefined) errors.push(error);
    }
    if (claim !== 'adopt') continue;
    refusal ??= { error: yield* findAdoptionRefusal(ds) };
    const outcome = refusal.error === undefined ? yield* adopt(ds, kind, object) : { error: refusal.error };
    if (outcome === 'adopted') claimed.push(object);
    else if (outcome !== 'gone') errors.push(describe(kind, object, outcome.error));
  }
  return { claimed, errors, hasPatched };
}

/** An uncached look at the DaemonSet, so that nobody adopts for one that is gone (DS-D6). */
function* findAdoptionRefusal(ds: DaemonSet): Sync<string | undefined> {
  const [result] = yield [{ verb: 'get', kind: 'DaemonSet', key: keyOf(ds) }];
  if (result?.ok !== true) return result?.message ?? 'no answer';
  const live = result.object?.metadata;
  const name = `${ds.metadata.namespace ?? ''}/${ds.metadata.name}`;
  if (live?.uid !== ds.metadata.uid) {
    return `original DaemonSet ${name} is gone: got uid ${live?.uid ?? ''}, wanted ${ds.metadata.uid ?? ''}`;
  }
  return live?.deletionTimestamp === undefined
    ? undefined
    : `${name} has just been deleted at ${live.deletionTimestamp}`;
}

function* adopt(
  ds: DaemonSet,
  kind: ClaimedKind,
  object: HasMeta,
): Sync<'adopted' | 'gone' | { readonly error: string }> {
  const [result] = yield [patchOwners(kind, object, ownerReferenceTo(ds))];
  if (result?.ok === true) return 'adopted';
  return result?.reason === 'NotFound' ? 'gone' : { error: result?.message ?? 'no answer' };
}

/** Somebody else may have deleted or released the object meanwhile: NotFound and Invalid are as good as done (DS-D7). */
function* release(ds: DaemonSet, kind: ClaimedKind, object: HasMeta): Sync<string | undefined> {
  const [result] = yield [patchOwners(kind, object, { $patch: 'delete', uid: ds.metadata.uid ?? '' })];
  if (result === undefined || result.ok || result.reason === 'NotFound' || result.reason === 'Invalid')
    return undefined;
  return result.message;
}

function patchOwners(kind: ClaimedKind, object: HasMeta, reference: object): ApiRequest {
  const { uid } = object.metadata;
  return {
    verb: 'patch',
    kind,
    key: keyOf(object),
    patch: { type: 'strategic', body: { metadata: { ownerReferences: [reference] } } },
    ...(uid === undefined ? {} : { preconditions: { uid } }),
  };
}

function describe(kind: ClaimedKind, object: HasMeta, error: string): string {
  const { namespace = '', name, uid = '' } = object.metadata;
  return `can't adopt ${kind} ${namespace}/${name} (${uid}): ${error}`;
}
