/** What users do, in kubectl's words, against a real store. */
import type { ControllerRevision, DaemonSet } from '@everynode/core/api/daemonSet';
import type { Node } from '@everynode/core/api/node';
import type { ApiObject } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { revisionData } from '@everynode/core/daemonset/history';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { outsideClient } from '../cluster/world.ts';
import type { OperationDefinition } from './operation.ts';
import { operationRegistry } from './registry.ts';

const DS: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'main', image: 'agent:v1' }] } },
  },
};
const KEY = 'kube-system/agent';

interface Session {
  readonly house: House;
  readonly machines: string[];
  /** Performs an operation, lets it work for a while, and returns what it said. */
  perform(name: string, params: Readonly<Record<string, unknown>>, ms?: number): readonly string[];
}

function startSession(minor = 36): Session {
  const house = createHouse();
  const { engine } = house.world;
  const user = outsideClient(house.world, 'user');
  const machines: string[] = [];
  return {
    house,
    machines,
    perform(name, params, ms = 1_000) {
      const said: string[] = [];
      const definition = operationRegistry[name] as OperationDefinition;
      const defaults = Object.entries(definition.params).flatMap(([key, { defaultValue }]) =>
        defaultValue === undefined ? [] : [[key, defaultValue]],
      );
      engine.withCause(0, () =>
        definition.perform({
          params: { ...Object.fromEntries(defaults), ...params } as never,
          minor,
          nowMs: () => engine.nowMs,
          schedule: (delayMs, run) => void engine.schedule(delayMs, 'user', run),
          send: (request, done) => user.send(request, done),
          say: (message) => void said.push(message),
          draw: () => 7,
          addNode: (pool, bootMs) => void machines.push(`+${pool} ${bootMs}`),
          removeNode: (node) => void machines.push(`-${node}`),
          replaceNode: (node, bootMs) => void machines.push(`~${node} ${bootMs}`),
        }),
      );
      house.runFor(ms);
      return said;
    },
  };
}

function revisionOf(ds: DaemonSet, revision: number): ControllerRevision {
  const { uid = '', name } = ds.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `agent-${revision}`,
      namespace: 'kube-system',
      labels: { app: 'agent' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: true }],
    },
    data: revisionData(ds),
    revision,
  };
}

const only = (node: string): unknown => ({ include: [node] });

describe('apply', () => {
  test('creates, then leaves alone, then merges and takes away what is no longer mentioned', () => {
    const { house, perform } = startSession();
    const withLabel: DaemonSet = {
      ...DS,
      metadata: { ...DS.metadata, labels: { team: 'a' } },
      spec: { ...DS.spec, minReadySeconds: 5 },
    };
    expect(perform('apply', { objects: [withLabel] })).toEqual(['daemonset.apps/agent created']);
    expect(perform('apply', { objects: [withLabel] })).toEqual(['daemonset.apps/agent unchanged']);
    expect(perform('apply', { objects: [DS] })).toEqual(['daemonset.apps/agent configured']);
    const stored = house.world.store.get('DaemonSet', KEY);
    expect([stored?.metadata.labels, stored?.spec.minReadySeconds, stored?.metadata.generation]).toEqual([
      undefined,
      undefined,
      2,
    ]);
  });

  test('applies several objects in their order, and goes on after one that is refused', () => {
    const { house, perform } = startSession();
    const wrong: DaemonSet = { ...DS, spec: { ...DS.spec, selector: { matchLabels: { app: 'other' } } } };
    const objects: readonly ApiObject[] = [testPod('a'), wrong, { ...testPod('b'), metadata: { name: 'b' } }];
    const said = perform('apply', { objects });
    expect(said[0]).toBe('pod/a created');
    expect(said[1]).toMatch(/^The DaemonSet "agent" is invalid: spec\.template\.metadata\.labels: Invalid value: /);
    expect(said[2]).toBe('pod/b created');
    expect(house.world.store.list('Pod').map((pod) => pod.metadata.namespace)).toEqual(['default', 'default']);
  });
});

