/** Small, valid objects for unit tests; each test changes only what it is about. */
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '../api/daemonSet.ts';
import type { Node, Taint } from '../api/node.ts';
import type { Pod, PodPhase } from '../api/pod.ts';
import { formatTime } from '../api/time.ts';
import { assert } from '../assert.ts';
import { type Profile, profileOf } from '../profile.ts';

export const DS_KEY = 'kube-system/agent';

export function newestProfile(): Profile {
  const profile = profileOf('1.36');
  assert(profile !== undefined, () => 'no profile for 1.36');
  return profile;
}

export function daemonSet(
  spec: Partial<DaemonSet['spec']> = {},
  metadata: Partial<DaemonSet['metadata']> = {},
): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'kube-system', uid: 'uid-agent', generation: 1, ...metadata },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'agent', image: 'agent:1' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      ...spec,
    },
  };
}

/** The same DaemonSet with another image, as after `set image`. */
export function withImage(ds: DaemonSet, image: string): DaemonSet {
  const template = { ...ds.spec.template, spec: { ...ds.spec.template.spec, containers: [{ name: 'agent', image }] } };
  const metadata = { ...ds.metadata, generation: (ds.metadata.generation ?? 0) + 1 };
  return { ...ds, metadata, spec: { ...ds.spec, template } };
}

export function node(
  name: string,
  options: { readonly labels?: Record<string, string>; readonly taints?: readonly Taint[] } = {},
): Node {
  const { labels, taints } = options;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    ...(taints === undefined ? {} : { spec: { taints } }),
  };
}

export interface PodOptions {
  readonly nodeName?: string;
  readonly hash?: string;
  readonly phase?: PodPhase;
  /** Ready since this instant; absent: not ready. */
  readonly readySinceMs?: number;
  readonly createdAtMs?: number;
  readonly isTerminating?: boolean;
  /** Undefined: owned by the DaemonSet above. */
  readonly ownerUid?: string | null;
  readonly labels?: Record<string, string>;
}

export function pod(name: string, options: PodOptions = {}): Pod {
  const {
    nodeName,
    hash,
    phase = 'Running',
    readySinceMs,
    createdAtMs = 0,
    isTerminating,
    ownerUid = 'uid-agent',
  } = options;
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: ownerUid ?? '', controller: true };
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: formatTime(readySinceMs ?? 0) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'kube-system',
      uid: `uid-${name}`,
      creationTimestamp: formatTime(createdAtMs),
      labels: options.labels ?? { app: 'agent', ...(hash === undefined ? {} : { [HASH_LABEL]: hash }) },
      ...(ownerUid === null ? {} : { ownerReferences: [owner] }),
      ...(isTerminating === true ? { deletionTimestamp: formatTime(0) } : {}),
    },
    spec: { containers: [{ name: 'agent', image: 'agent:1' }], ...(nodeName === undefined ? {} : { nodeName }) },
    status: { phase, ...(readySinceMs === undefined ? {} : { conditions: [ready] }) },
  };
}

export function revision(name: string, number: number, ds: DaemonSet = daemonSet()): ControllerRevision {
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'uid-agent', controller: true };
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: 'kube-system',
      labels: { app: 'agent', [HASH_LABEL]: name.slice(name.lastIndexOf('-') + 1) },
      ownerReferences: [owner],
    },
    data: { spec: { template: { ...ds.spec.template, $patch: 'replace' } } },
    revision: number,
  };
}
