/** The containers of a described pod template: image, ports, resources, probes, environment, mounts. Twin: kubectl describe.go describeContainers. Rules: DS-C12. */
import { type Fields, fieldsOf, goText, listOf } from '../api/goText.ts';
import { compareKeys } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import { parseScaled } from '../api/quantity.ts';
import { canonicalQuantity } from '../api/quantityText.ts';

export function describeContainers(title: string, containers: readonly Fields[], minor: number): readonly string[] {
  const head = `  ${title}:${containers.length === 0 ? ' <none>' : ''}`;
  return [head, ...containers.flatMap((container) => describeContainer(container, minor))];
}

function describeContainer(container: Fields, minor: number): readonly string[] {
  const resources = fieldsOf(container['resources']);
  return [
    `   ${goText(container['name'])}:`,
    `    Image:\t${goText(container['image'])}`,
    ...portLines(listOf(container['ports']), minor),
    ...(minor < 27 ? [] : seccompProfile(fieldsOf(container['securityContext']))),
    ...textList('Command', container['command']),
    ...textList('Args', container['args']),
    ...resourceList('Limits', resources['limits']),
    ...resourceList('Requests', resources['requests']),
    ...probe('Liveness', container['livenessProbe']),
    ...probe('Readiness', container['readinessProbe']),
    ...probe('Startup', container['startupProbe']),
    ...environmentSources(listOf(container['envFrom'])),
    ...environment(listOf(container['env']), resources),
    ...mounts(listOf(container['volumeMounts'])),
    ...devices(listOf(container['volumeDevices']), listOf(container['volumeMounts']).length === 0),
  ];
}

function portLines(ports: readonly Fields[], minor: number): readonly string[] {
  const line = (title: string, field: string): string => {
    const texts = ports.map((port) => {
      const name = goText(port['name']);
      return `${goText(port[field] ?? 0)}/${goText(port['protocol'])}${minor >= 34 && name !== '' ? ` (${name})` : ''}`;
    });
    return `    ${title}${ports.length > 1 ? 's' : ''}:\t${texts.length === 0 ? '<none>' : texts.join(', ')}`;
  };
  return [line('Port', 'containerPort'), line('Host Port', 'hostPort')];
}

function seccompProfile({ seccompProfile: profile }: Fields): readonly string[] {
  if (!isObject(profile)) return [];
  const { type, localhostProfile } = profile;
  const local = type === 'Localhost' ? [`      LocalhostProfile:\t${goText(localhostProfile)}`] : [];
  return [`    SeccompProfile:\t${goText(type)}`, ...local];
}

function textList(title: string, values: unknown): readonly string[] {
  if (!Array.isArray(values) || values.length === 0) return [];
  return [`    ${title}:`, ...values.flatMap((value) => goText(value).split('\n')).map((line) => `      ${line}`)];
}

function resourceList(title: string, list: unknown): readonly string[] {
  const quantities = fieldsOf(list);
  const names = Object.keys(quantities).sort(compareKeys);
  if (names.length === 0) return [];
  return [`    ${title}:`, ...names.map((name) => `      ${name}:\t${canonicalQuantity(goText(quantities[name]))}`)];
}

function probe(title: string, value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const of = (field: string): string => goText(value[field] ?? 0);
  const times = `delay=${of('initialDelaySeconds')}s timeout=${of('timeoutSeconds')}s period=${of('periodSeconds')}s`;
  const thresholds = `#success=${of('successThreshold')} #failure=${of('failureThreshold')}`;
  return [`    ${title}:\t${probeTarget(value)} ${times} ${thresholds}`];
}

function probeTarget({ exec, httpGet, tcpSocket, grpc }: Fields): string {
  if (isObject(exec)) return `exec ${goText(exec['command'] ?? [])}`;
  if (isObject(httpGet)) return `http-get ${urlOf(httpGet)}`;
  if (isObject(tcpSocket)) return `tcp-socket ${goText(tcpSocket['host'])}:${goText(tcpSocket['port'])}`;
  if (isObject(grpc)) return `grpc <pod>:${goText(grpc['port'])} ${goText(grpc['service'])}`;
  return 'unknown';
}

/** As Go's net/url writes it. */
function urlOf({ scheme, host, port, path }: Fields): string {
  const name = goText(host);
  const start = goText(scheme) === '' ? '' : `${goText(scheme).toLowerCase()}:`;
  const place = `${name.includes(':') ? `[${name}]` : name}:${goText(port)}`;
  const route = goText(path).replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/gu, percentEncode);
  return `${start}//${place}${route === '' || route.startsWith('/') ? '' : '/'}${route}`;
}

