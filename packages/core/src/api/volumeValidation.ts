/** Rules about volumes: exactly one source, and what each kind of source needs. Twin: apis/core/validation ValidateVolumes, validateVolumeSource. Rules: DS-V10. */
import { oneOfIfGiven } from './choiceValidation.ts';
import { VOLUME_FIELDS, validateFieldRef, validateResourceFieldRef } from './envValidation.ts';
import { duplicate, type FieldError, forbidden, invalid, required, tooLong } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf } from './goText.ts';
import { findDnsLabelErrors, findSubdomainErrors } from './names.ts';
import { validateCloudSource } from './cloudVolumeValidation.ts';
import { noBacksteps, validateLocalPath, validateMode } from './pathValidation.ts';
import { quantityNanos } from './quantityText.ts';

/** In the order in which the server looks for them; only the first one found is looked into. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];
/** Where a second source is refused upstream writes these names otherwise. */
const SECOND_NAMES: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
/** Sorted, as the server prints them. */
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export interface CheckedVolumes {
  readonly errors: readonly FieldError[];
  /** The volumes that a container may use: those without errors, by name. */
  readonly byName: ReadonlyMap<string, Fields>;
}

/** `podName`: of a pod, whose ephemeral volumes make claims; absent for a template. */
export function validateVolumes(volumes: readonly Fields[], path: string, podName = ''): CheckedVolumes {
  const errors: FieldError[] = [];
  const byName = new Map<string, Fields>();
  for (const [at, volume] of volumes.entries()) {
    const here = `${path}[${at}]`;
    const name = textOf(volume['name']);
    const found = [...validateSource(volume, here), ...validateClaimName(volume, here, podName)];
    if (name === '') found.push(required(`${here}.name`));
    else for (const text of findDnsLabelErrors(name)) found.push(invalid(`${here}.name`, name, text));
    if (byName.has(name)) found.push(duplicate(`${here}.name`, name));
    if (found.length === 0) byName.set(name, volume);
    errors.push(...found);
  }
  return { errors, byName };
}

function* validateSource(volume: Fields, path: string): Iterable<FieldError> {
  const [first, ...others] = SOURCES.filter((kind) => isGiven(volume[kind]));
  if (first === undefined) {
    yield required(path, 'must specify a volume type');
    return;
  }
  yield* validateKind(first, fieldsOf(volume[first]), path, textOf(volume['name']));
  for (const other of others)
    yield forbidden(`${path}.${SECOND_NAMES[other] ?? other}`, 'may not specify more than 1 volume type');
}

function* validateKind(kind: string, source: Fields, volumePath: string, volumeName: string): Iterable<FieldError> {
  const path = `${volumePath}.${kind}`;
  switch (kind) {
    case 'emptyDir': {
      const { sizeLimit } = source;
      const isNegative = typeof sizeLimit === 'string' && (quantityNanos(sizeLimit) ?? 0n) < 0n;
      if (isNegative) yield forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
      break;
    }
    case 'hostPath':
      yield* validateHostPath(source, path);
      break;
    case 'secret':
    case 'configMap':
      yield* validateFiles(source, kind === 'secret' ? 'secretName' : 'name', path);
      break;
    case 'downwardAPI':
      yield* validateMode(source['defaultMode'], `${path}.defaultMode`);
      for (const file of listOf(source['items'])) yield* validateDownwardFile(file, path);
      break;
    case 'projected':
      yield* validateMode(source['defaultMode'], `${path}.defaultMode`);
      yield* validateProjected(listOf(source['sources']), path);
      break;
    case 'csi':
      yield* validateCsi(source, path);
      break;
    case 'ephemeral':
      if (!isGiven(source['volumeClaimTemplate'])) yield required(`${path}.volumeClaimTemplate`);
      break;
    case 'image':
      if (textOf(source['reference']) === '') yield required(`${path}.reference`);
      yield* oneOfIfGiven(source['pullPolicy'], PULL_POLICIES, `${path}.pullPolicy`);
      break;
    default:
      yield* validateCloudSource(kind, source, volumePath, volumeName);
  }
}

function* validateHostPath(source: Fields, path: string): Iterable<FieldError> {
  const hostPath = textOf(source['path']);
  if (hostPath === '') {
    yield required(`${path}.path`);
    return;
  }
  yield* noBacksteps(hostPath, `${path}.path`);
  yield* oneOfIfGiven(source['type'], HOST_PATH_TYPES, `${path}.type`);
}

/** Of a ConfigMap or a Secret. */
function* validateFiles(source: Fields, nameField: string, path: string): Iterable<FieldError> {
  if (textOf(source[nameField]) === '') yield required(`${path}.${nameField}`);
  yield* validateMode(source['defaultMode'], `${path}.defaultMode`);
  for (const [at, item] of listOf(source['items']).entries()) yield* validateKeyToPath(item, `${path}.items[${at}]`);
}

function* validateKeyToPath(item: Fields, path: string): Iterable<FieldError> {
  const filePath = textOf(item['path']);
  if (textOf(item['key']) === '') yield required(`${path}.key`);
  if (filePath === '') yield required(`${path}.path`);
  yield* validateLocalPath(filePath, `${path}.path`);
  yield* validateMode(item['mode'], `${path}.mode`);
}

