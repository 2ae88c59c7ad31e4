/** What the conditions of a namespace say of its deletion. Twin: pkg/controller/namespace/deletion/status_condition_utils.go. Rules: A-17. */
import { compareKeys, type Condition, findCondition } from '@everynode/core/api/meta';
import type { Namespace } from '@everynode/core/api/namespace';
import { type ApiObject, type Kind, KINDS } from '@everynode/core/api/objects';
import { formatTime } from '@everynode/core/api/time';

/** What went wrong, and what is left of each kind. */
export interface ContentProblem {
  readonly errors: readonly string[];
  readonly remaining: ReadonlyMap<Kind, readonly ApiObject[]>;
}

/** Type, and reason and message while all is well, in the order in which they are written. */
const CONDITIONS = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
] as const;

/** The namespace with its conditions as they are now; undefined where they say so already. */
export function withContentConditions(
  namespace: Namespace,
  problem: ContentProblem,
  nowMs: number,
): Namespace | undefined {
  const known = namespace.status?.conditions ?? [];
  const raised = raisedBy(problem);
  const conditions = CONDITIONS.map(([type, reason, message]): Condition => {
    const said = { type, ...(raised.get(type) ?? { status: 'False', reason, message }) };
    const before = findCondition(known, type);
    const isMoved = before?.status !== said.status;
    return { ...said, lastTransitionTime: isMoved ? formatTime(nowMs) : (before?.lastTransitionTime ?? null) };
  });
  const isSaid = conditions.every((condition) => isEqual(condition, findCondition(known, condition.type)));
  return isSaid ? undefined : { ...namespace, status: { ...namespace.status, conditions } };
}

type Raised = Pick<Condition, 'status' | 'reason' | 'message'>;

function raisedBy({ errors, remaining }: ContentProblem): ReadonlyMap<string, Raised> {
  const raised = new Map<string, Raised>();
  const raise = (type: string, reason: string, message: string): void =>
    void raised.set(type, { status: 'True', reason, message });
  if (errors.length > 0) {
    const all = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${all}`;
    raise('NamespaceDeletionContentFailure', 'ContentDeletionFailed', message);
  }
  if (remaining.size > 0) {
    const counts = [...remaining].map(([kind, items]) => `${typeName(kind)} has ${items.length} resource instances`);
    raise(
      'NamespaceContentRemaining',
      'SomeResourcesRemain',
      `Some resources are remaining: ${counts.sort(compareKeys).join(', ')}`,
    );
  }
  const finalizers = new Map<string, number>();
  for (const { metadata } of [...remaining.values()].flat())
    for (const each of metadata.finalizers ?? []) finalizers.set(each, (finalizers.get(each) ?? 0) + 1);
  if (finalizers.size > 0) {
    const counts = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`);
    raise(
      'NamespaceFinalizersRemaining',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${counts.sort(compareKeys).join(', ')}`,
    );
  }
  return raised;
}

/** `daemonsets.apps`, and of the core group `pods.`: upstream joins the two without looking. */
function typeName(kind: Kind): string {
  const { resource } = KINDS[kind];
  return resource.includes('.') ? resource : `${resource}.`;
}

function isEqual(a: Condition, b: Condition | undefined): boolean {
  return a.status === b?.status && a.reason === b.reason && a.message === b.message;
}