describe('update', () => {
  test('sets an image, in one write that changes the template once', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    const said = perform('update', {
      daemonSet: KEY,
      setImage: { main: 'agent:v2' },
      changeCause: 'security fix',
    });
    expect(said).toEqual(['daemonset.apps/agent image updated']);
    const stored = house.world.store.get('DaemonSet', KEY);
    expect(stored?.spec.template.spec.containers[0]?.image).toBe('agent:v2');
    expect([stored?.metadata.generation, stored?.metadata.annotations?.['kubernetes.io/change-cause']]).toEqual([
      2,
      'security fix',
    ]);
  });

  test('an image and another field come together as one new template', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    const merge = { spec: { minReadySeconds: 10, template: { metadata: { annotations: { x: '1' } } } } };
    expect(perform('update', { daemonSet: KEY, setImage: { '*': 'agent:v2' }, patch: { merge } })).toEqual([
      'daemonset.apps/agent patched',
    ]);
    const stored = house.world.store.get('DaemonSet', KEY);
    expect([stored?.spec.minReadySeconds, stored?.metadata.generation]).toEqual([10, 2]);
    expect(stored?.metadata.annotations?.['deprecated.daemonset.template.generation']).toBe('2');
  });

  test('says what is wrong: no such container, no such DaemonSet, nothing to change', () => {
    const { perform } = startSession();
    perform('apply', { objects: [DS] });
    expect(perform('update', { daemonSet: KEY, setImage: { sidecar: 'x' } })).toEqual([
      'error: unable to find container named "sidecar"',
    ]);
    expect(perform('update', { daemonSet: 'kube-system/none', setImage: { main: 'x' } })).toEqual([
      'Error from server (NotFound): daemonsets.apps "none" not found',
    ]);
    expect(perform('update', { daemonSet: KEY, patch: { merge: { spec: { minReadySeconds: 0 } } } })).toEqual([
      'daemonset.apps/agent patched',
    ]);
    expect(perform('update', { daemonSet: KEY, patch: { merge: {} } })).toEqual([
      'daemonset.apps/agent patched (no change)',
    ]);
  });

  test('set image is silent about an image that is there, and changes the others besides one that is unknown', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    expect(perform('update', { daemonSet: KEY, setImage: { main: 'agent:v1' } })).toEqual([]);
    expect(perform('update', { daemonSet: KEY, setImage: { sidecar: 'x', main: 'agent:v2' } })).toEqual([
      'daemonset.apps/agent image updated',
      'error: unable to find container named "sidecar"',
    ]);
    expect(house.world.store.get('DaemonSet', KEY)?.spec.template.spec.containers[0]?.image).toBe('agent:v2');
  });

  test('set image sends a patch of the image alone, so it overwrites nothing that changed meanwhile', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    house
      .seams('race')
      .api.fail({ client: 'user', verb: 'patch', count: 1 }, 'Conflict', { numerator: 1, denominator: 1 });
    expect(perform('update', { daemonSet: KEY, setImage: { main: 'agent:v2' } })).toEqual([
      expect.stringMatching(/^error: failed to patch image update to pod template: /),
    ]);
    expect(perform('update', { daemonSet: KEY, setImage: { main: 'agent:v2' } })).toEqual([
      'daemonset.apps/agent image updated',
    ]);
  });

  test('several errors of one object are a list', () => {
    const { perform } = startSession();
    perform('apply', { objects: [DS] });
    const merge = { spec: { minReadySeconds: -1, revisionHistoryLimit: -1 } };
    expect(perform('update', { daemonSet: KEY, patch: { merge } })).toEqual([
      [
        'The DaemonSet "agent" is invalid: ',
        '* spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
        '* spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      ].join('\n'),
    ]);
  });

  test('tries again when somebody else was faster', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    house
      .seams('race')
      .api.fail({ client: 'user', verb: 'update', count: 2 }, 'Conflict', { numerator: 1, denominator: 1 });
    expect(perform('update', { daemonSet: KEY, patch: { merge: { spec: { minReadySeconds: 5 } } } })).toEqual([
      'daemonset.apps/agent patched',
    ]);
    expect(house.world.bites.of('race')).toBe(2);
  });
});

