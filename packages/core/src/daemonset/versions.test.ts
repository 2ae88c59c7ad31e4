import { describe, expect, test } from 'vitest';
import { HASH_LABEL } from '../api/daemonSet.ts';
import { apiFailure } from '../api/requests.ts';
import { MemoryCluster } from '../conformance/memoryCluster.ts';
import { type FeatureGates, type Profile, profileOf } from '../profile.ts';
import { daemonSet, DS_KEY, node, pod, type PodOptions, withImage } from '../testing/objects.ts';
import { nodeUpdated } from './handlers.ts';
import { nodeWorkKeys } from './nodeEvents.ts';

// Each test runs the same objects through the release before a change and the one after it.

function profile(version: string, gates?: FeatureGates): Profile {
  const found = profileOf(version, gates);
  if (found === undefined) throw new Error(`Kubernetes ${version} is not known`);
  return found;
}

const TAINTED = { taints: [{ key: 'a', effect: 'NoSchedule' as const }] };
const SURGE = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } } as const;

/** What one sync of this release does with these pods, each on the node of its name; `old`: of the template before. */
interface Scene {
  readonly ds?: Parameters<typeof daemonSet>[0];
  readonly pods: Readonly<Record<string, PodOptions & { readonly old?: true }>>;
  /** Nodes beside those of the pods. */
  readonly nodes?: readonly string[];
  /** Nodes with a NoSchedule taint. */
  readonly tainted?: readonly string[];
  readonly nowMs?: number;
  /** Verb of the requests about pods that fail. */
  readonly failing?: 'create' | 'delete';
}

function play(
  version: string,
  scene: Scene,
): { readonly creates: string; readonly deletes: string; readonly cluster: MemoryCluster } {
  const cluster = new MemoryCluster({ profile: profile(version), nowMs: scene.nowMs ?? 60_000 });
  const ds = daemonSet(scene.ds);
  cluster.put(ds);
  // The first sync makes the revision of the template, and tells its hash.
  cluster.sync(DS_KEY);
  const hash = cluster.list('ControllerRevision')[0]?.metadata.labels?.[HASH_LABEL] ?? '';
  for (const [name, { old, ...options }] of Object.entries(scene.pods))
    cluster.put(pod(name, { nodeName: name, hash: old === true ? 'old' : hash, ...options }));
  for (const name of [...Object.keys(scene.pods), ...(scene.nodes ?? [])])
    cluster.put(node(name, scene.tainted?.includes(name) === true ? TAINTED : {}));
  cluster.takeRequests();
  cluster.intercept = (request) =>
    request.verb === scene.failing ? apiFailure('InternalError', 'the server is on fire') : undefined;
  cluster.sync(DS_KEY);
  const passes = cluster.takePasses().flatMap((pass) => ('createOn' in pass ? [pass] : []));
  return {
    creates: passes.flatMap(({ createOn }) => createOn).join(' '),
    deletes: passes.flatMap(({ deletePods }) => deletePods.map(({ metadata }) => metadata.name)).join(' '),
    cluster,
  };
}

const ready = { readySinceMs: 0 };

test('status-on-error: a pod that cannot be created kept the status unwritten', () => {
  const desired = (version: string): number | undefined => {
    const { cluster } = play(version, { pods: {}, nodes: ['n-0', 'n-1'], failing: 'create' });
    return cluster.get('DaemonSet', DS_KEY)?.status?.desiredNumberScheduled;
  };
  expect([desired('1.26.0'), desired('1.26.1'), desired('1.27.0')]).toEqual([0, 2, 2]);
});

test('recreate-succeeded: a pod that ended well kept its node', () => {
  const deletes = (version: string): string =>
    play(version, { pods: { done: { phase: 'Succeeded' }, alive: ready } }).deletes;
  expect([deletes('1.26.4'), deletes('1.26.5'), deletes('1.27.0')]).toEqual(['', 'done', 'done']);
});

test('skip-deleted-terminal: a failed pod that a finalizer holds back kept its node', () => {
  const creates = (version: string): string =>
    play(version, { pods: { held: { phase: 'Failed', isTerminating: true } } }).creates;
  expect(['1.26.6', '1.26.7', '1.27.3', '1.27.4', '1.28.0'].map(creates)).toEqual(['', 'held', '', 'held', 'held']);
});

