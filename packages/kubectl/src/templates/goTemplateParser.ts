/** From tokens to the tree of a Go template. Twin: text/template/parse parse.go. */
import { quote } from './goQuote.ts';
import type { Token } from './goTemplateLexer.ts';
import type { Branch, Statement } from './goTemplateNodes.ts';
import { PipeParser, unquoteToken } from './goTemplatePipes.ts';
import { TEMPLATE_NAME, TokenReader } from './goTemplateTokens.ts';

export interface ParseOptions {
  /** The functions that a template may call. */
  readonly functions: ReadonlySet<string>;
  /** Whether `{{else with}}` is known. */
  readonly hasElseWith: boolean;
}

/** The templates by name: the main one, and those that it defines. */
export type Templates = ReadonlyMap<string, readonly Statement[]>;

/** Throws TemplateError. */
export function parseGoTemplate(template: string, options: ParseOptions): Templates {
  return new TemplateParser(template, options).parse();
}

type Ending = 'end' | 'else';

class TemplateParser {
  readonly #reader: TokenReader;
  readonly #pipes: PipeParser;
  readonly #options: ParseOptions;
  readonly #templates = new Map<string, readonly Statement[]>();
  #rangeDepth = 0;

  constructor(text: string, options: ParseOptions) {
    this.#reader = new TokenReader(text);
    this.#pipes = new PipeParser(this.#reader, options.functions);
    this.#options = options;
  }

  parse(): Templates {
    const statements: Statement[] = [];
    while (this.#reader.peek().type !== 'end') {
      if (this.#reader.peek().type === 'left' && this.#isKeywordBehind('define')) {
        this.#parseDefinition();
        continue;
      }
      const statement = this.#parseStatement();
      if (typeof statement === 'string') this.#reader.fail(`unexpected {{${statement}}}`);
      statements.push(statement);
    }
    this.#define(TEMPLATE_NAME, statements);
    return this.#templates;
  }

  #isKeywordBehind(word: string): boolean {
    const start = this.#reader.mark();
    this.#reader.next();
    const token = this.#reader.nextNonSpace();
    this.#reader.goBack(start);
    return token.type === 'keyword' && token.text === word;
  }

  #parseDefinition(): void {
    this.#reader.next();
    this.#reader.nextNonSpace();
    const name = this.#nameOf(this.#reader.nextNonSpace(), 'define clause');
    this.#reader.expect('right', 'define clause');
    this.#defineBody(name, 'define clause');
  }

  #defineBody(name: string, context: string): void {
    const depth = this.#rangeDepth;
    this.#rangeDepth = 0;
    const [body, ending] = this.#pipes.scoped(() => this.#parseList(), true);
    if (ending !== 'end') this.#reader.fail(`unexpected {{${ending}}} in ${context}`);
    this.#rangeDepth = depth;
    this.#define(name, body);
  }

  /** The later of two counts, unless it is empty. */
  #define(name: string, body: readonly Statement[]): void {
    const isEmpty = (statements: readonly Statement[]): boolean =>
      statements.every((statement) => statement.kind === 'text' && statement.text.trim() === '');
    const known = this.#templates.get(name);
    if (known === undefined || isEmpty(known)) this.#templates.set(name, body);
    else if (!isEmpty(body)) this.#reader.fail(`template: multiple definition of template ${quote(name)}`);
  }

  #parseList(): readonly [readonly Statement[], Ending] {
    const statements: Statement[] = [];
    while (this.#reader.peekNonSpace().type !== 'end') {
      const statement = this.#parseStatement();
      if (typeof statement === 'string') return [statements, statement];
      statements.push(statement);
    }
    return this.#reader.fail('unexpected EOF');
  }

  #parseStatement(): Statement | Ending {
    const token = this.#reader.nextNonSpace();
    if (token.type === 'text') return { kind: 'text', at: token.at, text: token.text };
    if (token.type !== 'left') return this.#reader.unexpected(token, 'input');
    this.#reader.beginAction(token.at);
    const statement = this.#parseAction();
    this.#reader.endAction();
    return statement;
  }

  #parseAction(): Statement | Ending {
    const token = this.#reader.nextNonSpace();
    switch (token.type === 'keyword' ? token.text : '') {
      case 'block':
        return this.#parseBlock();
      case 'break':
      case 'continue':
        return this.#parseJump(token.text === 'break' ? 'break' : 'continue', token.at);
      case 'else':
        return this.#parseElse();
      case 'end':
        this.#reader.expect('right', 'end');
        return 'end';
      case 'if':
      case 'range':
      case 'with':
        return this.#parseBranch(token.text as Branch['kind']);
      case 'template':
        return this.#parseTemplateCall();
    }
    this.#reader.goBack();
    const { at } = this.#reader.peek();
    return { kind: 'action', at, pipe: this.#pipes.parse('command', 'right') };
  }

  #parseJump(kind: 'break' | 'continue', at: number): Statement {
    const token = this.#reader.nextNonSpace();
    if (token.type !== 'right') this.#reader.unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#reader.fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  /** `{{else if}}` and `{{else with}}` leave the second word to the branch. */
  #parseElse(): Ending {
    if (!this.#isChained('if') && !this.#isChained('with')) this.#reader.expect('right', 'else');
    return 'else';
  }

  #isChained(word: 'if' | 'with'): boolean {
    const token = this.#reader.peekNonSpace();
    return token.type === 'keyword' && token.text === word && (word === 'if' || this.#options.hasElseWith);
  }

  #parseBranch(kind: Branch['kind']): Branch {
    return this.#pipes.scoped(() => this.#parseBranchInside(kind));
  }

  #parseBranchInside(kind: Branch['kind']): Branch {
    const pipe = this.#pipes.parse(kind, 'right');
    if (kind === 'range') this.#rangeDepth += 1;
    const [body, ending] = this.#parseList();
    if (kind === 'range') this.#rangeDepth -= 1;
    const otherwise = ending === 'else' ? this.#parseOtherwise(kind) : undefined;
    return { kind, at: pipe.at, pipe, body, ...(otherwise === undefined ? {} : { otherwise }) };
  }

  #parseOtherwise(kind: Branch['kind']): readonly Statement[] {
    if (kind !== 'range' && this.#isChained(kind)) {
      this.#reader.nextNonSpace();
      return [this.#parseBranch(kind)];
    }
    const [statements, ending] = this.#parseList();
    if (ending !== 'end') this.#reader.fail(`expected end; found {{${ending}}}`);
    return statements;
  }

  #parseTemplateCall(): Statement {
    const token = this.#reader.nextNonSpace();
    const name = this.#nameOf(token, 'template clause');
    if (this.#reader.nextNonSpace().type === 'right') return { kind: 'template', at: token.at, name };
    this.#reader.goBack();
    return { kind: 'template', at: token.at, name, pipe: this.#pipes.parse('template clause', 'right') };
  }

  /** A definition and its use in one. */
  #parseBlock(): Statement {
    const token = this.#reader.nextNonSpace();
    const name = this.#nameOf(token, 'block clause');
    const pipe = this.#pipes.parse('block clause', 'right');
    this.#defineBody(name, 'block clause');
    return { kind: 'template', at: token.at, name, pipe };
  }

  #nameOf(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') return this.#reader.unexpected(token, context);
    return unquoteToken(token, this.#reader);
  }
}
