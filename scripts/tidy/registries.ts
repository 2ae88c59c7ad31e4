/** A fault or an expectation that nobody can name in a scenario does not exist: each must be in its registry. */
import { posix } from 'node:path';
import { type AstNode, isNode, lineAt, nameOf, type Problem, type SourceFile } from './source.ts';

/** Folder of definitions → the file that must import every one of them. */
const REGISTRIES: Readonly<Record<string, string>> = {
  'packages/sim/src/faults': 'packages/sim/src/faults/registry.ts',
  'packages/sim/src/operations': 'packages/sim/src/operations/registry.ts',
  'packages/invariants/src/expectations': 'packages/invariants/src/registry.ts',
  'packages/invariants/src/laws': 'packages/invariants/src/registry.ts',
};

export function checkRegistries(files: readonly SourceFile[]): readonly Problem[] {
  return files.flatMap((file) => {
    const registryPath = REGISTRIES[posix.dirname(file.path)];
    if (registryPath === undefined || file.isTest) return [];
    const registry = files.find((each) => each.path === registryPath);
    const listed = registry === undefined ? [] : registryNames(registry, file.path);
    return definitions(file)
      .filter(({ name }) => !listed.includes(name))
      .map(({ name, line }) => ({
        path: file.path,
        line,
        rule: 'registries',
        message: `add ${name} to ${registryPath}`,
      }));
  });
}

/** An import that is not used afterwards is an error of tsc, so an imported definition is a listed one. */
function registryNames(registry: SourceFile, from: string): readonly string[] {
  return registry.imports.filter((line) => line.target === from && !line.typeOnly).flatMap((line) => line.names);
}

/** `export const watchLag = defineFault(…)`, or `export const scale: LawDefinition = …`. */
function definitions(file: SourceFile): readonly { readonly name: string; readonly line: number }[] {
  return (file.program['body'] as readonly AstNode[])
    .filter((statement) => statement.type === 'ExportNamedDeclaration')
    .flatMap((statement) => declarators(statement['declaration']))
    .filter(isDefinition)
    .map((declarator) => ({ name: nameOf(declarator['id']) ?? '', line: lineAt(file.text, declarator.start) }));
}

function declarators(declaration: unknown): readonly AstNode[] {
  return isNode(declaration) ? ((declaration['declarations'] ?? []) as readonly AstNode[]) : [];
}

function isDefinition({ id, init }: AstNode): boolean {
  if (isNode(init) && /^define[A-Z]/.test(nameOf(init['callee']) ?? '')) return true;
  const annotation = isNode(id) && isNode(id['typeAnnotation']) ? id['typeAnnotation']['typeAnnotation'] : undefined;
  return isNode(annotation) && /(?:^Any[A-Z]\w+|Definition)$/.test(nameOf(annotation['typeName']) ?? '');
}
