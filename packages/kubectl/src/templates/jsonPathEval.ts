/** What a JSONPath template finds in data. Twin: client-go util/jsonpath jsonpath.go. */
import { compareEqual, compareLess } from './goCompare.ts';
import { formatValue, kindOf, sortedKeys, TypedNumber, typeName } from './goValue.ts';
import type { FilterNode, PathNode, SliceNode } from './jsonPathNodes.ts';
import { type Fields, isFields } from '../readField.ts';
import { attempt, TemplateError } from './templateError.ts';
import { toBytes } from './utf8.ts';

export interface PathOptions {
  /** A field that no value has is nothing instead of an error. */
  readonly allowMissingKeys: boolean;
}

/** The values of each text and action that the walk came through, in that order; throws TemplateError. */
export function findResults(
  template: readonly PathNode[],
  data: unknown,
  { allowMissingKeys }: PathOptions,
): readonly (readonly unknown[])[] {
  return walkFrom({ template, allowMissingKeys, begun: 0, inside: 0, ended: 0, lastEndAt: -1 }, 0, data);
}

/** Where a walk stands. Words such as `range` raise a counter, and the walk over the template acts on it afterwards. */
interface Walk {
  readonly template: readonly PathNode[];
  readonly allowMissingKeys: boolean;
  begun: number;
  inside: number;
  ended: number;
  /** Where the `end` that was met last stands in the template. */
  lastEndAt: number;
}

type Values = readonly unknown[];

function walkFrom(walk: Walk, start: number, data: unknown): readonly Values[] {
  const results: Values[] = [];
  for (let at = start; at < walk.template.length; at += 1) {
    const values = step(walk, [data], walk.template[at]);
    if (walk.ended > 0 && walk.ended <= walk.inside) {
      walk.ended -= 1;
      walk.lastEndAt = at;
      break;
    }
    if (walk.begun === 0) {
      results.push(values);
      continue;
    }
    walk.begun -= 1;
    walk.inside += 1;
    if (values.includes(undefined)) throw new TemplateError(zeroValue('Interface'));
    for (const value of values) results.push(...walkFrom(walk, at + 1, value ?? undefined));
    // Over nothing the walk goes once without a trace, to learn where the range ends.
    if (values.length === 0) walkFrom(walk, at + 1, undefined);
    walk.inside -= 1;
    // A range without an end leaves what is behind it to be walked once more, as upstream does.
    at = Math.max(at, walk.lastEndAt);
  }
  return results;
}

function steps(walk: Walk, values: Values, nodes: readonly PathNode[]): Values {
  return nodes.reduce<Values>((current, node) => step(walk, current, node), values);
}

function step(walk: Walk, values: Values, node: PathNode | undefined): Values {
  switch (node?.kind) {
    case undefined:
      return values;
    case 'text':
      return [node.text];
    case 'constant':
      return values.map(() => node.value);
    case 'list':
      return steps(walk, values, node.nodes);
    case 'field':
      return takeField(values, node.name, walk.allowMissingKeys);
    case 'wildcard':
      return values.flatMap(children);
    case 'recursive':
      return descend(values);
    case 'identifier':
      return obey(walk, values, node.name);
    case 'union':
      return node.branches.flatMap((branch) => steps(walk, values, branch));
    case 'slice':
      return takeSlice(values, node);
    case 'filter':
      return filter(walk, values, node);
  }
}

function takeField(values: Values, name: string, allowMissingKeys: boolean): Values {
  const found = values.flatMap((value) => {
    const isThere = isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined;
    return isThere ? [value[name]] : [];
  });
  if (found.length === 0 && values.length > 0 && !allowMissingKeys) throw new TemplateError(`${name} is not found`);
  return found;
}

/** What is directly inside: of a map by key (Go has no order there), of a text its bytes. */
function children(value: unknown): Values {
  if (Array.isArray(value)) return value as Values;
  if (typeof value === 'string') return toBytes(value).map((byte) => new TypedNumber('uint8', byte));
  return isMap(value) ? sortedKeys(value).map((key) => value[key]) : [];
}

/** Everything that has something inside, outer before inner. */
function descend(values: Values): Values {
  return values.flatMap((value) => {
    const inner = children(value);
    return inner.length === 0 ? [] : [value, ...descend(inner)];
  });
}

