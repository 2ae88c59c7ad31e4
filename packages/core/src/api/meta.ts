/** What every API object has: names, versions, owners. Objects are immutable and keep JSON that we do not understand. */

/** `namespace/name`, or `name` for a kind without namespaces (Node). */
export type ObjectKey = string;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Times are RFC 3339 text in whole seconds; `resourceVersion` is a decimal string. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

/** The part of an object that keys and versions are read from. */
export interface HasMeta {
  readonly metadata: ObjectMeta;
}

/** The condition of any object's status; `status` is True, False or Unknown. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
  readonly lastHeartbeatTime?: string | null;
}

export function objectKey(namespace: string | undefined, name: string): ObjectKey {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export function keyOf(object: HasMeta): ObjectKey {
  return objectKey(object.metadata.namespace, object.metadata.name);
}

/** Splits a key; the namespace is empty for a kind without namespaces. */
export function splitKey(key: ObjectKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner that controls the object, if any: at most one reference may carry `controller: true`. */
export function controllerOf(object: HasMeta): OwnerReference | undefined {
  const { ownerReferences } = object.metadata;
  if (ownerReferences === undefined || ownerReferences === null) return undefined;
  for (const reference of ownerReferences) if (reference.controller === true) return reference;
  return undefined;
}

export function isTerminating(object: HasMeta): boolean {
  const { deletionTimestamp } = object.metadata;
  return deletionTimestamp !== undefined && deletionTimestamp !== null;
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Order of text by UTF-16 code unit: the same on every machine, unlike `localeCompare`. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
