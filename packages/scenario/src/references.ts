/** `${params.x}` as a whole scalar stands for the value of a parameter, with its type. There are no text templates. */
import { REFERENCE_PATTERN } from './schemaDefinitions.ts';
import { unknownName } from './nearest.ts';
import type { Row } from './scenario.ts';
import type { Problem } from './scenarioError.ts';
import type { YamlDocument, YamlPath } from './yamlText.ts';
import { setOwn } from './yamlValue.ts';

const REFERENCE = new RegExp(REFERENCE_PATTERN);
/** Texts for people, in which a reference is only mentioned. */
const PROSE = ['description', 'annotations'];

/** References to parameters that do not exist, and references inside longer texts. */
export function findReferenceProblems(
  value: unknown,
  known: readonly string[],
  document: YamlDocument,
): readonly Problem[] {
  const problems: Problem[] = [];
  walkTexts(value, [], (text, path) => {
    if (!text.includes('${params.')) return;
    const name = referenceName(text);
    if (name === undefined) {
      const message = `${JSON.stringify(text)} has a reference inside a text; make the whole value a parameter and write "\${params.name}" alone`;
      problems.push({ source: document.sourceOf(path), message });
    } else if (!known.includes(name)) {
      problems.push({
        source: document.sourceOf(path),
        message: `${unknownName('parameter', 'parameters', name, known)}; declare it under spec.parameters`,
      });
    }
  });
  return problems;
}

/** The value with every reference replaced; the same value where there is none. */
export function resolveReferences(value: unknown, row: Row): unknown {
  if (typeof value === 'string') {
    const name = referenceName(value);
    return name !== undefined && Object.hasOwn(row, name) ? row[name] : value;
  }
  if (Array.isArray(value)) return value.map((each) => resolveReferences(each, row));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) setOwn(result, key, resolveReferences(inner, row));
  return result;
}

/** `x` of `${params.x}`. */
export function referenceName(text: string): string | undefined {
  return REFERENCE.test(text) ? text.slice('${params.'.length, -1) : undefined;
}

function walkTexts(value: unknown, path: YamlPath, visit: (text: string, path: YamlPath) => void): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) value.forEach((each, at) => walkTexts(each, [...path, at], visit));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) if (!PROSE.includes(key)) walkTexts(inner, [...path, key], visit);
  }
}
