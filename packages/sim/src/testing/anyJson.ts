/** Bodies for property tests: any JSON, and objects that are right but for what was done to them. */
import type { ApiObject } from '@everynode/core/api/objects';
import { isObject } from '@everynode/core/api/patch';
import fc from 'fast-check';

/** Values that somebody's template engine, spreadsheet or fuzzer has put where they do not belong. */
const ODD_VALUES: readonly unknown[] = [
  null,
  '',
  ' ',
  'x',
  '5 %',
  '101%',
  '-1%',
  '0%',
  'a b/c d/e',
  'x'.repeat(300),
  '2026-13-45T99:99:99Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '__proto__',
  'constructor',
  0,
  -1,
  Number.EPSILON,
  999_999_999_999,
  Number.MAX_SAFE_INTEGER,
  1e300,
  true,
  false,
  [],
  {},
  [null],
  [[]],
  { $patch: 'delete' },
  { matchLabels: null },
];

export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom(...ODD_VALUES), weight: 4 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
);

interface Mutation {
  /** Which of the places of the object, from 0 to 1. */
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'double';
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.integer({ min: 0, max: 9999 }),
  how: fc.constantFrom('replace', 'replace', 'remove', 'double'),
  value: oddValue,
});

/** One of the objects, with one to four things wrong with it. */
export function mutated(objects: readonly ApiObject[]): fc.Arbitrary<ApiObject> {
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
  return fc
    .tuple(fc.constantFrom(...objects), mutations)
    .map(([object, changes]) => changes.reduce(mutate, object as unknown) as ApiObject);
}

/** Replaces, removes or doubles what stands at one place. Kind and apiVersion stay, or nothing else would be tried. */
function mutate(object: unknown, { at, how, value }: Mutation): unknown {
  const places = placesOf(object).filter(([first]) => first !== 'kind' && first !== 'apiVersion');
  const place = places[at % Math.max(1, places.length)];
  return place === undefined ? object : changeAt(object, place, how, value);
}

function placesOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...placesOf(inner).map((rest) => [key, ...rest])]);
}

function changeAt(target: unknown, place: readonly string[], how: Mutation['how'], value: unknown): unknown {
  const [key = '', ...rest] = place;
  const isList = Array.isArray(target);
  const entries = Object.entries(isList || isObject(target) ? (target as object) : {});
  const changed = entries.flatMap(([name, inner]): readonly (readonly [string, unknown])[] => {
    if (name !== key) return [[name, inner]];
    if (rest.length > 0) return [[name, changeAt(inner, rest, how, value)]];
    if (how === 'remove') return [];
    if (how === 'replace') return [[name, value]];
    return isList
      ? [
          [name, inner],
          [name, inner],
        ]
      : [[name, Array.isArray(inner) ? [...inner, ...inner] : inner]];
  });
  return isList ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
}
