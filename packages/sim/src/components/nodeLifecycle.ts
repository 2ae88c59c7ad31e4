/**
 * The node lifecycle controller: silent nodes become Unknown, their pods NotReady, and conditions become taints.
 * Twin: pkg/controller/nodelifecycle node_lifecycle_controller.go. Rules: N-1…N-25.
 */
import { type Condition, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';
import { NodeLifecycleDisruption } from './nodeLifecycleDisruption.ts';
import { checkHealth, type HealthCheck } from './nodeLifecycleHealth.ts';
import { type Member, NodeLifecycleMembers } from './nodeLifecycleMembers.ts';
import { NodeLifecyclePasses } from './nodeLifecyclePasses.ts';
import { markPodsNotReady } from './nodeLifecyclePods.ts';
import { missingLabels } from './nodeLifecycleLabels.ts';
import { diffNoScheduleTaints, swapTaints } from './nodeLifecycleTaints.ts';
import { NodeLifecycleTainter } from './nodeLifecycleTainter.ts';
import { NodeLifecycleWorkers, workTogether } from './nodeLifecycleWorkers.ts';
import { zoneOf } from './nodeLifecycleZones.ts';

const HEALTH_CHECKS_AT_ONCE = 8;
const NODE_WORKERS = 8;
const POD_WORKERS = 4;
const STATUS_ATTEMPTS_MAX = 5;
const STATUS_PAUSE_MS = 20;

export const nodeLifecycle: ComponentDefinition = {
  name: 'node-lifecycle',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start: (ctx) => new NodeLifecycle(ctx).start(),
};

/** All that the process remembers: probes, retries, zone states; a restart gives every node a new grace period (N-25). */
class NodeLifecycle {
  readonly #ctx: ComponentContext;
  readonly #nodes: Informer<'Node'>;
  readonly #pods: Informer<'Pod'>;
  readonly #leases: Informer<'Lease'>;
  readonly #tainter: NodeLifecycleTainter;
  readonly #disruption: NodeLifecycleDisruption;
  readonly #nodeWork: NodeLifecycleWorkers;
  readonly #podWork: NodeLifecycleWorkers;
  readonly #rootCause: number | undefined;
  readonly #members: NodeLifecycleMembers;
  readonly #passes = new NodeLifecyclePasses();
  /** In the order of their names, as of the last time that members came or went. */
  #inOrder: readonly Member[] = [];
  /** Deleted since the last pass. */
  readonly #gone: Member[] = [];
  /** Nodes came, went or were relabelled since the last pass. */
  #membersChanged = true;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#members = new NodeLifecycleMembers((node) => ctx.pulseOf(node));
    this.#rootCause = ctx.trace.cause;
    this.#nodeWork = new NodeLifecycleWorkers(ctx, NODE_WORKERS, (name, done) => this.#keepTaints(name, done));
    this.#podWork = new NodeLifecycleWorkers(ctx, POD_WORKERS, (key, done) => this.#judgeLatePod(key, done));
    this.#leases = ctx.watch('Lease', {});
    this.#pods = ctx.watch('Pod', {
      added: (pod) => this.#podBound(undefined, pod),
      updated: (before, after) => this.#podBound(before, after),
    });
    this.#nodes = ctx.watch('Node', {
      added: (node) => this.#nodeSeen(node),
      updated: (_before, node) => this.#nodeSeen(node),
      deleted: (node) => this.#nodeGone(node),
    });
    this.#tainter = new NodeLifecycleTainter(ctx, this.#nodes);
    this.#disruption = new NodeLifecycleDisruption(ctx, this.#tainter, () => this.#renewAll());
  }

  start(): void {
    this.#later(this.#ctx.rng('phase').below(this.#ctx.settings.nodeMonitorPeriod));
  }

  #later(delayMs: number): void {
    this.#ctx.trace.causedBy(this.#rootCause, () => this.#ctx.schedule(delayMs, () => this.#pass()));
  }

  #pass(): void {
    const { nodeMonitorPeriod } = this.#ctx.settings;
    if (!this.#nodes.hasSynced || !this.#pods.hasSynced || !this.#leases.hasSynced) {
      this.#later(nodeMonitorPeriod);
      return;
    }
    const nodes = this.#ctx.order(this.#nodes.list());
    if (this.#membersChanged) this.#welcomeAndForget(nodes);
    const tallies = this.#members.newTallies();
    const troubled = this.#findTroubled(this.#ctx.isOrderDrawn ? this.#membersOf(nodes) : this.#inOrder);
    this.#passes.add(this.#ctx.nowMs());
    const check = (member: Member, next: () => void): void => this.#checkNode(member, next);
    workTogether(troubled, HEALTH_CHECKS_AT_ONCE, check, () => {
      const counted = [...tallies].filter(({ total }) => total > 0);
      this.#disruption.handle(nodes, counted, () => this.#later(nodeMonitorPeriod));
    });
  }

  #membersOf(nodes: readonly Node[]): readonly Member[] {
    return nodes.flatMap(({ metadata }) => this.#members.get(metadata.name) ?? []);
  }

  #nodeSeen(node: Node): void {
    if (this.#members.put(node, this.#ctx.trace.cause)) this.#membersChanged = true;
    this.#nodeWork.add(node.metadata.name);
  }

  #nodeGone(node: Node): void {
    const member = this.#members.remove(node.metadata.name);
    if (member !== undefined) this.#gone.push(member);
    this.#membersChanged = true;
  }

  /** N-1: events, zone queues, and clean nodes for those that are new; nothing but an event for those that went. */
  #welcomeAndForget(nodes: readonly Node[]): void {
    this.#membersChanged = false;
    this.#inOrder = this.#membersOf(this.#nodes.list());
    for (const zone of new Set(nodes.map(zoneOf))) {
      this.#tainter.addZone(zone);
      this.#disruption.addZone(zone);
    }
    for (const { metadata } of nodes) {
      const member = this.#members.get(metadata.name);
      if (member === undefined || member.isWelcome) continue;
      member.isWelcome = true;
      this.#say(
        member.node,
        'RegisteredNode',
        `Node ${member.name} event: Registered Node ${member.name} in Controller`,
      );
      this.#tainter.markReachable(member.node);
    }
    for (const { node, name } of this.#gone.splice(0)) {
      this.#say(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    }
  }

  /** Healthy nodes without anything left to do are counted and done with: nearly all of them at nearly every pass. */
  #findTroubled(members: readonly Member[]): readonly Member[] {
    const troubled: Member[] = [];
    for (const member of members) {
      if (member.isSettled && member.pulse.isBeating) count(member, 'True');
      else if (this.#isQuiet(member)) {
        member.isSettled = true;
        count(member, 'True');
      } else troubled.push(member);
    }
    return troubled;
  }

  #isQuiet(member: Member): boolean {
    member.isSettled = false;
    if (member.isTainted || member.mustRetry || this.#tainter.isQueued(member.name)) return false;
    return this.#look(member, member.node).current === 'True';
  }

  #checkNode(member: Member, next: () => void): void {
    const { node } = member;
    this.#ctx.trace.causedBy(member.cause ?? this.#rootCause, () =>
      this.#writeHealth(member, node, 1, (written, check) => {
        if (!written) {
          next();
          return;
        }
        count(member, check.current);
        this.#react(member, node, check, next);
      }),
    );
  }

  #look(member: Member, node: Node): HealthCheck {
    const { nodeMonitorGracePeriod, nodeStartupGracePeriod } = this.#ctx.settings;
    const nowMs = this.#ctx.nowMs();
    const known = this.#passes.catchUp(member);
    const reportedAtMs = member.pulse.reports.seenBy(nowMs);
    const reportedAt = reportedAtMs === undefined ? undefined : formatTime(reportedAtMs);
    const signs = { lease: this.#leases.get(member.leaseKey), reportedAt };
    const check = checkHealth(known, node, signs, nodeMonitorGracePeriod, nowMs, nodeStartupGracePeriod);
    member.health = check.health;
    member.lookedAtMs = nowMs;
    return check;
  }

  /** Writes the expired conditions if Ready changed by them; up to 5 tries, each after the first on a fresh node (N-7). */
  #writeHealth(
    member: Member,
    node: Node,
    attempt: number,
    done: (written: boolean, check: HealthCheck) => void,
  ): void {
    const check = this.#look(member, node);
    if (check.conditions === undefined) {
      done(true, check);
      return;
    }
    const { name } = member;
    const data = { silentMs: check.silentMs, graceMs: this.#ctx.settings.nodeMonitorGracePeriod };
    const event = { type: 'node.timedOut', object: objectRef('Node', name), node: name, silentNode: name, data };
    const seq = attempt === 1 ? this.#ctx.trace.event(event) : this.#ctx.trace.cause;
    const retry = (): void => {
      if (attempt === STATUS_ATTEMPTS_MAX) {
        done(false, check);
        return;
      }
      this.#ctx.send({ verb: 'get', kind: 'Node', key: name }, (got) => {
        if (!got.ok || got.object?.kind !== 'Node') done(false, check);
        else this.#writeHealth(member, got.object, attempt + 1, done);
      });
    };
    this.#ctx.trace.causedBy(seq, () => {
      const object: Node = {
        ...node,
        status: { ...node.status, conditions: check.conditions as readonly Condition[] },
      };
      this.#ctx.send({ verb: 'updateStatus', object }, (result) => {
        if (result.ok) this.#ctx.trace.causedBy(seq, () => done(true, check));
        else this.#ctx.schedule(STATUS_PAUSE_MS, retry);
      });
    });
  }

  /** N-9: taints by what was observed; event and marking when this very pass turned the node Unknown, or as a retry. */
  #react(member: Member, node: Node, { observed, current }: HealthCheck, done: () => void): void {
    const { name } = member;
    if (observed === 'True') this.#tainter.markReachable(node);
    else this.#tainter.markForTainting(node, observed);
    const isTurned = observed === 'True' && current !== 'True';
    if (isTurned) this.#say(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    if (!isTurned && !(member.mustRetry && observed !== 'True')) {
      member.mustRetry = false;
      done();
      return;
    }
    markPodsNotReady(this.#ctx, this.#ctx.order(this.#pods.byNode(name)), (ok) => {
      member.mustRetry = !ok;
      done();
    });
  }

  /** N-21: a whole new time of grace for everybody. */
  #renewAll(): void {
    const probeAtMs = this.#ctx.nowMs();
    for (const member of this.#members.all()) {
      if (member.health !== undefined) member.health = { ...member.health, probeAtMs };
    }
  }

  /** N-14, N-18: one pass over one node's NoSchedule taints and old labels; a failed write waits for the node's next event (N-15). */
  #keepTaints(name: string, done: (ok: boolean) => void): void {
    const node = this.#nodes.get(name);
    const difference = node === undefined ? { add: [], remove: [] } : diffNoScheduleTaints(node);
    const labels = node === undefined ? undefined : missingLabels(node);
    const keepLabels = (): void => {
      if (labels === undefined) done(true);
      else {
        const patch = { type: 'strategic', body: { metadata: { labels } } } as const;
        this.#ctx.send({ verb: 'patch', kind: 'Node', key: name, patch }, () => done(true));
      }
    };
    if (node === undefined || difference.add.length + difference.remove.length === 0) keepLabels();
    else swapTaints(this.#ctx, node, difference, 'NoSchedule', keepLabels);
  }

  #podBound(before: Pod | undefined, after: Pod): void {
    const { nodeName = '' } = after.spec;
    if (nodeName !== '' && before?.spec.nodeName !== nodeName) this.#podWork.add(keyOf(after));
  }

  /** N-13: pods that come to a node which is known not to be Ready. */
  #judgeLatePod(key: ObjectKey, done: (ok: boolean) => void): void {
    const pod = this.#pods.get(key);
    const nodeName = pod?.spec.nodeName ?? '';
    const readiness = this.#members.get(nodeName)?.readiness;
    if (pod === undefined || readiness === undefined || readiness === 'True') done(true);
    else markPodsNotReady(this.#ctx, [pod], done);
  }

  #say(node: Node, reason: string, message: string): void {
    this.#ctx.trace.apiEvent('Node', node, 'Normal', reason, message);
  }
}

function count(member: Member, current: string): void {
  member.readiness = current;
  if (!member.isCounted) return;
  member.tally.total += 1;
  if (current === 'True') member.tally.ready += 1;
}
