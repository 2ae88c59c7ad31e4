/**
 * The language of the seam between clients and the API server: what is asked, what is answered, what a watch brings.
 * Everything that the controller does to the world is one of these, so a simulation, a unit test and a live driver
 * can all carry it out. Rules: A-1…A-31.
 */
import type { ObjectKey } from './meta.ts';
import type { Namespace } from './namespace.ts';
import type { ApiObject, Kind, ObjectOfKind } from './objects.ts';

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** JSON of a patch body; `strategic` merges lists by key and understands `$patch`, `merge` is RFC 7386. */
export interface PatchBody {
  readonly type: 'merge' | 'strategic';
  readonly body: Readonly<Record<string, unknown>>;
}

export type ApiRequest =
  | { readonly verb: 'get'; readonly kind: Kind; readonly key: ObjectKey }
  /**
   * `cached`: resourceVersion "0", any cached state will do, or with `atLeast` any that has come as far as that version,
   * or as the store itself. `nodeName` narrows pods as a kubelet does, `namespace` narrows to what is in one.
   */
  | {
      readonly verb: 'list';
      readonly kind: Kind;
      readonly cached?: boolean;
      readonly atLeast?: number | 'newest';
      readonly nodeName?: string;
      readonly namespace?: string;
    }
  | { readonly verb: 'create'; readonly object: ApiObject }
  /** PUT; a `resourceVersion` in the object is a precondition. */
  | { readonly verb: 'update'; readonly object: ApiObject }
  | { readonly verb: 'updateStatus'; readonly object: ApiObject }
  | {
      readonly verb: 'patch';
      readonly kind: Kind;
      readonly key: ObjectKey;
      readonly patch: PatchBody;
      readonly subresource?: 'status';
      readonly preconditions?: Preconditions;
    }
  /** No grace given means the object's own. `propagation` matters to owners alone; default Background (DS-D1). */
  | {
      readonly verb: 'delete';
      readonly kind: Kind;
      readonly key: ObjectKey;
      readonly gracePeriodSeconds?: number;
      readonly preconditions?: Preconditions;
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
    }
  /** DELETE of a whole resource in one namespace, each object with its own grace, in background. */
  | { readonly verb: 'deleteCollection'; readonly kind: Kind; readonly namespace: string }
  /** PUT namespaces/finalize: takes `spec.finalizers` alone. */
  | { readonly verb: 'finalize'; readonly object: Namespace }
  /** POST pods/binding. */
  | { readonly verb: 'bind'; readonly key: ObjectKey; readonly nodeName: string; readonly uid?: string }
  /** POST pods/eviction (D-3). */
  | { readonly verb: 'evict'; readonly key: ObjectKey; readonly gracePeriodSeconds?: number };

export type ApiVerb = ApiRequest['verb'];

export type ApiFailureReason =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'BadRequest'
  | 'Forbidden'
  | 'NamespaceTerminating'
  | 'TooManyRequests'
  | 'InternalError'
  | 'Timeout'
  | 'Expired';

/** A failure of the simulated world: a value, never thrown. `code` is the HTTP status. */
export interface ApiFailure {
  readonly ok: false;
  readonly reason: ApiFailureReason;
  readonly code: number;
  readonly message: string;
  /** What is wrong with an invalid object, one text a field (DS-V26). */
  readonly causes?: readonly string[];
  readonly retryAfterSeconds?: number;
}

export interface ApiList<K extends Kind = Kind> {
  readonly items: readonly ObjectOfKind[K][];
  readonly resourceVersion: number;
}

export type ApiResult = { readonly ok: true; readonly object?: ApiObject; readonly list?: ApiList } | ApiFailure;

/** What one watch delivers, in the order of `resourceVersion`. */
export type WatchEvent<K extends Kind = Kind> =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
      readonly object: ObjectOfKind[K];
      readonly resourceVersion: number;
    }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: number };

/** The read side of a component: a picture of one kind, in key order, as old as its watch (I-8). */
export interface Lister<K extends Kind> {
  get(key: ObjectKey): ObjectOfKind[K] | undefined;
  /** All objects by ascending key. The array is shared: copy before changing it. */
  list(): readonly ObjectOfKind[K][];
}

const FAILURE_CODES: Readonly<Record<ApiFailureReason, number>> = {
  NotFound: 404,
  AlreadyExists: 409,
  Conflict: 409,
  Invalid: 422,
  BadRequest: 400,
  Forbidden: 403,
  NamespaceTerminating: 403,
  TooManyRequests: 429,
  InternalError: 500,
  Timeout: 504,
  Expired: 410,
};

/** A failure with the HTTP code that belongs to its reason. */
export function apiFailure(reason: ApiFailureReason, message: string, retryAfterSeconds?: number): ApiFailure {
  const failure = { ok: false, reason, code: FAILURE_CODES[reason], message } as const;
  return retryAfterSeconds === undefined ? failure : { ...failure, retryAfterSeconds };
}
