/**
 * What the API server adds to an object or refuses about it, on its way into the store.
 * Rules, DS-V1…DS-V4, DS-V10, DS-V23, DS-H13.
 */
import { assertNever } from '@everynode/core/assert';
import { type ControllerRevision, type DaemonSet, TEMPLATE_GENERATION_ANNOTATION } from '@everynode/core/api/daemonSet';
import { defaultDaemonSet, defaultPod } from '@everynode/core/api/defaults';
import {
  validateDisruptionBudget,
  validateDisruptionBudgetStatus,
  validateDisruptionBudgetUpdate,
} from '@everynode/core/api/disruptionBudgetValidation';
import type { PodDisruptionBudget } from '@everynode/core/api/disruptionBudget';
import { type FieldError, formatFieldError, formatInvalid } from '@everynode/core/api/fieldError';
import { validateGatedFields } from '@everynode/core/api/gatedFields';
import { type Fields, fieldsOf } from '@everynode/core/api/goText';
import { controllerOf, objectKey } from '@everynode/core/api/meta';
import { validateObjectMeta } from '@everynode/core/api/metaValidation';
import { type Namespace, newNamespace } from '@everynode/core/api/namespace';
import { validateNamespace, validateNamespaceUpdate } from '@everynode/core/api/namespaceValidation';
import type { Node, Taint } from '@everynode/core/api/node';
import { validateNode, validateNodeUpdate } from '@everynode/core/api/nodeValidation';
import type { ApiObject } from '@everynode/core/api/objects';
import type { Container, Pod, PodSpec, Toleration } from '@everynode/core/api/pod';
import { validatePodStatusUpdate, validatePodUpdate } from '@everynode/core/api/podUpdateValidation';
import { validatePod, validatePodOfTemplate } from '@everynode/core/api/podValidation';
import { type ApiFailure, apiFailure } from '@everynode/core/api/requests';
import type { ResourceQuota } from '@everynode/core/api/resourceQuota';
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from '@everynode/core/api/resourceQuotaValidation';
import { isSemanticallyEqual } from '@everynode/core/api/semanticEquality';
import {
  validateDaemonSet,
  validateDaemonSetApiUpdate,
  validateDaemonSetStatusUpdate,
  validateRevision,
  validateRevisionUpdate,
} from '@everynode/core/api/validation';
import { updatedNamespace } from './namespaceLifecycle.ts';
import { findPriority } from './priorityAdmission.ts';
import type { WriteScope } from './writeScope.ts';

export type Admitted = { readonly ok: true; readonly object: ApiObject } | ApiFailure;

/** How long a pod stays on a node that is not ready or unreachable, unless it says otherwise. */
const DEFAULT_TOLERATION_SECONDS = 300;
const DEFAULT_TOLERATION_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** What a controller adds to the spec of a template. */
const OWN_FIELDS = ['affinity', 'tolerations'];

/** What admission knows of the cluster. */
export type AdmissionScope = Pick<WriteScope, 'priorityClasses' | 'profile' | 'store'>;

/** A new object with what the server fills in, or what is wrong with it. */
export function admitCreate(object: ApiObject, scope: AdmissionScope): Admitted {
  switch (object.kind) {
    case 'Pod':
      return admitPod(object, scope);
    case 'Node': {
      const node = withNotReadyTaint(object);
      return refuseIfAny(node, validateNode(node));
    }
    case 'DaemonSet':
      return admitDaemonSet(object, scope);
    case 'ControllerRevision':
      return refuseIfAny(object, validateRevision(object));
    case 'Lease':
      return refuseIfAny(object, validateObjectMeta(object.metadata));
    case 'PodDisruptionBudget': {
      const { status: _status, ...budget } = object;
      return refuseIfAny(budget, validateDisruptionBudget(budget));
    }
    case 'Namespace': {
      const namespace = newNamespace(object);
      return refuseIfAny(namespace, validateNamespace(namespace));
    }
    case 'ResourceQuota': {
      const { status: _status, ...quota } = object;
      return refuseIfAny(quota, validateResourceQuota(quota));
    }
    default:
      return assertNever(object);
  }
}

/** `candidate` is what would be stored. Leases are renewed too often to be looked at again. */
export function admitUpdate(candidate: ApiObject, stored: ApiObject, scope: AdmissionScope): Admitted {
  switch (candidate.kind) {
    case 'Pod': {
      const pod = candidate.spec === (stored as Pod).spec ? candidate : defaultPodUpdate(candidate);
      return refuseIfAny(pod, validatePodUpdate(pod, stored as Pod));
    }
    case 'Node':
      return refuseIfAny(candidate, validateNodeUpdate(candidate, stored as Node));
    case 'DaemonSet':
      return admitDaemonSetUpdate(candidate, stored as DaemonSet, scope);
    case 'ControllerRevision':
      return refuseIfAny(candidate, validateRevisionUpdate(candidate, stored as ControllerRevision));
    case 'PodDisruptionBudget':
      return refuseIfAny(candidate, validateDisruptionBudgetUpdate(candidate, stored as PodDisruptionBudget));
    case 'Lease':
      return { ok: true, object: candidate };
    case 'Namespace': {
      const namespace = updatedNamespace(candidate, stored as Namespace);
      return refuseIfAny(namespace, validateNamespaceUpdate(namespace, stored as Namespace));
    }
    case 'ResourceQuota':
      return refuseIfAny(candidate, validateResourceQuotaUpdate(candidate, stored as ResourceQuota));
    default:
      return assertNever(candidate);
  }
}