describe('rollout', () => {
  test('restart changes the template by an annotation alone', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    expect(perform('restart', { daemonSet: KEY })).toEqual(['daemonset.apps/agent restarted']);
    const stored = house.world.store.get('DaemonSet', KEY);
    expect(stored?.spec.template.metadata?.annotations).toEqual({
      'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:01Z',
    });
    expect(stored?.metadata.generation).toBe(2);
  });

  test('a second restart within the same second is refused', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    perform('restart', { daemonSet: KEY }, 100);
    expect(perform('restart', { daemonSet: KEY }, 1_000)).toEqual([
      'error: failed to create patch for agent: if restart has already been triggered within the past second, please wait before attempting to trigger another',
    ]);
    expect(house.world.store.get('DaemonSet', KEY)?.metadata.generation).toBe(2);
    expect(perform('restart', { daemonSet: KEY })).toEqual(['daemonset.apps/agent restarted']);
  });

  test('undo without a history says so, and warns about what was applied', () => {
    const { perform } = startSession(36);
    perform('apply', { objects: [DS] });
    expect(perform('rollback', { daemonSet: KEY })).toEqual([
      expect.stringMatching(/^Warning: resource daemonsets\/agent was previously managed with 'kubectl apply'/),
      'error: no last revision to roll back to',
    ]);
    const old = startSession(35);
    old.perform('apply', { objects: [DS] });
    expect(old.perform('rollback', { daemonSet: KEY, toRevision: 3 })).toEqual([
      'error: unable to find specified revision 3 in history',
    ]);
  });

  test('goes back, and says with the number that was asked for that it is there already', () => {
    const { house, perform } = startSession(35);
    perform('apply', { objects: [DS] });
    const first = house.world.store.get('DaemonSet', KEY) as DaemonSet;
    perform('update', { daemonSet: KEY, setImage: { main: 'agent:v2' } });
    const second = house.world.store.get('DaemonSet', KEY) as DaemonSet;
    for (const [at, ds] of [first, second].entries()) {
      house.ask({ verb: 'create', object: revisionOf(ds, at + 1) });
    }
    expect(perform('rollback', { daemonSet: KEY, toRevision: 2 })).toEqual([
      'daemonset.apps/agent skipped rollback (current template already matches revision 2)',
    ]);
    expect(perform('rollback', { daemonSet: KEY })).toEqual(['daemonset.apps/agent rolled back']);
    expect(house.world.store.get('DaemonSet', KEY)?.spec.template).toEqual(first.spec.template);
  });

  test('pause and resume do not exist for DaemonSets', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS] });
    expect(perform('pause', { daemonSet: KEY })).toEqual(['error: daemonsets.apps "agent" pausing is not supported']);
    expect(perform('resume', { daemonSet: KEY })).toEqual(['error: daemonsets.apps "agent" resuming is not supported']);
    expect(perform('pause', { daemonSet: 'kube-system/none' })).toEqual([
      'Error from server (NotFound): daemonsets.apps "none" not found',
    ]);
    expect(house.world.store.get('DaemonSet', KEY)?.metadata.generation).toBe(1);
  });
});

test.each([
  [26, 'Error from server (NotFound): daemonsets.apps "none" not found'],
  [27, 'error: no objects passed to scale'],
  [32, 'error: no objects passed to scale daemonsets.apps "none" not found'],
  [35, 'Error from server (NotFound): daemonsets.apps "none" not found'],
])('a DaemonSet cannot be scaled, and 1.%i says of one that is not there: %s', (minor, missing) => {
  const { perform } = startSession(minor);
  perform('apply', { objects: [DS] });
  expect(perform('scale', { daemonSet: KEY, replicas: 3 })).toEqual([
    'Error from server (NotFound): the server could not find the requested resource (patch daemonsets agent)',
  ]);
  expect(perform('scale', { daemonSet: 'kube-system/none', replicas: 3 })).toEqual([missing]);
});

describe('delete', () => {
  test('names what it deleted, with the policy and grace that were asked for', () => {
    const { house, perform } = startSession();
    perform('apply', { objects: [DS, testPod('a', { grace: 30 })] });
    house.ask({ verb: 'bind', key: 'default/a', nodeName: 'n1' });
    expect(perform('delete', { daemonSet: KEY, cascade: 'orphan' })).toEqual(['daemonset.apps "agent" deleted']);
    expect(house.world.store.get('DaemonSet', KEY)?.metadata.finalizers).toEqual(['orphan']);
    expect(perform('delete', { pod: 'default/a', gracePeriodSeconds: 0 })).toEqual(['pod "a" deleted']);
    expect(house.world.store.get('Pod', 'default/a')).toBeUndefined();
  });
});

