/** From tokens to the pipelines of a Go template. Twin: text/template/parse parse.go pipeline. */
import { parseGoNumber } from './goNumberLiteral.ts';
import { quote, unescapeText } from './goQuote.ts';
import type { Token, TokenType } from './goTemplateLexer.ts';
import { type Command, type Operand, partText, type Pipe } from './goTemplateNodes.ts';
import type { TokenReader } from './goTemplateTokens.ts';
import type { TypedNumber } from './goValue.ts';

/** Reads pipelines; keeps which variables are known. */
export class PipeParser {
  readonly #reader: TokenReader;
  readonly #functions: ReadonlySet<string>;
  /** Those that are declared where the parser stands. */
  #variables: string[] = ['$'];
  #depth = 0;

  constructor(reader: TokenReader, functions: ReadonlySet<string>) {
    this.#reader = reader;
    this.#functions = functions;
  }

  /** What is declared inside is unknown behind it; `isTemplate`: what was declared before is unknown inside. */
  scoped<T>(parse: () => T, isTemplate = false): T {
    const outside = this.#variables;
    this.#variables = isTemplate ? ['$'] : [...outside];
    const result = parse();
    this.#variables = outside;
    return result;
  }

  /** A pipeline up to a token of a type; `context` is what errors call the place. */
  parse(context: string, end: TokenType): Pipe {
    const { at } = this.#reader.peekNonSpace();
    const { variables, isAssign } = this.#parseVariables(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#reader.nextNonSpace();
      if (token.type === end) break;
      const isOperand = OPERANDS.has(token.type) || isWord(token, '.') || isWord(token, 'nil');
      if (!isOperand) this.#reader.unexpected(token, context);
      this.#reader.goBack();
      commands.push(this.#parseCommand());
    }
    this.#checkCommands(commands, context);
    return { kind: 'pipe', at, variables, isAssign, commands };
  }

  #checkCommands(commands: readonly Command[], context: string): void {
    if (commands.length === 0) this.#reader.fail(`missing value for ${context}`);
    const constant = commands.findIndex(({ args: [first] }, at) => at > 0 && CONSTANTS.has(first.kind));
    if (constant > 0) this.#reader.fail(`non executable command in pipeline stage ${constant + 1}`);
  }

  /** What stands before `:=` or `=`; nothing where the pipeline only begins with a variable. */
  #parseVariables(context: string): Pick<Pipe, 'variables' | 'isAssign'> {
    const variables: string[] = [];
    for (;;) {
      const start = this.#reader.mark();
      const variable = this.#reader.nextNonSpace();
      const sign = variable.type === 'variable' ? this.#reader.nextNonSpace() : variable;
      const isComma = sign.type === 'mark' && sign.text === ',';
      if (variable.type !== 'variable' || !(isComma || sign.type === 'assign' || sign.type === 'declare')) {
        this.#reader.goBack(start);
        return { variables, isAssign: false };
      }
      variables.push(variable.text);
      this.#variables.push(variable.text);
      if (!isComma) return { variables, isAssign: sign.type === 'assign' };
      if (context !== 'range' || variables.length > 1) this.#reader.fail(`too many declarations in ${context}`);
      const next = this.#reader.peekNonSpace();
      if (!['variable', 'right', 'rightParen'].includes(next.type)) {
        this.#reader.fail('range can only initialize variables');
      }
    }
  }

  #parseCommand(): Command {
    const { at } = this.#reader.peekNonSpace();
    const args: Operand[] = [];
    for (;;) {
      this.#reader.peekNonSpace();
      const operand = this.#parseOperand();
      if (operand !== undefined) args.push(operand);
      const token = this.#reader.next();
      if (token.type === 'space') continue;
      if (token.type === 'right' || token.type === 'rightParen') this.#reader.goBack();
      else if (token.type !== 'pipe') this.#reader.unexpected(token, 'operand');
      break;
    }
    const [first, ...others] = args;
    return first === undefined ? this.#reader.fail('empty command') : { kind: 'command', at, args: [first, ...others] };
  }

  #parseOperand(): Operand | undefined {
    const base = this.#parseTerm();
    if (base === undefined || this.#reader.peek().type !== 'field') return base;
    const { at } = this.#reader.peek();
    const path: string[] = [];
    while (this.#reader.peek().type === 'field') path.push(this.#reader.next().text.slice(1));
    if (base.kind === 'field' || base.kind === 'variable') return { ...base, at, path: [...base.path, ...path] };
    if (CONSTANTS.has(base.kind)) this.#reader.fail(`unexpected . after term ${quote(partText(base))}`);
    return { kind: 'chain', at, base, path };
  }

  #parseTerm(): Operand | undefined {
    const token = this.#reader.nextNonSpace();
    const { at, text } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#reader.fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', at, name: text };
      case 'variable':
        if (!this.#variables.includes(text)) this.#reader.fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', at, path: [text] };
      case 'field':
        return { kind: 'field', at, path: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'number':
      case 'character':
        return { kind: 'number', at, text, value: this.#numberOf(text) };
      case 'leftParen':
        return this.#parseNested();
      case 'string':
      case 'rawString':
        return { kind: 'string', at, text, value: unquoteToken(token, this.#reader) };
      default:
        if (isWord(token, '.')) return { kind: 'dot', at };
        if (isWord(token, 'nil')) return { kind: 'nil', at };
        this.#reader.goBack();
        return undefined;
    }
  }

  #parseNested(): Pipe {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#reader.fail('max expression depth exceeded');
    const pipe = this.parse('parenthesized pipeline', 'rightParen');
    this.#depth -= 1;
    return pipe;
  }

  #numberOf(text: string): TypedNumber {
    const number = parseGoNumber(text);
    return typeof number === 'string' ? this.#reader.fail(number) : number;
  }
}

/** The text of a string token. */
export function unquoteToken({ type, text }: Token, reader: TokenReader): string {
  if (type === 'rawString') return text.slice(1, -1).replaceAll('\r', '');
  return unescapeText(text.slice(1, -1), '"') ?? reader.fail('invalid syntax');
}

/** Upstream's limit for parentheses, 10000, is beyond what JavaScript's stack holds. */
const DEPTH_MAX = 500;

const OPERANDS: ReadonlySet<TokenType> = new Set([
  'bool',
  'character',
  'field',
  'identifier',
  'number',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);
/** What has no fields and cannot be called. */
const CONSTANTS: ReadonlySet<string> = new Set(['bool', 'dot', 'nil', 'number', 'string']);

function isWord(token: Token, word: string): boolean {
  return token.type === 'keyword' && token.text === word;
}
