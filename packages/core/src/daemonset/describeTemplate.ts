/**
 * The `Pod Template:` block of `kubectl rollout history --revision=N` and of `rollout undo --dry-run`: its columns are
 * plain tabs there. Twin: kubectl describe.go DescribePodTemplate. Rules: DS-C12, DS-C13, DS-K3.
 */
import { compareKeys } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import type { ResourceList } from '../api/node.ts';
import type { PodTemplate, Toleration } from '../api/pod.ts';
import { describeVolumes } from './describeVolumes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `namesPorts`: clients of 1.36 put the name of a port behind it. */
export function describeTemplate(template: PodTemplate, namesPorts = true): string {
  const spec = template.spec as unknown as Fields;
  const annotations = template.metadata?.annotations ?? {};
  const serviceAccount = text(spec['serviceAccountName']);
  const priorityClass = text(spec['priorityClassName']);
  const initContainers = asList(spec['initContainers']);
  const lines = [
    'Pod Template:',
    ...block('  Labels', pairs(template.metadata?.labels ?? {}, '=')),
    ...(Object.keys(annotations).length === 0 ? [] : block('  Annotations', pairs(annotations, ': '))),
    ...(serviceAccount === '' ? [] : [`  Service Account:\t${serviceAccount}`]),
    ...(initContainers.length === 0
      ? []
      : ['  Init Containers:', ...initContainers.flatMap((c) => describeContainer(c, namesPorts))]),
    '  Containers:',
    ...asList(spec['containers']).flatMap((container) => describeContainer(container, namesPorts)),
    ...describeVolumes(asList(spec['volumes'])),
    ...(priorityClass === '' ? [] : [`  Priority Class Name:\t${priorityClass}`]),
    ...block('  Node-Selectors', pairs(asMap(spec['nodeSelector']), '=')),
    ...block('  Tolerations', tolerationTexts(template.spec.tolerations ?? [])),
  ];
  return `${lines.join('\n')}\n`;
}

