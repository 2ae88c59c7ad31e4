/** What a plan says of namespaces and quotas before it begins: which are there, and whose controllers have work to do. Rules. */
import { compareKeys } from '@everynode/core/api/meta';
import { newNamespace, SYSTEM_NAMESPACES } from '@everynode/core/api/namespace';
import { type ApiObject, KINDS } from '@everynode/core/api/objects';
import { formatTime } from '@everynode/core/api/time';
import type { ObjectStore } from '../apiserver/objectStore.ts';
import type { Rng } from '../engine/rng.ts';
import type { ComponentDefinition } from '../components/component.ts';
import { namespaceController } from '../components/namespaceController.ts';
import { resourceQuotaController } from '../components/resourceQuotaController.ts';
import type { Plan, PlanStep } from '../plan.ts';

/**
 * Puts the namespaces of instant 0 into the store: those of every cluster, and those that the plan's objects stand in,
 * as a chart is installed into a namespace that is there. One that a later step brings along comes with that step.
 */
export function findNamespaces(plan: Plan, store: ObjectStore, uids: Rng, drawUid: (uids: Rng) => string): void {
  const later = plan.steps.flatMap(appliedBy);
  const brought = new Set(later.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  const names = new Set(SYSTEM_NAMESPACES);
  for (const object of plan.objects) {
    if (object.kind === 'Namespace') names.add(object.metadata.name);
    else names.add(namespaceOf(object));
  }
  for (const object of later.filter((each) => !brought.has(namespaceOf(each)))) names.add(namespaceOf(object));
  names.delete('');
  for (const name of [...names].sort(compareKeys)) {
    const metadata = { name, uid: drawUid(uids), creationTimestamp: formatTime(0) };
    store.found('Namespace', newNamespace({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  }
}

/** Controllers that a run without namespaces to delete and quotas to count can do without. */
export function controllersOnDemand({ objects, steps }: Plan): readonly ComponentDefinition[] {
  const hasQuota = [...objects, ...steps.flatMap(appliedBy)].some(({ kind }) => kind === 'ResourceQuota');
  const deletesNamespace = steps.some(({ params }) => params['namespace'] !== undefined);
  return [...(deletesNamespace ? [namespaceController] : []), ...(hasQuota ? [resourceQuotaController] : [])];
}

function appliedBy(step: PlanStep): readonly ApiObject[] {
  const { objects } = step.params;
  return step.step === 'operation' && Array.isArray(objects) ? (objects as readonly ApiObject[]) : [];
}

function namespaceOf({ kind, metadata }: ApiObject): string {
  return KINDS[kind].namespaced ? (metadata.namespace ?? 'default') : '';
}
