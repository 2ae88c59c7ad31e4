/** A parsed Go template, and how error messages show its parts. Twin: text/template/parse node.go. */
import { quote } from './goQuote.ts';
import type { TypedNumber } from './goValue.ts';

/** Every node knows where it begins in the template, in code units. */
export interface Pipe {
  readonly kind: 'pipe';
  readonly at: number;
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly isAssign: boolean;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly kind: 'command';
  readonly at: number;
  readonly args: readonly [Operand, ...Operand[]];
}

export type Operand =
  | Pipe
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly at: number; readonly text: string; readonly value: TypedNumber }
  | { readonly kind: 'string'; readonly at: number; readonly text: string; readonly value: string }
  | { readonly kind: 'identifier'; readonly at: number; readonly name: string }
  | { readonly kind: 'field'; readonly at: number; readonly path: readonly string[] }
  /** The first of the path is the variable, with its dollar sign. */
  | { readonly kind: 'variable'; readonly at: number; readonly path: readonly string[] }
  | { readonly kind: 'chain'; readonly at: number; readonly base: Operand; readonly path: readonly string[] };

export interface Branch {
  readonly kind: 'if' | 'range' | 'with';
  readonly at: number;
  readonly pipe: Pipe;
  readonly body: readonly Statement[];
  readonly otherwise?: readonly Statement[];
}

export interface TemplateCall {
  readonly kind: 'template';
  readonly at: number;
  readonly name: string;
  readonly pipe?: Pipe;
}

export type Statement =
  | { readonly kind: 'text'; readonly at: number; readonly text: string }
  | { readonly kind: 'action'; readonly at: number; readonly pipe: Pipe }
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | Branch
  | TemplateCall;

/** What an error can be blamed on. */
export type Blamed = Operand | Command | TemplateCall;

/** The part as Go writes it back. */
export function partText(part: Blamed): string {
  switch (part.kind) {
    case 'pipe':
      return pipeText(part);
    case 'command':
      return part.args.map(argText).join(' ');
    case 'template':
      return `{{template ${quote(part.name)}${part.pipe === undefined ? '' : ` ${pipeText(part.pipe)}`}}}`;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(part.value);
    case 'number':
    case 'string':
      return part.text;
    case 'identifier':
      return part.name;
    case 'field':
      return part.path.map((name) => `.${name}`).join('');
    case 'variable':
      return part.path.join('.');
    case 'chain':
      return `${argText(part.base)}${part.path.map((name) => `.${name}`).join('')}`;
  }
}

function argText(arg: Operand): string {
  return arg.kind === 'pipe' ? `(${pipeText(arg)})` : partText(arg);
}

function pipeText({ variables, isAssign, commands }: Pipe): string {
  const declared = variables.length === 0 ? '' : `${variables.join(', ')} ${isAssign ? '=' : ':='} `;
  return `${declared}${commands.map(partText).join(' | ')}`;
}
