/** Label selectors as `-l` takes them: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>5`. Twin: apimachinery labels.Parse. */
import type { NodeSelectorRequirement } from '@everynode/core/api/node';
import { findLabelValueErrors, findQualifiedNameErrors } from '@everynode/core/api/names';
import { compareKeys } from '@everynode/core/api/meta';
import { compileRequirements } from '@everynode/core/match/selectors';
import { parseInt64 } from '@everynode/core/match/taints';
import type { ServedObject } from './server.ts';

/** A selector made ready, or the server's words on why it is none. */
export type CompiledQuery =
  | { readonly ok: true; readonly matches: (object: ServedObject) => boolean }
  | { readonly ok: false; readonly error: string };

export function compileLabelQuery(text: string): CompiledQuery {
  try {
    const requirements = new Parser(scan(text)).parse();
    const tests = compileRequirements(requirements, '', []);
    return { ok: true, matches: ({ metadata }) => tests.every((test) => test(metadata.labels ?? {})) };
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return { ok: false, error: error.message };
    throw error;
  }
}

/** Leaves the parser; nobody but `compileLabelQuery` sees it. */
class SelectorSyntaxError extends Error {}

/** A word, a symbol, or the end (empty text). */
interface Token {
  readonly kind: 'word' | 'symbol' | 'error' | 'end';
  readonly text: string;
}

const SYMBOLS = [')', ',', '!', '==', '=', '>', '<', '!=', '('];
const OPERATORS: Readonly<Record<string, NodeSelectorRequirement['operator']>> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};
const SPECIAL = /[=!(),><]/;
const BLANK = /[ \t\r\n]/;

function scan(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const from = at;
    if (BLANK.test(text[at] ?? '')) {
      at += 1;
    } else if (SPECIAL.test(text[at] ?? '')) {
      const symbol = longestSymbol(text, at);
      at += symbol.length;
      tokens.push({ kind: 'symbol', text: symbol });
    } else {
      while (at < text.length && !SPECIAL.test(text[at] ?? '') && !BLANK.test(text[at] ?? '')) at += 1;
      tokens.push({ kind: 'word', text: text.slice(from, at) });
    }
  }
  return [...tokens, { kind: 'end', text: '' }];
}

function longestSymbol(text: string, at: number): string {
  const two = text.slice(at, at + 2);
  return SYMBOLS.includes(two) ? two : text.slice(at, at + 1);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): readonly NodeSelectorRequirement[] {
    const requirements: NodeSelectorRequirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') return requirements;
      if (!startsRequirement(token)) fail(token, ", expected: !, identifier, or 'end of string'");
      requirements.push(this.#requirement());
      const behind = this.#next();
      if (behind.kind === 'end') return requirements;
      if (behind.text !== ',') fail(behind, ", expected: ',' or 'end of string'");
      if (!startsRequirement(this.#peek())) fail(this.#peek(), ", expected: identifier after ','");
    }
  }

  #requirement(): NodeSelectorRequirement {
    const isNegated = this.#peek().text === '!';
    if (isNegated) this.#next();
    const key = this.#next();
    if (key.kind !== 'word') failRequirement(key, ', expected: identifier');
    checkKey(key.text);
    if (isNegated) return { key: key.text, operator: 'DoesNotExist' };
    if (isEndOfRequirement(this.#peek())) return { key: key.text, operator: 'Exists' };
    const sign = this.#next();
    const operator = Object.hasOwn(OPERATORS, sign.text) ? OPERATORS[sign.text] : undefined;
    if (operator === undefined) failRequirement(sign, ', expected: in, notin, =, ==, !=, gt, lt');
    const values = sign.kind === 'word' ? this.#set() : [this.#exactValue()];
    checkValues(key.text, operator, values);
    return { key: key.text, operator, values };
  }

  #exactValue(): string {
    if (isEndOfRequirement(this.#peek())) return '';
    const value = this.#next();
    if (value.kind !== 'word') failRequirement(value, ', expected: identifier');
    return value.text;
  }

  #set(): readonly string[] {
    const open = this.#next();
    if (open.text !== '(') failRequirement(open, " expected: '('");
    const first = this.#peek();
    if (first.text === ')') {
      this.#next();
      return [''];
    }
    if (first.kind !== 'word' && first.text !== ',') failRequirement(first, ", expected: ',', ')' or identifier");
    const values = this.#members();
    this.#next();
    return [...new Set(values)].sort(compareKeys);
  }

  /** Up to the closing bracket. Nothing between commas is a value too, the empty one. */
  #members(): readonly string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'word') {
        values.push(token.text);
        const behind = this.#peek();
        if (behind.text === ')') return values;
        if (behind.text !== ',') failRequirement(behind, ", expected: ',' or ')'");
      } else if (token.text === ',') {
        if (values.length === 0) values.push('');
        if (this.#peek().text === ')') return [...values, ''];
        if (this.#peek().text === ',') {
          this.#next();
          values.push('');
        }
      } else {
        failRequirement(token, ", expected: ',', or identifier");
      }
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

function startsRequirement({ kind, text }: Token): boolean {
  return kind === 'word' || text === '!';
}

function isEndOfRequirement({ kind, text }: Token): boolean {
  return kind === 'end' || text === ',';
}

/** Upstream says `<nil>` where the path to a field would stand: a selector on the command line has none. */
function checkKey(key: string): void {
  const errors = findQualifiedNameErrors(key);
  if (errors.length === 0) return;
  throw new SelectorSyntaxError(
    `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`,
  );
}

/** The server tells all that is wrong with the values of one requirement. */
function checkValues(key: string, operator: string, values: readonly string[]): void {
  const isBound = operator === 'Gt' || operator === 'Lt';
  const errors = values.flatMap((value, at) => [
    ...(isBound && parseInt64(value) === undefined
      ? [
          `values[${at}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
        ]
      : []),
    ...findLabelValueErrors(value).map(
      (error) => `values[${at}][${key}]: Invalid value: ${JSON.stringify(value)}: ${error}`,
    ),
  ]);
  if (errors.length === 0) return;
  const text = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
  throw new SelectorSyntaxError(`unable to parse requirement: ${text}`);
}

function failRequirement({ text }: Token, expected: string): never {
  throw new SelectorSyntaxError(`unable to parse requirement: found '${text}'${expected}`);
}

function fail({ text }: Token, expected: string): never {
  throw new SelectorSyntaxError(`found '${text}'${expected}`);
}
