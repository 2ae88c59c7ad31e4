/**
 * The manifests of a scenario to API objects, checked in the order of the API server: decoded, defaulted, validated.
 * Its words come with the place in the file. Files are what kubectl applies; nothing has to be prepared for us.
 */
import { defaultDaemonSet, defaultPod } from '@everynode/core/api/defaults';
import { validateDisruptionBudget } from '@everynode/core/api/disruptionBudgetValidation';
import { type FieldError, formatInvalid } from '@everynode/core/api/fieldError';
import { compareKeys } from '@everynode/core/api/meta';
import { newNamespace } from '@everynode/core/api/namespace';
import { validateNamespace } from '@everynode/core/api/namespaceValidation';
import { KINDS } from '@everynode/core/api/objects';
import { isObject } from '@everynode/core/api/patch';
import type { PriorityClass, PriorityClasses } from '@everynode/core/api/priorityClass';
import { validateGatedFields } from '@everynode/core/api/gatedFields';
import { validatePod } from '@everynode/core/api/podValidation';
import { validateResourceQuota } from '@everynode/core/api/resourceQuotaValidation';
import { validateDaemonSet } from '@everynode/core/api/validation';
import type { Profile } from '@everynode/core/profile';
import { VERSION_SWITCHES } from '@everynode/core/versionSwitches';
import type { Source } from '@everynode/sim/plan';
import { asCreated } from './asCreated.ts';
import { decodeObject, parsePath } from './decode.ts';
import { type FileReader, readText } from './fileReader.ts';
import { MANIFEST_BYTES_MAX } from './limits.ts';
import {
  type RawManifest,
  type RawObject,
  readInlineObject,
  readManifestObjects,
  type SourceOf,
} from './manifestObjects.ts';
import { patchObjects } from './manifestPatches.ts';
import type { JsonObject, ManifestText } from './scenario.ts';
import { fail, type Problem, throwProblems } from './scenarioError.ts';
import { type Workload, WORKLOAD_NAMES } from './workload.ts';
import type { YamlPath } from './yamlText.ts';

const { gate } = VERSION_SWITCHES.tolerationCompare;
const GATE_ADVICE = `set kubernetes.featureGates.${gate?.name}, which 1.${gate?.since} and later know`;

/** A checked object, and where its fields stand. */
export interface LoadedObject {
  readonly object: Workload;
  readonly source: Source;
}

export interface LoadedManifests {
  readonly objects: readonly LoadedObject[];
  readonly priorityClasses: PriorityClasses;
  /** What was left out or does nothing: for the user to know, each once. */
  readonly notices: readonly string[];
}

/** Where the manifests are named: `scenario.yaml` and the path of `spec.manifests` in it. */
export interface ManifestScope {
  readonly scenarioFile: string;
  readonly sourceOf: SourceOf;
  readonly reader: FileReader;
  /** The release that is to take them. */
  readonly profile: Profile;
}

/** Loads all manifests of a scenario. Throws `ScenarioError`. */
export function loadManifests(manifests: readonly ManifestText[], scope: ManifestScope): LoadedManifests {
  const ignored = new Map<string, number>();
  const idle = new Set<string>();
  const leftOut = new Set<string>();
  const priorityClasses: Record<string, PriorityClass> = {};
  const objects = manifests.flatMap((manifest, at) => {
    const here: SourceOf = (path, of) => scope.sourceOf([at, ...path], of);
    const raw = openManifest(manifest, here, scope);
    for (const [kind, count] of Object.entries(raw.ignored)) ignored.set(kind, (ignored.get(kind) ?? 0) + count);
    Object.assign(priorityClasses, raw.priorityClasses);
    const patched = patchObjects(raw.objects, manifest.patches ?? [], (path, of) => here(['patches', ...path], of));
    return patched.map((each) => checkObject(each, scope.profile, { idle, leftOut }));
  });
  refuseTwins(objects);
  return { objects, priorityClasses, notices: [...ignoredNotice(ignored), ...noticesOf({ idle, leftOut })] };
}

function openManifest(
  { path, inline }: ManifestText,
  here: SourceOf,
  { scenarioFile, reader }: ManifestScope,
): RawManifest {
  if (path === undefined) return readInlineObject(inline ?? {}, (inner, of) => here(['inline', ...inner], of));
  const file = reader.resolve(scenarioFile, path);
  return readManifestObjects(file, readText(reader, file, 'manifest', MANIFEST_BYTES_MAX, here(['path'])));
}

