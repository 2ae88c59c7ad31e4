/** Builds the tree of a Go template. Twin: text/template/parse parse.go. */
import { unquote } from './goQuote.ts';
import { cutGoTemplate, type Piece, problem, type Token } from './goTemplateLexer.ts';

export type GoNode =
  | { readonly node: 'text'; readonly text: string }
  | { readonly node: 'print'; readonly pipe: Pipe }
  | {
      readonly node: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly GoNode[];
      readonly otherwise: readonly GoNode[];
    }
  | { readonly node: 'break' | 'continue' };

/** Commands whose results go on to the next as last argument; what comes out may be given a name. */
export interface Pipe {
  readonly names: readonly string[];
  /** `=`: the name is known already. */
  readonly isAssignment: boolean;
  readonly commands: readonly (readonly Operand[])[];
  readonly at: number;
}

export type Operand = Base & { readonly fields: readonly string[]; readonly at: number; readonly text: string };

type Base =
  | { readonly is: 'dot' }
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'function'; readonly name: string }
  | { readonly is: 'pipe'; readonly pipe: Pipe };

/** Throws `GoTemplateError`. */
export function parseGoTemplate(text: string, functions: ReadonlySet<string>): readonly GoNode[] {
  return new Builder(text, functions).whole();
}

const UNSUPPORTED = new Set(['define', 'template', 'block']);