/** The stored object with another status (DS-V23). */
export function admitStatus(candidate: ApiObject, stored: ApiObject): Admitted {
  switch (candidate.kind) {
    case 'Pod':
      return refuseIfAny(candidate, validatePodStatusUpdate(candidate, stored as Pod));
    case 'Node':
      return refuseIfAny(candidate, validateNodeUpdate(candidate, stored as Node));
    case 'DaemonSet':
      return refuseIfAny(candidate, validateDaemonSetStatusUpdate(candidate, stored as DaemonSet));
    case 'PodDisruptionBudget':
      return refuseIfAny(candidate, validateDisruptionBudgetStatus(candidate));
    case 'Namespace':
      return refuseIfAny(candidate, validateNamespaceUpdate(candidate, stored as Namespace));
    case 'ResourceQuota':
      return refuseIfAny(candidate, validateResourceQuotaStatus(candidate, stored as ResourceQuota));
    default:
      return { ok: true, object: candidate };
  }
}

/** Defaults, priority, toleration seconds, and a status that is the server's own. */
function admitPod(sent: Pod, scope: AdmissionScope): Admitted {
  const { priorityClasses, profile } = scope;
  const defaulted = defaultPod(sent);
  const priority = findPriority(defaulted.spec, priorityClasses);
  if ('ok' in priority) return priority;
  const tolerations = withDefaultTolerations(defaulted.spec.tolerations ?? []);
  const spec: PodSpec = { ...defaulted.spec, ...priority, tolerations };
  const pod: Pod = { ...sent, spec };
  const errors = isOfTemplate(sent, scope) ? validatePodOfTemplate(pod) : validatePod(pod);
  const admitted = refuseIfAny(pod, [...errors, ...validateGatedFields(pod, profile)]);
  // The class can only be told of a spec that is right.
  return admitted.ok
    ? { ok: true, object: { ...pod, status: { phase: 'Pending', qosClass: qosClassOf(spec) } } }
    : admitted;
}

/**
 * Whether the pod is made of the template of its DaemonSet as it is stored. That was judged when it came, and judging
 * it again for each pod would be most of the cost of a rollout: 0.2 of 0.4 ms for a pod of calico-node.
 */
function isOfTemplate({ metadata, spec }: Pod, { store }: AdmissionScope): boolean {
  const owner = controllerOf({ metadata });
  if (owner?.kind !== 'DaemonSet') return false;
  const ds = store.get('DaemonSet', objectKey(metadata.namespace, owner.name));
  if (ds?.metadata.uid !== owner.uid) return false;
  const template: Fields = fieldsOf(ds.spec.template.spec);
  return Object.entries(spec).every(([field, value]) => OWN_FIELDS.includes(field) || value === template[field]);
}

/** A pod that loses its tolerations of lost nodes in an update gets them back. */
function defaultPodUpdate(sent: Pod): Pod {
  const { spec, ...rest } = defaultPod(sent);
  return { ...rest, spec: { ...spec, tolerations: withDefaultTolerations(spec.tolerations ?? []) } };
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
  const ds = withTemplateGeneration(withServedTemplate(defaultDaemonSet(given), profile), generation);
  return refuseIfAny(ds, [...validateDaemonSet(ds), ...validateGatedFields(ds, profile)]);
}

/** The template's own generation counts its changes; the object's counts those of the whole spec (DS-V4). */
function admitDaemonSetUpdate(sent: DaemonSet, stored: DaemonSet, { profile }: AdmissionScope): Admitted {
  const defaulted = withServedTemplate(defaultDaemonSet(sent), profile);
  const before = templateGenerationOf(stored) ?? 1;
  const isSame = isSemanticallyEqual(defaulted.spec.template, stored.spec.template);
  const ds = withTemplateGeneration(defaulted, isSame ? before : before + 1);
  return refuseIfAny(ds, [...validateDaemonSetApiUpdate(ds, stored), ...validateGatedFields(ds, profile)]);
}

/** 422 in the server's words, where there is anything to say. */
function refuseIfAny(object: ApiObject, errors: readonly FieldError[]): Admitted {
  if (errors.length === 0) return { ok: true, object };
  const causes = [...new Set(errors.map(formatFieldError))];
  const [group] = object.apiVersion.split('/');
  const kind = group === 'v1' ? object.kind : `${object.kind}.${group}`;
  return { ...apiFailure('Invalid', formatInvalid(kind, object.metadata.name, errors)), causes };
}

/** Servers before 1.34 spell out the time at which a template was created, which is never: so do histories of it (DS-H2). */
function withServedTemplate(ds: DaemonSet, profile: AdmissionScope['profile']): DaemonSet {
  const { template } = ds.spec;
  if (profile.creationTimestampOmitted || template.metadata?.creationTimestamp === null) return ds;
  const metadata = { creationTimestamp: null, ...template.metadata };
  return { ...ds, spec: { ...ds.spec, template: { ...template, metadata } } };
}

function templateGenerationOf(ds: DaemonSet): number | undefined {
  const text = ds.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function withTemplateGeneration(ds: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...ds.metadata.annotations, [TEMPLATE_GENERATION_ANNOTATION]: String(generation) };
  return { ...ds, metadata: { ...ds.metadata, annotations } };
}
