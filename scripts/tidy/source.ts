/** One source file as the rules of the house see it: its text, its syntax tree, and what it imports. */
import { posix } from 'node:path';
import { parseSync, visitorKeys } from 'oxc-parser';

/** Any node of the syntax tree; the rules look at few kinds and read their fields by name. */
export interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One import, re-export, `import()` or `import('…').Type`. */
export interface ImportLine {
  readonly specifier: string;
  /** Path inside the repository, or undefined for a package of the registry. */
  readonly target: string | undefined;
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly isTest: boolean;
  readonly program: AstNode;
  readonly imports: readonly ImportLine[];
  /** The doc comment with which the file opens, without its stars; empty where there is none. */
  readonly header: string;
}

/** What a rule found; printed as `file:line: rule: message`. The message says what to do. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const error = parsed.errors[0];
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  const program = parsed.program as unknown as AstNode;
  const file = { path, text, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), program };
  return {
    ...file,
    isTest: path.endsWith('.test.ts'),
    imports: importsOf(path, text, program),
    header: headerOf(text),
  };
}

/** Calls `visit` for every node, outermost first; `ancestors` ends with the parent. */
export function walk(root: AstNode, visit: (node: AstNode, ancestors: readonly AstNode[]) => void): void {
  const ancestors: AstNode[] = [];
  const enter = (node: AstNode): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const key of visitorKeys[node.type] ?? []) childrenOf(node[key]).forEach(enter);
    ancestors.pop();
  };
  enter(root);
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line += 1;
  return line;
}

/** The name an identifier node carries, or undefined for any other node. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const name = node['name'] ?? node['value'];
  return typeof name === 'string' ? name : undefined;
}

export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function childrenOf(value: unknown): readonly AstNode[] {
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

function headerOf(text: string): string {
  const match = /^(?:#![^\n]*\n)?\/\*\*(.*?)\*\//s.exec(text);
  return (match?.[1] ?? '').replace(/^\s*\*+ ?/gm, '').trim();
}

function importsOf(path: string, text: string, program: AstNode): readonly ImportLine[] {
  const imports: ImportLine[] = [];
  walk(program, (node) => {
    const source = sourceOf(node);
    if (source === undefined) return;
    const specifiers = childrenOf(node['specifiers']);
    const kind = node['importKind'] ?? node['exportKind'];
    const allTypes =
      specifiers.length > 0 && specifiers.every((each) => (each['importKind'] ?? each['exportKind']) === 'type');
    imports.push({
      specifier: source,
      target: resolveSpecifier(path, source),
      names: specifiers.map((each) => nameOf(each['imported']) ?? nameOf(each['local']) ?? 'default'),
      typeOnly: kind === 'type' || allTypes || node.type === 'TSImportType',
      line: lineAt(text, node.start),
    });
  });
  return imports;
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function sourceOf(node: AstNode): string | undefined {
  if (!IMPORTING.has(node.type)) return undefined;
  const source = node['source'] ?? node['argument'];
  return isNode(source) && typeof source['value'] === 'string' ? source['value'] : undefined;
}

/** Exports maps of the house name the source one to one, so `@everynode/core/api/pod` is `packages/core/src/api/pod.ts`. */
function resolveSpecifier(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const match = /^@everynode\/([^/]+)\/(.+)$/.exec(specifier);
  return match === null ? undefined : `packages/${match[1]}/src/${match[2]}.ts`;
}
