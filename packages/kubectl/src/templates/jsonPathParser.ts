/**
 * Reads a JSONPath template of kubectl: text with actions in braces, an action being a chain of steps. A forgiving
 * language: what stands where matters less than what can be read next. Twin: client-go util/jsonpath parser.go.
 */
import { unquote } from './goQuote.ts';

export type Step =
  | { readonly step: 'text'; readonly text: string }
  | { readonly step: 'value'; readonly value: number | boolean }
  | { readonly step: 'field'; readonly name: string }
  | { readonly step: 'slice'; readonly from: Bound; readonly to: Bound; readonly stride: Bound }
  | { readonly step: 'wildcard' }
  | { readonly step: 'descend' }
  | { readonly step: 'union'; readonly chains: readonly Chain[] }
  | { readonly step: 'filter'; readonly left: Chain; readonly right: Chain; readonly operator: string }
  /** `range`, `end`, or a mistake that shows when it is carried out. */
  | { readonly step: 'word'; readonly word: string };

export type Chain = readonly Step[];

/** A bound of a slice, where it is written. */
export type Bound = number | undefined;

/** A template is a list of texts and actions, each a chain. */
export type Template = readonly Chain[];

export type Parsed =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly error: string };

class TemplateError extends Error {}

export function parseJsonPath(text: string): Parsed {
  try {
    return { ok: true, template: new Reader(text).template() };
  } catch (error) {
    if (error instanceof TemplateError) return { ok: false, error: error.message };
    throw error;
  }
}

