import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assert, AssertionError } from '../assert.ts';
import type { DaemonSet } from '../api/daemonSet.ts';
import { compareKeys, keyOf } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { compileLabelSelector } from '../match/selectors.ts';
import { daemonSet, node, pod } from '../testing/objects.ts';
import { decideClaim } from './decideClaim.ts';
import { assertSameFleet } from './fleetOracle.ts';
import { indexedFleet } from './indexedFleet.ts';
import { groupPodsByNode } from './manage.ts';
import { type IndexRules, NodeStateIndex } from './nodeStateIndex.ts';
import { compilePlacement } from './placement.ts';
import { replaceNodeAffinity } from './podTemplate.ts';
import { allowsSurge } from './updateBudget.ts';
import { walkFleet } from './walkFleet.ts';

const PROFILE = { includeDeletedTerminal: false, availabilityInclusive: true };

/** Caches, and an index that hears of their changes. */
class Caches {
  readonly index = new NodeStateIndex();
  readonly pods = new Map<string, Pod>();
  readonly nodes = new Map<string, Node>();
  ds: DaemonSet = daemonSet();
  hash = 'new';
  nowMs = 100_000;
  readonly switches = { countOldUnavailable: true, surgeSunset: true };

  putPod(changed: Pod): void {
    this.pods.set(keyOf(changed), changed);
    this.index.podChanged(keyOf(changed), changed);
  }

  removePod(key: string): void {
    this.pods.delete(key);
    this.index.podChanged(key, undefined);
  }

  putNode(changed: Node): void {
    this.nodes.set(changed.metadata.name, changed);
    this.index.nodeChanged(changed.metadata.name, changed);
  }

  removeNode(name: string): void {
    this.nodes.delete(name);
    this.index.nodeChanged(name, undefined);
  }

  listNodes(): readonly Node[] {
    return [...this.nodes.values()].sort((a, b) => compareKeys(a.metadata.name, b.metadata.name));
  }

  listPods(): readonly Pod[] {
    return [...this.pods.values()].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  }

  rules(): IndexRules {
    const { ds, hash, nowMs } = this;
    return { ...PROFILE, ds, hash, nowMs, placement: compilePlacement(ds, true), surges: allowsSurge(ds) };
  }

  /** A sync begins and looks: the index says the same as a walk, or that only a claim pass can tell. */
  look(): boolean {
    const rules = this.rules();
    this.index.beginSync(() => this.listNodes());
    const isUpToDate = this.index.bringUpToDate(rules, () => this.listPods());
    const selector = compileLabelSelector(this.ds.spec.selector ?? {});
    const claims = this.listPods().map((each) => [each, decideClaim(this.ds, each, selector)] as const);
    const hasNoStrays = claims.every(([, claim]) => claim !== 'adopt' && claim !== 'release');
    assert(isUpToDate === hasNoStrays, () => `up to date: ${isUpToDate}, no strays: ${hasNoStrays}`);
    if (!isUpToDate) return false;
    const ours = claims.filter(([, claim]) => claim === 'ours').map(([each]) => each);
    const walked = walkFleet({
      ...rules,
      nodes: this.listNodes(),
      podsByNode: groupPodsByNode(ours, PROFILE),
      profile: this.switches,
      order: (list) => list,
    });
    assertSameFleet(this.fleet(), walked, rules);
    return true;
  }

  fleet(): ReturnType<typeof indexedFleet> {
    return indexedFleet(this.index, { profile: this.switches, hash: this.hash, takesTouched: true });
  }
}

const nodeName = fc.constantFrom('n-0', 'n-1', 'n-2', 'n-3', 'n-4');
const podChange = fc.record({
  what: fc.constant('pod' as const),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  nodeName,
  isBound: fc.boolean(),
  hash: fc.constantFrom('new', 'old', 'older'),
  phase: fc.constantFrom('Running' as const, 'Pending' as const, 'Failed' as const, 'Succeeded' as const),
  readySinceMs: fc.option(fc.constantFrom(60_000, 95_000, 100_000), { nil: undefined }),
  isTerminating: fc.boolean(),
  createdAtMs: fc.constantFrom(1000, 2000),
});
const change = fc.oneof(
  { weight: 8, arbitrary: podChange },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('podGone' as const), name: fc.constantFrom('a', 'b', 'c', 'z') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('node' as const),
      name: nodeName,
      taint: fc.constantFrom('NoSchedule' as const, 'NoExecute' as const, undefined),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('nodeGone' as const), name: nodeName }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(-5000, 3000, 20_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('spec' as const),
      minReadySeconds: fc.constantFrom(0, 10, 30),
      maxSurge: fc.constantFrom(0, 1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('hash' as const), hash: fc.constantFrom('new', 'old') }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('stray' as const), name: fc.constantFrom('a', 'z') }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('look' as const) }) },
);

