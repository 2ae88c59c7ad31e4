/**
 * The pod that the controller asks for, and how to read from a pod which node it is meant for and which template it has.
 * Twin: daemon/util/daemonset_util.go, controller_utils.go GetPodFromTemplate. Rules: DS-P1…DS-P9, DS-U3.
 */
import { type DaemonSet, GENERATION_LABEL, HASH_LABEL, TEMPLATE_GENERATION_ANNOTATION } from '../api/daemonSet.ts';
import { type HasMeta, type OwnerReference } from '../api/meta.ts';
import { findSubdomainErrors } from '../api/names.ts';
import type { NodeSelectorRequirement } from '../api/node.ts';
import type { Affinity, Pod, PodSpec, PodTemplate, Toleration } from '../api/pod.ts';

/** In the order in which upstream adds them (DS-P2); without tolerationSeconds, so for ever. */
const AUTOMATIC_TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const NETWORK_TOLERATION: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

/** The pod for one node: template, automatic tolerations, revision labels, owner, and an affinity that allows this node alone. */
export function newDaemonPod(ds: DaemonSet, nodeName: string, hash: string): Pod {
  const { template } = ds.spec;
  const { annotations, finalizers } = template.metadata ?? {};
  const spec: PodSpec = {
    ...template.spec,
    tolerations: daemonTolerations(template.spec),
    affinity: replaceNodeAffinity(template.spec.affinity, nodeName),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: generateNameFor(ds.metadata.name),
      ...(ds.metadata.namespace === undefined ? {} : { namespace: ds.metadata.namespace }),
      labels: podLabels(template, templateGeneration(ds), hash),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [ownerReferenceTo(ds)],
    },
    spec,
  };
}

/** The template's own tolerations and the automatic ones; an identical one of the user is overwritten in place (DS-P3). */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  const result = [...(spec.tolerations ?? [])];
  const automatic = spec.hostNetwork === true ? [...AUTOMATIC_TOLERATIONS, NETWORK_TOLERATION] : AUTOMATIC_TOLERATIONS;
  for (const toleration of automatic) {
    let isThere = false;
    for (const [at, existing] of result.entries()) {
      if (!isSameToleration(existing, toleration)) continue;
      result[at] = toleration;
      isThere = true;
    }
    if (!isThere) result.push(toleration);
  }
  return result;
}

/** Labels of the template plus hash and template generation, each only where there is one (DS-P6). */
export function podLabels(
  template: Pick<PodTemplate, 'metadata'>,
  generation: number | undefined,
  hash: string,
): Readonly<Record<string, string>> {
  return {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [GENERATION_LABEL]: String(generation) }),
    ...(hash === '' ? {} : { [HASH_LABEL]: hash }),
  };
}

/** Required node affinity becomes the one node; preferences and pod affinity stay (DS-P4). */
export function replaceNodeAffinity(affinity: Affinity | undefined | null, nodeName: string): Affinity {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }];
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
    },
  };
}

/** The node a pod runs on or is meant for; undefined for a pod that says nothing, which is then ignored everywhere (DS-P9). */
export function targetNodeName(pod: Pod): string | undefined {
  const { nodeName } = pod.spec;
  if (nodeName !== undefined && nodeName !== '') return nodeName;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const term of terms) {
    const requirement = term.matchFields?.find(isNodeNameRequirement);
    if (requirement !== undefined) return requirement.values?.length === 1 ? requirement.values[0] : undefined;
  }
  return undefined;
}

/**
 * Whether the pod carries the current template: by hash, or by template generation where the caller passes one.
 * The controller here judges by hash alone (DS-U3): the generation clause never matched in the releases that were read.
 */
export function isPodUpdated(pod: Pod, hash: string, generation?: number): boolean {
  const { labels } = pod.metadata;
  if (hash !== '' && labels?.[HASH_LABEL] === hash) return true;
  return generation !== undefined && labels?.[GENERATION_LABEL] === String(generation);
}

/** Times that the template has changed, as the API's annotation counts them; undefined where it is missing or no number. */
export function templateGeneration(ds: HasMeta): number | undefined {
  const text = ds.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
  return text !== undefined && /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/** How a DaemonSet marks what it owns (DS-P7). */
export function ownerReferenceTo(ds: DaemonSet): OwnerReference {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    name: ds.metadata.name,
    uid: ds.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** `<name>-`, or the bare name where that would be no legal beginning of a pod's name (DS-P8). */
function generateNameFor(name: string): string {
  const prefix = `${name}-`;
  // The server checks a prefix as a name whose last dash is some letter.
  return findSubdomainErrors(`${name}a`).length === 0 && prefix.length <= 253 ? prefix : name;
}

function isSameToleration(a: Toleration, b: Toleration): boolean {
  const isSame = (x: string | undefined, y: string | undefined): boolean => (x ?? '') === (y ?? '');
  return (
    isSame(a.key, b.key) && isSame(a.effect, b.effect) && isSame(a.operator, b.operator) && isSame(a.value, b.value)
  );
}

function isNodeNameRequirement({ key, operator }: NodeSelectorRequirement): boolean {
  return key === 'metadata.name' && operator === 'In';
}