/** Upstream names the list, not the file. */
function* validateDownwardFile(file: Fields, path: string): Iterable<FieldError> {
  const filePath = textOf(file['path']);
  const { fieldRef, resourceFieldRef } = file;
  if (filePath === '') yield required(`${path}.path`);
  yield* validateLocalPath(filePath, `${path}.path`);
  if (isGiven(fieldRef)) {
    yield* validateFieldRef(fieldsOf(fieldRef), VOLUME_FIELDS, `${path}.fieldRef`);
    if (isGiven(resourceFieldRef))
      yield invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (isGiven(resourceFieldRef)) {
    yield* validateResourceFieldRef(fieldsOf(resourceFieldRef), `${path}.resourceFieldRef`, true);
  } else yield required(path, 'one of fieldRef and resourceFieldRef is required');
  yield* validateMode(file['mode'], `${path}.mode`);
}

function* validateProjected(sources: readonly Fields[], path: string): Iterable<FieldError> {
  const taken = new Set<string>();
  for (const [at, source] of sources.entries()) {
    const here = `${path}.sources[${at}]`;
    const kinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle'];
    const given = kinds.filter((kind) => isGiven(source[kind]));
    for (const kind of given) yield* validateProjection(kind, fieldsOf(source[kind]), here, path, taken);
    if (given.length > 1) yield forbidden(here, 'may not specify more than 1 volume type per source');
  }
}

/** `taken`: paths of files that earlier sources make. */
function* validateProjection(
  kind: string,
  source: Fields,
  here: string,
  volumePath: string,
  taken: Set<string>,
): Iterable<FieldError> {
  const path = `${here}.${kind}`;
  if (kind === 'serviceAccountToken') {
    yield* validateToken(source, path, volumePath);
    return;
  }
  if (kind === 'clusterTrustBundle') {
    const hasName = isGiven(source['name']);
    if (hasName === isGiven(source['signerName'])) {
      if (hasName) yield invalid(path, source, 'only one of name and signerName may be used');
      else yield required(path, 'either name or signerName must be specified');
    }
    if (textOf(source['path']) === '') yield required(`${path}.path`);
    yield* takePath(textOf(source['path']), textOf(source['path']), volumePath, taken);
    return;
  }
  const name = textOf(source['name']);
  if (kind !== 'downwardAPI' && name === '') yield required(`${path}.name`);
  for (const [at, item] of listOf(source['items']).entries()) {
    const filePath = textOf(item['path']);
    if (kind === 'downwardAPI') yield* validateDownwardFile(item, path);
    else yield* validateKeyToPath(item, `${path}.items[${at}]`);
    if (filePath !== '') yield* takePath(filePath, kind === 'downwardAPI' ? filePath : name, volumePath, taken);
  }
}

function* takePath(filePath: string, shown: string, path: string, taken: Set<string>): Iterable<FieldError> {
  if (taken.has(filePath)) yield invalid(path, shown, 'conflicting duplicate paths');
  taken.add(filePath);
}

function* validateToken(source: Fields, path: string, volumePath: string): Iterable<FieldError> {
  const seconds = numberOf(source['expirationSeconds']);
  const field = `${path}.expirationSeconds`;
  if (seconds < 600) yield invalid(field, seconds, 'may not specify a duration less than 10 minutes');
  if (seconds > 2 ** 32) yield invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds');
  const tokenPath = textOf(source['path']);
  if (tokenPath === '') yield required(`${volumePath}.path`);
  else yield* validateLocalPath(tokenPath, `${volumePath}.path`);
}

function* validateCsi(source: Fields, path: string): Iterable<FieldError> {
  const driver = textOf(source['driver']);
  if (driver === '') yield required(`${path}.driver`);
  if (driver.length > 63) yield tooLong(`${path}.driver`, 63);
  for (const text of findSubdomainErrors(driver.toLowerCase())) yield invalid(`${path}.driver`, driver, text);
  const { nodePublishSecretRef } = source;
  if (!isGiven(nodePublishSecretRef)) return;
  const name = textOf(fieldsOf(nodePublishSecretRef)['name']);
  if (name === '') yield required(`${path}.nodePublishSecretRef.name`);
  else for (const text of findSubdomainErrors(name)) yield invalid(`${path}.name`, name, text);
}

/** The claim that an ephemeral volume makes has a name of its own, made of the pod's and the volume's. */
function* validateClaimName(volume: Fields, path: string, podName: string): Iterable<FieldError> {
  const name = textOf(volume['name']);
  if (!isGiven(volume['ephemeral']) || podName === '' || name === '') return;
  const claim = `${podName}-${name}`;
  for (const text of findSubdomainErrors(claim)) yield invalid(`${path}.name`, name, `PVC name "${claim}": ${text}`);
}

/** Whether a volume can be handed to a container as a raw device. */
export function isClaim(volume: Fields): boolean {
  return isGiven(volume['persistentVolumeClaim']) || isGiven(volume['ephemeral']);
}
