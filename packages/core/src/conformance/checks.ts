/** What a controller case may ask for after a step: numbers, pods, history, status, backoff. */
import { HASH_LABEL } from '../api/daemonSet.ts';
import { isObject } from '../api/patch.ts';
import { isPodAvailable, isPodReady, type Pod } from '../api/pod.ts';
import { targetNodeName } from '../daemonset/podTemplate.ts';
import type { Expect, Mismatch } from './case.ts';
import { compare, compareNumber, compareSets, compareWhole, mismatch } from './compare.ts';
import {
  currentHashOf,
  currentRevisionOf,
  daemonSetOf,
  isActive,
  podsOf,
  revisionsOf,
  type SyncEffects,
  type World,
} from './world.ts';

type Check = (expected: unknown, world: World) => readonly Mismatch[];

/** Every key of `expect` must be known: an unknown one would pass without being looked at. */
export function checkAll(expect: Expect | undefined, world: World): readonly Mismatch[] {
  return Object.entries(expect ?? {}).flatMap(([key, expected]) => {
    const check = CHECKS[key];
    return check === undefined ? mismatch(key, 'a known check', key) : check(expected, world);
  });
}

const ofSync =
  (check: (expected: unknown, sync: SyncEffects) => readonly Mismatch[]): Check =>
  (expected, { lastSync }) =>
    lastSync === undefined ? mismatch('sync', 'one before this', 'none') : check(expected, lastSync);

const CHECKS: Readonly<Record<string, Check>> = {
  creates: ofSync((expected, sync) => compareNumber('creates', expected, sync.created.length)),
  deletes: ofSync((expected, sync) => compareNumber('deletes', expected, sync.deletedPods.length)),
  events: ofSync((expected, sync) => compareNumber('events', expected, sync.events.length)),
  createCalls: ofSync((expected, sync) => compareNumber('createCalls', expected, sync.createCalls)),
  createdOn: ofSync((expected, sync) => compareSets('createdOn', asTexts(expected), sync.created.map(nodeNameOf))),
  deletedPods: ofSync((expected, sync) => compareSets('deletedPods', asTexts(expected), sync.deletedPods)),
  createdPods: ofSync(checkCreatedPods),
  error: ofSync(checkError),
  expectationsSatisfied: (expected, { cluster, key }) =>
    compareWhole('expectationsSatisfied', expected, cluster.expectations.satisfied(key, cluster.nowMs)),
  totals: (expected, world) =>
    Object.entries(isObject(expected) ? expected : {}).flatMap(([key, value]) =>
      compareNumber(`totals.${key}`, value, world.totals[key as keyof World['totals']]),
    ),
  status: checkStatus,
  backoff: checkBackoff,
  pods: (expected, world) => compareNumber('pods', expected, podsOf(world).length),
  activePods: (expected, world) => compareNumber('activePods', expected, podsOf(world).filter(isActive).length),
  readyPods: (expected, world) => compareNumber('readyPods', expected, podsOf(world).filter(isPodReady).length),
  unavailablePods: (expected, world) =>
    compareNumber('unavailablePods', expected, podsOf(world).filter((pod) => !isAvailable(pod, world)).length),
  podsOnNodes: (expected, world) =>
    compareSets('podsOnNodes', asTexts(expected), podsOf(world).filter(isActive).map(nodeNameOf)),
  podImages: (expected, world) => compareSets('podImages', asTexts(expected), [...new Set(podsOf(world).map(imageOf))]),
  podImageCounts: (expected, world) =>
    Object.entries(isObject(expected) ? expected : {}).flatMap(([image, count]) =>
      compareNumber(`podImageCounts.${image}`, count, podsOf(world).filter((pod) => imageOf(pod) === image).length),
    ),
  podEnv: (expected, world) =>
    podsOf(world).flatMap((pod) => compare(`${pod.metadata.name}.env`, expected, envOf(pod))),
  podHashes: checkPodHashes,
  history: checkHistory,
  stillPresent: (expected, world) => checkRemembered(expected, world, 'is present', true, (pod) => pod !== undefined),
  stillReady: (expected, world) =>
    checkRemembered(expected, world, 'is ready', true, (pod) => pod !== undefined && isPodReady(pod)),
  gone: (expected, world) => checkRemembered(expected, world, 'is present', false, (pod) => pod !== undefined),
  currentHashIsNot: (expected, world) => {
    const hash = rememberedHash(expected, world);
    return hash === undefined
      ? mismatch('currentHashIsNot', 'a remembered hash', expected)
      : compareWhole('currentHashIsNot', false, hash === currentHashOf(world));
  },
  podsWithTemplateField: checkTemplateField,
};