/** Paths to tell the user about, each once. */
interface Said {
  /** Of fields that nothing acts on. */
  readonly idle: Set<string>;
  /** Of fields that another cluster wrote. */
  readonly leftOut: Set<string>;
}

/** Decodes, fills in and validates one object. */
function checkObject({ kind, object, sourceOf }: RawObject, profile: Profile, said: Said): LoadedObject {
  const decoded = decodeObject(kind, object);
  throwProblems(decoded.problems.map(({ path, at, message }): Problem => ({ source: sourceOf(path, at), message })));
  for (const path of decoded.idle) said.idle.add(path);
  const { object: plain, leftOut } = asCreated(object);
  for (const path of leftOut) said.leftOut.add(path);
  const created = (KINDS[kind].namespaced ? withNamespace(plain) : plain) as unknown as Workload;
  const errors = validate(created);
  const problemOf = (error: FieldError, advice: string): Problem => ({
    source: sourceOf(errorPath(error)),
    message: invalidMessage(kind, created, error) + advice,
  });
  throwProblems([
    ...errors.map((error) => problemOf(error, '')),
    ...gatedErrors(created, profile).map((error) => problemOf(error, `; ${GATE_ADVICE}`)),
  ]);
  // Without the defaults: they are the server's to fill in, and `kubectl apply` must not remember them.
  return { object: created, source: sourceOf([]) };
}

function validate(created: Workload): readonly FieldError[] {
  switch (created.kind) {
    case 'DaemonSet':
      return validateDaemonSet(defaultDaemonSet(created));
    case 'Pod':
      return validatePod(defaultPod(created));
    case 'PodDisruptionBudget':
      return validateDisruptionBudget(created);
    case 'Namespace':
      return validateNamespace(newNamespace(created));
    default:
      return validateResourceQuota(created);
  }
}

function gatedErrors(created: Workload, profile: Profile): readonly FieldError[] {
  return created.kind === 'DaemonSet' || created.kind === 'Pod' ? validateGatedFields(created, profile) : [];
}

function withNamespace(object: JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  return { ...object, metadata: { ...metadata, namespace: metadata['namespace'] ?? 'default' } };
}

/** The server leaves `metadata` out of the paths of a template's labels and annotations. */
function errorPath({ field }: FieldError): YamlPath {
  return parsePath(field.replace(/^spec\.template\.(labels|annotations)/, 'spec.template.metadata.$1'));
}

/** The server names the group of a kind. */
const QUALIFIED: Readonly<Record<string, string>> = {
  DaemonSet: 'DaemonSet.apps',
  PodDisruptionBudget: 'PodDisruptionBudget.policy',
};

/** One error a line, so that each has its place; the server would put them in one bracket. */
function invalidMessage(kind: string, { metadata }: Workload, error: FieldError): string {
  return formatInvalid(QUALIFIED[kind] ?? kind, metadata.name ?? '', [error]);
}

function refuseTwins(objects: readonly LoadedObject[]): void {
  const seen = new Map<string, Source>();
  for (const { object, source } of objects) {
    const name = `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const first = seen.get(name);
    if (first !== undefined)
      fail(
        source,
        `${name} stands twice (also at ${first.file}:${first.line}); keep one of them, or give it another name`,
      );
    seen.set(name, source);
  }
}

function ignoredNotice(ignored: ReadonlyMap<string, number>): readonly string[] {
  if (ignored.size === 0) return [];
  const kinds = [...ignored.keys()].sort(compareKeys).map((kind) => `${ignored.get(kind)} ${kind}`);
  return [`left out, since only ${WORKLOAD_NAMES} take part: ${kinds.join(', ')}`];
}

function noticesOf({ idle, leftOut }: Said): readonly string[] {
  const listed = (head: string, paths: ReadonlySet<string>): readonly string[] =>
    paths.size === 0 ? [] : [`${head}: ${[...paths].sort(compareKeys).join(', ')}`];
  return [
    ...listed('left out, since another cluster wrote them', leftOut),
    ...listed('carried along, but nothing here acts on', idle),
  ];
}
