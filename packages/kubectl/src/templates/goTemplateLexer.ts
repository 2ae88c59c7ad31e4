/** From the text of a Go template to tokens. Twin: text/template/parse lex.go. */
import { describeCharacter, quote } from './goQuote.ts';
import { byteLength } from './utf8.ts';

export type TokenType =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'keyword'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'bool'
  | 'number'
  | 'character'
  | 'string'
  | 'rawString'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'leftParen'
  | 'rightParen'
  | 'mark'
  | 'end'
  | 'error';

export interface Token {
  readonly type: TokenType;
  /** As it stands in the template; of an error the message. */
  readonly text: string;
  /** Where it begins, in code units. */
  readonly at: number;
}

/** All tokens; the last is the end, or the first error. A dot alone is a keyword, as upstream has it. */
export function lexGoTemplate(template: string): readonly Token[] {
  return new Lexer(template).run();
}

/** How error messages name a token. */
export function describeToken({ type, text }: Token): string {
  if (type === 'end') return 'EOF';
  if (type === 'error') return text;
  if (type === 'keyword') return `<${text}>`;
  const isLong = byteLength(text) > 10;
  return isLong ? `${quote(Array.from(text).slice(0, 10).join(''))}...` : quote(text);
}

const KEYWORDS = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'nil', 'range', 'template', 'with'];
const SPACES = ' \t\r\n';
const END = '';

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#tokens.at(-1)?.type !== 'error') {
      const open = this.#text.indexOf('{{', this.#at);
      const end = open < 0 ? this.#text.length : open;
      const isTrimmed = open >= 0 && isLeftTrim(this.#text.slice(open + 2));
      const text = this.#text.slice(this.#at, end);
      const shown = isTrimmed ? text.replace(/[ \t\r\n]+$/, '') : text;
      if (shown !== '') this.#push('text', this.#at, shown);
      this.#at = end;
      if (open < 0) {
        this.#push('end', end, '');
        break;
      }
      this.#lexAction(isTrimmed ? 2 : 0);
    }
    return this.#tokens;
  }

  /** From the opening braces to behind the closing ones. `trim`: how long the trim marker is. */
  #lexAction(trim: number): void {
    if (this.#text.startsWith('/*', this.#at + 2 + trim)) return this.#skipComment(this.#at + 2 + trim);
    this.#push('left', this.#at, '{{');
    this.#at += 2 + trim;
    this.#depth = 0;
    while (!['right', 'error'].includes(this.#tokens.at(-1)?.type ?? '')) this.#lexInside();
  }

  #skipComment(start: number): void {
    const end = this.#text.indexOf('*/', start + 2);
    if (end < 0) return this.#fail('unclosed comment', start);
    this.#at = end + 2;
    const closing = this.#closing();
    if (closing === undefined) return this.#fail('comment ends before closing delimiter', start);
    this.#close(closing);
  }

  #lexInside(): void {
    const start = this.#at;
    const closing = this.#closing();
    if (closing !== undefined) {
      if (this.#depth > 0) return this.#fail('unclosed left paren', start);
      this.#push('right', start + closing.length - 2, '}}');
      return this.#close(closing);
    }
    const character = this.#peek();
    if (character === END) return this.#fail('unclosed action', start);
    if (SPACES.includes(character)) return this.#lexSpace(start);
    const simple = Object.hasOwn(SIMPLE, character) ? SIMPLE[character] : undefined;
    if (simple !== undefined) return this.#take(simple, start, 1);
    if (character === ':') {
      return this.#text[start + 1] === '=' ? this.#take('declare', start, 2) : this.#fail('expected :=', start);
    }
    if (character === '(' || character === ')') return this.#lexParen(character, start);
    if (character === '"' || character === "'") return this.#lexQuoted(character, start);
    if (character === '`') return this.#lexRaw(start);
    if (character === '$') return this.#lexName('variable', start);
    if (character === '.' && !/[0-9]/.test(this.#text[start + 1] ?? 'x')) return this.#lexName('field', start);
    if (/[-+.0-9]/.test(character)) return this.#lexNumber(start);
    if (isAlphanumeric(character)) return this.#lexName('identifier', start);
    if (/^[!-~]$/.test(character)) return this.#take('mark', start, 1);
    this.#fail(`unrecognized character in action: ${describeCharacter(character)}`, start);
  }

  /** The blank before a trim marker belongs to the marker. */
  #lexSpace(start: number): void {
    let end = start;
    while (end < this.#text.length && SPACES.includes(this.#text[end] ?? END)) end += 1;
    if (this.#text.startsWith('-}}', end)) end -= 1;
    if (end > start) this.#push('space', start, this.#text.slice(start, end));
    this.#at = end;
  }

  #lexParen(character: string, start: number): void {
    this.#depth += character === '(' ? 1 : -1;
    if (this.#depth < 0) return this.#fail('unexpected right paren', start);
    this.#take(character === '(' ? 'leftParen' : 'rightParen', start, 1);
  }

  #lexQuoted(mark: string, start: number): void {
    const literal = (mark === '"' ? /^"(?:[^"\\\n]|\\[^\n])*"/su : /^'(?:[^'\\\n]|\\[^\n])*'/su).exec(
      this.#text.slice(start),
    );
    const kind = mark === '"' ? 'quoted string' : 'character constant';
    if (literal === null) return this.#fail(`unterminated ${kind}`, start);
    this.#take(mark === '"' ? 'string' : 'character', start, literal[0].length);
  }

  #lexRaw(start: number): void {
    const end = this.#text.indexOf('`', start + 1);
    if (end < 0) return this.#fail('unterminated raw quoted string', start);
    this.#take('rawString', start, end + 1 - start);
  }

  /** An identifier, or a field or variable with the character that marks it. */
  #lexName(type: 'identifier' | 'field' | 'variable', start: number): void {
    this.#at = type === 'identifier' ? start : start + 1;
    while (isAlphanumeric(this.#peek())) this.#at += this.#peek().length;
    if (!this.#isTerminated()) return this.#fail(`bad character ${describeCharacter(this.#peek())}`, start);
    const text = this.#text.slice(start, this.#at);
    if (text === '.' || (type === 'identifier' && KEYWORDS.includes(text))) this.#push('keyword', start, text);
    else if (text === 'true' || text === 'false') this.#push('bool', start, text);
    else this.#push(type, start, text);
  }

  #lexNumber(start: number): void {
    const rest = this.#text.slice(start);
    const match = HEX.exec(rest) ?? DECIMAL.exec(rest);
    this.#at = start + (match?.[0].length ?? 0);
    const next = this.#peek();
    if (isAlphanumeric(next) || next === '+' || next === '-') {
      const bad = this.#text.slice(start, this.#at + (isAlphanumeric(next) ? next.length : 0));
      return this.#fail(`bad number syntax: ${quote(bad)}`, start);
    }
    this.#push('number', start, this.#text.slice(start, this.#at));
  }

  #isTerminated(): boolean {
    const next = this.#peek();
    return next === END || `${SPACES}.,|:)(`.includes(next) || this.#text.startsWith('}}', this.#at);
  }

  /** The closing braces that stand here, with their trim marker. */
  #closing(): string | undefined {
    return /^(?:[ \t\r\n]-)?\}\}/.exec(this.#text.slice(this.#at, this.#at + 4))?.[0];
  }

  #close(closing: string): void {
    this.#at += closing.length;
    if (closing.length === 2) return;
    while (this.#at < this.#text.length && SPACES.includes(this.#text[this.#at] ?? END)) this.#at += 1;
  }

  #take(type: TokenType, start: number, length: number): void {
    this.#at = start + length;
    this.#push(type, start, this.#text.slice(start, this.#at));
  }

  #push(type: TokenType, at: number, text: string): void {
    this.#tokens.push({ type, at, text });
  }

  #fail(message: string, at: number): void {
    this.#push('error', at, message);
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? END : String.fromCodePoint(code);
  }
}

const SIMPLE: Readonly<Record<string, TokenType>> = { '=': 'assign', '|': 'pipe' };
/** As much as looks like a number; whether it is one the parser says. */
const HEX =
  /^[-+]?0(?:[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|[oO][0-7_]*(?:\.[0-7_]*)?|[bB][01_]*(?:\.[01_]*)?)/;
const DECIMAL = /^[-+]?[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?/;

function isLeftTrim(text: string): boolean {
  return /^-[ \t\r\n]/.test(text);
}

function isAlphanumeric(character: string): boolean {
  return /^[_\p{L}\p{Nd}]$/u.test(character);
}
