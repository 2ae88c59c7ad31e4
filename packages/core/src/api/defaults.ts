/** What the API server fills in before it stores a DaemonSet or a pod. Twin: apis/apps/v1 defaults.go, core/v1 defaults.go. Rules: DS-V1, DS-V2. */
import { defaultContainer, type DefaultsOf } from './containerDefaults.ts';
import type { DaemonSet } from './daemonSet.ts';
import { type Fields, fieldsOf, isGiven, textOf } from './goText.ts';
import type { Pod, PodSpec } from './pod.ts';
import { defaultVolume } from './volumeDefaults.ts';

export function defaultDaemonSet(ds: DaemonSet): DaemonSet {
  const spec = fieldsOf(ds.spec);
  const template = fieldsOf(spec['template']);
  const defaulted = {
    ...spec,
    template: { ...template, spec: defaultSpec(fieldsOf(template['spec']), 'template') },
    updateStrategy: defaultStrategy(fieldsOf(spec['updateStrategy'])),
    revisionHistoryLimit: spec['revisionHistoryLimit'] ?? 10,
  };
  return { ...ds, spec: defaulted as unknown as DaemonSet['spec'] };
}

export function defaultPod(pod: Pod): Pod {
  return { ...pod, spec: defaultPodSpec(fieldsOf(pod.spec)) };
}

/** Defaults of any pod; fields that the manifest has win. */
export function defaultPodSpec(given: PodSpec | Fields): PodSpec {
  return defaultSpec(fieldsOf(given), 'pod') as unknown as PodSpec;
}

/** With OnDelete nothing is filled in under rollingUpdate (DS-V1). */
function defaultStrategy(strategy: Fields): Fields {
  const type = strategy['type'] === undefined || strategy['type'] === '' ? 'RollingUpdate' : strategy['type'];
  if (type !== 'RollingUpdate') return { ...strategy, type };
  const given = fieldsOf(strategy['rollingUpdate']);
  const rollingUpdate = { ...given, maxUnavailable: given['maxUnavailable'] ?? 1, maxSurge: given['maxSurge'] ?? 0 };
  return { ...strategy, type, rollingUpdate };
}

/** Some defaults come only when a template becomes a pod, so that a new default changes no template. */
function defaultSpec(spec: Fields, of: DefaultsOf): Fields {
  const isHostNetwork = spec['hostNetwork'] === true && of === 'pod';
  const lists: Record<string, unknown> = {};
  for (const field of ['containers', 'initContainers']) {
    const list = spec[field];
    if (Array.isArray(list)) lists[field] = defaultContainers(list, of, isHostNetwork);
  }
  if (Array.isArray(spec['volumes'])) lists['volumes'] = spec['volumes'].map(defaultVolume);
  return {
    ...(of === 'pod' && !isGiven(spec['enableServiceLinks']) ? { enableServiceLinks: true } : {}),
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...withoutEmptyTexts(spec, ['dnsPolicy', 'restartPolicy', 'schedulerName']),
    ...lists,
    ...defaultAccount(spec),
  };
}

/** By list and circumstances: the pods of a template share its containers, and then what they become as well. */
const defaulted = new WeakMap<readonly unknown[], Map<string, readonly unknown[]>>();

function defaultContainers(list: readonly unknown[], of: DefaultsOf, isHostNetwork: boolean): readonly unknown[] {
  let known = defaulted.get(list);
  if (known === undefined) defaulted.set(list, (known = new Map()));
  const circumstances = `${of} ${isHostNetwork}`;
  let containers = known.get(circumstances);
  if (containers === undefined) {
    containers = list.map((container) => defaultContainer(container, of, isHostNetwork));
    known.set(circumstances, containers);
  }
  return containers;
}

/** The account has two names; both are shown, whichever was given. */
function defaultAccount({ serviceAccountName, serviceAccount }: Fields): Fields {
  const name = textOf(serviceAccountName) === '' ? textOf(serviceAccount) : textOf(serviceAccountName);
  return name === '' ? {} : { serviceAccountName: name, serviceAccount: name };
}

/** An empty text asks for the default like no text at all. */
function withoutEmptyTexts(spec: Fields, fields: readonly string[]): Fields {
  if (!fields.some((field) => spec[field] === '')) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([key, value]) => value !== '' || !fields.includes(key)));
}
