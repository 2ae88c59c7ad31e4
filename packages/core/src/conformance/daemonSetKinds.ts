/** Kinds about single decisions of the controller: placement, budget, pods, claims, status writes. */
import { keyOf } from '../api/meta.ts';
import { isPodAvailable, type Pod } from '../api/pod.ts';
import { apiFailure, type ApiRequest, type ApiResult } from '../api/requests.ts';
import { parseTime } from '../api/time.ts';
import { assert } from '../assert.ts';
import { type Claimed, claimObjects } from '../daemonset/claim.ts';
import { groupPodsByNode } from '../daemonset/manage.ts';
import { isIgnoredNodeUpdate } from '../daemonset/nodeEvents.ts';
import { compilePlacement } from '../daemonset/placement.ts';
import { isPodUpdated, podLabels, replaceNodeAffinity, targetNodeName } from '../daemonset/podTemplate.ts';
import { storeStatus } from '../daemonset/status.ts';
import type { Sync } from '../daemonset/syncContext.ts';
import { updateBudget } from '../daemonset/updateBudget.ts';
import { walkFleet } from '../daemonset/walkFleet.ts';
import { profileOf } from '../profile.ts';
import type { CaseRunner } from './case.ts';
import { compare, compareSets, compareWhole } from './compare.ts';
import { MemoryCluster } from './memoryCluster.ts';

export const daemonSetKinds: Readonly<Record<string, CaseRunner>> = {
  shouldRun: ({ given, expect = {} }) => {
    const outcome = compilePlacement(given.daemonSet, true)(given.node);
    return compare('', expect, { shouldRun: outcome === 'run', shouldContinueRunning: outcome !== 'none' });
  },
  updateBudget: ({ given, expect = {} }) => {
    const podsByNode = groupPodsByNode(given.pods, { includeDeletedTerminal: false });
    const placement = compilePlacement(given.daemonSet, true);
    const fleet = walkFleet({
      ds: given.daemonSet,
      hash: '',
      nodes: given.nodes,
      podsByNode,
      placement,
      nowMs: 0,
      availabilityInclusive: true,
      profile: { countOldUnavailable: true, surgeSunset: true },
      order: (list) => list,
    });
    const desired = fleet.desired();
    const names: readonly string[] = given.nodes.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    const nodesWithoutPod = names.filter((name) => fleet.outcomeOf(name) === 'run' && !podsByNode.has(name)).length;
    return compare('', expect, {
      ...updateBudget(given.daemonSet, desired),
      desiredNumberScheduled: desired,
      nodesWithoutPod,
    });
  },
  podAvailable: ({ given, expect = {} }) => {
    const nowMs = parseTime(given.now);
    assert(nowMs !== undefined, () => `no instant: ${given.now}`);
    return compareWhole('available', expect['available'], isPodAvailable(given.pod, given.minReadySeconds, nowMs));
  },
  isPodUpdated: ({ given, expect = {} }) =>
    compareWhole(
      'updated',
      expect['updated'],
      isPodUpdated(given.pod, given.hash, given.templateGeneration ?? undefined),
    ),
  podTemplateLabels: ({ given, expect = {} }) => {
    const labels = podLabels(given.template, given.templateGeneration ?? undefined, given.hash);
    const absent = (expect['absentLabels'] ?? []) as readonly string[];
    return [
      ...compare('labels', expect['labels'] ?? {}, labels),
      ...absent.flatMap((key) => compareWhole(`labels.${key}`, undefined, labels[key])),
    ];
  },
  replaceNodeAffinity: ({ given, expect = {} }) =>
    compareWhole('affinity', expect['affinity'], replaceNodeAffinity(given.affinity, given.nodeName)),
  targetNodeName: ({ given, expect = {} }) => {
    const nodeName = targetNodeName(given.pod);
    return compare('', expect, nodeName === undefined ? { error: true } : { nodeName, error: false });
  },
  podsByNode: ({ given, expect = {} }) => {
    const ds = given.daemonSets.find(
      (candidate: { metadata: { name: string } }) => candidate.metadata.name === given.for,
    );
    const { claimed } = answerAll(claimObjects<Pod>(ds, 'Pod', given.pods), () => ({ ok: true, object: ds }));
    const groups = groupPodsByNode(claimed, { includeDeletedTerminal: given.includeDeletedTerminal });
    const expected = expect['podsByNode'] as Readonly<Record<string, readonly string[]>>;
    return [
      ...compareSets('nodes', Object.keys(expected), [...groups.keys()]),
      ...Object.entries(expected).flatMap(([node, names]) =>
        compareSets(
          node,
          names,
          (groups.get(node) ?? []).map((pod) => pod.metadata.name),
        ),
      ),
    ];
  },
  claimPods: ({ given, expect = {} }) => {
    const { uid, namespace, selector, deletionTimestamp } = given.controller;
    const name = given.controller.name ?? `ctrl-${uid}`;
    const ds = {
      apiVersion: 'apps/v1' as const,
      kind: 'DaemonSet' as const,
      metadata: { name, namespace, uid, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
      spec: { selector, template: { spec: { containers: [] } } },
    };
    let patches = 0;
    const claimed: Claimed<Pod> = answerAll(claimObjects<Pod>(ds, 'Pod', given.pods), (request) => {
      if (request.verb === 'patch') patches += 1;
      return { ok: true, object: ds };
    });
    return compare('', expect, { claimed: claimed.claimed.map(keyOf), patches });
  },
  storeStatus: ({ given, expect = {} }) => {
    const cluster = newCluster();
    const counts = { updateStatus: 0, get: 0 };
    const answer = (request: ApiRequest): ApiResult => {
      const verb = request.verb === 'get' ? 'get' : 'updateStatus';
      counts[verb] += 1;
      const failures = verb === 'get' ? given.faults.failFirstGets : given.faults.failFirstUpdates;
      return counts[verb] <= failures ? apiFailure('InternalError', verb) : { ok: true, object: given.daemonSet };
    };
    const raise = given.updateObservedGeneration === true;
    const error = answerAll(storeStatus(given.daemonSet, given.newStatus, raise, cluster.context()), answer);
    const kind = error === undefined ? null : error === 'get' ? 'get' : 'update';
    return compare('', expect, { updateCalls: counts.updateStatus, getCalls: counts.get, error: kind });
  },
  ignoreNodeUpdate: ({ given, expect = {} }) =>
    compareWhole('ignore', expect['ignore'], isIgnoredNodeUpdate(given.old, given.new)),
};

/** Runs a generator to its end with the given answers. */
export function answerAll<T>(sync: Sync<T>, answer: (request: ApiRequest) => ApiResult): T {
  let step = sync.next();
  while (step.done !== true) step = sync.next(step.value.map(answer));
  return step.value;
}

/** A cluster of the newest release that we know, at the beginning of time. */
function newCluster(): MemoryCluster {
  const profile = profileOf('1.36');
  assert(profile !== undefined, () => 'the default profile is missing');
  return new MemoryCluster({ profile, nowMs: 0 });
}
