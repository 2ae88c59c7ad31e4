/** The first thing that anybody expects of a DaemonSet, in the form in which it can be true. Rules: INV-10, DS-X29. */
import { HASH_LABEL } from '@everynode/core/api/daemonSet';
import { objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import { daemonSet, duration, nodes, optional } from '@everynode/sim/params';
import type { NodeFilter } from '@everynode/sim/plan';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { allowsSurge } from '../census.ts';
import { Deadlines } from '../deadlines.ts';
import { type AnyExpectation, defineExpectation, type Judge, type Judgement, type JudgeScope } from '../expectation.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { Rest } from '../rest.ts';
import { judgeStatement, NodeSet, unknownDaemonSet } from '../statement.ts';

const WATCHES: readonly WatchKind[] = [...BOARD_WATCHES, 'Machine', 'Fault'];

export const onePodPerEligibleNode: AnyExpectation = defineExpectation({
  summary: 'every node that should run a pod of the DaemonSet has exactly one, and no other node has any',
  promise:
    'Two demands in one. At any time: no machine truly runs two pods of the DaemonSet at once (with surge: an old and a ' +
    'new one may, and one that is being stopped beside its successor). In the end: each node that should run a pod has exactly one that is neither finished nor ' +
    'terminating, and a node that should run none has none. Under `eventually`, `before` and `final` the end is the ' +
    'instant that is judged. Under `always` a node counts once it has been wrong for `grace`, whatever the cause; ' +
    'without `grace` only when the world is at rest: no fault in force, every node well, and nothing changed for 31 ' +
    'minutes. More Kubernetes does not promise: a rolling update leaves a node without a pod for a while, and a ' +
    'controller that fails over with an old cache may create a second one.',
  watches: WATCHES,
  params: {
    daemonSet: daemonSet(),
    nodes: optional(nodes('only these nodes are looked at')),
    grace: optional(duration('under always: how long a node may be without its one pod')),
  },
  demand: ({ grace }) =>
    grace === undefined ? 'one pod on each eligible node' : 'one pod on each eligible node but for the grace',
  judge: (params, scope) => new OnePodJudge(params, scope),
});

interface OnePodParams {
  readonly daemonSet: string;
  readonly nodes?: NodeFilter;
  readonly grace?: number;
}

class OnePodJudge implements Judge {
  readonly #params: OnePodParams;
  readonly #scope: JudgeScope;
  readonly #board: NodeBoard;
  readonly #rest = new Rest();
  /** Nodes that do not have what they should have; those for longer than the grace; machines that run too much. */
  readonly #wrong = new NodeSet();
  readonly #overdue = new NodeSet();
  readonly #doubled = new NodeSet();
  readonly #graces = new Deadlines();
  #isSurge = false;
  #hasReadMachines = false;

  constructor(params: OnePodParams, scope: JudgeScope) {
    this.#params = params;
    this.#scope = scope;
    this.#board = new NodeBoard(params.daemonSet, params.nodes, (name, _, after, nowMs) =>
      this.#show(name, after, nowMs),
    );
  }

  observe(change: Change, view: WorldView): void {
    this.#rest.observe(change, view);
    this.#board.observe(change, view);
    this.#advance(view);
    if (!this.#hasReadMachines) return;
    if (change.kind === 'Machine') this.#readMachine(change.node, view);
    if (change.kind === 'Node') this.#readMachine(change.key, view);
    if (change.kind === 'Pod') {
      // Whether two pods may run together depends on what the API knows of them.
      for (const pod of [change.before, change.after] as readonly (Pod | undefined)[]) {
        const name = pod === undefined ? undefined : targetNodeName(pod);
        if (name !== undefined) this.#readMachine(name, view);
      }
    }
  }

  judge(view: WorldView): Judgement {
    this.#advance(view);
    if (!this.#hasReadMachines) this.#readMachines(view);
    const key = this.#params.daemonSet;
    if (!this.#board.hasExisted) return unknownDaemonSet(key);
    const counted = this.#counted(view.nowMs);
    const doubled = this.#doubled.findings((name) => ({
      message: `${name} truly runs more than one pod of ${key}`,
      object: objectRef('Node', name),
    }));
    const wrong = counted?.findings((name) => ({
      message: `${name} ${factOf(this.#board.stateOf(name), key)}`,
      object: objectRef('Node', name),
    }));
    return judgeStatement(this.#scope, {
      findings: [...doubled, ...(wrong ?? [])],
      whenTrue: `every eligible node has its one pod of ${key}`,
      got: this.#doubled.size + (counted?.size ?? 0),
      reconsiderAtMs: this.#reconsiderAtMs(view.nowMs),
    });
  }

  /** The nodes that count now; undefined while the world is not at rest. */
  #counted(nowMs: number): NodeSet | undefined {
    if (this.#scope.block !== 'always') return this.#wrong;
    if (this.#params.grace !== undefined) return this.#overdue;
    const { restAtMs } = this.#rest;
    return restAtMs !== undefined && restAtMs <= nowMs ? this.#wrong : undefined;
  }

  #reconsiderAtMs(nowMs: number): number | undefined {
    const waitsForRest = this.#scope.block === 'always' && this.#params.grace === undefined;
    const instants = [this.#board.nextMs, this.#graces.earliestMs, waitsForRest ? this.#rest.restAtMs : undefined];
    const later = instants.filter((atMs): atMs is number => atMs !== undefined && atMs > nowMs);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  #advance(view: WorldView): void {
    const board = this.#board;
    board.advance(view);
    const isSurge = board.daemonSet !== undefined && allowsSurge(board.daemonSet);
    if (isSurge !== this.#isSurge) {
      this.#isSurge = isSurge;
      board.each((name, state) => this.#show(name, state, view.nowMs));
      if (this.#hasReadMachines) this.#readMachines(view);
    }
    const graces = this.#graces;
    for (let name = graces.takeDue(view.nowMs); name !== undefined; name = graces.takeDue(view.nowMs)) {
      this.#overdue.set(name, true);
    }
  }

  #show(name: string, state: NodeState, nowMs: number): void {
    const isWrong = isNodeWrong(state, this.#isSurge);
    if (isWrong === this.#wrong.has(name)) return;
    this.#wrong.set(name, isWrong);
    const { grace } = this.#params;
    if (!isWrong) this.#overdue.set(name, false);
    this.#graces.set(name, isWrong && grace !== undefined ? nowMs + grace : undefined);
  }

  #readMachines(view: WorldView): void {
    this.#hasReadMachines = true;
    for (const { name } of view.machines) this.#readMachine(name, view);
  }

  #readMachine(name: string, view: WorldView): void {
    const { exists, isIncluded } = this.#board.stateOf(name);
    const { daemonSet: key, nodes: filter } = this.#params;
    const isSeen = exists ? isIncluded : filter === undefined;
    this.#doubled.set(name, isSeen && runsTooMany(name, key, this.#isSurge, view));
  }
}

/** With surge a new pod may stand beside an old one. */
function isNodeWrong(state: NodeState, isSurge: boolean): boolean {
  if (!state.exists || !state.isIncluded || state.placement === 'sunset') return false;
  const live = state.liveNew + state.liveOld;
  if (state.placement === 'none') return live > 0;
  return live !== 1 && !(isSurge && state.liveNew === 1 && state.liveOld === 1);
}

function factOf(state: NodeState, key: string): string {
  const live = state.liveNew + state.liveOld;
  const has = live === 0 ? `has no pod of ${key}` : `has ${live} ${live === 1 ? 'pod' : 'pods'} of ${key}`;
  return state.placement === 'none' ? `${has} and should run none` : `${has} and should run one`;
}

/**
 * With surge a pod that is being stopped may overlap with its successor (DS-M5), and two pods of different templates
 * may stand side by side. What the API no longer knows is of no template: beside anything else it is one too many.
 */
function runsTooMany(name: string, key: string, isSurge: boolean, view: WorldView): boolean {
  const running = view.machine(name)?.running.filter((pod) => pod.daemonSet === key) ?? [];
  if (running.length <= 1 || !isSurge) return running.length > 1;
  const staying = running.filter(({ stopping }) => !stopping);
  if (staying.length <= 1) return false;
  const hashes = new Set(staying.map((each) => hashOf(view.get('Pod', each.key), each.uid)));
  return staying.length > 2 || hashes.size < 2 || hashes.has(undefined);
}

function hashOf(pod: Pod | undefined, uid: string): string | undefined {
  return pod?.metadata.uid === uid ? pod.metadata.labels?.[HASH_LABEL] : undefined;
}
