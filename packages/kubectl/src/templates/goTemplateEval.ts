/** Carries out a Go template on data. Twin: text/template exec.go. */
import { boxed, type Cell, concrete, type EvalOptions, Evaluator, NOTHING } from './goTemplateExpressions.ts';
import { isTrue } from './goTemplateFunctions.ts';
import type { Branch, Pipe, Statement, TemplateCall } from './goTemplateNodes.ts';
import { quote } from './goQuote.ts';
import type { Templates } from './goTemplateParser.ts';
import { TEMPLATE_NAME } from './goTemplateTokens.ts';
import { formatValue, kindOf, numberOf, sortedKeys, TypedNumber } from './goValue.ts';
import type { Fields } from '../readField.ts';
import { attempt } from './templateError.ts';

export interface RunOptions extends EvalOptions {
  /** Whether a range may count to a number. */
  readonly rangesOverInts: boolean;
}

/** What was printed, up to the error if there was one. */
export interface Execution {
  readonly text: string;
  readonly error?: string;
}

/** `source`: the text that the templates were parsed from, to say where errors are. */
export function executeGoTemplate(templates: Templates, source: string, data: unknown, options: RunOptions): Execution {
  const run = new Run(templates, source, options);
  const done = attempt(() => run.call(TEMPLATE_NAME, { value: data, isBoxed: false }));
  return done.ok ? { text: run.text() } : { text: run.text(), error: done.error };
}

type Jump = 'break' | 'continue' | undefined;

/** Upstream's own limit for templates that call themselves, 100000, is far beyond what JavaScript's stack holds. */
const DEPTH_MAX = 100;
/** Upstream counts on; nobody would read it. */
const COUNT_MAX = 1_000_000;

class Run {
  readonly #templates: Templates;
  readonly #evaluator: Evaluator;
  readonly #options: RunOptions;
  readonly #printed: string[] = [];
  #depth = 0;

  constructor(templates: Templates, source: string, options: RunOptions) {
    this.#templates = templates;
    this.#evaluator = new Evaluator(source, options);
    this.#options = options;
  }

  text(): string {
    return this.#printed.join('');
  }

  /** Carries out one of the templates. */
  call(name: string, dot: Cell): void {
    this.#depth += 1;
    this.#evaluator.inTemplate(name, dot, () => this.#walkList(this.#templates.get(name) ?? [], dot));
    this.#depth -= 1;
  }

  #walkList(statements: readonly Statement[], dot: Cell): Jump {
    for (const statement of statements) {
      const jump = this.#walk(statement, dot);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  #walk(statement: Statement, dot: Cell): Jump {
    switch (statement.kind) {
      case 'text':
        this.#printed.push(statement.text);
        return undefined;
      case 'action':
        this.#act(statement.pipe, dot);
        return undefined;
      case 'break':
      case 'continue':
        return statement.kind;
      case 'template':
        this.#callTemplate(statement, dot);
        return undefined;
      case 'range':
        return this.#range(statement, dot);
      default:
        return this.#choose(statement, dot);
    }
  }

  #act(pipe: Pipe, dot: Cell): void {
    const { value } = this.#evaluator.evalPipe(pipe, dot);
    if (pipe.variables.length > 0) return;
    this.#printed.push(kindOf(value) === 'invalid' ? '<no value>' : formatValue(value));
  }

  #callTemplate(node: TemplateCall, dot: Cell): void {
    this.#evaluator.blame(node);
    if (!this.#templates.has(node.name)) this.#evaluator.fail(`template ${quote(node.name)} not defined`);
    if (this.#depth > DEPTH_MAX) this.#evaluator.fail(`exceeded maximum template depth (${DEPTH_MAX})`);
    this.call(node.name, node.pipe === undefined ? NOTHING : this.#evaluator.evalPipe(node.pipe, dot));
  }

  #choose({ kind, pipe, body, otherwise = [] }: Branch, dot: Cell): Jump {
    return this.#evaluator.scoped(() => {
      const cell = this.#evaluator.evalPipe(pipe, dot);
      if (!isTrue(cell.value)) return this.#walkList(otherwise, dot);
      return this.#walkList(body, kind === 'with' ? cell : dot);
    });
  }

  #range({ pipe, body, otherwise = [] }: Branch, dot: Cell): Jump {
    return this.#evaluator.scoped(() => {
      const { value } = this.#evaluator.evalPipe(pipe, dot);
      const items = this.#itemsOf(value, pipe);
      if (items.length === 0) return this.#walkList(otherwise, dot);
      for (const [key, element] of items) {
        // With one variable the element, with two the key before it.
        this.#evaluator.redeclare(pipe, pipe.variables.length > 1 ? [key, element] : [element]);
        if (this.#evaluator.scoped(() => this.#walkList(body, element)) === 'break') break;
      }
      return undefined;
    });
  }

  /** Keys and elements in the order of the range. */
  #itemsOf(value: unknown, pipe: Pipe): readonly (readonly [Cell, Cell])[] {
    switch (kindOf(value)) {
      case 'invalid':
        return [];
      case 'list':
        return (value as readonly unknown[]).map((element, at) => [counted('int', at), boxed(element)]);
      case 'map':
        return sortedKeys(value as Fields).map((key) => [concrete(key), boxed((value as Fields)[key])]);
      case 'int':
      case 'uint':
        if (this.#options.rangesOverInts) return this.#countTo(value, pipe);
        break;
      default:
        break;
    }
    return this.#evaluator.fail(`range can't iterate over ${formatValue(value)}`);
  }

  #countTo(value: unknown, pipe: Pipe): readonly (readonly [Cell, Cell])[] {
    if (pipe.variables.length > 1) {
      return this.#evaluator.fail(`can't use ${formatValue(value)} to iterate over more than one variable`);
    }
    const { type, value: end } = numberOf(value) ?? { type: 'int', value: 0 };
    if (end > COUNT_MAX) return this.#evaluator.fail(`a range counts to ${COUNT_MAX} at most here, not to ${end}`);
    return Array.from({ length: Math.max(0, end) }, (_, at) => [
      NOTHING,
      type === 'int64' ? concrete(at) : counted(type, at),
    ]);
  }
}

function counted(type: TypedNumber['type'] | 'int64', value: number): Cell {
  return concrete(type === 'int64' ? value : new TypedNumber(type, value));
}
