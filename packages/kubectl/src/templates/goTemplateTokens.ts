/** Tokens of a Go template, one after the other, and what the parser says about one that does not fit. Twin: text/template/parse parse.go. */
import { describeToken, lexGoTemplate, type Token, type TokenType } from './goTemplateLexer.ts';
import { TemplateError } from './templateError.ts';

/** The name that kubectl gives the template; errors begin with it. */
export const TEMPLATE_NAME = 'output';

/** Gives tokens one after the other; throws TemplateError for those that do not fit. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** How many tokens were looked at: an error is on the line of the last of them. */
  #seen = 0;
  /** Where the action began that is being read. */
  #actionAt: number | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = lexGoTemplate(text);
  }

  /** From here on to its end, an error on another line names the line of the action too. */
  beginAction(at: number): void {
    this.#actionAt = at;
  }

  endAction(): void {
    this.#actionAt = undefined;
  }

  /** A place to come back to. */
  mark(): number {
    return this.#at;
  }

  /** Back to a place, or before the last token. */
  goBack(mark: number = this.#at - 1): void {
    this.#at = mark;
  }

  expect(type: TokenType, context: string): void {
    const token = this.nextNonSpace();
    if (token.type !== type) this.unexpected(token, context);
  }

  /** The token that is none of what may stand in a context, or the error that the lexer found. */
  unexpected(token: Token, context: string): never {
    if (token.type !== 'error') return this.fail(`unexpected ${describeToken(token)} in ${context}`);
    const started = this.#actionAt === undefined ? this.#line(token.at) : this.#line(this.#actionAt);
    if (started === this.#line(token.at)) return this.fail(token.text);
    const action = token.text.endsWith(' action') ? '' : ' in action';
    return this.fail(`${token.text}${action} started at ${TEMPLATE_NAME}:${started}`);
  }

  /** An error on the line of the last token that was looked at. */
  fail(message: string): never {
    const last = this.#tokens[this.#seen - 1];
    throw new TemplateError(`template: ${TEMPLATE_NAME}:${this.#line(last?.at ?? 0)}: ${message}`);
  }

  #line(at: number): number {
    return this.#text.slice(0, at).split('\n').length;
  }

  peekNonSpace(): Token {
    while (this.peek().type === 'space') this.#at += 1;
    return this.peek();
  }

  nextNonSpace(): Token {
    this.peekNonSpace();
    return this.next();
  }

  peek(): Token {
    const at = Math.min(this.#at, this.#tokens.length - 1);
    this.#seen = Math.max(this.#seen, at + 1);
    return this.#tokens[at] ?? { type: 'end', text: '', at: this.#text.length };
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }
}
