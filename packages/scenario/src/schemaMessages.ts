/**
 * Why a document does not fit the schema, in words about the document: what is wrong, what to write instead.
 * ajv judges; its errors tell of schemas, and of a choice they list every branch. So this walks schema and value side by
 * side and speaks once for each place. A test holds the two verdicts equal.
 */
import { isObject } from '@everynode/core/api/patch';
import type { JsonSchema } from '@everynode/sim/params';
import { explainKeyword, explainScalar } from './schemaWords.ts';
import { unknownName } from './nearest.ts';
import type { YamlPath } from './yamlText.ts';

/** Something wrong at a path; `at: key` where the key itself is wrong. */
export interface ShapeProblem {
  readonly path: YamlPath;
  readonly at: 'key' | 'value';
  readonly message: string;
}

type Definitions = Readonly<Record<string, JsonSchema>>;
type JsonObject = Readonly<Record<string, unknown>>;

/** Everything that is wrong with the value, in the order of the schema; none where it fits. */
export function explainShape(root: JsonSchema, value: unknown): readonly ShapeProblem[] {
  return explain(root, value, [], (root['definitions'] ?? {}) as Definitions);
}

function explain(
  schema: JsonSchema,
  value: unknown,
  path: YamlPath,
  definitions: Definitions,
): readonly ShapeProblem[] {
  const target = dereference(schema, definitions);
  const own = explainKeyword(target, value, path);
  // A value of the wrong kind needs no list of what its parts lack.
  if (own !== undefined) return [problem(path, own)];
  const inside = isObject(value) ? explainObject(target, value, path, definitions) : [];
  // A misspelt key is told as such; that the right one is missing then is no news.
  const hasUnknownKey = inside.some((each) => each.at === 'key' && each.path.length === path.length + 1);
  return [
    ...explainChoice(target, value, path, definitions).filter(({ at }) => !(hasUnknownKey && at === 'key')),
    ...inside,
    ...(Array.isArray(value) ? explainList(target, value, path, definitions) : []),
    ...explainConditions(target, value, path, definitions),
  ];
}

function dereference(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? (definitions[ref.slice('#/definitions/'.length)] ?? {}) : schema;
}

/** `anyOf` and `oneOf`: of keys that must be there, or of forms of a value. */
function explainChoice(
  schema: JsonSchema,
  value: unknown,
  path: YamlPath,
  definitions: Definitions,
): readonly ShapeProblem[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const options = schema[keyword] as readonly JsonSchema[] | undefined;
    if (options === undefined) return [];
    const keys = options.map((option) => requiredKey(option));
    if (keys.every((key) => key !== undefined)) return explainKeyChoice(keyword, keys, value, path);
    const tries = options.map((option) => explain(option, value, path, definitions));
    if (tries.some((found) => found.length === 0)) return [];
    // Of several forms the one that agrees on mapping or list tells most; scalars are told by the description.
    const closest = tries.find((found) => found.some((each) => each.path.length > path.length || each.at === 'key'));
    return typeof value === 'object' && value !== null && closest !== undefined
      ? closest
      : [problem(path, explainScalar(schema, value, path))];
  });
}

function requiredKey(option: JsonSchema): string | undefined {
  const required = option['required'];
  return Array.isArray(required) && Object.keys(option).length === 1 ? String(required[0]) : undefined;
}

function explainKeyChoice(
  keyword: string,
  keys: readonly string[],
  value: unknown,
  path: YamlPath,
): readonly ShapeProblem[] {
  if (!isObject(value)) return [];
  const given = keys.filter((key) => Object.hasOwn(value, key));
  const list = keys.join(', ');
  if (given.length === 0) return [problem(path, `none of ${list} is given; write one of them`, 'key')];
  if (given.length === 1 || keyword === 'anyOf') return [];
  return [problem([...path, given[1] ?? ''], `${given.join(' and ')} exclude each other; keep one of them`, 'key')];
}

function explainObject(
  schema: JsonSchema,
  value: JsonObject,
  path: YamlPath,
  definitions: Definitions,
): readonly ShapeProblem[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const additional = schema['additionalProperties'];
  const problems: ShapeProblem[] = [];
  for (const key of (schema['required'] ?? []) as readonly string[]) {
    if (!Object.hasOwn(value, key)) problems.push(problem(path, missing(key, properties[key], definitions)));
  }
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known !== undefined) problems.push(...explain(known, inner, [...path, key], definitions));
    else if (additional === false)
      problems.push(problem([...path, key], unknownName('key', 'keys', key, Object.keys(properties)), 'key'));
    else if (isObject(additional)) problems.push(...explain(additional, inner, [...path, key], definitions));
  }
  return problems;
}

function missing(key: string, schema: JsonSchema | undefined, definitions: Definitions): string {
  const { description, $comment: form = description } = {
    ...(schema === undefined ? {} : dereference(schema, definitions)),
    ...schema,
  };
  return `"${key}" is missing; write \`${key}:\`${typeof form === 'string' ? ` with ${form}` : ''}`;
}

function explainList(
  schema: JsonSchema,
  value: readonly unknown[],
  path: YamlPath,
  definitions: Definitions,
): readonly ShapeProblem[] {
  const items = schema['items'];
  return isObject(items) ? value.flatMap((item, at) => explain(items, item, [...path, at], definitions)) : [];
}

/** `allOf`, and `if` with `then`: the parameters that belong to a name. */
function explainConditions(
  schema: JsonSchema,
  value: unknown,
  path: YamlPath,
  definitions: Definitions,
): readonly ShapeProblem[] {
  const all = ((schema['allOf'] ?? []) as readonly JsonSchema[]).flatMap((part) =>
    explain(part, value, path, definitions),
  );
  const condition = schema['if'];
  const consequence = schema['then'];
  if (!isObject(condition) || !isObject(consequence) || explain(condition, value, path, definitions).length > 0)
    return all;
  return [...all, ...explain(consequence, value, path, definitions)];
}

function problem(path: YamlPath, message: string, at: 'key' | 'value' = 'value'): ShapeProblem {
  return { path, at, message };
}
