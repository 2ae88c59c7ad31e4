/** What the pipelines of a Go template come to. Twin: text/template exec.go evalPipeline. */
import { quote } from './goQuote.ts';
import { GO_FUNCTIONS, type GoFunction, isTrue } from './goTemplateFunctions.ts';
import { type Blamed, type Command, type Operand, partText, type Pipe } from './goTemplateNodes.ts';
import { TEMPLATE_NAME } from './goTemplateTokens.ts';
import { kindOf, typeName } from './goValue.ts';
import type { Fields } from '../readField.ts';
import { attempt, TemplateError } from './templateError.ts';
import { byteLength } from './utf8.ts';

export interface EvalOptions {
  readonly allowMissingKeys: boolean;
  /** Whether errors of comparisons name the types. */
  readonly namesTypes: boolean;
}

/** A value, undefined where there is none. `isBoxed`: held in an interface, as elements of lists and maps are. */
export interface Cell {
  readonly value: unknown;
  readonly isBoxed: boolean;
}

interface Variable {
  readonly name: string;
  cell: Cell;
}

export const NOTHING: Cell = { value: undefined, isBoxed: false };

export function concrete(value: unknown): Cell {
  return { value, isBoxed: false };
}

export function boxed(value: unknown): Cell {
  return { value, isBoxed: true };
}

/** Evaluates pipelines; keeps the variables, and the part of the template that an error is about. */
export class Evaluator {
  readonly #source: string;
  readonly #options: EvalOptions;
  #variables: Variable[] = [];
  /** The template that is carried out. */
  #name = TEMPLATE_NAME;
  #blamed: Blamed = { kind: 'dot', at: 0 };

