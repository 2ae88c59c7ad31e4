/** The API objects of a manifest's text: documents and lists are opened, other kinds are counted, gone versions are told. */
import { isObject } from '@everynode/core/api/patch';
import { compareKeys } from '@everynode/core/api/meta';
import { KINDS } from '@everynode/core/api/objects';
import type { PriorityClasses } from '@everynode/core/api/priorityClass';
import type { Source } from '@everynode/sim/plan';
import { unknownName } from './nearest.ts';
import { readPriorityClass } from './priorityClasses.ts';
import type { JsonObject } from './scenario.ts';
import { fail, ScenarioError } from './scenarioError.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from './workload.ts';
import { parseYaml, type YamlPath } from './yamlText.ts';

/** Where the fields of an object stand; the deepest part that exists where a path leads nowhere. */
export type SourceOf = (path: YamlPath, of?: 'key' | 'value') => Source;

/** An object that takes part in the run, as written. */
export interface RawObject {
  readonly kind: WorkloadKind;
  readonly object: JsonObject;
  readonly sourceOf: SourceOf;
}

export interface RawManifest {
  readonly objects: readonly RawObject[];
  /** Kinds that take no part → how many of each, by kind. */
  readonly ignored: Readonly<Record<string, number>>;
  readonly priorityClasses: PriorityClasses;
}

/** Opens a manifest's text. `file` is for messages. Throws `ScenarioError`. */
export function readManifestObjects(file: string, text: string): RawManifest {
  const documents = parseManifest(file, text);
  const found = documents.flatMap(({ value, sourceOf }) => openLists(value, sourceOf));
  return sortOut(found, file);
}

/** One object written inside a scenario. */
export function readInlineObject(value: JsonObject, sourceOf: SourceOf): RawManifest {
  return sortOut(openLists(value, sourceOf), sourceOf([]).file);
}

interface Found {
  readonly value: JsonObject;
  readonly sourceOf: SourceOf;
}

function parseManifest(file: string, text: string): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(file, text, 'manifest');
  } catch (error) {
    // What a template leaves is no YAML, or is a mapping as a key; either way its author needs one sentence.
    const template = error instanceof ScenarioError ? findTemplate(text) : undefined;
    if (template === undefined) throw error;
    return fail({ file, ...template }, TEMPLATE_ADVICE);
  }
}

const TEMPLATE_ADVICE =
  'this is a template, not a manifest ({{ … }} is left in); render it first, as with `helm template`, and name the rendered file';

