/** A controller that begins anew while its own creations are still on their way back to it. Rules: DS-X29, A-19, L-4. */
import { describe, expect, test } from 'vitest';
import type { Change, RunObserver, WorldView } from '../cluster/worldView.ts';
import type { PlanStep } from '../plan.ts';
import { faultStep, operationStep, testDaemonSet, testPool, testRun } from '../run/runHouse.ts';

const KEY = 'kube-system/agent';
const NODES = 5;
const CREATED_AT_MS = 20_000;
const minutes = (count: number): number => count * 60_000;

const applied = operationStep('apply', CREATED_AT_MS, 'apply', {
  objects: [JSON.parse(JSON.stringify(testDaemonSet()))],
});
/** The controller never sees what it has made: events of pods reach it late, and it dies before they do. */
const LAG = faultStep({
  id: 'lag',
  type: 'WatchLag',
  atMs: CREATED_AT_MS - 1_000,
  liftAtMs: CREATED_AT_MS + 4_000,
  params: { client: 'daemonset-controller', kind: 'Pod', delay: { fixed: 30_000 } },
});
const RESTART = faultStep({
  id: 'restart',
  type: 'ControllerRestart',
  atMs: CREATED_AT_MS + 3_000,
  liftAtMs: CREATED_AT_MS + 5_000,
  params: { component: 'daemonset-controller' },
});
/** Its successor lists pods from a cache that has not heard of them either. */
const STALE = faultStep({
  id: 'stale',
  type: 'StaleList',
  atMs: CREATED_AT_MS + 3_000,
  liftAtMs: CREATED_AT_MS + 8_000,
  params: { client: 'daemonset-controller', kind: 'Pod', behind: 10_000 },
});

/** Counts creations, and the most that one node was meant to hold at once. */
class Census implements RunObserver {
  created = 0;
  mostOnANode = 0;
  leftAtEnd: readonly number[] = [];

  begin(): void {}

  changed(change: Change, view: WorldView): void {
    if (change.kind !== 'Pod') return;
    if (change.before === undefined) this.created += 1;
    this.mostOnANode = Math.max(this.mostOnANode, ...this.#perNode(view));
  }

  wakeAtMs(): undefined {
    return undefined;
  }

  end(view: WorldView): void {
    this.leftAtEnd = this.#perNode(view);
  }

  #perNode(view: WorldView): readonly number[] {
    return view.list('Node').map(({ metadata }) => view.daemonPodsOn(KEY, metadata.name).length);
  }
}

function run(steps: readonly PlanStep[], kubernetesVersion: string): Census {
  const census = new Census();
  const { end } = testRun(
    { pools: [testPool(NODES)], steps, kubernetesVersion, durationMs: minutes(10) },
    { observer: census },
  );
  expect(end.ended).toBe('done');
  for (const { step, id } of steps)
    if (step === 'fault' && id !== 'lag') expect([id, end.bites.get(id)]).not.toEqual([id, 0]);
  return census;
}

const ONE_EACH = Array.from({ length: NODES }, () => 1);

describe.each(['1.26', '1.33', '1.34'])(
  'Kubernetes %s: a controller dies after its creations and before their echo',
  (version) => {
    test('its successor lists afresh, sees them, and creates nothing twice', () => {
      const { created, mostOnANode, leftAtEnd } = run([LAG, applied, RESTART], version);
      expect({ created, mostOnANode, leftAtEnd }).toEqual({ created: NODES, mostOnANode: 1, leftAtEnd: ONE_EACH });
    });

    test('its successor lists the past, creates every pod again, and takes the surplus back once it sees both', () => {
      const { created, mostOnANode, leftAtEnd } = run([LAG, applied, RESTART, STALE], version);
      expect({ created, mostOnANode, leftAtEnd }).toEqual({ created: NODES * 2, mostOnANode: 2, leftAtEnd: ONE_EACH });
    });

    test('without a death the expectations hold it back, however late the echo comes', () => {
      const { created, mostOnANode } = run([LAG, applied], version);
      expect({ created, mostOnANode }).toEqual({ created: NODES, mostOnANode: 1 });
    });
  },
);

test.each(['1.35', '1.36'])(
  'Kubernetes %s, I-1: lists are streamed, so its successor waits for the present and creates nothing twice',
  (version) => {
    const { created, mostOnANode, leftAtEnd } = run([LAG, applied, RESTART, STALE], version);
    expect({ created, mostOnANode, leftAtEnd }).toEqual({ created: NODES, mostOnANode: 1, leftAtEnd: ONE_EACH });
  },
);
