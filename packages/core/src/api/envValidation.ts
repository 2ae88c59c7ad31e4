/** Rules about the environment of a container, and about the fields that it may quote. Twin: apis/core/validation ValidateEnv, ValidateEnvFrom. Rules: DS-V10. */
import { type FieldError, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, textOf } from './goText.ts';
import {
  findConfigKeyErrors,
  findEnvNameErrors,
  findPrefixErrors,
  findQualifiedNameErrors,
  findSubdomainErrors,
} from './names.ts';
import { canonicalQuantity } from './quantityText.ts';

/** All lists of supported values are sorted, as the server prints them. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** What can be quoted at all: which of it depends on the place. */
const POD_FIELDS: readonly string[] = [
  ...ENV_FIELDS,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
];
const RESOURCES = ['limits', 'requests'].flatMap((list) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${list}.${name}`),
);
const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

export function* validateEnv(variables: readonly Fields[], path: string): Iterable<FieldError> {
  for (const [at, variable] of variables.entries()) {
    const here = `${path}[${at}]`;
    const name = textOf(variable['name']);
    if (name === '') yield required(`${here}.name`);
    for (const text of findEnvNameErrors(name)) yield invalid(`${here}.name`, name, text);
    if (isGiven(variable['valueFrom']))
      yield* validateValueFrom(fieldsOf(variable['valueFrom']), textOf(variable['value']), `${here}.valueFrom`);
  }
}

export function* validateEnvFrom(sources: readonly Fields[], path: string): Iterable<FieldError> {
  for (const [at, source] of sources.entries()) {
    const here = `${path}[${at}]`;
    const prefix = textOf(source['prefix']);
    for (const text of findEnvNameErrors(prefix)) yield invalid(`${here}.prefix`, prefix, text);
    const given = ['configMapRef', 'secretRef'].filter((kind) => isGiven(source[kind]));
    for (const kind of given) yield* validateNameOf(fieldsOf(source[kind]), `${here}.${kind}`);
    // Upstream names the list here, not the element.
    if (given.length === 0) yield invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (given.length > 1) yield invalid(path, '', 'may not have more than one field specified at a time');
  }
}

function* validateValueFrom(from: Fields, value: string, path: string): Iterable<FieldError> {
  const given = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'].filter((kind) =>
    isGiven(from[kind]),
  );
  for (const kind of given) {
    const source = fieldsOf(from[kind]);
    const here = `${path}.${kind}`;
    if (kind === 'fieldRef') yield* validateFieldRef(source, ENV_FIELDS, here);
    else if (kind === 'resourceFieldRef') yield* validateResourceFieldRef(source, here, false);
    else yield* validateKeyRef(source, here);
  }
  if (given.length === 0)
    yield invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`');
  else if (value !== '') yield invalid(path, '', 'may not be specified when `value` is not empty');
  else if (given.length > 1) yield invalid(path, '', 'may not have more than one field specified at a time');
}

/** A field of the pod; `supported`: those that this place may quote whole. */
export function* validateFieldRef(ref: Fields, supported: readonly string[], path: string): Iterable<FieldError> {
  const apiVersion = textOf(ref['apiVersion']);
  const fieldPath = textOf(ref['fieldPath']);
  if (apiVersion === '') yield required(`${path}.apiVersion`);
  else if (fieldPath === '') yield required(`${path}.fieldPath`);
  else {
    const [, list, subscript = ''] = /^(.+)\['(.*)'\]$/.exec(fieldPath) ?? [];
    if (apiVersion !== 'v1') yield unconverted(path, fieldPath, `unsupported pod version: ${apiVersion}`);
    else if (list === undefined) yield* validateWholeField(fieldPath, supported, path);
    else if (list === 'metadata.annotations' || list === 'metadata.labels') {
      const key = list === 'metadata.annotations' ? subscript.toLowerCase() : subscript;
      for (const text of findQualifiedNameErrors(key)) yield invalid(path, key, text);
    } else yield unconverted(path, fieldPath, `field label does not support subscript: ${fieldPath}`);
  }
}

function* validateWholeField(fieldPath: string, supported: readonly string[], path: string): Iterable<FieldError> {
  // The name that the field had before 1.0 is still understood.
  const field = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (!POD_FIELDS.includes(field)) yield unconverted(path, fieldPath, `field label not supported: ${fieldPath}`);
  else if (!supported.includes(field)) yield unsupported(`${path}.fieldPath`, field, supported);
}

function unconverted(path: string, fieldPath: string, text: string): FieldError {
  return invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${text}`);
}

/** A resource of a container, which a volume has to name and a variable need not. */
export function* validateResourceFieldRef(ref: Fields, path: string, isVolume: boolean): Iterable<FieldError> {
  const resource = textOf(ref['resource']);
  const isPages = /^(limits|requests)\.hugepages-/.test(resource);
  if (isVolume && textOf(ref['containerName']) === '') yield required(`${path}.containerName`);
  else if (resource === '') yield required(`${path}.resource`);
  else if (!RESOURCES.includes(resource) && !isPages) yield unsupported(`${path}.resource`, resource, RESOURCES);
  const { divisor } = ref;
  if (typeof divisor !== 'string' && typeof divisor !== 'number') return;
  const amount = canonicalQuantity(divisor);
  if (amount === '0') return;
  const field = `${path}.divisor`;
  const said = resource.replace(/^(limits|requests)\./, '');
  if (said === 'cpu') {
    const text = "only divisor's values 1m and 1 are supported with the cpu resource";
    if (amount !== '1m' && amount !== '1') yield invalid(field, resource, text);
    return;
  }
  const names = { memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' } as const;
  const name = isPages ? 'hugepages' : names[said as keyof typeof names];
  if (name !== undefined && !SIZES.includes(amount))
    yield invalid(field, resource, `only divisor's values ${SIZES.join(', ')} are supported with the ${name} resource`);
}

function* validateKeyRef(ref: Fields, path: string): Iterable<FieldError> {
  const name = textOf(ref['name']);
  const key = textOf(ref['key']);
  for (const text of findSubdomainErrors(name)) yield invalid(`${path}.name`, name, text);
  if (key === '') yield required(`${path}.key`);
  else for (const text of findConfigKeyErrors(key)) yield invalid(`${path}.key`, key, text);
}

function* validateNameOf(ref: Fields, path: string): Iterable<FieldError> {
  const name = textOf(ref['name']);
  if (name === '') yield required(`${path}.name`);
  // The server takes it for the beginning of a name.
  else for (const text of findPrefixErrors(name)) yield invalid(`${path}.name`, name, text);
}
