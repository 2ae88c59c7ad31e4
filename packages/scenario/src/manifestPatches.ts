/** Patches of a scenario on the objects of a manifest: the file that ships stays as it is, the run gets a variant. */
import { mergePatch } from '@everynode/core/api/patch';
import { applyJsonPatch } from './jsonPatch.ts';
import type { RawObject, SourceOf } from './manifestObjects.ts';
import { listNames } from './nearest.ts';
import type { JsonObject, PatchText } from './scenario.ts';
import { fail } from './scenarioError.ts';

/** Applies the patches in order. A field that a patch wrote is blamed on the patch. Throws `ScenarioError`. */
export function patchObjects(
  objects: readonly RawObject[],
  patches: readonly PatchText[],
  sourceOf: SourceOf,
): readonly RawObject[] {
  return patches.reduce<readonly RawObject[]>((current, patch, at) => {
    const here: SourceOf = (path, of) => sourceOf([at, ...path], of);
    const names = current.map(nameOf);
    if (!current.some((each) => isTarget(each, patch))) {
      fail(
        here(['target']),
        `no object of the manifest is this target; write kind and name of one of ${listNames(names)}`,
      );
    }
    return current.map((each) => (isTarget(each, patch) ? patchObject(each, patch, here) : each));
  }, objects);
}

function isTarget({ kind, object }: RawObject, { target }: PatchText): boolean {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  return (
    (target.kind === undefined || target.kind === kind) &&
    (target.name === undefined || target.name === metadata['name']) &&
    (target.namespace === undefined || target.namespace === (metadata['namespace'] ?? 'default'))
  );
}

function nameOf({ kind, object }: RawObject): string {
  return `${kind} ${String(((object['metadata'] ?? {}) as JsonObject)['name'])}`;
}

function patchObject(raw: RawObject, { merge, json6902 }: PatchText, here: SourceOf): RawObject {
  if (merge !== undefined) {
    const object = mergePatch(raw.object, merge) as JsonObject;
    return {
      ...raw,
      object,
      sourceOf: (path, of) => (hasPath(merge, path) ? here(['merge', ...path], of) : raw.sourceOf(path, of)),
    };
  }
  const result = applyJsonPatch(raw.object, json6902 ?? []);
  if (!result.ok) return fail(here(['json6902', result.at]), result.problem);
  const written = (json6902 ?? []).map((operation) => operation.path.split('/').slice(1));
  return {
    ...raw,
    object: result.value as JsonObject,
    sourceOf: (path, of) => {
      const covers = (pointer: readonly string[]): boolean =>
        pointer.length <= path.length && pointer.every((part, at) => part === String(path[at]));
      const last = written.map(covers).lastIndexOf(true);
      return last < 0 ? raw.sourceOf(path, of) : here(['json6902', last]);
    },
  };
}

function hasPath(value: unknown, path: readonly (string | number)[]): boolean {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return false;
    here = (here as Readonly<Record<string | number, unknown>>)[part];
  }
  return true;
}
