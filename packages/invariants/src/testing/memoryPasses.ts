/** Passes of a controller for the tests of this package: it sees a world in memory as it is, and does what a test says. */
import type { Node } from '@everynode/core/api/node';
import { assert } from '@everynode/core/assert';
import type { Pod } from '@everynode/core/api/pod';
import { groupPodsByNode } from '@everynode/core/daemonset/manage';
import type { PassView, SyncPass } from '@everynode/core/daemonset/syncContext';
import type { Finding, LawDefinition, LawJudge } from '../expectation.ts';
import { AGENT } from './memoryObjects.ts';
import type { MemoryWorld } from './memoryWorld.ts';

export type ManagePass = Extract<SyncPass, { readonly pass: 'manage' }>;
export type RollingUpdatePass = Extract<SyncPass, { readonly pass: 'rollingUpdate' }>;

export function viewPass(world: MemoryWorld, hash = 'v1'): PassView {
  const ds = world.get('DaemonSet', AGENT);
  assert(ds !== undefined, () => 'a pass needs its DaemonSet');
  const podsByNode = groupPodsByNode(world.daemonPods(AGENT), {
    includeDeletedTerminal: !world.profile.skipDeletedTerminal,
  });
  const nodes = [...world.list('Node')];
  const nodeOf = (name: string): Node | undefined => nodes.find(({ metadata }) => metadata.name === name);
  const fleet = { podsByNode, allNodes: () => nodes, nodeOf };
  return { ds, hash, fleet, nowMs: world.nowMs };
}

/** `podsByNode`: what the controller saw, where that is not what the world holds. */
export function managePass(
  world: MemoryWorld,
  fields: Partial<ManagePass>,
  podsByNode?: ReadonlyMap<string, readonly Pod[]>,
): ManagePass {
  const seen = viewPass(world);
  return {
    pass: 'manage',
    ...seen,
    ...(podsByNode === undefined ? {} : { fleet: { ...seen.fleet, podsByNode } }),
    createOn: [],
    deletePods: [],
    concerned: new Set(),
    decisionOf: () => undefined,
    ...fields,
  };
}

export function updatePass(world: MemoryWorld, fields: Partial<RollingUpdatePass>): RollingUpdatePass {
  const counted = {
    desired: 0,
    maxUnavailable: 0,
    maxSurge: 0,
    numUnavailable: 0,
    numSurge: 0,
    outstanding: undefined,
  };
  return { ...managePass(world, {}), ...counted, ...fields, pass: 'rollingUpdate' };
}

/** A law on its own: what it says of each change in turn. */
export class LawBench {
  readonly #world: MemoryWorld;
  readonly #judge: LawJudge;
  readonly heard: (readonly Finding[] | undefined)[] = [];

  constructor(world: MemoryWorld, law: LawDefinition) {
    this.#world = world;
    this.#judge = law.create();
    world.watchWith({
      begin() {},
      changed: (change, view) => {
        if (law.watches.includes(change.kind)) this.heard.push(this.#judge.observe(change, view));
      },
      wakeAtMs: () => undefined,
      end() {},
    });
  }

  /** Messages about this pass; undefined where the law says nothing about it. */
  pass(pass: SyncPass): readonly string[] | undefined {
    this.#world.pass(pass);
    return this.heard.at(-1)?.map(({ message }) => message);
  }

  rest(): readonly string[] | undefined {
    return this.#judge.atRest?.(this.#world)?.map(({ message }) => message);
  }
}
