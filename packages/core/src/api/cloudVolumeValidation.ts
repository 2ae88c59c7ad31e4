/** Rules about the volumes of storage systems, most of which only have to name something. Twin: apis/core/validation validate…VolumeSource. Rules: DS-V10. */
import { oneOfIfGiven } from './choiceValidation.ts';
import { type FieldError, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, numberOf, textOf, textsOf } from './goText.ts';
import { findDnsLabelErrors } from './names.ts';
import { inRange } from './numberValidation.ts';
import { validateDescendingPath } from './pathValidation.ts';

/** Kind → the texts, or lists of texts, that must not be empty, in upstream's order. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  glusterfs: ['endpoints', 'path'],
  persistentVolumeClaim: ['claimName'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  storageos: ['volumeName'],
  scaleIO: ['gateway', 'system', 'volumeName'],
};
/** Upstream calls this one otherwise in its paths. */
const PATH_NAMES: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' };
const ISCSI_PATTERNS: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};
const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared'];
const MANAGED_URI = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
const PAIRS_TEXT = 'must be a host:port pair or multiple pairs separated by commas';

export function* validateCloudSource(
  kind: string,
  source: Fields,
  volumePath: string,
  volumeName: string,
): Iterable<FieldError> {
  const path = `${volumePath}.${PATH_NAMES[kind] ?? kind}`;
  for (const field of NEEDED[kind] ?? []) {
    if (textOf(source[field]) === '' && textsOf(source[field]).length === 0) yield required(`${path}.${field}`);
  }
  switch (kind) {
    case 'gitRepo':
      yield* validateDescendingPath(textOf(source['directory']), `${path}.directory`);
      break;
    case 'gcePersistentDisk':
    case 'awsElasticBlockStore':
      yield* validatePartition(numberOf(source['partition']), `${path}.partition`);
      break;
    case 'nfs':
      if (!textOf(source['path']).startsWith('/'))
        yield invalid(`${path}.path`, textOf(source['path']), 'must be an absolute path');
      break;
    case 'iscsi':
      yield* validateIscsi(source, path, volumePath, volumeName);
      break;
    case 'flocker':
      yield* validateFlocker(source, path);
      break;
    case 'fc':
      yield* validateFibreChannel(source, path);
      break;
    case 'quobyte':
      yield* validateQuobyte(source, path);
      break;
    case 'flexVolume':
      yield* validateOptions(fieldsOf(source['options']), `${path}.options`);
      break;
    case 'azureDisk':
      yield* validateAzureDisk(source, path);
      break;
    case 'storageos':
      yield* validateLabelName(textOf(source['volumeName']), `${path}.volumeName`);
      yield* validateLabelName(textOf(source['volumeNamespace']), `${path}.volumeNamespace`);
      break;
    default:
  }
  if (kind === 'cinder' || kind === 'storageos') yield* validateSecretRef(source['secretRef'], path);
}

function* validateSecretRef(ref: unknown, path: string): Iterable<FieldError> {
  if (isGiven(ref) && textOf(fieldsOf(ref)['name']) === '') yield required(`${path}.secretRef.name`);
}

function* validateLabelName(name: string, path: string): Iterable<FieldError> {
  if (name !== '') for (const text of findDnsLabelErrors(name)) yield invalid(path, name, text);
}

/** 0 is the whole disk, although the text says otherwise. */
function* validatePartition(partition: number, path: string): Iterable<FieldError> {
  if (partition < 0 || partition > 255) yield invalid(path, partition, 'must be between 1 and 255, inclusive');
}

function* validateIscsi(source: Fields, path: string, volumePath: string, volumeName: string): Iterable<FieldError> {
  const targetPortal = textOf(source['targetPortal']);
  const iqn = textOf(source['iqn']);
  const { initiatorName } = source;
  if (targetPortal === '') yield required(`${path}.targetPortal`);
  if (iqn === '') yield required(`${path}.iqn`);
  else yield* validateIqn(iqn, `${path}.iqn`);
  yield* inRange(`${path}.lun`, numberOf(source['lun']), 0, 255);
  const hasAuth = source['chapAuthDiscovery'] === true || source['chapAuthSession'] === true;
  if (hasAuth && !isGiven(source['secretRef'])) yield required(`${path}.secretRef`);
  if (!isGiven(initiatorName)) return;
  yield* validateIqn(textOf(initiatorName), `${path}.initiatorname`);
  if (volumeName.length + 1 + targetPortal.length > 64) {
    const text =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    yield invalid(`${volumePath}.name`, volumeName, text);
  }
}

function* validateIqn(iqn: string, field: string): Iterable<FieldError> {
  const pattern = ISCSI_PATTERNS[iqn.slice(0, 3)];
  if (pattern === undefined) yield invalid(field, iqn, 'must be valid format starting with iqn, eui, or naa');
  else if (!pattern.test(iqn)) yield invalid(field, iqn, 'must be valid format');
}

function* validateFlocker(source: Fields, path: string): Iterable<FieldError> {
  const name = textOf(source['datasetName']);
  const hasUuid = textOf(source['datasetUUID']) !== '';
  if (name === '' && !hasUuid) yield required(path, 'one of datasetName and datasetUUID is required');
  if (name !== '' && hasUuid)
    yield invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
  if (name.includes('/')) yield invalid(`${path}.datasetName`, name, "must not contain '/'");
}

function* validateFibreChannel(source: Fields, path: string): Iterable<FieldError> {
  const names = textsOf(source['targetWWNs']);
  const hasIds = textsOf(source['wwids']).length > 0;
  const { lun } = source;
  if (names.length === 0) {
    if (!hasIds) yield required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both');
    return;
  }
  if (hasIds) yield invalid(`${path}.targetWWNs`, names, 'targetWWNs and wwids can not be specified simultaneously');
  if (!isGiven(lun)) yield required(`${path}.lun`, 'lun is required if targetWWNs is specified');
  else yield* inRange(`${path}.lun`, numberOf(lun), 0, 255);
}

function* validateQuobyte(source: Fields, path: string): Iterable<FieldError> {
  const registry = textOf(source['registry']);
  if (registry === '') yield required(`${path}.registry`, PAIRS_TEXT);
  else if (textOf(source['tenant']).length >= 65)
    yield required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters');
  else {
    const wrong = registry.split(',').filter((pair) => !/^(\[[^\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair));
    for (const _pair of wrong) yield invalid(`${path}.registry`, registry, PAIRS_TEXT);
  }
  if (textOf(source['volume']) === '') yield required(`${path}.volume`);
}

/** Options of a driver may not look like Kubernetes' own. */
function* validateOptions(options: Fields, path: string): Iterable<FieldError> {
  for (const key of Object.keys(options)) {
    const namespace = `.${key.slice(0, key.includes('/') ? key.indexOf('/') : undefined).toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io'))
      yield invalid(`${path}[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved');
  }
}

function* validateAzureDisk(source: Fields, path: string): Iterable<FieldError> {
  const { cachingMode, kind } = source;
  const uri = textOf(source['diskURI']);
  yield* oneOfIfGiven(cachingMode, CACHING_MODES, `${path}.cachingMode`);
  if (!isGiven(kind)) return;
  yield* oneOfIfGiven(kind, DISK_KINDS, `${path}.kind`);
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/'))
    yield unsupported(`${path}.diskURI`, uri, [MANAGED_URI]);
  if (kind !== 'Managed' && !uri.startsWith('https://')) yield unsupported(`${path}.diskURI`, uri, [BLOB_URI]);
}