class Builder {
  readonly #text: string;
  readonly #functions: ReadonlySet<string>;
  readonly #pieces: readonly Piece[];
  #piece = 0;
  #tokens: readonly Token[] = [];
  #at = 0;
  #loops = 0;

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#text = text;
    this.#functions = functions;
    this.#pieces = cutGoTemplate(text);
  }

  whole(): readonly GoNode[] {
    const { nodes, end } = this.#list();
    if (end !== '') throw this.#problem(`unexpected {{${end}}}`);
    return nodes;
  }

  /** Up to `{{end}}` or `{{else}}`, which is left to be looked at. */
  #list(): { readonly nodes: readonly GoNode[]; readonly end: '' | 'end' | 'else' } {
    const nodes: GoNode[] = [];
    for (;;) {
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) return { nodes, end: '' };
      this.#piece += 1;
      if (piece.piece === 'text') {
        nodes.push({ node: 'text', text: piece.text });
        continue;
      }
      this.#tokens = piece.tokens;
      this.#at = 0;
      const word = this.#peekWord();
      if (word === 'end' || word === 'else') {
        this.#takeWord();
        if (word === 'end') this.#expectEnd('end');
        return { nodes, end: word };
      }
      nodes.push(this.#action(word));
    }
  }

  #action(word: string): GoNode {
    if (UNSUPPORTED.has(word)) throw this.#problem(`{{${word}}} is not supported here`);
    if (word === 'if' || word === 'with' || word === 'range') {
      this.#takeWord();
      return this.#control(word);
    }
    if (word === 'break' || word === 'continue') {
      this.#takeWord();
      if (this.#loops === 0) throw this.#problem(`{{${word}}} outside {{range}}`);
      this.#expectEnd(word);
      return { node: word };
    }
    const pipe = this.#pipe('command');
    this.#expectEnd('command');
    return { node: 'print', pipe };
  }

  #control(node: 'if' | 'with' | 'range'): GoNode {
    const pipe = this.#pipe(node);
    this.#expectEnd(node);
    if (node === 'range') this.#loops += 1;
    const { nodes: body, end } = this.#list();
    if (node === 'range') this.#loops -= 1;
    if (end === '') throw this.#problem('unexpected EOF');
    if (end === 'end') return { node, pipe, body, otherwise: [] };
    const next = this.#peekWord();
    if (next === node && node !== 'range') {
      this.#takeWord();
      return { node, pipe, body, otherwise: [this.#control(node)] };
    }
    this.#expectEnd('else');
    const rest = this.#list();
    if (rest.end !== 'end') throw this.#problem(rest.end === '' ? 'unexpected EOF' : 'expected end; found {{else}}');
    return { node, pipe, body, otherwise: rest.nodes };
  }

  #pipe(context: string): Pipe {
    this.#skipSpace();
    const at = this.#token()?.at ?? this.#text.length;
    const { names, isAssignment } = this.#declaration(context);
    const commands: (readonly Operand[])[] = [];
    for (;;) {
      const command = this.#command();
      if (command.length === 0) {
        throw this.#problem(commands.length === 0 ? `missing value for ${context}` : `missing value for ${context}`);
      }
      commands.push(command);
      this.#skipSpace();
      if (this.#token()?.text !== '|' || this.#token()?.kind !== 'mark') break;
      this.#at += 1;
    }
    return { names, isAssignment, commands, at };
  }

  /** `$x := …`, `$i, $x := …` in a range, `$x = …`. */
  #declaration(context: string): { readonly names: readonly string[]; readonly isAssignment: boolean } {
    const start = this.#at;
    const names: string[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#token();
      if (token?.kind !== 'variable') break;
      names.push(token.text);
      this.#at += 1;
      this.#skipSpace();
      const mark = this.#token();
      if (mark?.kind !== 'mark') break;
      this.#at += 1;
      if (mark.text === ':=' || mark.text === '=') return { names, isAssignment: mark.text === '=' };
      if (mark.text !== ',' || context !== 'range' || names.length > 1) break;
    }
    this.#at = start;
    return { names: [], isAssignment: false };
  }

  #command(): readonly Operand[] {
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand === undefined) return operands;
      operands.push(operand);
    }
  }

  #operand(): Operand | undefined {
    const token = this.#token();
    if (token === undefined) return undefined;
    const from = token.at;
    const base = this.#base(token);
    if (base === undefined) return undefined;
    const fields: string[] = token.kind === 'field' ? [token.text.slice(1)] : [];
    for (let next = this.#token(); next?.kind === 'field'; next = this.#token()) {
      fields.push(next.text.slice(1));
      this.#at += 1;
    }
    const end = this.#token()?.at ?? this.#text.indexOf('}}', from);
    return { ...base, fields, at: from, text: this.#text.slice(from, end).trimEnd() };
  }

  #base(token: Token): Base | undefined {
    this.#at += 1;
    switch (token.kind) {
      case 'field':
        return { is: 'dot' };
      case 'variable':
        return { is: 'variable', name: token.text };
      case 'number':
        return { is: 'value', value: this.#number(token.text) };
      case 'string':
        return { is: 'value', value: this.#string(token.text) };
      case 'word':
        return this.#word(token.text);
      case 'mark': {
        if (token.text === '.') return { is: 'dot' };
        if (token.text !== '(') break;
        const pipe = this.#pipe('parenthesized pipeline');
        this.#skipSpace();
        if (this.#token()?.text !== ')') throw this.#problem('unclosed left paren');
        this.#at += 1;
        return { is: 'pipe', pipe };
      }
      default:
    }
    this.#at -= 1;
    return undefined;
  }

  #word(word: string): Base {
    if (word === 'true' || word === 'false') return { is: 'value', value: word === 'true' };
    if (word === 'nil') return { is: 'value', value: null };
    if (!this.#functions.has(word)) throw this.#problem(`function "${word}" not defined`);
    return { is: 'function', name: word };
  }

  #number(text: string): bigint | number {
    if (text.startsWith("'")) return BigInt(unquote(text)?.codePointAt(0) ?? 0);
    const isWhole = /^[-+]?(?:[0-9]+|0[xX][0-9a-fA-F]+)$/.test(text);
    const isNegative = text.startsWith('-');
    if (!isWhole) return Number(text);
    const value = BigInt(text.replace(/^[-+]/, ''));
    return isNegative ? -value : value;
  }

  #string(text: string): string {
    const value = text.startsWith('`') ? text.slice(1, -1) : unquote(text);
    if (value === undefined) throw this.#problem('invalid syntax');
    return value;
  }

  #expectEnd(context: string): void {
    this.#skipSpace();
    const token = this.#token();
    if (token !== undefined) throw this.#problem(`unexpected <${token.text}> in ${context}`);
  }

  #peekWord(): string {
    this.#skipSpace();
    const token = this.#token();
    return token?.kind === 'word' ? token.text : '';
  }

  #takeWord(): void {
    this.#at += 1;
  }

  #skipSpace(): void {
    while (this.#token()?.kind === 'space') this.#at += 1;
  }

  #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #problem(message: string): Error {
    const at = this.#token()?.at ?? this.#tokens.at(-1)?.at ?? this.#text.length;
    return problem(this.#text, at, message);
  }
}
