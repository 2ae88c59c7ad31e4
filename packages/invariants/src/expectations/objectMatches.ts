/** What `object:` means: some object of the API says all that a partial one says. */
import { keyOf, objectKey } from '@everynode/core/api/meta';
import { type ApiObject, type Kind, KINDS, objectRef } from '@everynode/core/api/objects';
import { json } from '@everynode/sim/params';
import type { Json } from '@everynode/sim/plan';
import type { WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { type AnyExpectation, defineExpectation, type Finding, type Judgement } from '../expectation.ts';
import { findDifference } from '../partialObject.ts';
import { judgeStatement } from '../statement.ts';

/** Kind, and name or labels; all other fields are demands. */
export interface PartialObject {
  /** A scenario may write one that is not simulated, or none. */
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

const WATCHES: readonly WatchKind[] = Object.keys(KINDS) as Kind[];

export const objectMatches: AnyExpectation = defineExpectation({
  summary: 'an object of the API says all that a partial object says',
  promise:
    'Fields that are not written are not looked at; maps must contain what is written, lists are compared element by ' +
    'element and must be equally long, null demands absence. With a name it is about that object, and it must exist; ' +
    'without one, some object of the kind in the namespace (default: `default`) must match. Status numbers are what ' +
    'the controller has written last, and may lag behind the truth.',
  watches: WATCHES,
  params: {
    object: json<PartialObject>('kind, name and the fields demanded', {
      type: 'object',
      required: ['kind'],
      properties: { kind: { enum: Object.keys(KINDS) }, metadata: { type: 'object' } },
    }),
  },
  demand: ({ object }) => `${describe(object)} as written`,
  judge({ object }, scope) {
    if (!isKnown(object))
      return {
        judge: () => ({
          findings: [],
          unknown: `there is no ${describe(object)} here: kinds are ${Object.keys(KINDS).join(', ')}`,
        }),
      };
    const kind = object.kind as Kind;
    const key = object.metadata?.name === undefined ? undefined : keyOfPartial(object);
    let known: Judgement | undefined;
    return {
      observe(change) {
        if (change.kind === kind && (key === undefined || change.key === key)) known = undefined;
      },
      judge(view) {
        known ??= judgeStatement(scope, {
          findings: findMismatch(object, key, view),
          whenTrue: `${describe(object)} is as it never should be`,
        });
        return known;
      },
    };
  },
});

function findMismatch(partial: PartialObject, key: string | undefined, view: WorldView): readonly Finding[] {
  const kind = partial.kind as Kind;
  // What picks the object is no demand on it: a namespace may be left out.
  const demanded = partial as unknown as Json;
  if (key !== undefined) {
    const actual: ApiObject | undefined = view.get(kind, key);
    const object = objectRef(kind, key);
    if (actual === undefined) return [{ message: `${object} does not exist`, object }];
    const difference = findDifference(demanded, actual);
    return difference === undefined ? [] : [{ message: `${object}: ${difference}`, object }];
  }
  const namespace = namespaceOf(partial);
  const candidates = (view.list(kind) as readonly ApiObject[]).filter(
    (each) => (each.metadata.namespace ?? '') === namespace,
  );
  if (candidates.some((each) => findDifference(demanded, each) === undefined)) return [];
  const [first] = candidates;
  if (first === undefined) return [{ message: `there is no ${describe(partial)}` }];
  const difference = findDifference(demanded, first) ?? '';
  const object = objectRef(kind, keyOf(first));
  return [
    {
      message: `none of ${candidates.length} matches ${describe(partial)}; the first, ${object}: ${difference}`,
      object,
    },
  ];
}

function isKnown({ kind }: PartialObject): boolean {
  return Object.hasOwn(KINDS, kind ?? '');
}

function describe(partial: PartialObject): string {
  if (!isKnown(partial)) return `kind ${partial.kind ?? '(none)'}`;
  const namespace = namespaceOf(partial);
  const { name } = partial.metadata ?? {};
  return name === undefined
    ? `${partial.kind}${namespace === '' ? '' : ` in ${namespace}`}`
    : `${partial.kind} ${keyOfPartial(partial)}`;
}

function namespaceOf({ kind, metadata }: PartialObject): string {
  return KINDS[kind as Kind].namespaced ? (metadata?.namespace ?? 'default') : '';
}

function keyOfPartial(partial: PartialObject): string {
  return objectKey(namespaceOf(partial), partial.metadata?.name ?? '');
}
