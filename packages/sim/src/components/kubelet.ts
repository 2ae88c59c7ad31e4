/**
 * One node's kubelet: registers and reports its node, takes in pods, runs them on its machine, evicts some when room
 * runs out. It sees the API through its own watches and its machine as it is. Rules: K-1…K-40, E-1…E-19.
 */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { ContainerExit } from '../seams/machine.ts';
import type { ComponentDefinition, KubeletContext } from './component.ts';
import { EvictionManagerLoop } from './evictionManagerLoop.ts';
import type { KubeletContainers } from './kubeletContainers.ts';
import { KubeletImageGc } from './kubeletImageGc.ts';
import { latencyOf } from './kubeletLatency.ts';
import { keepLease } from './kubeletLease.ts';
import { newNode } from './kubeletNodeStatus.ts';
import type { KubeletPod } from './kubeletPod.ts';
import { KubeletPods } from './kubeletPods.ts';
import { KubeletShutdown } from './kubeletShutdown.ts';
import { KubeletStatus } from './kubeletStatus.ts';
import { KubeletStatusSender } from './kubeletStatusSender.ts';
import { createWorkers, type KubeletWorkers } from './kubeletWorkers.ts';

const LEASE_PHASE_MS = 10_000;
/** The runtime's status is polled this often; a network that comes up is noticed then. */
const RUNTIME_POLL_MS = 5000;
/** Until the runtime has been asked, and its pods listed, for the first time (K-35). */
const RUNTIME_UP_MS = 1000;
/** A pod that waits for the network looks again this often (K-6). */
const NETWORK_RETRY_MS = 1000;
/** Containers that belong to no known pod are looked for this often (K-33). */
const HOUSEKEEPING_MS = 2000;

export function kubelet(nodeName: string): ComponentDefinition<KubeletContext> {
  return {
    name: `kubelet/${nodeName}`,
    limits: () => ({ qps: 50, burst: 100 }),
    start(ctx) {
      if (ctx.registration.existing) new Kubelet(ctx).run();
      else ctx.schedule(latencyOf(ctx, 'kubeletStart')(), () => new Kubelet(ctx).run());
    },
  };
}

/** Wires the parts of one incarnation together; each part keeps its own memory. */
class Kubelet {
  readonly #ctx: KubeletContext;
  readonly #status: KubeletStatus;
  readonly #statuses: KubeletStatusSender;
  readonly #containers: KubeletContainers;
  readonly #pods: KubeletPods;
  readonly #evictions: EvictionManagerLoop;
  readonly #imageGc: KubeletImageGc;
  readonly #shutdown: KubeletShutdown;
  readonly #networkWaiters: (() => void)[] = [];
  #node: Node;
  #hasNode = false;
  #isRuntimeUp: boolean;
  #isNetworkUp: boolean;
  /** Unknown pods that are being stopped. */
  readonly #unknown = new Set<string>();
  #isHousekeeping = false;

