/** How we write down the Go types of API objects: what the server needs to read an object before it can judge it. Twin: package reflect, as far as encoding/json asks it. */

/**
 * `string`, `bool`, `int32`, `int64`, the types that read themselves (`time`, `quantity`, `intstr`), `any`, or the name
 * of a text type such as `v1.Protocol`; an object of our table; a list; a map from text.
 */
export type GoType = string | GoStruct | GoList | GoMap;

export interface GoStruct {
  readonly struct: string;
  readonly fields: Readonly<Record<string, GoType>>;
  /** Fields that Go always writes, and what it writes where none was given. */
  readonly always: readonly (readonly [field: string, zero: unknown])[];
  /** Fields that Go writes also where they are zero: those, and pointers, which tell zero from nothing. */
  readonly kept: ReadonlySet<string>;
}

export interface GoList {
  readonly list: GoType;
}

export interface GoMap {
  readonly map: 'string' | 'quantity';
  /** As Go prints the type. */
  readonly type: string;
}

export const TEXTS: GoMap = { map: 'string', type: 'map[string]string' };
export const AMOUNTS: GoMap = { map: 'quantity', type: 'v1.ResourceList' };
export const list = (element: GoType): GoList => ({ list: element });

/**
 * `name:type name:type …`; before a type `[]` makes a list of it, `!` says that the field is always written, `*` that it
 * is a pointer. All others Go leaves out where they are zero or empty.
 */
export function struct(name: string, scalars: string, fields: Readonly<Record<string, GoType>> = {}): GoStruct {
  const own: Record<string, GoType> = {};
  const always: (readonly [string, unknown])[] = [];
  const kept = new Set<string>();
  for (const each of scalars.split(/\s+/).filter((text) => text !== '')) {
    const [, field = '', mark = '', type = ''] = /^(\w+):([!*]?)(.*)$/.exec(each) ?? [];
    own[field] = type.startsWith('[]') ? list(type.slice(2)) : type;
    if (mark === '!') always.push([field, zeroOf(own[field])]);
    if (mark !== '') kept.add(field);
  }
  return { struct: name, fields: { ...own, ...fields }, always, kept };
}

/** What Go makes of a `null` in a list or a map, and of a field that was not given. */
export function zeroOf(type: GoType): unknown {
  if (typeof type !== 'string') return 'list' in type ? [] : 'struct' in type ? Object.fromEntries(type.always) : {};
  if (type === 'bool') return false;
  return ['int32', 'int64', 'intstr', 'quantity'].includes(type) ? 0 : '';
}

const OWNER = struct(
  'OwnerReference',
  'apiVersion:!string kind:!string name:!string uid:!types.UID controller:*bool blockOwnerDeletion:*bool',
);
export const META: GoStruct = struct(
  'ObjectMeta',
  `name:string generateName:string namespace:string selfLink:string uid:types.UID resourceVersion:string
   generation:int64 creationTimestamp:time deletionTimestamp:time deletionGracePeriodSeconds:*int64 finalizers:[]string`,
  { labels: TEXTS, annotations: TEXTS, ownerReferences: list(OWNER) },
);
export const SELECTOR: GoStruct = struct('LabelSelector', '', {
  matchLabels: TEXTS,
  matchExpressions: list(
    struct('LabelSelectorRequirement', 'key:!string operator:!v1.LabelSelectorOperator values:[]string'),
  ),
});