describe('surge-sunset', () => {
  const old = { ...ready, old: true } as const;

  test('a surge added pods on tainted nodes, where they never started', () => {
    const creates = (version: string): string =>
      play(version, { ds: SURGE, pods: { dusk: old, noon: old }, tainted: ['dusk'] }).creates;
    expect(['1.28.2', '1.28.3', '1.29.0'].map(creates)).toEqual(['dusk', 'noon', 'noon']);
  });

  test('the old pod of a tainted node stayed, however many others made up for it', () => {
    const deletes = (version: string): string =>
      play(version, { ds: SURGE, pods: { dusk: old, noon: ready }, tainted: ['dusk'] }).deletes;
    expect([deletes('1.27.6'), deletes('1.27.7')]).toEqual(['', 'dusk']);
  });

  test('a pod on a node that is gone did not fail the pass', () => {
    const error = (version: string): string | undefined => {
      const { cluster } = play(version, { ds: SURGE, pods: { gone: old } });
      cluster.remove('Node', 'gone');
      const outcome = cluster.sync(DS_KEY);
      return outcome.ok ? undefined : outcome.error;
    };
    expect(error('1.26.9')).toBeUndefined();
    expect(error('1.26.10')).toMatch(/^couldn't get node for nodeName "gone"/);
  });
});

test('count-old-unavailable: pods that had never become ready left the budget to the healthy ones', () => {
  const deletes = (version: string): string =>
    play(version, { pods: { bad: { old: true }, good: { ...ready, old: true } } }).deletes;
  const versions = ['1.27.16', '1.28.14', '1.28.15', '1.29.9', '1.29.10', '1.30.5', '1.30.6', '1.31.0'];
  expect(versions.map(deletes)).toEqual(['bad good', 'bad good', 'bad', 'bad good', 'bad', 'bad good', 'bad', 'bad']);
});

test('node-queue: a node update woke its DaemonSets from the handler itself', () => {
  const ds = daemonSet();
  const effects = (version: string): readonly string[] => {
    const caches = { profile: profile(version), daemonSets: { get: () => ds, list: () => [ds] } };
    return nodeUpdated(node('n', TAINTED), node('n'), caches).map(({ effect }) => effect);
  };
  expect([effects('1.32'), effects('1.33.0')]).toEqual([['enqueue'], ['enqueueNode']]);
});

test('availability-inclusive: the last instant of minReadySeconds did not count', () => {
  const available = (version: string, nowMs: number): number | undefined => {
    const { cluster } = play(version, { ds: { minReadySeconds: 10 }, pods: { p: ready }, nowMs });
    return cluster.get('DaemonSet', DS_KEY)?.status?.numberAvailable;
  };
  expect([available('1.33', 10_000), available('1.34.0', 10_000)]).toEqual([0, 1]);
  expect([available('1.33', 10_001), available('1.34.0', 9999)]).toEqual([1, 0]);
});

test('misscheduled-requeue: a node that turns fit left its pod counted as misscheduled', () => {
  const counts = { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 1, numberReady: 0 };
  const ds = { ...daemonSet(), status: counts };
  const woken = (version: string): readonly string[] => {
    const caches = { profile: profile(version), daemonSets: { get: () => ds, list: () => [ds] } };
    return nodeWorkKeys(node('n'), [pod('p', { nodeName: 'n' })], caches);
  };
  expect(['1.33.5', '1.33.6', '1.34.0', '1.34.1', '1.35.0'].map(woken)).toEqual([[], [DS_KEY], [], [DS_KEY], [DS_KEY]]);
});

test('toleration-compare: numbers are compared behind the feature gate only', () => {
  const tolerations = [{ key: 'sla', operator: 'Gt', value: '750' }];
  const template = { ...daemonSet().spec.template, spec: { ...daemonSet().spec.template.spec, tolerations } };
  const created = (gates?: FeatureGates): number => {
    const cluster = new MemoryCluster({ profile: profile('1.35', gates), nowMs: 0 });
    cluster.put(daemonSet({ template }));
    cluster.put(node('n', { taints: [{ key: 'sla', value: '950', effect: 'NoSchedule' }] }));
    cluster.sync(DS_KEY);
    return cluster.list('Pod').length;
  };
  expect([created(), created({ TaintTolerationComparisonOperators: true })]).toEqual([0, 1]);
});

test('staleness: a sync did not wait for the cache to show the controller’s own writes', () => {
  const firstPass = (version: string, gates?: FeatureGates): string | undefined => {
    const cluster = new MemoryCluster({ profile: profile(version, gates), nowMs: 0 });
    cluster.put(withImage(daemonSet(), 'agent:2'));
    cluster.put(node('n'));
    cluster.consistency.wroteAt(DS_KEY, 'uid-agent', 'Pod', '999');
    cluster.sync(DS_KEY);
    return cluster.takePasses()[0]?.pass;
  };
  expect([firstPass('1.35'), firstPass('1.36.0')]).toEqual(['manage', 'stale']);
  expect(firstPass('1.36.0', { StaleControllerConsistencyDaemonSet: false })).toBe('manage');
});
