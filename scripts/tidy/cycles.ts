/** Finds files that import each other in a circle: none of them can be understood, moved or tested alone. */
import type { Problem, SourceFile } from './source.ts';

/** One problem per circle, at the import that closes it. Type imports count. */
export function checkCycles(files: readonly SourceFile[]): readonly Problem[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const way: string[] = [];
  const problems: Problem[] = [];
  const enter = (file: SourceFile): void => {
    way.push(file.path);
    for (const { target, line } of file.imports) {
      const next = target === undefined ? undefined : byPath.get(target);
      if (next === undefined || done.has(next.path)) continue;
      if (way.includes(next.path))
        problems.push(circle(file.path, line, [...way.slice(way.indexOf(next.path)), next.path]));
      else enter(next);
    }
    way.pop();
    done.add(file.path);
  };
  for (const file of files) if (!done.has(file.path)) enter(file);
  return problems;
}

function circle(path: string, line: number, way: readonly string[]): Problem {
  const names = way.map((each) => each.replace(/^packages\/([^/]+)\/src\//, '$1/').replace(/\.tsx?$/, ''));
  return { path, line, rule: 'cycles', message: `${names.join(' → ')}: move what both sides need into the lower file` };
}
