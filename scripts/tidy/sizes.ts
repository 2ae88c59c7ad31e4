/**
 * Keeps files and functions as long as a reader can hold in mind. Old giants stand in the ratchet with their length:
 * they may shrink, and their entry with them, but nothing may grow across the line.
 */
import { type AstNode, lineAt, nameOf, type Problem, type SourceFile, walk } from './source.ts';

const FILE_LINES_MAX = 300;
/** Tests are tables and timelines: longer, and nobody reads them as a whole. */
const TEST_FILE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 60;
const RATCHET_PATH = 'scripts/tidy.ratchet.json';

/** `path` or `path#function` → lines it had when the line was drawn. */
export type Ratchet = Readonly<Record<string, number>>;

interface Length {
  readonly key: string;
  readonly path: string;
  readonly line: number;
  readonly lines: number;
  readonly linesMax: number;
}

export function checkSizes(files: readonly SourceFile[], ratchet: Ratchet): readonly Problem[] {
  const lengths = files.flatMap((file) => [fileLength(file), ...(file.isTest ? [] : functionLengths(file))]);
  const giants = new Map<string, Length>();
  for (const each of lengths) {
    // Of two functions with one name in one file the longer one counts.
    if (each.lines > each.linesMax && each.lines > (giants.get(each.key)?.lines ?? 0)) giants.set(each.key, each);
  }
  const stale = Object.entries(ratchet).flatMap(([key, lines]) => staleEntry(key, lines, giants.get(key)));
  return [...[...giants.values()].flatMap((giant) => tooLong(giant, ratchet[giant.key])), ...stale];
}

function tooLong(giant: Length, before: number | undefined): readonly Problem[] {
  if (before !== undefined && giant.lines <= before) return [];
  const { key, path, line, lines, linesMax } = giant;
  const what = key.includes('#') ? 'split the function along its steps' : 'split the file into two ideas';
  const message =
    before === undefined
      ? `${lines} lines, the wall is ${linesMax}: ${what}`
      : `grew from ${before} to ${lines} lines: ${what}`;
  return [{ path, line, rule: 'sizes', message }];
}

function staleEntry(key: string, before: number, giant: Length | undefined): readonly Problem[] {
  if (giant !== undefined && giant.lines >= before) return [];
  const message =
    giant === undefined
      ? `${key} is within the wall now: remove its entry`
      : `${key} shrank: write ${giant.lines} instead of ${before}`;
  return [{ path: RATCHET_PATH, line: 1, rule: 'sizes', message }];
}

function fileLength(file: SourceFile): Length {
  return {
    key: file.path,
    path: file.path,
    line: 1,
    lines: file.lines,
    linesMax: file.isTest ? TEST_FILE_LINES_MAX : FILE_LINES_MAX,
  };
}

function functionLengths(file: SourceFile): readonly Length[] {
  const lengths: Length[] = [];
  walk(file.program, (node, ancestors) => {
    if (
      node.type !== 'FunctionDeclaration' &&
      node.type !== 'FunctionExpression' &&
      node.type !== 'ArrowFunctionExpression'
    )
      return;
    const line = lineAt(file.text, node.start);
    const key = `${file.path}#${functionName(node, ancestors)}`;
    lengths.push({
      key,
      path: file.path,
      line,
      lines: lineAt(file.text, node.end) - line + 1,
      linesMax: FUNCTION_LINES_MAX,
    });
  });
  return lengths;
}

/** Its own name, or that of the variable, method or property it is given to. */
function functionName(node: AstNode, ancestors: readonly AstNode[]): string {
  const parent = ancestors.at(-1);
  return nameOf(node['id']) ?? nameOf(parent?.['id']) ?? nameOf(parent?.['key']) ?? 'anonymous';
}