const END = '';
const NUMBER = /^[+-]?[0-9.]*/;
const SLICE = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/;
const QUOTED_KEY = /^'([^']*)'$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+)$/s;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  template(): Template {
    const chains: Chain[] = [];
    while (this.#at < this.#text.length) {
      const brace = this.#text.indexOf('{', this.#at);
      const end = brace < 0 ? this.#text.length : brace;
      if (end > this.#at) chains.push([{ step: 'text', text: this.#text.slice(this.#at, end) }]);
      this.#at = end;
      if (brace >= 0) {
        this.#at += 1;
        chains.push(this.#action());
      }
    }
    return chains;
  }

  #action(): Chain {
    const steps: Step[] = [];
    for (;;) {
      const rest = this.#text.slice(this.#at);
      if (rest.startsWith('}')) {
        this.#at += 1;
        return steps;
      }
      if (rest.startsWith('[?(')) steps.push(this.#filter());
      else if (rest.startsWith('..')) steps.push(...this.#descent(steps));
      else this.#step(steps);
    }
  }

  #step(steps: Step[]): void {
    const character = this.#next();
    switch (character) {
      case END:
      case '\r':
      case '\n':
        throw new TemplateError('unclosed action');
      // The object at hand, or the whole one at the beginning of an action: it is where a chain starts anyway.
      case ' ':
      case '@':
      case '$':
        return;
      case '[':
        steps.push(...this.#brackets());
        return;
      case '"':
      case "'":
        steps.push(this.#quoted(character));
        return;
      case '.':
        steps.push(this.#field());
        return;
      default:
        this.#at -= character.length;
        steps.push(this.#bare(character));
    }
  }

  #bare(character: string): Step {
    if (/[-+]|\p{Nd}/u.test(character)) return this.#number();
    if (/[_\p{L}]/u.test(character)) return this.#word();
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new TemplateError(`unrecognized character in action: U+${code} '${character}'`);
  }

  #number(): Step {
    const [text = ''] = NUMBER.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += text.length;
    const value = /^[+-]?[0-9]+$|^[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)$/.test(text) ? Number(text) : undefined;
    if (value === undefined) throw new TemplateError(`cannot parse number ${text}`);
    return { step: 'value', value };
  }

  #word(): Step {
    const from = this.#at;
    while (!isTerminator(this.#peek())) this.#next();
    const word = this.#text.slice(from, this.#at);
    return word === 'true' || word === 'false' ? { step: 'value', value: word === 'true' } : { step: 'word', word };
  }

  /** A name up to the next separator; a backslash takes what is special from the next character. */
  #field(): Step {
    const from = this.#at;
    while (!isTerminator(this.#peek())) {
      if (this.#next() === '\\') this.#next();
    }
    const name = this.#text.slice(from, this.#at);
    return name === '*' ? { step: 'wildcard' } : { step: 'field', name: name.replaceAll('\\', '') };
  }

  #descent(before: readonly Step[]): Chain {
    if (before.at(-1)?.step === 'descend') throw new TemplateError('invalid multiple recursive descent');
    this.#at += 2;
    return /[_\p{L}\p{Nd}]/u.test(this.#peek()) ? [{ step: 'descend' }, this.#field()] : [{ step: 'descend' }];
  }

  #quoted(quote: string): Step {
    const from = this.#at - 1;
    for (;;) {
      const character = this.#next();
      if (character === END || character === '\n') throw new TemplateError('unterminated quoted string');
      if (character === quote && this.#text[this.#at - 2] !== '\\') break;
    }
    const written = this.#text.slice(from, this.#at);
    const text = unquote(written);
    if (text === undefined) throw new TemplateError(`unquote string ${written} error invalid syntax`);
    return { step: 'text', text };
  }

  /** `[0]`, `[1:5:2]`, `[*]`, `['key']`, or several of them apart by commas. */
  #brackets(): Chain {
    const from = this.#at;
    for (let character = this.#next(); character !== ']'; character = this.#next()) {
      if (character === END || character === '\n') throw new TemplateError('unterminated array');
    }
    const inside = this.#text.slice(from, this.#at - 1);
    const parts = inside.split(',');
    if (parts.length > 1) {
      return [{ step: 'union', chains: parts.map((part) => parseChain(`[${part.replace(/^ +| +$/g, '')}]`)) }];
    }
    const [, key] = QUOTED_KEY.exec(inside) ?? [];
    return key === undefined ? [sliceOf(inside === '*' ? ':' : inside)] : parseChain(`.${key}`);
  }

  /** `[?(@.type=="Ready")]`; without a comparison it asks whether there is anything. */
  #filter(): Step {
    this.#at += '[?('.length;
    const from = this.#at;
    let quote = '';
    let isClosed = false;
    for (;;) {
      const character = this.#next();
      if (character === END || character === '\n') throw new TemplateError('unterminated filter');
      if (character === '"' || character === "'") {
        if (quote === '') quote = character;
        else if (character === quote && this.#text[this.#at - 2] !== '\\') isClosed = true;
      }
      if (character === ')' && (quote === '') === !isClosed) break;
    }
    const condition = this.#text.slice(from, this.#at - 1);
    if (this.#next() !== ']') throw new TemplateError('unclosed array expect ]');
    const [, left, operator, right] = COMPARISON.exec(condition) ?? [];
    if (left === undefined || operator === undefined || right === undefined) {
      return { step: 'filter', left: parseChain(condition), right: [], operator: 'exists' };
    }
    return { step: 'filter', left: parseChain(left), right: parseChain(right), operator };
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? END : String.fromCodePoint(code);
  }

  #next(): string {
    const character = this.#peek();
    this.#at += character.length;
    return character;
  }
}

/** A chain on its own, as if it stood in braces. */
function parseChain(text: string): Chain {
  return new Reader(`{${text}}`).template()[0] ?? [];
}

function sliceOf(text: string): Step {
  const match = SLICE.exec(text);
  if (match === null) throw new TemplateError(`invalid array index ${text}`);
  const [, first = '', second, third] = match;
  const bound = (written: string): Bound => {
    if (written === '') return undefined;
    if (written === '-') throw new TemplateError(`array index ${written} is not a number`);
    return Number(written);
  };
  const from = bound(first);
  const to = second === undefined ? (from ?? 0) + 1 : bound(second.slice(1));
  // A single index of -1 means the last one: its end is the end of the list.
  const isLast = second === undefined && to === 0;
  return { step: 'slice', from, to: isLast ? undefined : to, stride: bound((third ?? '').slice(1)) };
}

function isTerminator(character: string): boolean {
  return character === END || ' \t\r\n.,[]$@{}'.includes(character);
}
