/** The `Volumes:` part of a described pod template. Twin: kubectl describe.go describeVolumes. Rules: DS-C12. */
import { type Fields, fieldsOf, goText, listOf } from '../api/goText.ts';
import { compareKeys } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import { canonicalQuantity } from '../api/quantityText.ts';
import { shorten } from './describeAnnotations.ts';
import { describeClaimTemplate } from './describeClaim.ts';
import { VOLUME_KINDS } from './volumeKinds.ts';

/** CSI attributes are cut like annotations. */
const ATTRIBUTE_LENGTH_MAX = 140;
/** What Go prints for a pointer: an address; recorded outputs of clients before 1.33 carry this stand-in. */
const ADDRESS = '0xc000000000';

/** Lines, indented by what belongs to the volume; `minor` of the client. */
export function describeVolumes(volumes: readonly Fields[], minor: number): readonly string[] {
  if (volumes.length === 0) return ['  Volumes:\t<none>'];
  return [
    '  Volumes:',
    ...volumes.flatMap((volume) => [`   ${goText(volume['name'])}:`, ...describeVolume(volume, minor)]),
  ];
}

function describeVolume(volume: Fields, minor: number): readonly string[] {
  const kind = VOLUME_KINDS.find(({ field, since = 0 }) => isObject(volume[field]) && minor >= since);
  if (kind === undefined) return ['  <unknown>'];
  const source = fieldsOf(volume[kind.field]);
  const rows = kind.rows.map(([title, path, absent]) => `    ${title}\t${valueOf(source, path, absent)}`);
  return [`    Type:\t${kind.type}`, ...rows, ...detailsOf(kind.field, source, minor)];
}

function valueOf(source: Fields, path: string, absent: string): string {
  const value = source[path];
  switch (path) {
    case 'sizeLimit':
      return sizeText(value, absent);
    case 'secretRef':
      return isObject(value) ? `&LocalObjectReference{Name:${goText(value['name'])},}` : absent;
    case 'targetWWNs':
      return Array.isArray(value) ? value.map(goText).join(', ') : absent;
    default:
      return value === undefined || value === null ? absent : goText(value);
  }
}

function sizeText(value: unknown, absent: string): string {
  const text = canonicalQuantity(goText(value));
  return text === '' || text === '0' || text.startsWith('-') ? absent : text;
}

/** What some kinds show below their rows. */
function detailsOf(field: string, source: Fields, minor: number): readonly string[] {
  switch (field) {
    case 'downwardAPI':
      return ['    Items:', ...listOf(source['items']).flatMap(itemTexts)];
    case 'projected':
      return listOf(source['sources']).flatMap((each) => projectedTexts(each, minor));
    case 'csi':
      return attributeTexts(fieldsOf(source['volumeAttributes']));
    case 'ephemeral':
      return isObject(source['volumeClaimTemplate']) ? describeClaimTemplate(source['volumeClaimTemplate']) : [];
    default:
      return [];
  }
}

function itemTexts({ path, fieldRef, resourceFieldRef }: Fields): readonly string[] {
  return [
    ...(isObject(fieldRef) ? [`      ${goText(fieldRef['fieldPath'])} -> ${goText(path)}`] : []),
    ...(isObject(resourceFieldRef) ? [`      ${goText(resourceFieldRef['resource'])} -> ${goText(path)}`] : []),
  ];
}

function projectedTexts(
  { secret, downwardAPI, configMap, serviceAccountToken }: Fields,
  minor: number,
): readonly string[] {
  const named = ({ name, optional }: Fields, title: string, oldTitle: string): readonly string[] => [
    `    ${title}:\t${goText(name)}`,
    minor >= 33
      ? `    Optional:\t${optional === true}`
      : `    ${oldTitle}:\t${optional === undefined ? '<nil>' : ADDRESS}`,
  ];
  if (isObject(secret)) return named(secret, 'SecretName', 'SecretOptionalName');
  if (isObject(downwardAPI)) return ['    DownwardAPI:\ttrue'];
  if (isObject(configMap)) return named(configMap, 'ConfigMapName', 'ConfigMapOptional');
  if (!isObject(serviceAccountToken)) return [];
  return [`    TokenExpirationSeconds:\t${goText(serviceAccountToken['expirationSeconds'])}`];
}

/** Each value comes with the indent of its level, behind the tab. */
function attributeTexts(attributes: Fields): readonly string[] {
  const keys = Object.keys(attributes).sort(compareKeys);
  if (keys.length === 0) return ['    VolumeAttributes:\t<none>'];
  return keys.map((key, at) => {
    const text = `${key}=${goText(attributes[key])}`;
    return `${at === 0 ? '    VolumeAttributes:' : '        '}\t    ${shorten(text, ATTRIBUTE_LENGTH_MAX)}`;
  });
}
