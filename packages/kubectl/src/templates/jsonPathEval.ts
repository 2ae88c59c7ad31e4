/**
 * Carries out a JSONPath template on data: each action yields a list of values. Twin: client-go util/jsonpath jsonpath.go.
 * Walks over maps are by key here, where Go's are in no order.
 */
import { compareKeys } from '@everynode/core/api/meta';
import { isFields } from '../readField.ts';
import { goPrint, goType } from './goQuote.ts';
import type { Chain, Step, Template } from './jsonPathParser.ts';

export type Values = readonly unknown[];

export type Found =
  /** One list for each text and action, those inside of a range once for every turn. */
  { readonly ok: true; readonly results: readonly Values[] } | { readonly ok: false; readonly error: string };

class PathError extends Error {}

export function findValues(template: Template, data: unknown, allowMissingKeys: boolean): Found {
  try {
    return { ok: true, results: new Walk(template, allowMissingKeys).all(data) };
  } catch (error) {
    if (error instanceof PathError) return { ok: false, error: error.message };
    throw error;
  }
}

/** What an action asks of the template beside its values. */
type Asked = 'range' | 'end' | undefined;

class Walk {
  readonly #template: Template;
  readonly #allowMissingKeys: boolean;
  #depth = 0;
  #asked: Asked;

  constructor(template: Template, allowMissingKeys: boolean) {
    this.#template = template;
    this.#allowMissingKeys = allowMissingKeys;
  }

  all(data: unknown): readonly Values[] {
    return this.#from(0, data).results;
  }

  /** From a place on to the end, or to the end of the range that it stands in; `at` is where it stopped. */
  #from(start: number, data: unknown): { readonly results: readonly Values[]; readonly at: number } {
    const results: Values[] = [];
    for (let at = start; at < this.#template.length; at += 1) {
      this.#asked = undefined;
      const values = this.#chain([data], this.#template[at] ?? []);
      if (this.#askedFor() === 'end') return { results, at };
      if (this.#askedFor() !== 'range') {
        results.push(values);
        continue;
      }
      this.#depth += 1;
      let end = at;
      // Over nothing too: the place behind the range has to be found.
      for (const value of values.length === 0 ? [undefined] : values) {
        const turn = this.#from(at + 1, value);
        if (values.length > 0) results.push(...turn.results);
        end = turn.at;
      }
      this.#depth -= 1;
      at = end;
    }
    return { results, at: this.#template.length };
  }

  #askedFor(): Asked {
    return this.#asked;
  }

  #chain(input: Values, chain: Chain): Values {
    let values = input;
    for (const step of chain) values = this.#step(values, step);
    return values;
  }

  #step(input: Values, step: Step): Values {
    switch (step.step) {
      case 'text':
        return [step.text];
      case 'value':
        return input.map(() => step.value);
      case 'field':
        return this.#field(input, step.name);
      case 'slice':
        return input.flatMap((value) => (isNothing(value) ? [] : slice(value, step)));
      case 'wildcard':
        return input.flatMap(childrenOf);
      case 'descend':
        return input.flatMap(descend);
      case 'union':
        return step.chains.flatMap((chain) => this.#chain(input, chain));
      case 'filter':
        return input.flatMap((value) => this.#filter(value, step));
      case 'word':
        return this.#word(input, step.word);
    }
  }

  #word(input: Values, word: string): Values {
    if (word === 'range') {
      this.#asked = 'range';
      return input;
    }
    if (word !== 'end') throw new PathError(`unrecognized identifier ${word}`);
    if (this.#depth === 0) throw new PathError('not in range, nothing to end');
    this.#asked = 'end';
    return [];
  }

  #field(input: Values, name: string): Values {
    const found = input.flatMap((value) => (isFields(value) && Object.hasOwn(value, name) ? [value[name]] : []));
    if (found.length === 0 && input.length > 0 && !this.#allowMissingKeys) throw new PathError(`${name} is not found`);
    return found;
  }

  #filter(value: unknown, { left, right, operator }: Extract<Step, { readonly step: 'filter' }>): Values {
    if (!Array.isArray(value)) {
      const shown = isNothing(value) ? '<invalid reflect.Value>' : goPrint(value);
      throw new PathError(`${shown} is not array or slice and cannot be filtered`);
    }
    return value.filter((item) => {
      if (operator === 'exists') return this.#exists(item, left);
      const [lefts, rights] = [this.#chain([item], left), this.#chain([item], right)];
      if (lefts.length === 0) return false;
      if (lefts.length > 1 || rights.length > 1) throw new PathError('can only compare one element at a time');
      return rights.length > 0 && compare(lefts[0], operator, rights[0]);
    });
  }

  /** What cannot even be looked for does not exist. */
  #exists(item: unknown, chain: Chain): boolean {
    try {
      return this.#chain([item], chain).length > 0;
    } catch (error) {
      if (error instanceof PathError) return false;
      throw error;
    }
  }
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

