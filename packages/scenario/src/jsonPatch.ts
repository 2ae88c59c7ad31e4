/** RFC 6902: a list of operations on a JSON value, none of which may fail. The value is not touched; a new one comes back. */
import { isObject } from '@everynode/core/api/patch';
import type { Json6902Operation } from './scenario.ts';
import { setOwn } from './yamlValue.ts';

export type PatchResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly at: number; readonly problem: string };

/** The patched value; or which operation failed and why, as the API server would refuse the whole patch. */
export function applyJsonPatch(value: unknown, operations: readonly Json6902Operation[]): PatchResult {
  let patched = value;
  for (const [at, operation] of operations.entries()) {
    const result = applyOperation(patched, operation);
    if (!result.ok) return { ok: false, at, problem: result.problem };
    patched = result.value;
  }
  return { ok: true, value: patched };
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };
/** What to do with the place that a pointer leads to: `parent` holds `key`. */
type Edit = (parent: unknown, key: string) => Outcome;

function applyOperation(root: unknown, { op, path, from, value }: Json6902Operation): Outcome {
  const to = parsePointer(path);
  if (to === undefined)
    return { ok: false, problem: `${JSON.stringify(path)} is no JSON pointer; write it as /spec/template` };
  if (op === 'add') return editAt(root, to, add(value));
  if (op === 'remove') return editAt(root, to, remove);
  if (op === 'replace') return editAt(root, to, replace(value));
  if (op === 'test') {
    const found = read(root, to);
    return found.ok && JSON.stringify(found.value) === JSON.stringify(value)
      ? { ok: true, value: root }
      : {
          ok: false,
          problem: `the test of ${path} fails; it is ${JSON.stringify(found.ok ? found.value : undefined)}`,
        };
  }
  const source = parsePointer(from ?? '');
  if (from === undefined || source === undefined)
    return { ok: false, problem: `op ${op} needs a JSON pointer; write \`from: /…\`` };
  if (op === 'move' && (path === from || path.startsWith(`${from}/`)))
    return { ok: false, problem: `${from} cannot move into itself; write another path` };
  const moved = read(root, source);
  if (!moved.ok) return moved;
  const cleared = op === 'move' ? editAt(root, source, remove) : { ok: true as const, value: root };
  return cleared.ok ? editAt(cleared.value, to, add(moved.value)) : cleared;
}

function parsePointer(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/')) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(root: unknown, path: readonly string[]): Outcome {
  let value = root;
  for (const [at, key] of path.entries()) {
    if (!has(value, key)) return missing(path.slice(0, at + 1));
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { ok: true, value };
}

function has(parent: unknown, key: string): boolean {
  if (Array.isArray(parent)) return /^(?:0|[1-9][0-9]*)$/.test(key) && Number(key) < parent.length;
  return isObject(parent) && Object.hasOwn(parent, key);
}

function missing(path: readonly string[]): Outcome {
  return { ok: false, problem: `/${path.join('/')} is not there; add it first, or correct the path` };
}

/** Copies the way down to the place and applies the edit there. */
function editAt(root: unknown, path: readonly string[], edit: Edit, done: readonly string[] = []): Outcome {
  const [key, ...rest] = path;
  if (key === undefined) return unwrap(edit({ '': root }, ''));
  if (rest.length === 0) return edit(root, key);
  if (!has(root, key)) return missing([...done, key]);
  const inner = editAt((root as Readonly<Record<string, unknown>>)[key], rest, edit, [...done, key]);
  return inner.ok ? { ok: true, value: withKey(root, key, inner.value) } : inner;
}

/** The whole document is addressed as the only key of a wrapper. */
function unwrap(outcome: Outcome): Outcome {
  return outcome.ok ? { ok: true, value: (outcome.value as Readonly<Record<string, unknown>>)[''] ?? null } : outcome;
}

function withKey(parent: unknown, key: string, value: unknown): unknown {
  if (Array.isArray(parent)) return parent.map((each: unknown, at) => (at === Number(key) ? value : each));
  const result = { ...(parent as Readonly<Record<string, unknown>>) };
  setOwn(result, key, value);
  return result;
}

function add(value: unknown): Edit {
  return (parent, key) => {
    if (Array.isArray(parent)) {
      if (key === '-') return { ok: true, value: [...(parent as unknown[]), value] };
      if (!has([...(parent as unknown[]), null], key)) return missing([key]);
      return {
        ok: true,
        value: [...(parent as unknown[]).slice(0, Number(key)), value, ...(parent as unknown[]).slice(Number(key))],
      };
    }
    return isObject(parent) ? { ok: true, value: withKey(parent, key, value) } : missing([key]);
  };
}

function remove(parent: unknown, key: string): Outcome {
  if (!has(parent, key)) return missing([key]);
  if (Array.isArray(parent)) return { ok: true, value: parent.filter((_, at) => at !== Number(key)) };
  return { ok: true, value: Object.fromEntries(Object.entries(parent as object).filter(([each]) => each !== key)) };
}

function replace(value: unknown): Edit {
  return (parent, key) => (has(parent, key) ? { ok: true, value: withKey(parent, key, value) } : missing([key]));
}
