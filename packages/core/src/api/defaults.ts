/** What the API server fills in before it stores a DaemonSet or a pod template. Twin: apis/apps/v1 defaults.go, core/v1 defaults.go. Rules: DS-V1, DS-V2. */
import type { DaemonSet } from './daemonSet.ts';
import { isObject } from './patch.ts';
import type { PodSpec } from './pod.ts';

type Fields = Readonly<Record<string, unknown>>;

export function defaultDaemonSet(ds: DaemonSet): DaemonSet {
  const spec: Fields = isObject(ds.spec) ? ds.spec : {};
  const template: Fields = isObject(spec['template']) ? spec['template'] : {};
  const defaulted = {
    ...spec,
    template: { ...template, spec: defaultPodSpec(isObject(template['spec']) ? template['spec'] : {}) },
    updateStrategy: defaultStrategy(isObject(spec['updateStrategy']) ? spec['updateStrategy'] : {}),
    revisionHistoryLimit: spec['revisionHistoryLimit'] ?? 10,
  };
  return { ...ds, spec: defaulted as unknown as DaemonSet['spec'] };
}

/** With OnDelete nothing is filled in under rollingUpdate (DS-V1). */
function defaultStrategy(strategy: Fields): Fields {
  const type = strategy['type'] === undefined || strategy['type'] === '' ? 'RollingUpdate' : strategy['type'];
  if (type !== 'RollingUpdate') return { ...strategy, type };
  const given: Fields = isObject(strategy['rollingUpdate']) ? strategy['rollingUpdate'] : {};
  const rollingUpdate = { ...given, maxUnavailable: given['maxUnavailable'] ?? 1, maxSurge: given['maxSurge'] ?? 0 };
  return { ...strategy, type, rollingUpdate };
}

/** Defaults of any pod; fields that the manifest has win. */
export function defaultPodSpec(given: PodSpec | Fields): PodSpec {
  const spec: Fields = given as unknown as Fields;
  const isHostNetwork = spec['hostNetwork'] === true;
  const lists: Record<string, unknown> = {};
  for (const field of ['containers', 'initContainers']) {
    const list = spec[field];
    if (Array.isArray(list)) lists[field] = list.map((container) => defaultContainer(container, isHostNetwork));
  }
  if (Array.isArray(spec['volumes'])) lists['volumes'] = spec['volumes'].map(defaultVolume);
  return {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...spec,
    ...lists,
  } as unknown as PodSpec;
}

function defaultContainer(container: unknown, isHostNetwork: boolean): unknown {
  if (!isObject(container)) return container;
  const result: Record<string, unknown> = {
    imagePullPolicy: defaultPullPolicy(container['image']),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
    ...container,
  };
  const { ports } = container;
  if (Array.isArray(ports)) result['ports'] = ports.map((port) => defaultPort(port, isHostNetwork));
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[field];
    if (isObject(probe)) result[field] = defaultProbe(probe);
  }
  return result;
}

/** An image without a tag, or with `latest`, is pulled each time. */
function defaultPullPolicy(image: unknown): string {
  const text = typeof image === 'string' ? image : '';
  if (text.includes('@')) return 'IfNotPresent';
  const name = text.slice(text.lastIndexOf('/') + 1);
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** In the host's network every container port is one of the host's. */
function defaultPort(port: unknown, isHostNetwork: boolean): unknown {
  if (!isObject(port)) return port;
  const withProtocol = { protocol: 'TCP', ...port };
  const hasHostPort = port['hostPort'] !== undefined && port['hostPort'] !== 0;
  return isHostNetwork && !hasHostPort ? { ...withProtocol, hostPort: port['containerPort'] } : withProtocol;
}

function defaultProbe(probe: Fields): Fields {
  const { httpGet } = probe;
  const target = isObject(httpGet) ? { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } } : {};
  return { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...probe, ...target };
}

function defaultVolume(volume: unknown): unknown {
  if (!isObject(volume)) return volume;
  const result: Record<string, unknown> = { ...volume };
  for (const field of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const source = volume[field];
    if (isObject(source)) result[field] = { defaultMode: 0o644, ...source };
  }
  const { hostPath } = volume;
  if (isObject(hostPath)) result['hostPath'] = { type: '', ...hostPath };
  return result;
}