/** `key[=value][:effect]`, what it means, and for how long; by key (DS-C13). */
export function tolerationTexts(tolerations: readonly Toleration[]): readonly string[] {
  const sorted = [...tolerations].sort((a, b) => compareKeys(a.key ?? '', b.key ?? ''));
  return sorted.map(({ key = '', operator, value = '', effect = '', tolerationSeconds }) => {
    const name = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
    const exists = operator === 'Exists' && value === '' ? (name === '' ? 'op=Exists' : ' op=Exists') : '';
    return `${name}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
  });
}

function describeContainer(container: Fields, namesPorts: boolean): readonly string[] {
  const ports = asList(container['ports']);
  const portText = (field: string): string =>
    ports
      .map((port) => {
        const name = namesPorts && text(port['name']) !== '' ? ` (${text(port['name'])})` : '';
        return `${text(port[field] ?? 0)}/${text(port['protocol'] ?? 'TCP')}${name}`;
      })
      .join(', ');
  const plural = ports.length > 1 ? 's' : '';
  const resources = asMap(container['resources']);
  return [
    `   ${text(container['name'])}:`,
    `    Image:\t${text(container['image'])}`,
    `    Port${plural}:\t${portText('containerPort') || '<none>'}`,
    `    Host Port${plural}:\t${portText('hostPort') || '<none>'}`,
    ...textList('Command', container['command']),
    ...textList('Args', container['args']),
    ...resourceList('Limits', resources['limits']),
    ...resourceList('Requests', resources['requests']),
    ...probe('Liveness', container['livenessProbe']),
    ...probe('Readiness', container['readinessProbe']),
    ...probe('Startup', container['startupProbe']),
    ...environment(asList(container['env'])),
    ...mounts(asList(container['volumeMounts'])),
  ];
}

function textList(title: string, values: unknown): readonly string[] {
  if (!Array.isArray(values) || values.length === 0) return [];
  return [`    ${title}:`, ...values.flatMap((value) => text(value).split('\n')).map((line) => `      ${line}`)];
}

function resourceList(title: string, list: unknown): readonly string[] {
  const entries = Object.entries(asMap(list) as ResourceList).sort(([a], [b]) => compareKeys(a, b));
  return entries.length === 0
    ? []
    : [`    ${title}:`, ...entries.map(([name, quantity]) => `      ${name}:\t${quantity}`)];
}

function probe(title: string, value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const {
    initialDelaySeconds = 0,
    timeoutSeconds = 1,
    periodSeconds = 10,
    successThreshold = 1,
    failureThreshold = 3,
  } = value;
  const times = `delay=${text(initialDelaySeconds)}s timeout=${text(timeoutSeconds)}s period=${text(periodSeconds)}s`;
  const thresholds = `#success=${text(successThreshold)} #failure=${text(failureThreshold)}`;
  return [`    ${title}:\t${probeTarget(value)} ${times} ${thresholds}`];
}

function probeTarget(value: Fields): string {
  const { exec, httpGet, tcpSocket, grpc } = value;
  if (isObject(exec)) return `exec [${asTexts(exec['command']).join(' ')}]`;
  if (isObject(httpGet)) {
    const { scheme = 'HTTP', host = '', port = '', path = '' } = httpGet;
    const route = text(path) === '' || text(path).startsWith('/') ? text(path) : `/${text(path)}`;
    return `http-get ${text(scheme).toLowerCase()}://${text(host)}:${text(port)}${route}`;
  }
  if (isObject(tcpSocket)) return `tcp-socket ${text(tcpSocket['host'])}:${text(tcpSocket['port'])}`;
  if (isObject(grpc)) return `grpc <pod>:${text(grpc['port'])} ${text(grpc['service'])}`;
  return 'unknown';
}

function environment(env: readonly Fields[]): readonly string[] {
  if (env.length === 0) return ['    Environment:\t<none>'];
  return [
    '    Environment:',
    ...env.flatMap((variable) => {
      const name = text(variable['name']);
      const source = asMap(variable['valueFrom']);
      if (Object.keys(source).length > 0) return [`      ${name}:\t${sourceText(source)}`];
      const [first = '', ...more] = text(variable['value']).split('\n');
      return [`      ${name}:\t${first}`, ...more.map((line) => `      \t${line}`)];
    }),
  ];
}

function sourceText({ fieldRef, configMapKeyRef, secretKeyRef, resourceFieldRef }: Fields): string {
  if (isObject(fieldRef)) return ` (${text(fieldRef['apiVersion'] ?? 'v1')}:${text(fieldRef['fieldPath'])})`;
  const optional = (reference: Fields): string => `\tOptional: ${reference['optional'] === true}`;
  if (isObject(configMapKeyRef)) {
    const { key, name } = configMapKeyRef;
    return `<set to the key '${text(key)}' of config map '${text(name)}'>${optional(configMapKeyRef)}`;
  }
  if (isObject(secretKeyRef)) {
    const { key, name } = secretKeyRef;
    return `<set to the key '${text(key)}' in secret '${text(name)}'>${optional(secretKeyRef)}`;
  }
  return isObject(resourceFieldRef) ? ` (${text(resourceFieldRef['resource'])})` : '';
}

function mounts(list: readonly Fields[]): readonly string[] {
  if (list.length === 0) return ['    Mounts:\t<none>'];
  const sorted = [...list].sort((a, b) => compareKeys(text(a['mountPath']), text(b['mountPath'])));
  return [
    '    Mounts:',
    ...sorted.map((mount) => {
      const subPath = text(mount['subPath']);
      const flags = `${mount['readOnly'] === true ? 'ro' : 'rw'}${subPath === '' ? '' : `,path=${JSON.stringify(subPath)}`}`;
      return `      ${text(mount['mountPath'])} from ${text(mount['name'])} (${flags})`;
    }),
  ];
}

/** A title and its values, each further one on a line of its own behind a tab. */
function block(title: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) return [`${title}:\t<none>`];
  return values.map((value, at) => (at === 0 ? `${title}:\t${value}` : `\t${value}`));
}

function pairs(map: Fields, separator: string): readonly string[] {
  const keys = Object.keys(map).sort(compareKeys);
  return keys.map((key) => `${key}${separator}${text(map[key])}`);
}

function asMap(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function text(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}
