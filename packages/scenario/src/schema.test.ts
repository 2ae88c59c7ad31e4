import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainShape } from './schemaMessages.ts';
import { scenarioSchema } from './schema.ts';
import { compileSchema } from './shape.ts';
import { OUTAGE, VOCABULARY } from './testing/fixtures.ts';
import { vocabulary } from './vocabulary.ts';
import { parseYaml } from './yamlText.ts';

const SCHEMA = scenarioSchema(VOCABULARY);
const validate = compileSchema(SCHEMA);
const [FIXTURE] = parseYaml('s.yaml', OUTAGE, 'scenario').map(
  ({ value }) => value as Readonly<Record<string, unknown>>,
);

/** Values that stand in the place of others: right and wrong ones of every kind the language has. */
const REPLACEMENTS: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  30,
  20_001,
  '',
  'x',
  '30s',
  '0',
  '30',
  '10%',
  '${params.floor}',
  'kube-system/agent',
  'zone-a',
  [],
  [1],
  ['a'],
  {},
  { a: 1 },
  { fixed: '1s' },
  { uniform: { min: '1s' } },
  { lognormal: { p50: '1s', p99: '2s' } },
  { id: 'x', at: '1s', fault: { type: 'WatchLag', client: 'x', delay: '1s' } },
  { id: 'x' },
  { type: 'PodKill', targets: { nodes: {} } },
  { invariant: 'pods-per-node', id: 'x', with: { daemonSet: 'a/b' } },
  { metric: 'daemonset_updated_pods', id: 'x', gte: 1 },
];

/** Every place of a value, as paths. */
function pathsOf(value: unknown): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [[], ...entries.flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]))];
}

function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each: unknown, at) => (at === key ? replaced(each, rest, by) : each));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [key]: replaced(record[key], rest, by) };
}

test('the schemas of the test and of the real vocabulary are valid draft-07', () => {
  for (const schema of [SCHEMA, scenarioSchema(vocabulary)]) {
    const ajv = new Ajv();
    expect({ isValid: ajv.validateSchema(schema), errors: ajv.errorsText() }).toEqual({
      isValid: true,
      errors: 'No errors',
    });
    // Strict mode throws on keywords that ajv does not know and on types that do not fit.
    expect(compileSchema(schema)).toBeTypeOf('function');
  }
});

test('the fixture fits, for ajv and for the walk that explains', () => {
  expect(validate(FIXTURE)).toBe(true);
  expect(explainShape(SCHEMA, FIXTURE)).toEqual([]);
});

test('the walk that explains finds something exactly where ajv says no', () => {
  const anyPath = fc.constantFrom(...pathsOf(FIXTURE));
  const anyChange = fc.record({
    path: anyPath,
    by: fc.constantFrom(...REPLACEMENTS),
    key: fc.constantFrom(undefined, 'evict', 'gt', 'pick', 'for'),
  });
  const counts = { good: 0, bad: 0 };
  fc.assert(
    fc.property(anyChange, ({ path, by, key }) => {
      const value = replaced(FIXTURE, key === undefined ? path : [...path, key], by);
      const isValid = validate(value);
      counts[isValid ? 'good' : 'bad'] += 1;
      const change = { path, by, key, errors: validate.errors };
      expect({ ...change, isValid: explainShape(SCHEMA, value).length === 0 }).toEqual({ ...change, isValid });
    }),
    { numRuns: 3_000 },
  );
  // Both verdicts must be met often, or equality says nothing.
  expect(counts.good).toBeGreaterThan(30);
  expect(counts.bad).toBeGreaterThan(1_000);
});

test('every message has a half that says what to write instead', () => {
  for (const path of pathsOf(FIXTURE)) {
    for (const by of REPLACEMENTS) {
      for (const { message } of explainShape(SCHEMA, replaced(FIXTURE, path, by)))
        expect(message).toMatch(/; (write|did you mean|keep)/);
    }
  }
});
