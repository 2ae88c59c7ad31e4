/** Names that say nothing draw everything to them; this keeps them out of files and types. */
import { posix } from 'node:path';
import { lineAt, nameOf, type Problem, type SourceFile, walk } from './source.ts';

const EMPTY_FILE_NAMES = new Set(['util', 'utils', 'common', 'type', 'types', 'helper', 'helpers', 'misc', 'shared']);
const EMPTY_SUFFIX = /(?:Manager|Helper)s?$/;
/** Kubernetes' own words for Kubernetes' things. */
const OWN_WORDS = new Set(['EvictionManager']);
const DECLARING = new Set(['ClassDeclaration', 'TSInterfaceDeclaration', 'TSTypeAliasDeclaration']);

export function checkNames(file: SourceFile): readonly Problem[] {
  return [...checkFileName(file.path), ...checkTypeNames(file)];
}

function checkFileName(path: string): readonly Problem[] {
  const stem = (posix.basename(path).split('.')[0] ?? '').toLowerCase();
  if (stem === 'index')
    return [
      { path, line: 1, rule: 'names', message: 'no barrels: delete index.ts and import the file that owns the thing' },
    ];
  if (!EMPTY_FILE_NAMES.has(stem)) return [];
  return [
    {
      path,
      line: 1,
      rule: 'names',
      message: `"${stem}" names no idea: move each function to the file whose thing it serves`,
    },
  ];
}

function checkTypeNames(file: SourceFile): readonly Problem[] {
  const problems: Problem[] = [];
  walk(file.program, (node) => {
    if (!DECLARING.has(node.type)) return;
    const name = nameOf(node['id']) ?? '';
    if (!EMPTY_SUFFIX.test(name) || OWN_WORDS.has(name)) return;
    const message = `${name} says nothing of what it does: name it after its one job`;
    problems.push({ path: file.path, line: lineAt(file.text, node.start), rule: 'names', message });
  });
  return problems;
}