function percentEncode(character: string): string {
  const encoded = encodeURIComponent(character);
  // encodeURIComponent leaves a few punctuation marks alone that Go encodes.
  return encoded === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}

function environmentSources(sources: readonly Fields[]): readonly string[] {
  if (sources.length === 0) return [];
  return [
    '    Environment Variables from:',
    ...sources.map(({ configMapRef, secretRef, prefix }) => {
      const kind = isObject(configMapRef) ? 'ConfigMap' : isObject(secretRef) ? 'Secret' : '';
      const reference = fieldsOf(configMapRef ?? secretRef);
      const withPrefix = goText(prefix) === '' ? '' : ` with prefix '${goText(prefix)}'`;
      return `      ${goText(reference['name'])}\t${kind}${withPrefix}\tOptional: ${reference['optional'] === true}`;
    }),
  ];
}

function environment(env: readonly Fields[], resources: Fields): readonly string[] {
  if (env.length === 0) return ['    Environment:\t<none>'];
  return [
    '    Environment:',
    ...env.flatMap(({ name, value, valueFrom }) => {
      if (isObject(valueFrom)) return sourceText(valueFrom, resources).map((text) => `      ${goText(name)}:\t${text}`);
      const [first = '', ...more] = goText(value).split('\n');
      return [`      ${goText(name)}:\t${first}`, ...more.map((line) => `      \t${line}`)];
    }),
  ];
}

/** One text, or none for a source that the client does not know. */
function sourceText(
  { fieldRef, configMapKeyRef, secretKeyRef, resourceFieldRef }: Fields,
  resources: Fields,
): readonly string[] {
  if (isObject(fieldRef)) return [` (${goText(fieldRef['apiVersion'])}:${goText(fieldRef['fieldPath'])})`];
  if (isObject(resourceFieldRef)) return [resourceFieldText(resourceFieldRef, resources)];
  const keyText = ({ key, name, optional }: Fields, place: string): readonly string[] => [
    `<set to the key '${goText(key)}' ${place} '${goText(name)}'>\tOptional: ${optional === true}`,
  ];
  if (isObject(secretKeyRef)) return keyText(secretKeyRef, 'in secret');
  return isObject(configMapKeyRef) ? keyText(configMapKeyRef, 'of config map') : [];
}

/** The amount in whole divisors, rounded up; cpu is counted in thousandths, as upstream does. */
function resourceFieldText({ resource, divisor }: Fields, resources: Fields): string {
  const path = goText(resource);
  const [list = '', ...rest] = path.split('.');
  const name = rest.join('.');
  const places = name === 'cpu' ? 3 : 0;
  const given = parseScaled(goText(divisor), places) ?? 0;
  const by = given !== 0 ? given : name === 'cpu' ? 1000 : 1;
  const amount = parseScaled(goText(fieldsOf(resources[list])[name]), places) ?? 0;
  const value = isCountable(list, name) ? String(Math.trunc((amount + by - 1) / by)) : '';
  const isWholeNode = value === '0' && (path === 'limits.cpu' || path === 'limits.memory');
  return `${isWholeNode ? 'node allocatable' : value} (${path})`;
}

function isCountable(list: string, name: string): boolean {
  const isKnown = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
  return isKnown && (list === 'limits' || list === 'requests');
}

function mounts(list: readonly Fields[]): readonly string[] {
  if (list.length === 0) return ['    Mounts:\t<none>'];
  const sorted = [...list].sort((a, b) => compareKeys(goText(a['mountPath']), goText(b['mountPath'])));
  return [
    '    Mounts:',
    ...sorted.map((mount) => {
      const subPath = goText(mount['subPath']);
      const flags = `${mount['readOnly'] === true ? 'ro' : 'rw'}${subPath === '' ? '' : `,path=${JSON.stringify(subPath)}`}`;
      return `      ${goText(mount['mountPath'])} from ${goText(mount['name'])} (${flags})`;
    }),
  ];
}

/** Upstream repeats the `<none>` of missing mounts in the title. */
function devices(list: readonly Fields[], hasNoMounts: boolean): readonly string[] {
  if (list.length === 0) return [];
  const sorted = [...list].sort((a, b) => compareKeys(goText(a['devicePath']), goText(b['devicePath'])));
  return [
    `    Devices:${hasNoMounts ? '\t<none>' : ''}`,
    ...sorted.map((device) => `      ${goText(device['devicePath'])} from ${goText(device['name'])}`),
  ];
}
