/** Paths as people write them on the command line, `metadata.name` for `{.metadata.name}`. Twin: kubectl cmd/get customcolumn.go. */
import { TemplateError } from './templateError.ts';

/** The full expression of a path that may lack its braces or its first dot; throws TemplateError where it is neither. */
export function relaxedPath(path: string): string {
  if (path === '') return path;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  const field = match?.[1] ?? match?.[2];
  if (field === undefined) {
    const forms = ['name1.name2', '.name1.name2', '{name1.name2}', '{.name1.name2}'].map((form) => `'${form}'`);
    throw new TemplateError(`unexpected path string, expected a ${forms.join(' or ')}`);
  }
  return `{.${field}}`;
}