function obey(walk: Walk, values: Values, word: string): Values {
  switch (word) {
    case 'range':
      walk.begun += 1;
      return values;
    case 'end':
      if (walk.inside === 0) throw new TemplateError('not in range, nothing to end');
      walk.ended += 1;
      return [];
    default:
      throw new TemplateError(`unrecognized identifier ${word}`, values);
  }
}

function takeSlice(values: Values, node: SliceNode): Values {
  const taken: unknown[] = [];
  for (const value of values) {
    if (value === null) continue;
    if (value === undefined) throw new TemplateError(zeroValue('Type'));
    if (!Array.isArray(value)) throw new TemplateError(`${typeName(value)} is not array or slice`, values);
    const [from, to] = boundsIn(value.length, node);
    // Nothing asked for: upstream ends here, whatever comes behind.
    if (from === to) return taken;
    const { step = 1 } = node;
    const problem = findProblem(from, to, step, value.length);
    if (problem !== undefined) throw new TemplateError(problem, values);
    for (let at = from; at < to; at += step) taken.push(value[at]);
  }
  return taken;
}

function boundsIn(length: number, { from = 0, to = length, isSingle }: SliceNode): readonly [number, number] {
  const isFromEnd = to < 0 || (to === 0 && isSingle);
  return [from < 0 ? from + length : from, isFromEnd ? to + length : to];
}

/** The client dies with these words where a range over nothing goes on to a slice or a range. */
function zeroValue(method: string): string {
  return `reflect: call of reflect.Value.${method} on zero Value`;
}

function findProblem(from: number, to: number, step: number, length: number): string | undefined {
  const outside = from >= length || from < 0 ? from : to > length || to < 0 ? to - 1 : undefined;
  if (outside !== undefined) return `array index out of bounds: index ${outside}, length ${length}`;
  if (from > to) return `starting index ${from} is greater than ending index ${to}`;
  return step <= 0 ? 'step must be > 0' : undefined;
}

function filter(walk: Walk, values: Values, node: FilterNode): Values {
  const passed: unknown[] = [];
  for (const value of values) {
    if (!Array.isArray(value)) {
      const shown = value === undefined ? '<invalid reflect.Value>' : formatValue(value);
      throw new TemplateError(`${shown} is not array or slice and cannot be filtered`, values);
    }
    for (const item of value as Values) {
      if (node.operator === 'exists' ? exists(walk, item, node.left) : passes(walk, item, node, { values, passed })) {
        passed.push(item);
      }
    }
  }
  return passed;
}

/** A path that fails is not there, unless something was left where it failed. */
function exists(walk: Walk, item: unknown, path: readonly PathNode[]): boolean {
  const found = attempt(() => steps(walk, [item], path));
  return (found.ok ? found.value : found.values).length > 0;
}

interface Progress {
  /** What is filtered, and what has passed so far: one of them comes with an error. */
  readonly values: Values;
  readonly passed: Values;
}

function passes(walk: Walk, item: unknown, { left, operator, right }: FilterNode, progress: Progress): boolean {
  const only = (side: readonly PathNode[]): Values => {
    const found = attempt(() => steps(walk, [item], side));
    if (!found.ok) throw new TemplateError(found.error, progress.values);
    if (found.value.length > 1) throw new TemplateError('can only compare one element at a time', progress.values);
    return found.value;
  };
  const lefts = only(left);
  const rights = lefts.length === 0 ? [] : only(right);
  if (rights.length === 0) return false;
  const result = attempt(() => compare(lefts[0], operator, rights[0]));
  if (!result.ok) throw new TemplateError(result.error, progress.passed);
  return result.value;
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<':
      return compareLess(left, right);
    case '<=':
      return compareLess(left, right) || isEqual(left, right);
    case '>':
      return !compareLess(left, right) && !isEqual(left, right);
    case '>=':
      return !compareLess(left, right);
    default:
      throw new TemplateError(`unrecognized filter operator ${operator}`);
  }
}

/** Only plain values can be equal, and nil is none. */
function isEqual(left: unknown, right: unknown): boolean {
  for (const value of [left, right]) {
    if (['invalid', 'list', 'map'].includes(kindOf(value))) throw new TemplateError('invalid type for comparison');
  }
  return compareEqual(left, right);
}

function isMap(value: unknown): value is Fields {
  return isFields(value) && !(value instanceof TypedNumber);
}
