/** `-o go-template=…`. Twin: text/template exec.go, cli-runtime printers/template.go. */
import { canonicalJson } from '@everynode/core/api/canonicalJson';
import { compareKeys } from '@everynode/core/api/meta';
import type { PrinterChoice } from '../printer.ts';
import { isFields } from '../readField.ts';
import { goPrint, goQuote } from './goQuote.ts';
import { GO_FUNCTIONS, goText, isTrue, typeName } from './goTemplateFunctions.ts';
import { GoTemplateError } from './goTemplateLexer.ts';
import { type GoNode, type Operand, parseGoTemplate, type Pipe } from './goTemplateParser.ts';

export function goTemplatePrinter(
  template: string,
  { allowMissingKeys }: { readonly allowMissingKeys: boolean },
): PrinterChoice {
  let nodes: readonly GoNode[];
  try {
    nodes = parseGoTemplate(template, new Set(Object.keys(GO_FUNCTIONS)));
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    return { ok: false, error: `error parsing template ${template}, ${error.message}` };
  }
  return {
    ok: true,
    print: (data) => {
      const execution = new Execution(template, allowMissingKeys, data);
      try {
        execution.run(nodes);
        return { text: execution.text };
      } catch (error) {
        if (!(error instanceof GoTemplateError)) throw error;
        // What helps to find the mistake goes to stdout, behind what was printed already.
        const help =
          `Error executing template: ${error.message}. Printing more information for debugging the template:\n` +
          `\ttemplate was:\n\t\t${template}\n\traw data was:\n\t\t${canonicalJson(data)}\n` +
          `\tobject given to template engine was:\n\t\t${goPrint(data)}\n\n`;
        return {
          text: execution.text + help,
          error: `error executing template ${goQuote(template)}: ${error.message}`,
        };
      }
    },
  };
}

type Jump = 'break' | 'continue' | undefined;

interface Variable {
  readonly name: string;
  value: unknown;
}

class Execution {
  readonly #template: string;
  readonly #allowMissingKeys: boolean;
  readonly #root: unknown;
  readonly #variables: Variable[];
  text = '';

  constructor(template: string, allowMissingKeys: boolean, data: unknown) {
    this.#template = template;
    this.#allowMissingKeys = allowMissingKeys;
    this.#root = data;
    this.#variables = [{ name: '$', value: data }];
  }

  run(nodes: readonly GoNode[]): void {
    this.#list(nodes, this.#root);
  }

