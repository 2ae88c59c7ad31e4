/** The small language of `when:`: parameters compared with literals, joined by &&, || and !, with brackets. */
import type { Scalar } from '@everynode/trace/record';
import { unknownName } from './nearest.ts';
import type { Row } from './scenario.ts';

/** The truth of the condition in a row, or what is wrong with it. */
export type ConditionResult =
  | { readonly ok: true; readonly holds: boolean }
  | { readonly ok: false; readonly problem: string };

const TOKEN =
  /\s*(?:(params\.[A-Za-z][A-Za-z0-9_]*)|(-?[0-9]+(?:\.[0-9]+)?)|"([^"]*)"|'([^']*)'|(true|false|null)\b|(&&|\|\||==|!=|<=|>=|<|>|!|\(|\)))/y;
const FORM = 'write something like params.x > 0 && !(params.y == "a")';

type Token =
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'sign'; readonly text: string };

class ConditionError extends Error {}

export function evaluateCondition(text: string, row: Row): ConditionResult {
  try {
    const reader = new Reader(tokenize(text), row);
    const holds = reader.either();
    reader.expectEnd();
    return { ok: true, holds };
  } catch (error) {
    if (error instanceof ConditionError) return { ok: false, problem: error.message };
    throw error;
  }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.trimEnd().length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null)
      throw new ConditionError(`${JSON.stringify(text.slice(start).trim())} is not understood; ${FORM}`);
    const [, param, number, double, single, word, sign] = match;
    if (param !== undefined) tokens.push({ kind: 'param', name: param.slice('params.'.length) });
    else if (number !== undefined) tokens.push({ kind: 'literal', value: Number(number) });
    else if (double !== undefined || single !== undefined)
      tokens.push({ kind: 'literal', value: double ?? single ?? '' });
    else if (word !== undefined) tokens.push({ kind: 'literal', value: word === 'null' ? null : word === 'true' });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

/** Recursive descent: either → both → negated → comparison. Every operand is evaluated, so that a misspelt name never hides. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #row: Row;
  #at = 0;

  constructor(tokens: readonly Token[], row: Row) {
    this.#tokens = tokens;
    this.#row = row;
  }

  either(): boolean {
    let holds = this.#both();
    while (this.#take('||')) holds = this.#both() || holds;
    return holds;
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw new ConditionError(`the condition goes on after its end; ${FORM}`);
  }

  #both(): boolean {
    let holds = this.#negated();
    while (this.#take('&&')) holds = this.#negated() && holds;
    return holds;
  }

  #negated(): boolean {
    if (this.#take('!')) return !this.#negated();
    if (this.#take('(')) {
      const holds = this.either();
      if (!this.#take(')')) throw new ConditionError(`a bracket is not closed; ${FORM}`);
      return holds;
    }
    return this.#comparison();
  }

  #comparison(): boolean {
    const left = this.#operand();
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || !COMPARISON_SIGNS.includes(token.text)) {
      if (typeof left !== 'boolean')
        throw new ConditionError(
          `${JSON.stringify(left)} is neither true nor false; compare it: params.x == ${JSON.stringify(left)}`,
        );
      return left;
    }
    this.#at += 1;
    return compare(left, token.text, this.#operand());
  }

  #operand(): Scalar {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === undefined || token.kind === 'sign')
      throw new ConditionError(
        `a value is missing${token === undefined ? ' at the end' : ` before ${token.text}`}; ${FORM}`,
      );
    if (token.kind === 'literal') return token.value;
    if (!Object.hasOwn(this.#row, token.name))
      throw new ConditionError(unknownName('parameter', 'parameters', token.name, Object.keys(this.#row)));
    return this.#row[token.name] ?? null;
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }
}

const COMPARISON_SIGNS = ['==', '!=', '<', '<=', '>', '>='];

function compare(left: Scalar, sign: string, right: Scalar): boolean {
  if (sign === '==') return left === right;
  if (sign === '!=') return left !== right;
  if (typeof left !== 'number' || typeof right !== 'number') {
    throw new ConditionError(
      `${JSON.stringify(left)} ${sign} ${JSON.stringify(right)} compares what are not both numbers; write == or !=`,
    );
  }
  switch (sign) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