  /** `source`: what the templates were parsed from. */
  constructor(source: string, options: EvalOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Errors are about this part until another is evaluated. */
  blame(part: Blamed): void {
    this.#blamed = part;
  }

  /** A template sees none of its caller's variables. */
  inTemplate(name: string, dot: Cell, walk: () => void): void {
    const [variables, callerName] = [this.#variables, this.#name];
    this.#variables = [{ name: '$', cell: dot }];
    this.#name = name;
    walk();
    [this.#variables, this.#name] = [variables, callerName];
  }

  /** Variables that come up inside are gone behind it. */
  scoped<T>(walk: () => T): T {
    const known = this.#variables.length;
    const result = walk();
    this.#variables.length = known;
    return result;
  }

  /** Gives the variables that a pipeline has just declared, or assigned, other values. */
  redeclare({ variables, isAssign }: Pipe, cells: readonly Cell[]): void {
    for (const [at, name] of variables.entries()) {
      const cell = cells[at] ?? NOTHING;
      const declared = this.#variables.at(at - variables.length);
      if (isAssign) this.#assign(name, cell);
      else if (declared !== undefined) declared.cell = cell;
    }
  }

  /** The value of the last command, which also becomes that of the variables; throws TemplateError. */
  evalPipe(pipe: Pipe, dot: Cell): Cell {
    this.#blamed = pipe;
    let piped: Cell | undefined;
    for (const command of pipe.commands) {
      const { value } = this.#evalCommand(command, dot, piped);
      piped = concrete(value ?? undefined);
    }
    const result = piped ?? NOTHING;
    for (const name of pipe.variables) {
      if (pipe.isAssign) this.#assign(name, result);
      else this.#variables.push({ name, cell: result });
    }
    return result;
  }

  #assign(name: string, cell: Cell): void {
    const variable = this.#find(name);
    if (variable === undefined) this.fail(`undefined variable: ${name}`);
    else variable.cell = cell;
  }

  /** `piped`: the result of the command before, which becomes the last argument. */
  #evalCommand(command: Command, dot: Cell, piped: Cell | undefined): Cell {
    const [first, ...args] = command.args;
    if (first.kind === 'identifier') {
      this.#blamed = first;
      return this.#evalCall(first.name, command, args, dot, piped);
    }
    const hasArgs = args.length > 0 || piped !== undefined;
    if (first.kind === 'field' || first.kind === 'chain') return this.#evalPath(first, dot, hasArgs);
    if (first.kind === 'variable' && first.path.length > 1) return this.#evalPath(first, dot, hasArgs);
    if (first.kind !== 'pipe') this.#blamed = first;
    if (hasArgs) this.fail(`can't give argument to non-function ${partText(first)}`);
    if (first.kind === 'nil') this.fail('nil is not a command');
    return this.#evalOperand(first, dot);
  }

  #evalOperand(operand: Operand, dot: Cell): Cell {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return NOTHING;
      case 'bool':
      case 'number':
      case 'string':
        return concrete(operand.value);
      case 'pipe':
        return this.evalPipe(operand, dot);
      case 'identifier':
        return this.#evalCall(operand.name, operand, [], dot, undefined);
      default:
        return this.#evalPath(operand, dot, false);
    }
  }

  #evalPath(node: Operand & { readonly path: readonly string[] }, dot: Cell, hasArgs: boolean): Cell {
    this.#blamed = node;
    const [start, names] = this.#startOf(node, dot);
    let cell = start;
    for (const [at, name] of names.entries()) {
      cell = this.#evalField(cell, name, hasArgs && at === names.length - 1);
    }
    return cell;
  }

  #startOf(node: Operand & { readonly path: readonly string[] }, dot: Cell): readonly [Cell, readonly string[]] {
    if (node.kind === 'field') return [dot, node.path];
    if (node.kind === 'chain') {
      if (node.base.kind === 'nil') this.fail(`indirection through explicit nil in ${partText(node)}`);
      return [this.#evalArg(node.base, dot, false), node.path];
    }
    const [name, ...names] = node.path;
    const variable = this.#find(name);
    return [variable?.cell ?? this.fail(`undefined variable: ${name ?? ''}`), names];
  }

  #evalField(receiver: Cell, name: string, hasArgs: boolean): Cell {
    const { value, isBoxed } = receiver;
    if (value === undefined) {
      if (!this.#options.allowMissingKeys) this.fail(`nil data; no entry for key ${quote(name)}`);
      return NOTHING;
    }
    if (value === null) this.fail(`nil pointer evaluating interface {}.${name}`);
    if (kindOf(value) !== 'map') {
      this.fail(`can't evaluate field ${name} in type ${isBoxed ? 'interface {}' : typeName(value)}`);
    }
    if (hasArgs) this.fail(`${name} is not a method but has arguments`);
    const fields = value as Fields;
    if (Object.hasOwn(fields, name) && fields[name] !== undefined) return boxed(fields[name]);
    if (!this.#options.allowMissingKeys) this.fail(`map has no entry for key ${quote(name)}`);
    return NOTHING;
  }

  #evalCall(name: string, caller: Blamed, args: readonly Operand[], dot: Cell, piped: Cell | undefined): Cell {
    this.#blamed = caller.kind === 'command' ? caller.args[0] : caller;
    const callee = GO_FUNCTIONS.get(name);
    if (callee === undefined) return this.fail(`${quote(name)} is not a defined function`);
    this.#checkCount(name, callee, args.length, piped === undefined ? 0 : 1);
    if (name === 'and' || name === 'or') return this.#decide(name, args, dot, piped);
    const cells = args.map((arg, at) => this.#evalArg(arg, dot, callee.takesText === true && at === 0));
    if (piped !== undefined) {
      cells.push(callee.takesText === true && cells.length === 0 ? this.#asText(piped) : piped);
    }
    const values = cells.map(({ value }) => value);
    const firstText = args[0] === undefined ? pipedText(piped?.value) : partText(args[0]);
    const areElements = cells.map(({ isBoxed }) => isBoxed);
    const context = { namesTypes: this.#options.namesTypes, firstText, areElements };
    const result = attempt(() => callee.call(values, context));
    if (result.ok) return { value: result.value, isBoxed: callee.isElement === true };
    this.#blamed = caller;
    return this.fail(`error calling ${name}: ${result.error}`);
  }

  #checkCount(name: string, { parameters, isVariadic = false }: GoFunction, args: number, piped: number): void {
    const got = args + piped;
    if (isVariadic && got < parameters) {
      this.fail(`wrong number of args for ${name}: want at least ${parameters} got ${args}`);
    }
    if (!isVariadic && got !== parameters) this.fail(`wrong number of args for ${name}: want ${parameters} got ${got}`);
  }

  /** The first argument that decides, or the last; those behind are not evaluated. */
  #decide(name: 'and' | 'or', args: readonly Operand[], dot: Cell, piped: Cell | undefined): Cell {
    let cell = NOTHING;
    for (const arg of args) {
      cell = this.#evalArg(arg, dot, false);
      if (isTrue(cell.value) === (name === 'or')) return cell;
    }
    return piped ?? cell;
  }

  #evalArg(arg: Operand, dot: Cell, isText: boolean): Cell {
    this.#blamed = arg;
    if (isText && arg.kind === 'nil') this.fail('cannot assign nil to string');
    if (isText && (arg.kind === 'number' || arg.kind === 'bool')) this.fail(`expected string; found ${partText(arg)}`);
    const cell = this.#evalOperand(arg, dot);
    return isText ? this.#asText(cell) : cell;
  }

  #asText(cell: Cell): Cell {
    if (cell.value === undefined) this.fail('invalid value; expected string');
    if (typeof cell.value === 'string') return cell;
    const type = cell.value === null ? 'interface {}' : typeName(cell.value);
    return this.fail(`wrong type for value; expected string; got ${type}`);
  }

  /** The innermost of that name. */
  #find(name: string | undefined): Variable | undefined {
    return this.#variables.filter((candidate) => candidate.name === name).at(-1);
  }

  /** Says where: line, and bytes from its start. */
  fail(message: string): never {
    const before = this.#source.slice(0, this.#blamed.at);
    const lines = before.split('\n');
    const column = byteLength(lines.at(-1) ?? '');
    const where = `${TEMPLATE_NAME}:${lines.length}:${column}`;
    const context = partText(this.#blamed);
    throw new TemplateError(`template: ${where}: executing ${quote(this.#name)} at <${context}>: ${message}`);
  }
}

/** How Go names a value that no part of the template stands for. */
function pipedText(value: unknown): string {
  return typeof value === 'string' ? value : `<${typeName(value)} Value>`;
}
