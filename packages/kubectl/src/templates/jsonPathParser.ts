/** From the text of a JSONPath template to its steps. Twin: client-go util/jsonpath parser.go. */
import { describeCharacter, unescapeText } from './goQuote.ts';
import { TypedNumber } from './goValue.ts';
import type { FilterNode, PathNode, SliceNode } from './jsonPathNodes.ts';
import { TemplateError } from './templateError.ts';

/** Text and actions, in the order of the template; throws TemplateError. */
export function parseJsonPath(template: string): readonly PathNode[] {
  return new PathParser(template).parse();
}

/** The steps of what would stand between braces. */
function parseAction(text: string): readonly PathNode[] {
  const [first] = parseJsonPath(`{${text}}`);
  return first?.kind === 'list' ? first.nodes : [];
}

const END = '';

class PathParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): readonly PathNode[] {
    const nodes: PathNode[] = [];
    while (this.#at < this.#text.length) {
      const brace = this.#text.indexOf('{', this.#at);
      const end = brace < 0 ? this.#text.length : brace;
      if (end > this.#at) nodes.push({ kind: 'text', text: this.#text.slice(this.#at, end) });
      this.#at = end + 1;
      if (brace >= 0) nodes.push({ kind: 'list', nodes: this.#parseInside() });
    }
    return nodes;
  }

  /** The steps up to the closing brace. */
  #parseInside(): readonly PathNode[] {
    const nodes: PathNode[] = [];
    while (!this.#skip('}')) {
      if (this.#skip('[?(')) nodes.push(this.#parseFilter());
      else if (this.#skip('..')) nodes.push(...this.#parseRecursive(nodes.at(-1)));
      else nodes.push(...this.#parseStep());
    }
    return nodes;
  }

  #parseStep(): readonly PathNode[] {
    const character = this.#peek();
    if (character === END || character === '\n' || character === '\r') throw new TemplateError('unclosed action');
    // The current object is where every path begins, so its names say nothing.
    if (this.#skip(' ') || this.#skip('@') || this.#skip('$')) return [];
    if (this.#skip('[')) return parseBrackets(this.#readArray());
    if (character === '"' || character === "'") return [this.#parseQuoted(character)];
    if (this.#skip('.')) return [this.#parseField()];
    if (/[-+\p{Nd}]/u.test(character)) return [this.#parseNumber()];
    if (isAlphanumeric(character)) return [parseWord(this.#readWhile((inner) => !isTerminator(inner)))];
    throw new TemplateError(`unrecognized character in action: ${describeCharacter(character)}`);
  }

  #parseRecursive(before: PathNode | undefined): readonly PathNode[] {
    if (before?.kind === 'recursive') throw new TemplateError('invalid multiple recursive descent');
    const recursive: PathNode = { kind: 'recursive' };
    return isAlphanumeric(this.#peek()) ? [recursive, this.#parseField()] : [recursive];
  }

  #parseField(): PathNode {
    const start = this.#at;
    while (!isTerminator(this.#peek())) {
      // What a backslash stands before ends no name.
      if (this.#next() === '\\') this.#next();
    }
    const name = this.#text.slice(start, this.#at);
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') };
  }

  #parseNumber(): PathNode {
    const sign = this.#skip('-') ? '-' : this.#skip('+') ? '+' : '';
    const digits = this.#readWhile((inner) => /[.\p{Nd}]/u.test(inner));
    if (/^[0-9]+$/.test(digits) && Math.abs(Number(digits)) < INT_LIMIT) {
      return { kind: 'constant', value: new TypedNumber('int', Number(sign + digits)) };
    }
    if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(digits)) throw new TemplateError(`cannot parse number ${sign}${digits}`);
    return { kind: 'constant', value: new TypedNumber('float64', Number(sign + digits)) };
  }

  #parseQuoted(mark: '"' | "'"): PathNode {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const character = this.#next();
      if (character === END || character === '\n') throw new TemplateError('unterminated quoted string');
      if (character === mark && this.#text[this.#at - 2] !== '\\') break;
    }
    const text = unescapeText(this.#text.slice(start + 1, this.#at - 1), mark);
    if (text !== undefined) return { kind: 'text', text };
    throw new TemplateError(`unquote string ${this.#text.slice(start, this.#at)} error invalid syntax`);
  }

  #readArray(): string {
    const start = this.#at;
    for (;;) {
      const character = this.#next();
      if (character === END || character === '\n') throw new TemplateError('unterminated array');
      if (character === ']') return this.#text.slice(start, this.#at - 1);
    }
  }

  #parseFilter(): FilterNode {
    const text = this.#readFilter();
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text) ?? [];
    if (left === undefined || operator === undefined || right === undefined) {
      return { kind: 'filter', left: parseAction(text), operator: 'exists', right: [] };
    }
    return { kind: 'filter', left: parseAction(left), operator, right: parseAction(right) };
  }

  /** Up to `)]`. A parenthesis inside the first pair of quotes does not count; behind that pair, quotes mean nothing. */
  #readFilter(): string {
    const start = this.#at;
    let mark = '';
    let isClosed = false;
    for (;;) {
      const character = this.#next();
      if (character === END || character === '\n') throw new TemplateError('unterminated filter');
      const isQuote = character === '"' || character === "'";
      if (isQuote && mark === '') mark = character;
      else if (character === mark && this.#text[this.#at - 2] !== '\\') isClosed = true;
      else if (character === ')' && (mark === '' || isClosed)) break;
    }
    const text = this.#text.slice(start, this.#at - 1);
    if (!this.#skip(']')) throw new TemplateError('unclosed array expect ]');
    return text;
  }

  #readWhile(belongs: (character: string) => boolean): string {
    const start = this.#at;
    while (this.#peek() !== END && belongs(this.#peek())) this.#next();
    return this.#text.slice(start, this.#at);
  }

  #skip(prefix: string): boolean {
    const isThere = this.#text.startsWith(prefix, this.#at);
    if (isThere) this.#at += prefix.length;
    return isThere;
  }

  #next(): string {
    const character = this.#peek();
    this.#at += character.length;
    return character;
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? END : String.fromCodePoint(code);
  }
}

/** What is whole and below this is an int in Go; beyond it becomes a float. */
const INT_LIMIT = 2 ** 63;

function parseWord(word: string): PathNode {
  if (word === 'true' || word === 'false') return { kind: 'constant', value: word === 'true' };
  return { kind: 'identifier', name: word };
}

/** What stands between brackets: several of these, a quoted name, or a slice. */
function parseBrackets(text: string): readonly PathNode[] {
  if (text.includes(',')) {
    const branches = text.split(',').map((branch) => parseAction(`[${branch.replace(/^ +| +$/g, '')}]`));
    return [{ kind: 'union', branches }];
  }
  const name = /^'([^']*)'$/.exec(text)?.[1];
  return name === undefined ? [parseSlice(text === '*' ? ':' : text)] : parseAction(`.${name}`);
}

function parseSlice(text: string): SliceNode {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (match === null) throw new TemplateError(`invalid array index ${text}`);
  const [, start = '', end, stride] = match;
  const from = start === '' ? undefined : parseIndex(start);
  const isSingle = end === undefined;
  const to = isSingle ? (from ?? 0) + 1 : parseBound(end);
  const step = stride === undefined ? undefined : parseBound(stride);
  return {
    kind: 'slice',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(step === undefined ? {} : { step }),
    isSingle,
  };
}

function parseBound(part: string): number | undefined {
  return part === ':' ? undefined : parseIndex(part.slice(1));
}

function parseIndex(text: string): number {
  const index = Number(text);
  if (text === '-' || Math.abs(index) >= INT_LIMIT) throw new TemplateError(`array index ${text} is not a number`);
  return index;
}

function isAlphanumeric(character: string): boolean {
  return /^[_\p{L}\p{Nd}]$/u.test(character);
}

function isTerminator(character: string): boolean {
  return character === END || ' \t\r\n.,[]$@{}'.includes(character);
}