  #list(nodes: readonly GoNode[], dot: unknown): Jump {
    for (const node of nodes) {
      const jump = this.#node(node, dot);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  #node(node: GoNode, dot: unknown): Jump {
    switch (node.node) {
      case 'text':
        this.text += node.text;
        return undefined;
      case 'print': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.names.length === 0) this.text += goText(value);
        return undefined;
      }
      case 'break':
      case 'continue':
        return node.node;
      case 'range':
        return this.#scoped(() => this.#range(node, dot));
      default:
        return this.#scoped(() => {
          const value = this.#pipe(node.pipe, dot);
          if (!isTrue(value)) return this.#list(node.otherwise, dot);
          return this.#list(node.body, node.node === 'with' ? value : dot);
        });
    }
  }

  #range({ pipe, body, otherwise }: Extract<GoNode, { readonly node: 'if' | 'with' | 'range' }>, dot: unknown): Jump {
    const value = this.#pipe({ ...pipe, names: [] }, dot);
    const items = this.#itemsOf(value, pipe);
    if (items.length === 0) return this.#list(otherwise, dot);
    const [first = '', second] = pipe.names;
    for (const [key, item] of items) {
      const jump = this.#scoped(() => {
        if (second !== undefined) this.#define(first, key, pipe.isAssignment);
        if (pipe.names.length > 0) this.#define(second ?? first, item, pipe.isAssignment);
        return this.#list(body, item);
      });
      if (jump === 'break') break;
    }
    return undefined;
  }

  #itemsOf(value: unknown, { at, commands }: Pipe): readonly (readonly [unknown, unknown])[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((item: unknown, place) => [BigInt(place), item] as const);
    if (typeof value === 'bigint') {
      return Array.from({ length: Math.max(0, Number(value)) }, (_, place) => [BigInt(place), BigInt(place)] as const);
    }
    if (!isFields(value)) {
      throw this.#problem({ at, text: commands[0]?.[0]?.text ?? '' }, `range can't iterate over ${goText(value)}`);
    }
    return Object.keys(value)
      .sort(compareKeys)
      .map((name) => [name, value[name]] as const);
  }

  /** Variables that are defined inside are forgotten behind it. */
  #scoped<T>(run: () => T): T {
    const { length } = this.#variables;
    const result = run();
    this.#variables.length = length;
    return result;
  }

  #define(name: string, value: unknown, isAssignment: boolean): void {
    const known = isAssignment ? this.#variables.findLast((each) => each.name === name) : undefined;
    if (known === undefined) this.#variables.push({ name, value });
    else known.value = value;
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    let value: unknown;
    for (const [at, command] of pipe.commands.entries()) {
      value = this.#command(command, dot, at === 0 ? [] : [value]);
    }
    const [name] = pipe.names;
    if (name !== undefined) this.#define(name, value, pipe.isAssignment);
    return value;
  }

  /** `last` is what comes through the pipe. */
  #command([head, ...rest]: readonly Operand[], dot: unknown, last: readonly unknown[]): unknown {
    if (head === undefined) return undefined;
    if (head.is !== 'function') {
      if (rest.length + last.length > 0) throw this.#problem(head, `can't give argument to non-function ${head.text}`);
      return this.#operand(head, dot);
    }
    if (head.name === 'and' || head.name === 'or') return this.#shortCut(head.name, rest, dot, last);
    return this.#call(head, [...rest.map((operand) => this.#operand(operand, dot)), ...last]);
  }

  /** Arguments behind the one that decides are not looked at. */
  #shortCut(name: 'and' | 'or', operands: readonly Operand[], dot: unknown, last: readonly unknown[]): unknown {
    let value: unknown;
    for (const operand of operands) {
      value = this.#operand(operand, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return last.length > 0 ? last[0] : value;
  }

  #call(head: Operand & { readonly is: 'function' }, args: readonly unknown[]): unknown {
    try {
      return GO_FUNCTIONS[head.name]?.(...args);
    } catch (error) {
      if (error instanceof GoTemplateError || !(error instanceof Error)) throw error;
      throw this.#problem(head, `error calling ${head.name}: ${error.message}`);
    }
  }

  #operand(operand: Operand, dot: unknown): unknown {
    return operand.fields.reduce((value, name) => this.#field(value, name, operand), this.#base(operand, dot));
  }

  #base(operand: Operand, dot: unknown): unknown {
    switch (operand.is) {
      case 'dot':
        return dot;
      case 'value':
        return operand.value;
      case 'variable': {
        const known = this.#variables.findLast((each) => each.name === operand.name);
        if (known === undefined) throw this.#problem(operand, `undefined variable: ${operand.name}`);
        return known.value;
      }
      case 'pipe':
        return this.#pipe(operand.pipe, dot);
      case 'function':
        return this.#call(operand, []);
    }
  }

  #field(value: unknown, name: string, operand: Operand): unknown {
    if (value === undefined) {
      if (this.#allowMissingKeys) return undefined;
      throw this.#problem(operand, `nil data; no entry for key ${goQuote(name)}`);
    }
    if (value === null) throw this.#problem(operand, `nil pointer evaluating interface {}.${name}`);
    if (!isFields(value)) {
      const type = typeName(value) === 'int' ? 'int' : 'interface {}';
      throw this.#problem(operand, `can't evaluate field ${name} in type ${type}`);
    }
    if (Object.hasOwn(value, name)) return value[name];
    if (!this.#allowMissingKeys) throw this.#problem(operand, `map has no entry for key ${goQuote(name)}`);
    return undefined;
  }

  /** Where it happened, as Go counts: lines from one, columns from nought. */
  #problem({ at, text }: Pick<Operand, 'at' | 'text'>, message: string): GoTemplateError {
    const before = this.#template.slice(0, at).split('\n');
    const place = `output:${before.length}:${before.at(-1)?.length ?? 0}`;
    return new GoTemplateError(`template: ${place}: executing "output" at <${text}>: ${message}`);
  }
}
