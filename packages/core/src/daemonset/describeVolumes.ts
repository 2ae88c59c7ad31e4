/** The `Volumes:` part of a described pod template. Twin: kubectl describe.go describeVolumes. Rules: DS-C12. */
import { isObject } from '../api/patch.ts';

type Fields = Readonly<Record<string, unknown>>;
type Row = readonly [title: string, value: string];

export function describeVolumes(volumes: readonly Fields[]): readonly string[] {
  if (volumes.length === 0) return ['  Volumes:\t<none>'];
  return [
    '  Volumes:',
    ...volumes.flatMap((volume) => [
      `   ${text(volume['name'])}:`,
      ...rowsOf(volume).map(([title, value]) => `    ${title}:\t${value}`),
    ]),
  ];
}

/** The sources that daemon pods use most; others are named and no more. */
function rowsOf(volume: Fields): readonly Row[] {
  const source = (name: string): Fields | undefined => {
    const value = volume[name];
    return isObject(value) ? value : undefined;
  };
  const hostPath = source('hostPath');
  if (hostPath !== undefined) {
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', text(hostPath['path'])],
      ['HostPathType', text(hostPath['type'])],
    ];
  }
  const emptyDir = source('emptyDir');
  if (emptyDir !== undefined) {
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', text(emptyDir['medium'])],
      ['SizeLimit', text(emptyDir['sizeLimit']) || '<unset>'],
    ];
  }
  const configMap = source('configMap');
  if (configMap !== undefined) {
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', text(configMap['name'])],
      ['Optional', String(configMap['optional'] === true)],
    ];
  }
  const secret = source('secret');
  if (secret !== undefined) {
    return [
      ['Type', 'Secret (a volume populated by a Secret)'],
      ['SecretName', text(secret['secretName'])],
      ['Optional', String(secret['optional'] === true)],
    ];
  }
  const claim = source('persistentVolumeClaim');
  if (claim !== undefined) {
    return [
      ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
      ['ClaimName', text(claim['claimName'])],
      ['ReadOnly', String(claim['readOnly'] === true)],
    ];
  }
  return [['Type', '<unknown>']];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