function checkError(expected: unknown, { outcome }: SyncEffects): readonly Mismatch[] {
  const got = outcome.ok ? null : outcome.error;
  if (expected === null || expected === false) return compareWhole('error', null, got);
  if (expected === true) return got === null ? mismatch('error', 'an error', null) : [];
  const text = isObject(expected) ? (expected['contains'] ?? expected['message']) : expected;
  return typeof text === 'string' && got?.includes(text) === true ? [] : mismatch('error', expected, got);
}

function checkCreatedPods(expected: unknown, { created }: SyncEffects): readonly Mismatch[] {
  if (!isObject(expected)) return mismatch('createdPods', expected, 'no object');
  const each = isObject(expected['each']) ? expected['each'] : {};
  const shapes = created.flatMap((pod) => {
    const terms =
      pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    return Object.entries(each).flatMap(([key, value]) => {
      if (key === 'requiredNodeAffinityTerms') return compareWhole(key, value, terms.length);
      if (key === 'matchFieldsOfTerm0') return compareWhole(key, blankNames(value), blankNames(terms[0]?.matchFields));
      return compareWhole(key, value, readPath(pod, key) ?? null);
    });
  });
  const onNodes = expected['onNodes'];
  return [
    ...shapes,
    ...(onNodes === undefined ? [] : compareSets('onNodes', asTexts(onNodes), created.map(nodeNameOf))),
  ];
}

/** The one node name differs from pod to pod; that it is one is what counts. */
function blankNames(fields: unknown): unknown {
  if (!Array.isArray(fields)) return fields;
  return fields.map((field) =>
    isObject(field) && Array.isArray(field['values']) ? { ...field, values: field['values'].length } : field,
  );
}

function checkStatus(expected: unknown, world: World): readonly Mismatch[] {
  const status = daemonSetOf(world).status ?? {};
  return Object.entries(isObject(expected) ? expected : {}).flatMap(([key, value]) => {
    const got = Number(status[key as keyof typeof status] ?? 0);
    const increase = isObject(value) ? value['increasedBy'] : undefined;
    if (increase !== undefined) return compareWhole(`status.${key}`, increase, got - world.firstCollisionCount);
    return compareNumber(`status.${key}`, value, got);
  });
}

function checkBackoff(expected: unknown, world: World): readonly Mismatch[] {
  if (!isObject(expected)) return mismatch('backoff', expected, 'no object');
  const { cluster } = world;
  const ds = daemonSetOf(world);
  const node = typeof expected['node'] === 'string' ? expected['node'] : (cluster.list('Node')[0]?.metadata.name ?? '');
  const key = `${ds.metadata.uid ?? ''}/${ds.status?.observedGeneration ?? 0}/${node}`;
  const delayMs = cluster.backoff.get(key);
  const { as, sameAs } = expected;
  if (typeof as === 'string') world.delays.set(as, delayMs);
  return [
    ...(expected['delayMs'] === undefined ? [] : compareNumber('backoff.delayMs', expected['delayMs'], delayMs)),
    ...(expected['inBackoff'] === undefined
      ? []
      : compareWhole(
          'backoff.inBackoff',
          expected['inBackoff'],
          cluster.backoff.isInBackOffSinceUpdate(key, cluster.nowMs),
        )),
    ...(typeof sameAs === 'string' ? compareWhole('backoff.sameAs', world.delays.get(sameAs), delayMs) : []),
  ];
}