describe('node fields', () => {
  const nodeOf = (house: House): Node | undefined => house.world.store.get('Node', 'pool-0');

  test('taints come and go by key and effect', () => {
    const { house, perform } = startSession();
    house.node(0);
    const nodes = only('pool-0');
    expect(perform('taint', { nodes, taint: 'gpu=true:NoExecute' })).toEqual(['node/pool-0 tainted']);
    perform('taint', { nodes, taint: 'gpu:NoSchedule' });
    expect(nodeOf(house)?.spec?.taints).toEqual([
      { key: 'gpu', value: 'true', effect: 'NoExecute' },
      { key: 'gpu', effect: 'NoSchedule' },
    ]);
    expect(perform('untaint', { nodes, taint: 'gpu:NoExecute' })).toEqual(['node/pool-0 untainted']);
    expect(nodeOf(house)?.spec?.taints).toEqual([{ key: 'gpu', effect: 'NoSchedule' }]);
    perform('untaint', { nodes, taint: 'gpu' });
    expect(nodeOf(house)?.spec?.taints).toBeUndefined();
    expect(perform('untaint', { nodes, taint: 'gpu' })).toEqual(['error: taint "gpu" not found']);
    expect(perform('taint', { nodes, taint: 'gpu:Never' })).toEqual(['error: invalid taint spec: gpu:Never']);
  });

  test('labels are set, and removed with null', () => {
    const { house, perform } = startSession();
    house.node(0);
    perform('label', { nodes: only('pool-0'), labels: { disk: 'ssd' } });
    expect(nodeOf(house)?.metadata.labels?.['disk']).toBe('ssd');
    perform('label', { nodes: only('pool-0'), labels: { disk: null } });
    expect(Object.keys(nodeOf(house)?.metadata.labels ?? {})).not.toContain('disk');
  });

  test('cordon and uncordon', () => {
    const { house, perform } = startSession();
    house.node(0);
    expect(perform('cordon', { nodes: only('pool-0') })).toEqual(['node/pool-0 cordoned']);
    expect(nodeOf(house)?.spec?.unschedulable).toBe(true);
    expect(perform('uncordon', { nodes: only('pool-0') })).toEqual(['node/pool-0 uncordoned']);
    expect(nodeOf(house)?.spec?.unschedulable).toBeUndefined();
  });
});

describe('drain', () => {
  function startNode(): Session {
    const session = startSession();
    const { house } = session;
    house.node(0);
    const create = (name: string, kind: string | undefined): void => {
      const owner =
        kind === undefined
          ? {}
          : { ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'agent', uid: 'u', controller: true }] };
      const pod: Pod = { ...testPod(name), metadata: { name, namespace: 'kube-system', ...owner } };
      house.ask({ verb: 'create', object: pod });
      house.ask({ verb: 'bind', key: `kube-system/${name}`, nodeName: 'pool-0' });
    };
    create('agent-x', 'DaemonSet');
    create('web', 'ReplicaSet');
    create('worker', 'ReplicaSet');
    session.perform('apply', { objects: [DS] });
    return session;
  }
  const gone = (house: House, name: string): void =>
    void house.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${name}`, gracePeriodSeconds: 0 });

  test('refuses to begin while daemon pods are there, and leaves the node cordoned (D-2)', () => {
    const { house, perform } = startNode();
    expect(perform('drain', { nodes: only('pool-0') })).toEqual([
      'node/pool-0 cordoned',
      'error: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): kube-system/agent-x',
    ]);
    expect(house.world.store.get('Node', 'pool-0')?.spec?.unschedulable).toBe(true);
    expect(house.events('pod.deleting')).toEqual([]);
  });

  test('with ignoreDaemonSets it evicts the others and waits until they are gone', () => {
    const { house, perform } = startNode();
    const said = perform('drain', { nodes: only('pool-0'), ignoreDaemonSets: true }) as string[];
    expect(said).toEqual(['node/pool-0 cordoned', 'WARNING: ignoring DaemonSet-managed Pods: kube-system/agent-x']);
    house.runFor(10_000);
    gone(house, 'web');
    house.runFor(2_000);
    expect(said.slice(2)).toEqual(['pod/web evicted']);
    gone(house, 'worker');
    house.runFor(2_000);
    expect(said.slice(3)).toEqual(['pod/worker evicted', 'node/pool-0 drained']);
    expect(house.world.store.get('Pod', 'kube-system/agent-x')?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('a daemon pod without its DaemonSet needs force (D-2)', () => {
    const { house, perform } = startNode();
    house.ask({ verb: 'delete', kind: 'DaemonSet', key: KEY });
    expect(perform('drain', { nodes: only('pool-0'), ignoreDaemonSets: true })[1]).toMatch(
      /^error: cannot delete Pods that declare no controller/,
    );
    perform('drain', { nodes: only('pool-0'), ignoreDaemonSets: true, force: true });
    expect(house.events('pod.deleting').map((each) => each.object)).toEqual([
      'pod/kube-system/agent-x',
      'pod/kube-system/web',
      'pod/kube-system/worker',
    ]);
  });
});

test('addNodes and removeNodes order machines, with a drawn time where one is given', () => {
  const { machines, perform } = startSession();
  perform('addNodes', { pool: 'burst', count: 2 });
  perform('addNodes', { pool: 'burst', over: { fixed: 7 } });
  perform('removeNodes', { nodes: { include: ['burst-0', 'burst-1'] } });
  expect(machines).toEqual(['+burst undefined', '+burst undefined', '+burst 7', '-burst-0', '-burst-1']);
});
