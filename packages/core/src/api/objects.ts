/** The one table of kinds that live in the API server of a run. */
import { assert } from '../assert.ts';
import type { ControllerRevision, DaemonSet } from './daemonSet.ts';
import type { PodDisruptionBudget } from './disruptionBudget.ts';
import type { ObjectKey } from './meta.ts';
import type { Namespace } from './namespace.ts';
import type { Lease, Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { ResourceQuota } from './resourceQuota.ts';

/** Kind name → its type. A new kind is one line here and one in `KINDS`. */
export interface ObjectOfKind {
  readonly Pod: Pod;
  readonly Node: Node;
  readonly DaemonSet: DaemonSet;
  readonly ControllerRevision: ControllerRevision;
  readonly Lease: Lease;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly Namespace: Namespace;
  readonly ResourceQuota: ResourceQuota;
}

export type Kind = keyof ObjectOfKind;
export type ApiObject = ObjectOfKind[Kind];

/** How messages and keys speak of a kind: the plural is the API resource, the short one prefixes trace objects. */
export interface KindNames {
  readonly apiVersion: string;
  readonly resource: string;
  readonly short: string;
  readonly namespaced: boolean;
}

export const KINDS: Readonly<Record<Kind, KindNames>> = {
  Pod: { apiVersion: 'v1', resource: 'pods', short: 'pod', namespaced: true },
  Node: { apiVersion: 'v1', resource: 'nodes', short: 'node', namespaced: false },
  DaemonSet: { apiVersion: 'apps/v1', resource: 'daemonsets.apps', short: 'ds', namespaced: true },
  ControllerRevision: { apiVersion: 'apps/v1', resource: 'controllerrevisions.apps', short: 'rev', namespaced: true },
  Lease: {
    apiVersion: 'coordination.k8s.io/v1',
    resource: 'leases.coordination.k8s.io',
    short: 'lease',
    namespaced: true,
  },
  PodDisruptionBudget: {
    apiVersion: 'policy/v1',
    resource: 'poddisruptionbudgets.policy',
    short: 'pdb',
    namespaced: true,
  },
  Namespace: { apiVersion: 'v1', resource: 'namespaces', short: 'ns', namespaced: false },
  ResourceQuota: { apiVersion: 'v1', resource: 'resourcequotas', short: 'quota', namespaced: true },
};

/** `ds/kube-system/agent`: how trace records and messages name an object. */
export function objectRef(kind: Kind, key: string): string {
  return `${KINDS[kind].short}/${key}`;
}

const KIND_BY_SHORT = new Map((Object.keys(KINDS) as Kind[]).map((kind) => [KINDS[kind].short, kind]));

/** What an `objectRef` names. Asserts that it is one. */
export function splitRef(ref: string): { readonly kind: Kind; readonly key: ObjectKey } {
  const slash = ref.indexOf('/');
  const kind = KIND_BY_SHORT.get(ref.slice(0, slash));
  assert(kind !== undefined, () => `${ref} names no object`);
  return { kind, key: ref.slice(slash + 1) };
}