/** Meant for its node, and not yet on it. */
function unbound(bound: Pod): Pod {
  const { nodeName = '', ...spec } = bound.spec;
  return { ...bound, spec: { ...spec, affinity: replaceNodeAffinity(undefined, nodeName) } };
}

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(caches: Caches, each: Change): void {
  switch (each.what) {
    case 'pod': {
      const { what: _what, name, readySinceMs, isBound, ...options } = each;
      const bound = pod(name, { ...options, ...(readySinceMs === undefined ? {} : { readySinceMs }) });
      caches.putPod(isBound ? bound : unbound(bound));
      break;
    }
    case 'podGone':
      caches.removePod(keyOf(pod(each.name)));
      break;
    case 'node':
      caches.putNode(node(each.name, each.taint === undefined ? {} : { taints: [{ key: 'a', effect: each.taint }] }));
      break;
    case 'nodeGone':
      caches.removeNode(each.name);
      break;
    case 'time':
      caches.nowMs += each.ms;
      break;
    case 'spec': {
      const rollingUpdate = { maxUnavailable: 1 - each.maxSurge, maxSurge: each.maxSurge };
      const updateStrategy = { type: 'RollingUpdate', rollingUpdate };
      caches.ds = daemonSet({ minReadySeconds: each.minReadySeconds, updateStrategy });
      break;
    }
    case 'hash':
      caches.hash = each.hash;
      break;
    case 'stray': {
      const { ownerReferences: _owners, ...metadata } = pod(each.name, { nodeName: 'n-0' }).metadata;
      caches.putPod({ ...pod(each.name, { nodeName: 'n-0' }), metadata });
      break;
    }
    case 'look':
      caches.look();
      break;
  }
}

describe('an index that hears of every change', () => {
  test('says what a walk over the caches says, whatever comes in which order', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 10, maxLength: 80 }), (changes) => {
        const caches = new Caches();
        for (const each of changes) apply(caches, each);
        caches.look();
      }),
      { numRuns: 500 },
    );
  });

  test('names what was touched since the last look, and nothing else', () => {
    const caches = new Caches();
    for (const name of ['n-0', 'n-1', 'n-2']) caches.putNode(node(name));
    caches.look();
    const touched = (): readonly string[] => [...(caches.fleet().touched?.names ?? [])].sort(compareKeys);
    touched();
    caches.putPod(pod('a', { nodeName: 'n-1' }));
    caches.look();
    expect(touched()).toEqual([]);
    caches.putPod(pod('a', { nodeName: 'n-2' }));
    caches.index.beginSync(() => caches.listNodes());
    caches.index.bringUpToDate(caches.rules(), () => caches.listPods());
    expect(touched()).toEqual(['n-1', 'n-2']);
  });

  test('keeps the nodes of the sync that is under way', () => {
    const caches = new Caches();
    caches.putNode(node('n-0'));
    caches.look();
    caches.putNode(node('n-0', { taints: [{ key: 'a', effect: 'NoExecute' }] }));
    caches.putNode(node('n-1'));
    caches.index.bringUpToDate(caches.rules(), () => caches.listPods());
    expect(caches.index.status().desiredNumberScheduled).toBe(1);
    caches.index.beginSync(() => caches.listNodes());
    caches.index.bringUpToDate(caches.rules(), () => caches.listPods());
    expect(caches.index.status().desiredNumberScheduled).toBe(1);
    expect(caches.index.busyNodes().map(({ metadata }) => metadata.name)).toEqual(['n-1']);
  });
});

test('an index that missed a change is found out by the comparison', () => {
  const caches = new Caches();
  caches.putNode(node('n-0'));
  caches.look();
  caches.pods.set('kube-system/a', pod('a', { nodeName: 'n-0', hash: 'new', readySinceMs: 0 }));
  expect(() => caches.look()).toThrow(AssertionError);
});
