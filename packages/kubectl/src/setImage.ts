/** `kubectl set image`. Twin: kubectl cmd/set/set_image.go. */
import { CHANGE_CAUSE_ANNOTATION } from '@everynode/core/api/daemonSet';
import { applyPatch } from '@everynode/core/api/patch';
import type { PodSpec } from '@everynode/core/api/pod';
import { planSetImage } from '@everynode/core/daemonset/setImage';
import {
  DRY_RUN,
  type DryRun,
  dryRunOf,
  FIELD_MANAGER,
  OBJECT_FLAGS,
  operationPrinter,
  selectFor,
} from './changeFlags.ts';
import { flagError, type Flags, parseCommandLine } from './commandLine.ts';
import type { Flag } from './globalFlags.ts';
import { parseImagePairs } from './imagePairs.ts';
import type { Output, Surroundings } from './surroundings.ts';
import { PRINT_FLAGS } from './outputFormat.ts';
import { isFields, readField } from './readField.ts';
import { findResourceType, type ResourceType } from './resourceTypes.ts';
import { send } from './rolloutChange.ts';
import type { ServedObject } from './server.ts';
import { outputOf, type Trouble } from './trouble.ts';
import { typedDaemonSet } from './typed.ts';

const FLAGS: readonly Flag[] = [
  ...OBJECT_FLAGS,
  ...PRINT_FLAGS,
  FIELD_MANAGER,
  DRY_RUN,
  { name: 'all', type: 'bool' },
  { name: 'local', type: 'bool' },
  { name: 'record', type: 'bool' },
];

/** `argv`: what stands behind `set image`. Nothing is changed while one of the objects is missing. */
export function setImage(argv: readonly string[], surroundings: Surroundings): Output {
  const line = parseCommandLine(argv, FLAGS);
  if (!line.ok) return { stdout: '', stderr: flagError(line.error, 'kubectl set image'), exitCode: 1 };
  const output = setImages(line.args, line.flags, surroundings);
  const isDeprecated = line.flags.text('record') !== undefined;
  return isDeprecated ? { ...output, stderr: `${RECORD_DEPRECATED}${output.stderr}` } : output;
}

const RECORD_DEPRECATED = 'Flag --record has been deprecated, --record will be removed in the future\n';

function setImages(args: readonly string[], flags: Flags, surroundings: Surroundings): Output {
  const dryRun = dryRunOf(flags);
  if (typeof dryRun !== 'string') return outputOf('', [{ message: dryRun.error }]);
  const printer = operationPrinter(flags, surroundings.minor, dryRun);
  if (!printer.ok) return outputOf('', [{ message: printer.error }]);
  const pairs = parseImagePairs(args);
  if (!pairs.ok) return outputOf('', [{ message: pairs.error }]);
  const { resources, images } = pairs;
  const changeCause = flags.isOn('record') ? causeOf(args, flags) : undefined;
  const selection = selectFor(resources, flags, surroundings, { all: flags.isOn('all') });
  if (!selection.ok) return outputOf('', [selection.trouble]);
  const unnamed = findUnnamed(resources, flags);
  if (unnamed !== undefined) return outputOf('', [unnamed]);
  if (selection.troubles.length > 0) return outputOf('', selection.troubles);
  const wrong = findWrongImages(images);
  if (wrong !== undefined) return outputOf('', [wrong]);
  const troubles: Trouble[] = [];
  let stdout = '';
  for (const { type, objects } of selection.blocks) {
    for (const object of objects) {
      const { changed, errors } = change(object, type, { images, changeCause, dryRun, surroundings });
      troubles.push(...errors.map((message) => ({ message })));
      if (changed === undefined) continue;
      const { text, error } = printer.print(changed, 'image updated');
      stdout += text;
      if (error !== undefined) troubles.push({ message: error });
    }
  }
  return outputOf(stdout, troubles);
}

/** `--record` remembers the command itself: its words, then its flags by their long names. */
function causeOf(args: readonly string[], { written }: Flags): string {
  const flags = written.map(([name, value]) => `--${name}=${value}`);
  return ['kubectl', 'set', 'image', ...args, ...flags].join(' ');
}

interface Wish {
  readonly images: Readonly<Record<string, string>>;
  readonly changeCause: string | undefined;
  readonly dryRun: DryRun;
  readonly surroundings: Surroundings;
}

/** The object as it is then, where anything changed. */
function change(
  object: ServedObject,
  type: ResourceType,
  { images, changeCause, dryRun, surroundings }: Wish,
): { readonly changed?: ServedObject; readonly errors: readonly string[] } {
  const path = POD_SPECS[type.kind];
  const podSpec = path === undefined ? undefined : readField(object, path.join('.'));
  if (path === undefined || !isFields(podSpec)) {
    const goType = `*v1.${type.kind}`;
    const why = `the object is not a pod or does not have a pod template: ${goType}`;
    return { errors: [`error: ${type.resource}/${object.metadata.name} ${why}\n`] };
  }
  const { spec, wanted, errors } = planSetImage(podSpec as unknown as PodSpec, images);
  const annotations = causeToSet(object, changeCause);
  if (spec === undefined && annotations === undefined) return { errors };
  const written = (changed: ServedObject): ServedObject =>
    type.kind === 'DaemonSet' ? typedDaemonSet(changed, surroundings.minor) : changed;
  const body = {
    ...(annotations === undefined ? {} : { metadata: { annotations } }),
    ...(spec === undefined ? {} : nested(path, spec)),
  };
  if (dryRun === 'client') {
    const noted =
      annotations === undefined ? object : applyPatch(object, { type: 'merge', body: { metadata: { annotations } } });
    return { changed: written(withField(noted, path, wanted)), errors };
  }
  const result = send(object, { type: 'strategic', body }, dryRun, surroundings);
  if (result.ok) return { changed: written(result.object), errors };
  return { errors: [...errors, `failed to patch image update to pod template: ${result.message}`] };
}

function causeToSet(
  { metadata }: ServedObject,
  cause: string | undefined,
): Readonly<Record<string, string>> | undefined {
  if (cause === undefined || metadata.annotations?.[CHANGE_CAUSE_ANNOTATION] === cause) return undefined;
  return { [CHANGE_CAUSE_ANNOTATION]: cause };
}

function nested(path: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  return path.reduceRight((inner, field) => ({ [field]: inner }), value) as Readonly<Record<string, unknown>>;
}

/** Where a kind has its pod spec. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['spec', 'template', 'spec'],
  Pod: ['spec'],
};

function withField<T>(object: T, [field, ...rest]: readonly string[], value: unknown): T {
  if (field === undefined) return value as T;
  const fields = object as Readonly<Record<string, unknown>>;
  return { ...fields, [field]: withField(fields[field], rest, value) } as T;
}

/** A type alone means all its objects only with `--all` or a selector. */
function findUnnamed(resources: readonly string[], flags: Flags): Trouble | undefined {
  const [only = ''] = resources;
  const isType =
    resources.length === 1 && !only.includes('/') && only.split(',').every((word) => findResourceType(word));
  if (!isType || flags.isOn('all') || (flags.text('selector') ?? '') !== '') return undefined;
  return { message: 'resource(s) were provided, but no name was specified' };
}

function findWrongImages(images: Readonly<Record<string, string>>): Trouble | undefined {
  const names = Object.keys(images);
  if (names.length === 0) return { message: 'at least one image update is required' };
  if (names.length === 1 || !names.includes('*')) return undefined;
  return {
    message: 'all containers are already specified by *, but saw more than one container_name=container_image pairs',
  };
}