function checkPodHashes(expected: unknown, world: World): readonly Mismatch[] {
  const hash = expected === 'current' ? currentHashOf(world) : rememberedHash(expected, world);
  return podsOf(world).flatMap((pod) =>
    compareWhole(`${pod.metadata.name} hash`, hash, pod.metadata.labels?.[HASH_LABEL]),
  );
}

function checkHistory(expected: unknown, world: World): readonly Mismatch[] {
  if (!isObject(expected)) return mismatch('history', expected, 'no object');
  const revisions = revisionsOf(world);
  const { count, currentRevision, only } = expected;
  const onlyNames = Array.isArray(only) ? only.map(String) : [String(only)];
  return [
    ...(count === undefined ? [] : compareNumber('history.count', count, revisions.length)),
    ...(currentRevision === undefined
      ? []
      : compareWhole('history.currentRevision', currentRevision, currentRevisionOf(world)?.revision)),
    ...(only === undefined
      ? []
      : compareSets(
          'history.only',
          onlyNames.map((name) => revisionName(name, world)),
          revisions.map(({ metadata }) => metadata.name),
        )),
  ];
}

function checkTemplateField(expected: unknown, world: World): readonly Mismatch[] {
  if (!isObject(expected)) return mismatch('podsWithTemplateField', expected, 'no object');
  const { path, value, ...bounds } = expected;
  const found = podsOf(world).filter((pod) => readPath(pod, String(path)) === value).length;
  return compareNumber(
    'podsWithTemplateField',
    Object.keys(bounds).length === 0 ? { min: 1 } : (bounds['count'] ?? bounds),
    found,
  );
}

/** Asks the same of every pod of a remembered set. */
function checkRemembered(
  name: unknown,
  world: World,
  what: string,
  expected: boolean,
  ask: (pod: Pod | undefined) => boolean,
): readonly Mismatch[] {
  const kept = world.remembered.get(String(name));
  if (kept === undefined || !('pods' in kept)) return mismatch('remembered pods', 'a set kept earlier', name);
  return kept.pods.flatMap((pod) => compareWhole(`${pod} ${what}`, expected, ask(findPod(world, pod))));
}

/** `{remembered}` is a hash kept earlier, `{revision}` the hash of a revision by name; plain text is either. */
function rememberedHash(expected: unknown, world: World): string | undefined {
  const name = isObject(expected)
    ? String(expected['remembered'] ?? expected['revision'] ?? expected['ofRevision'])
    : String(expected);
  const kept = world.remembered.get(name);
  if (kept !== undefined && 'hash' in kept) return kept.hash;
  const revision = revisionsOf(world).find(({ metadata }) => metadata.name === revisionName(name, world));
  return revision?.metadata.labels?.[HASH_LABEL];
}

/** `current` stands for the revision of the current template. */
function revisionName(name: string, world: World): string {
  return name === 'current' ? (currentRevisionOf(world)?.metadata.name ?? name) : name;
}

function isAvailable(pod: Pod, world: World): boolean {
  return isPodAvailable(pod, daemonSetOf(world).spec.minReadySeconds ?? 0, world.cluster.nowMs);
}

function findPod(world: World, name: string): Pod | undefined {
  return podsOf(world).find((pod) => pod.metadata.name === name);
}

function nodeNameOf(pod: Pod): string {
  return targetNodeName(pod) ?? '';
}

function imageOf(pod: Pod): string {
  return pod.spec.containers[0]?.image ?? '';
}

function envOf(pod: Pod): Readonly<Record<string, unknown>> {
  const env = readPath(pod.spec.containers[0], 'env');
  return Object.fromEntries((Array.isArray(env) ? env : []).map(({ name, value }) => [name, value]));
}

function readPath(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
