/**
 * What the API server adds to an object or refuses about it, on its way into the store.
 * Rules, DS-V1…DS-V4.
 */
import { type DaemonSet, TEMPLATE_GENERATION_ANNOTATION } from '@everynode/core/api/daemonSet';
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { defaultDaemonSet, defaultPodSpec } from '@everynode/core/api/defaults';
import { type FieldError, formatFieldError, formatInvalid } from '@everynode/core/api/fieldError';
import { controllerOf } from '@everynode/core/api/meta';
import { validateGatedFields } from '@everynode/core/api/gatedFields';
import type { Node, Taint } from '@everynode/core/api/node';
import type { ApiObject } from '@everynode/core/api/objects';
import type { Container, Pod, PodSpec, Toleration } from '@everynode/core/api/pod';
import { validatePodSpec } from '@everynode/core/api/podValidation';
import { type ApiFailure, apiFailure } from '@everynode/core/api/requests';
import { validateDaemonSet, validateDaemonSetApiUpdate } from '@everynode/core/api/validation';
import { findPriority } from './priorityAdmission.ts';
import type { WriteScope } from './writeScope.ts';

export type Admitted = { readonly ok: true; readonly object: ApiObject } | ApiFailure;

/** How long a pod stays on a node that is not ready or unreachable, unless it says otherwise. */
const DEFAULT_TOLERATION_SECONDS = 300;
const DEFAULT_TOLERATION_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** What admission knows of the cluster: its own priority classes and its release. */
export type AdmissionScope = Pick<WriteScope, 'priorityClasses' | 'profile'>;

export function admitCreate(object: ApiObject, scope: AdmissionScope): Admitted {
  switch (object.kind) {
    case 'Pod':
      return admitPod(object, scope);
    case 'Node':
      return { ok: true, object: withNotReadyTaint(object) };
    case 'DaemonSet':
      return admitDaemonSet(object, scope);
    default:
      return { ok: true, object };
  }
}

/** `candidate` is what would be stored; a status write is not validated, as it carries nothing that is. */
export function admitUpdate(
  candidate: ApiObject,
  stored: ApiObject,
  isStatus: boolean,
  scope: AdmissionScope,
): Admitted {
  if (isStatus || candidate.kind !== 'DaemonSet' || stored.kind !== 'DaemonSet') return { ok: true, object: candidate };
  return admitDaemonSetUpdate(candidate, stored, scope);
}

/** Defaults, priority, toleration seconds, and a status that is the server's own. */
function admitPod(sent: Pod, { priorityClasses, profile }: AdmissionScope): Admitted {
  const defaulted = defaultPodSpec(sent.spec);
  const priority = findPriority(defaulted, priorityClasses);
  if ('ok' in priority) return priority;
  const tolerations = withDefaultTolerations(defaulted.tolerations ?? []);
  const spec: PodSpec = { ...defaulted, ...priority, tolerations };
  const pod: Pod = { ...sent, spec, status: { phase: 'Pending', qosClass: qosClassOf(spec) } };
  // A controller's template was validated when it came; doing so again for each pod would be most of a create's cost.
  if (controllerOf(pod) !== undefined) return { ok: true, object: pod };
  const errors = validatePodSpec(spec as unknown as Readonly<Record<string, unknown>>, 'spec');
  return refuseIfAny(pod, 'Pod', [...errors, ...validateGatedFields(pod, profile)]);
}

function withDefaultTolerations(tolerations: readonly Toleration[]): readonly Toleration[] {
  const missing = DEFAULT_TOLERATION_KEYS.filter((key) => !tolerations.some((each) => speaksOf(each, key)));
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: DEFAULT_TOLERATION_SECONDS,
  }));
  return [...tolerations, ...added];
}

function speaksOf({ key, effect }: Toleration, taintKey: string): boolean {
  const isKey = key === undefined || key === '' || key === taintKey;
  return isKey && (effect === undefined || effect === '' || effect === 'NoExecute');
}

/** Guaranteed: every container limits cpu and memory to what it requests; BestEffort: nobody asks for any. */
function qosClassOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  if (!containers.some(asksForSomething)) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function asksForSomething({ resources }: Container): boolean {
  return [resources?.requests, resources?.limits].some(
    (list) => list?.['cpu'] !== undefined || list?.['memory'] !== undefined,
  );
}

function isGuaranteed({ resources }: Container): boolean {
  return ['cpu', 'memory'].every((name) => {
    const limit = resources?.limits?.[name];
    return limit !== undefined && String(resources?.requests?.[name] ?? limit) === String(limit);
  });
}

/** Every new node starts with not-ready:NoSchedule; only node-lifecycle takes it off. */
function withNotReadyTaint(node: Node): Node {
  const taints = node.spec?.taints ?? [];
  if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return node;
  return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } };
}

/** A new DaemonSet: defaults, then validation; its status is the controller's, its generations are the server's (DS-V3). */
function admitDaemonSet(sent: DaemonSet, { profile }: AdmissionScope): Admitted {
  const { status: _status, ...given } = sent;
  const generation = Math.max(templateGenerationOf(given) ?? 1, 1);
  const ds = withTemplateGeneration(defaultDaemonSet(given), generation);
  return refuseIfAny(ds, 'DaemonSet.apps', [...validateDaemonSet(ds), ...validateGatedFields(ds, profile)]);
}

/** The template's own generation counts its changes; the object's counts those of the whole spec (DS-V4). */
function admitDaemonSetUpdate(sent: DaemonSet, stored: DaemonSet, { profile }: AdmissionScope): Admitted {
  const defaulted = defaultDaemonSet(sent);
  const before = templateGenerationOf(stored) ?? 1;
  const isSame = isDeepEqual(defaulted.spec.template, stored.spec.template);
  const ds = withTemplateGeneration(defaulted, isSame ? before : before + 1);
  const errors = [...validateDaemonSetApiUpdate(ds, stored), ...validateGatedFields(ds, profile)];
  return refuseIfAny(ds, 'DaemonSet.apps', errors);
}

/** 422 in the server's words, where there is anything to say. */
function refuseIfAny(object: ApiObject, kind: string, errors: readonly FieldError[]): Admitted {
  if (errors.length === 0) return { ok: true, object };
  const causes = [...new Set(errors.map(formatFieldError))];
  return { ...apiFailure('Invalid', formatInvalid(kind, object.metadata.name, errors)), causes };
}

function templateGenerationOf(ds: DaemonSet): number | undefined {
  const text = ds.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function withTemplateGeneration(ds: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...ds.metadata.annotations, [TEMPLATE_GENERATION_ANNOTATION]: String(generation) };
  return { ...ds, metadata: { ...ds.metadata, annotations } };
}
