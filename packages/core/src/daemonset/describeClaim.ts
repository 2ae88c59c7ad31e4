/** The claim of an ephemeral volume, described inside its volume. Twin: kubectl describe.go printPersistentVolumeClaim. Rules: DS-C12. */
import { type Fields, fieldsOf, goText } from '../api/goText.ts';
import { compareKeys } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import { annotationTexts } from './describeAnnotations.ts';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Every piece of text comes with the indent of its level, the ones behind a tab too. */
export function describeClaimTemplate(claim: Fields): readonly string[] {
  const metadata = fieldsOf(claim['metadata']);
  const spec = fieldsOf(claim['spec']);
  const annotations = fieldsOf(metadata['annotations']);
  const labels = fieldsOf(metadata['labels']);
  const volume = goText(spec['volumeName']);
  const keys = Object.keys(labels).sort(compareKeys);
  const mode = goText(spec['volumeMode']);
  return [
    `    StorageClass:\t${goText(annotations[BETA_CLASS] ?? spec['storageClassName'])}`,
    `    Volume:\t${volume}`,
    ...block(
      'Labels',
      keys.map((key) => `${key}=${goText(labels[key])}`),
      '        ',
    ),
    ...block('Annotations', annotationTexts(annotations), '    '),
    // The template has no status, so a claim that names a volume has a capacity of nothing.
    `    Capacity:\t${volume === '' ? '' : '0'}`,
    '    Access Modes:\t',
    ...(mode === '' ? [] : [`    VolumeMode:\t${mode}`]),
    ...dataSource(spec['dataSource']),
  ];
}

function block(title: string, values: readonly string[], indent: string): readonly string[] {
  if (values.length === 0) return [`    ${title}:\t    <none>`];
  return values.map((value, at) => `${at === 0 ? `    ${title}:` : indent}\t    ${value}`);
}

function dataSource(source: unknown): readonly string[] {
  if (!isObject(source)) return [];
  const { apiGroup, kind, name } = source;
  return [
    '    DataSource:',
    ...(apiGroup === undefined ? [] : [`      APIGroup:\t${goText(apiGroup)}`]),
    `      Kind:\t${goText(kind)}`,
    `      Name:\t${goText(name)}`,
  ];
}
