/** YAML text to values with positions: two dialects, all of a file's syntax errors at once, nothing that could exhaust us. */
import { Composer, type Document, Lexer, LineCounter, Parser, type Tags, type YAMLError } from 'yaml';
import type { Source } from '@everynode/sim/plan';
import { DEPTH_MAX } from './limits.ts';
import { fail, type Problem, throwProblems } from './scenarioError.ts';
import { toPlainValue, type YamlPath, YamlValueError } from './yamlValue.ts';

/** Scenarios are YAML 1.2. Manifests are what kubectl reads: 1.1, without the times and base-60 numbers that Go's reader lacks. */
export type YamlDialect = 'scenario' | 'manifest';

export interface YamlDocument {
  readonly value: unknown;
  /** Where the value at the path stands, or its key; where the path leads nowhere, the deepest part that exists. */
  sourceOf(path: YamlPath, of?: 'key' | 'value'): Source;
}

/** Stack entries of the YAML parser per level of nesting, at most. */
const STACK_PER_LEVEL = 3;

/** The documents of a file; none for a file of comments. Throws `ScenarioError` with every syntax error. */
export function parseYaml(file: string, text: string, dialect: YamlDialect): readonly YamlDocument[] {
  const lines = new LineCounter();
  const sourceAt = (offset: number): Source => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const documents = [...composeDocuments(withoutBom(text), dialect, lines, sourceAt)];
  throwProblems(
    tellingErrors(documents.flatMap(({ errors }) => errors)).map((error) => explain(error, text, sourceAt)),
  );
  return documents.flatMap((document) => {
    const result = toDocument(document, dialect, sourceAt);
    return result === undefined ? [] : [result];
  });
}

function composeDocuments(
  text: string,
  dialect: YamlDialect,
  lines: LineCounter,
  sourceAt: (offset: number) => Source,
): Iterable<Document.Parsed> {
  const options =
    dialect === 'scenario'
      ? ({ version: '1.2' } as const)
      : ({ version: '1.1', customTags: (tags: Tags) => tags.filter((tag) => !isGoless(tag)) } as const);
  // The order of anchors is kept by our own walk over the nodes.
  return new Composer({ ...options, prettyErrors: false, uniqueKeys: true }).compose(tokens(text, lines, sourceAt));
}

/** `22:22` is 1342 in YAML 1.1 and text in Go; `2001-01-01` is a time in YAML 1.1 and text in kubectl. */
function isGoless(tag: Tags[number]): boolean {
  if (typeof tag === 'string') return ['timestamp', 'intTime', 'floatTime'].includes(tag);
  return ('format' in tag && tag.format === 'TIME') || tag.tag.endsWith(':timestamp');
}

/** The parser keeps its own stack, the composer recurses: depth is checked between the two. */
function* tokens(text: string, lines: LineCounter, sourceAt: (offset: number) => Source): ReturnType<Parser['parse']> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEPTH_MAX * STACK_PER_LEVEL)
      fail(sourceAt(parser.offset), `nested more than ${DEPTH_MAX} levels deep; flatten it`);
  }
  yield* parser.end();
}

function toDocument(
  document: Document.Parsed,
  dialect: YamlDialect,
  sourceAt: (offset: number) => Source,
): YamlDocument | undefined {
  if (document.contents === null) return undefined;
  try {
    const { value, places } = toPlainValue(document.contents, { mergeKeys: dialect === 'manifest' });
    if (value === null) return undefined;
    return { value, sourceOf: (path, of = 'value') => sourceAt(places.offsetOf(path, of)) };
  } catch (error) {
    if (error instanceof YamlValueError) fail(sourceAt(error.offset), error.message);
    throw error;
  }
}

function withoutBom(text: string): string {
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text;
}

/** What follows a syntax error is mostly its echo; keys that stand twice are each a mistake of their own. */
function tellingErrors(errors: readonly YAMLError[]): readonly YAMLError[] {
  const twins = errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return first === undefined ? twins : [first];
}

/** The library's sentence, and what to do about it. */
function explain(error: YAMLError, text: string, sourceAt: (offset: number) => Source): Problem {
  const source = sourceAt(error.pos[0]);
  const line = text.split('\n')[source.line - 1] ?? '';
  return { source, message: `${lowerFirst(error.message)}; ${advice(error, line)}` };
}

function advice(error: YAMLError, line: string): string {
  if (/\$\{params\.[^}]*\}/.test(line)) return 'write a reference inside { } or [ ] in quotes: "${params.name}"';
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'indent with spaces';
    case 'DUPLICATE_KEY':
      return 'this key stands twice in one mapping: keep one of them';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BAD_SCALAR_START':
      return "put the text in quotes if it contains ': ' or begins with a sign";
    case 'TAG_RESOLVE_FAILED':
      return 'write the value without the !tag';
    case 'MULTIPLE_DOCS':
      return 'keep one document in the file';
    default:
      return 'check indentation, quotes and brackets here and on the line above';
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export type { YamlPath };
