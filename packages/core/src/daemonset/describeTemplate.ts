/**
 * The `Pod Template:` block of `kubectl rollout history --revision=N` and of `rollout undo --dry-run`: its columns are
 * plain tabs there. Twin: kubectl describe.go DescribePodTemplate. Rules: DS-C12, DS-C13, DS-K3.
 */
import { type Fields, fieldsOf, goText, listOf } from '../api/goText.ts';
import { compareKeys } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import type { PodTemplate, Toleration } from '../api/pod.ts';
import { formatLabelSelector } from '../match/selectorText.ts';
import { annotationTexts } from './describeAnnotations.ts';
import { describeContainers } from './describeContainer.ts';
import { describeVolumes } from './describeVolumes.ts';

/**
 * Lines that end with a newline each. `minor` of the client: 1.27 shows the seccomp profile, 1.30 node selectors and
 * tolerations, 1.33 readable optional sources of projected volumes, 1.34 the names of ports, 1.35 the pod group.
 */
export function describeTemplate(template: PodTemplate, minor = 36): string {
  const spec = template.spec as unknown as Fields;
  const annotations = template.metadata?.annotations ?? {};
  const serviceAccount = goText(spec['serviceAccountName']);
  const priorityClass = goText(spec['priorityClassName']);
  const initContainers = listOf(spec['initContainers']);
  const lines = [
    'Pod Template:',
    ...labelBlock('  Labels', template.metadata?.labels ?? {}),
    ...(Object.keys(annotations).length === 0 ? [] : block('  Annotations', annotationTexts(annotations))),
    ...(serviceAccount === '' ? [] : [`  Service Account:\t${serviceAccount}`]),
    ...(initContainers.length === 0 ? [] : describeContainers('Init Containers', initContainers, minor)),
    ...describeContainers('Containers', listOf(spec['containers']), minor),
    ...describeVolumes(listOf(spec['volumes']), minor),
    ...spreadConstraints(listOf(spec['topologySpreadConstraints'])),
    ...(priorityClass === '' ? [] : [`  Priority Class Name:\t${priorityClass}`]),
    ...(minor < 30 ? [] : labelBlock('  Node-Selectors', fieldsOf(spec['nodeSelector']))),
    ...(minor < 30 ? [] : block('  Tolerations', tolerationTexts(template.spec.tolerations ?? []))),
    ...podGroup(spec, minor),
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

function spreadConstraints(constraints: readonly Fields[]): readonly string[] {
  if (constraints.length === 0) return [];
  const sorted = [...constraints].sort((a, b) => compareKeys(goText(a['topologyKey']), goText(b['topologyKey'])));
  return sorted.map(({ topologyKey, whenUnsatisfiable, maxSkew = 0, labelSelector }, at) => {
    const selector = isObject(labelSelector) ? ` for selector ${formatLabelSelector(labelSelector)}` : '';
    const rule = `${goText(topologyKey)}:${goText(whenUnsatisfiable)} when max skew ${goText(maxSkew)} is exceeded`;
    return `  ${at === 0 ? 'Topology Spread Constraints:' : ''}\t${rule}${selector}`;
  });
}

function podGroup({ workloadRef, schedulingGroup }: Fields, minor: number): readonly string[] {
  if (minor >= 36 && isObject(schedulingGroup)) {
    return ['  SchedulingGroup:', `  PodGroupName:\t${goText(schedulingGroup['podGroupName'])}`];
  }
  if (minor !== 35 || !isObject(workloadRef)) return [];
  const replicaKey = goText(workloadRef['podGroupReplicaKey']);
  return [
    '  WorkloadRef:',
    `  Name:\t${goText(workloadRef['name'])}`,
    `  PodGroup:\t${goText(workloadRef['podGroup'])}`,
    ...(replicaKey === '' ? [] : [`  PodGroupReplicaKey:\t${replicaKey}`]),
  ];
}

function labelBlock(title: string, labels: Fields): readonly string[] {
  const keys = Object.keys(labels).sort(compareKeys);
  return block(
    title,
    keys.map((key) => `${key}=${goText(labels[key])}`),
  );
}

/** A title and its values, each further one on a line of its own behind a tab. */
function block(title: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) return [`${title}:\t<none>`];
  return values.map((value, at) => (at === 0 ? `${title}:\t${value}` : `\t${value}`));
}