function findTemplate(text: string): { readonly line: number; readonly column: number } | undefined {
  for (const [at, line] of text.split('\n').entries()) {
    const column = line.search(/\{\{|\{%/);
    if (column >= 0 && !line.trimStart().startsWith('#')) return { line: at + 1, column: column + 1 };
  }
  return undefined;
}

/** `kubectl get -o yaml` wraps what it prints in a List. */
function openLists(value: unknown, sourceOf: SourceOf): readonly Found[] {
  if (!isObject(value))
    fail(sourceOf([]), 'this document is no mapping; write an API object, with apiVersion, kind and metadata');
  const kind = value['kind'];
  if (typeof kind !== 'string' || kind === '') fail(sourceOf([]), 'kind is not set; write `kind: DaemonSet`');
  if (!kind.endsWith('List') || !Array.isArray(value['items'])) return [{ value, sourceOf }];
  return value['items'].flatMap((item, at) => openLists(item, (path, of) => sourceOf(['items', at, ...path], of)));
}

function sortOut(found: readonly Found[], file: string): RawManifest {
  const ignored: Record<string, number> = {};
  const objects: RawObject[] = [];
  // The last of two with one name wins, as with `kubectl apply`.
  const priorityClasses = Object.fromEntries(
    found.flatMap(({ value }) => [readPriorityClass(value)].filter((each) => each !== undefined)),
  );
  for (const { value, sourceOf } of found) {
    const kind = String(value['kind']);
    if (kind === 'PriorityClass') continue;
    if (!isWorkload(kind)) {
      refuseNearMiss(kind, value, sourceOf);
      ignored[kind] = (ignored[kind] ?? 0) + 1;
    } else if (isDaemonPod(kind, value)) ignored['Pod of a DaemonSet'] = (ignored['Pod of a DaemonSet'] ?? 0) + 1;
    else {
      checkVersion(kind, value['apiVersion'], sourceOf);
      refuseTemplates(value, sourceOf);
      objects.push({ kind, object: value, sourceOf });
    }
  }
  if (objects.length === 0 && Object.keys(priorityClasses).length === 0) {
    const kinds = Object.keys(ignored)
      .sort(compareKeys)
      .map((kind) => `${ignored[kind]} ${kind}`);
    fail(
      { file, line: 1, column: 1 },
      `there is no DaemonSet in this manifest (found: ${kinds.join(', ') || 'nothing'}); name a file that has one`,
    );
  }
  return { objects, ignored, priorityClasses };
}

function isWorkload(kind: string): kind is WorkloadKind {
  return (WORKLOAD_KINDS as readonly string[]).includes(kind);
}

/** `Daemonset` would be ignored like any kind we do not know, and nobody would see why. */
function refuseNearMiss(kind: string, { apiVersion }: JsonObject, sourceOf: SourceOf): void {
  if (
    kind.toLowerCase() !== 'daemonset' &&
    !(typeof apiVersion === 'string' && apiVersion.startsWith('apps/') && kind.toLowerCase().startsWith('daemon'))
  )
    return;
  fail(sourceOf(['kind']), unknownName('kind', 'kinds', kind, ['DaemonSet']));
}

/** In a dump of a cluster: the run's own controller makes these. */
function isDaemonPod(kind: string, value: JsonObject): boolean {
  const metadata = value['metadata'];
  const owners = isObject(metadata) ? metadata['ownerReferences'] : undefined;
  return (
    kind === 'Pod' && Array.isArray(owners) && owners.some((owner) => isObject(owner) && owner['kind'] === 'DaemonSet')
  );
}

const GONE: Readonly<Record<string, string>> = {
  'extensions/v1beta1':
    'gone since Kubernetes 1.16; write apps/v1, add spec.selector (it was optional), and mind that updates now roll by themselves (the default strategy was OnDelete)',
  'apps/v1beta1': 'gone since Kubernetes 1.16, and never had a DaemonSet; write apps/v1, and add spec.selector',
  'apps/v1beta2':
    'gone since Kubernetes 1.16; write apps/v1, nothing else changes but that spec.selector can no longer be edited',
};

function checkVersion(kind: WorkloadKind, apiVersion: unknown, sourceOf: SourceOf): void {
  const wanted = KINDS[kind].apiVersion;
  if (apiVersion === wanted) return;
  if (typeof apiVersion !== 'string') fail(sourceOf([]), `apiVersion is not set; write \`apiVersion: ${wanted}\``);
  const gone = Object.hasOwn(GONE, apiVersion) ? GONE[apiVersion] : undefined;
  if (gone !== undefined && kind === 'DaemonSet') fail(sourceOf(['apiVersion']), `apiVersion ${apiVersion} is ${gone}`);
  fail(
    sourceOf(['apiVersion']),
    `no matches for kind "${kind}" in version ${JSON.stringify(apiVersion)}; write ${wanted}`,
  );
}

/** Quoted templates are good YAML; in a name or an image they are a chart that nobody rendered. */
function refuseTemplates(value: unknown, sourceOf: SourceOf, path: YamlPath = []): void {
  if (typeof value === 'string') {
    const key = path.at(-1);
    if ((key === 'image' || key === 'name' || key === 'namespace') && value.includes('{{'))
      fail(sourceOf(path), TEMPLATE_ADVICE);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, inner] of entries) refuseTemplates(inner, sourceOf, [...path, key]);
}