  constructor(ctx: KubeletContext) {
    this.#ctx = ctx;
    const { existing, readyWhenDaemonSetPodReady, taints, cloudRoutes } = ctx.registration;
    const hasRouteTaint = !cloudRoutes && taints.some(({ key }) => key === 'node.kubernetes.io/network-unavailable');
    this.#node = newNode(ctx.nodeName, ctx.registration, []);
    this.#isRuntimeUp = existing;
    this.#isNetworkUp = existing || readyWhenDaemonSetPodReady === undefined;
    this.#statuses = new KubeletStatusSender(ctx, latencyOf(ctx, 'statusPatch'));
    const workers = createWorkers({
      ctx,
      statusChanged: (entry) => this.#podChanged(entry),
      finished: (entry) => this.#pods.finished(entry),
      isNetworkReady: () => this.#isNetworkUp,
      whenNetworkReady: (run) => void this.#networkWaiters.push(run),
      isAddressTaken: (wanted) => this.#pods.active().some(({ podIP }) => podIP === wanted),
    });
    this.#containers = workers.containers;
    const place = { ctx, active: () => this.#pods.active(), node: () => this.#node };
    this.#imageGc = new KubeletImageGc(place);
    this.#evictions = new EvictionManagerLoop({
      ...place,
      evict: (entry, verdict, graceMs, stopped) => {
        this.#pods.evict(entry, verdict, graceMs);
        workers.stop.whenStopped(entry, stopped);
      },
      conditionsChanged: () => this.#status.changed(),
    });
    this.#shutdown = new KubeletShutdown({
      ctx,
      active: () => this.#pods.active(),
      evict: (entry, verdict, graceMs) => this.#pods.evict(entry, verdict, graceMs),
      statusChanged: () => this.#status.syncNow(),
      drawCleanupMs: latencyOf(ctx, 'podCleanup'),
    });
    this.#status = new KubeletStatus({
      ctx,
      cached: () => (this.#hasNode ? this.#node : undefined),
      state: () => ({
        isRuntimeUp: this.#isRuntimeUp,
        isNetworkUp: this.#isNetworkUp,
        hasRoutes: hasRouteTaint ? this.#isNetworkUp : undefined,
        pressure: this.#evictions.conditions,
        forced: ctx.machine.forcedConditions,
        isShuttingDown: this.#shutdown.isBegun,
      }),
    });
    this.#pods = this.#newPods(workers);
  }

  run(): void {
    const ctx = this.#ctx;
    ctx.machine.onContainerKilled((uid, name, exit) => this.#killed(uid, name, exit));
    ctx.machine.onRoomChanged(() => this.#roomChanged());
    ctx.machine.onForcedConditionsChanged(() => this.#status.changed());
    if (ctx.registration.existing) {
      this.#begin(ctx.rng('lease').below(LEASE_PHASE_MS));
      this.#status.begin();
      return;
    }
    tellStart(ctx, this.#node);
    this.#status.register((known) => {
      if (known !== undefined) this.#nodeSeen(known);
      const bootId = ctx.machine.newBootId();
      if (known !== undefined && bootId !== undefined) tellReboot(ctx, known, bootId);
      this.#begin(0);
      ctx.schedule(RUNTIME_UP_MS, () => this.#runtimeUp());
    });
    // Pressure that was there before this kubelet is found by its first round (E-19).
    this.#roomChanged();
  }

  #begin(leaseInMs: number): void {
    const ctx = this.#ctx;
    const { nodeName } = ctx;
    ctx.watch(
      'Node',
      {
        added: (node) => this.#nodeSeen(node),
        updated: (_before, node) => this.#nodeSeen(node),
        deleted: () => (this.#hasNode = false),
        synced: () => this.#watchPods(),
      },
      { nodeName },
    );
    keepLease(ctx, {
      firstInMs: leaseInMs,
      node: () => (this.#hasNode ? this.#node : undefined),
      heardAgain: () => this.#status.heardAgain(),
    });
  }

  #watchPods(): void {
    const { nodeName } = this.#ctx;
    this.#ctx.watch(
      'Pod',
      {
        added: (pod) => this.#pods.added(pod),
        updated: (before, after) => this.#pods.updated(before, after),
        deleted: (pod) => this.#pods.deleted(pod),
        synced: () => {
          this.#pods.synced();
          for (const { uid } of this.#ctx.machine.running) this.#forgotten(uid);
        },
      },
      { nodeName },
    );
  }

  #newPods(workers: KubeletWorkers): KubeletPods {
    const ctx = this.#ctx;
    return new KubeletPods({
      ctx,
      ...workers,
      statuses: this.#statuses,
      node: () => this.#node,
      pressure: () => this.#evictions.conditions,
      isShuttingDown: () => this.#shutdown.isBegun,
      drawAdmissionMs: latencyOf(ctx, 'kubeletAdmission'),
      drawCleanupMs: latencyOf(ctx, 'podCleanup'),
      forgotten: (uid) => this.#forgotten(uid),
      ended: () => this.#shutdown.stopped(),
    });
  }

  #roomChanged(): void {
    this.#evictions.reconsider();
    this.#imageGc.reconsider();
  }

  #nodeSeen(node: Node): void {
    const ready = findCondition(node.status?.conditions, 'Ready')?.status;
    // A node that has been ready before keeps its network's configuration over restarts and boots; a new machine of its name has none.
    const { freshMachine } = this.#ctx.registration;
    if (!this.#hasNode && !freshMachine && (ready === 'True' || ready === 'Unknown')) this.#isNetworkUp = true;
    if (this.#hasNode && isCordoned(this.#node) !== isCordoned(node)) {
      const reason = isCordoned(node) ? 'NodeNotSchedulable' : 'NodeSchedulable';
      this.#ctx.trace.apiEvent('Node', node, 'Normal', reason, `Node ${node.metadata.name} status is now: ${reason}`);
    }
    this.#node = node;
    this.#hasNode = true;
    this.#status.seen(node);
  }

  #podChanged(entry: KubeletPod): void {
    this.#statuses.changed(entry);
    const { readyWhenDaemonSetPodReady } = this.#ctx.registration;
    if (this.#isNetworkUp || readyWhenDaemonSetPodReady === undefined) return;
    if (!this.#pods.hasReadyPodOf(readyWhenDaemonSetPodReady)) return;
    this.#isNetworkUp = true;
    const noticedInMs = this.#ctx.rng('latency').below(RUNTIME_POLL_MS);
    this.#ctx.schedule(noticedInMs, () => {
      this.#status.syncNow();
      for (const run of this.#networkWaiters.splice(0))
        this.#ctx.schedule(this.#ctx.rng('latency').below(NETWORK_RETRY_MS), run);
    });
  }

  #runtimeUp(): void {
    this.#isRuntimeUp = true;
    this.#status.syncNow();
  }

  #killed(uid: string, name: string, { exitCode, isOutOfMemory }: ContainerExit): void {
    const entry = this.#pods.find(uid);
    const container = entry?.containers.find(({ spec }) => spec.name === name);
    if (entry === undefined || container === undefined) return;
    this.#containers.exitsUnseen(entry, container, exitCode, isOutOfMemory ? 'OOMKilled' : undefined);
  }

  /** Upstream looks every two seconds; here a look is an event only where something unknown may run (K-33). */
  #forgotten(uid: string): void {
    const { machine } = this.#ctx;
    if (this.#isHousekeeping || this.#pods.find(uid) !== undefined) return;
    if (machine.running.every((each) => each.uid !== uid)) return;
    this.#isHousekeeping = true;
    this.#ctx.schedule(HOUSEKEEPING_MS, () => this.#killUnknown());
  }

  /** What runs on the machine without a pod in the API is left from before, and is stopped like any other (K-33). */
  #killUnknown(): void {
    const ctx = this.#ctx;
    const { machine, trace } = ctx;
    this.#isHousekeeping = false;
    const drawStopMs = latencyOf(ctx, 'containerStop');
    for (const { uid, key, containers } of machine.running) {
      if (this.#unknown.has(uid) || this.#pods.find(uid) !== undefined) continue;
      this.#unknown.add(uid);
      const data = { why: 'unknown' };
      const seq = trace.event({ type: 'kubelet.stopped', object: `pod/${key}`, node: machine.name, data });
      trace.causedBy(seq, () => {
        machine.stopPod(uid);
        for (const { name } of containers) this.#ctx.schedule(drawStopMs(), () => machine.containerGone(uid, name));
      });
    }
  }
}

/** Its birth cry: good news that the life of the process shows already. */
function tellStart({ trace }: KubeletContext, node: Node): void {
  if (trace.full) trace.apiEvent('Node', node, 'Normal', 'Starting', 'Starting kubelet.');
}

/** Upstream sees it by the boot id in the Node, which is another one now (K-5, K-37). */
function tellReboot({ trace }: KubeletContext, node: Node, bootId: string): void {
  const message = `Node ${node.metadata.name} has been rebooted, boot id: ${bootId}`;
  trace.apiEvent('Node', node, 'Warning', 'Rebooted', message);
}

function isCordoned(node: Node): boolean {
  return node.spec?.unschedulable === true;
}