function childrenOf(value: unknown): Values {
  if (Array.isArray(value)) return value;
  if (isFields(value))
    return Object.keys(value)
      .sort(compareKeys)
      .map((name) => value[name]);
  // Text is a list of bytes.
  return typeof value === 'string' ? bytesOf(value) : [];
}

function descend(value: unknown): Values {
  const children = childrenOf(value);
  return children.length === 0 ? [] : [value, ...children.flatMap(descend)];
}

/** In UTF-8, which is also what percent signs stand for. */
function bytesOf(text: string): readonly number[] {
  return (encodeURIComponent(text).match(/%[0-9A-F]{2}|[^%]/g) ?? []).map((each) =>
    each.length === 3 ? Number.parseInt(each.slice(1), 16) : each.charCodeAt(0),
  );
}

function slice(value: unknown, step: Extract<Step, { readonly step: 'slice' }>): Values {
  if (!Array.isArray(value)) throw new PathError(`${goType(value)} is not array or slice`);
  const { length } = value;
  const fromEnd = (bound: number): number => (bound < 0 ? bound + length : bound);
  const from = fromEnd(step.from ?? 0);
  const to = fromEnd(step.to ?? length);
  if (from === to) return [];
  if (from >= length || from < 0) throw new PathError(`array index out of bounds: index ${from}, length ${length}`);
  if (to > length || to < 0) throw new PathError(`array index out of bounds: index ${to - 1}, length ${length}`);
  if (from > to) throw new PathError(`starting index ${from} is greater than ending index ${to}`);
  const { stride = 1 } = step;
  if (stride <= 0) throw new PathError('step must be > 0');
  return value.slice(from, to).filter((_item, at) => at % stride === 0);
}

/** Values of one kind only; a whole number is no float. */
function compare(left: unknown, operator: string, right: unknown): boolean {
  const [leftKind, rightKind] = [comparableKind(left), comparableKind(right)];
  const isEqual = (): boolean => requireSame(leftKind, rightKind) && left === right;
  const isLess = (): boolean => {
    requireSame(leftKind, rightKind);
    if (leftKind === 'bool') throw new PathError('invalid type for comparison');
    return (left as number | string) < (right as number | string);
  };
  switch (operator) {
    case '==':
      return isEqual();
    case '!=':
      return !isEqual();
    case '<':
      return isLess();
    case '<=':
      return isLess() || isEqual();
    case '>':
      return !isLess() && !isEqual();
    case '>=':
      return !isLess();
    default:
      throw new PathError(`unrecognized filter operator ${operator}`);
  }
}

function comparableKind(value: unknown): string {
  const kind = isNothing(value) ? '' : goType(value);
  if (!['bool', 'int64', 'float64', 'string'].includes(kind)) throw new PathError('invalid type for comparison');
  return kind;
}

function requireSame(left: string, right: string): true {
  if (left !== right) throw new PathError('incompatible types for comparison');
  return true;
}
