/**
 * One node's kubelet: registers and reports its node, takes in pods, runs them on its machine, evicts some when room
 * runs out. It sees the API through its own watches and its machine as it is. Rules: K-1…K-40, E-1…E-19.
 */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { type LatencyName, latencyDraw } from '../engine/latencies.ts';
import type { ComponentDefinition, KubeletContext } from './component.ts';
import { EvictionManagerLoop } from './evictionManagerLoop.ts';
import { KubeletContainers } from './kubeletContainers.ts';
import { KubeletImages } from './kubeletImages.ts';
import { KubeletLaunch } from './kubeletLaunch.ts';
import { keepLease } from './kubeletLease.ts';
import { newNode } from './kubeletNodeStatus.ts';
import type { KubeletPod } from './kubeletPod.ts';
import { KubeletPods } from './kubeletPods.ts';
import { KubeletStart } from './kubeletStart.ts';
import { KubeletStatus } from './kubeletStatus.ts';
import { KubeletStatusSender } from './kubeletStatusSender.ts';
import { KubeletStop } from './kubeletStop.ts';

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
      else
        ctx.schedule(ctx.rng('latency').draw(latencyDraw('kubeletStart', ctx.settings.latencyPercent)), () =>
          new Kubelet(ctx).run(),
        );
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
    const statusChanged = (entry: KubeletPod): void => this.#podChanged(entry);
    const rng = ctx.rng('containers');
    this.#statuses = new KubeletStatusSender(ctx, this.#latency('statusPatch'));
    const images = new KubeletImages({
      machine: ctx.machine,
      rng: ctx.rng('images'),
      nowMs: () => ctx.nowMs(),
      schedule: (delayMs, run) => void ctx.schedule(delayMs, run),
      drawPresentMs: this.#latency('imagePresent'),
      drawRefusalMs: this.#latency('apiRead'),
    });
    const launch = new KubeletLaunch({ ctx, images, drawStartMs: this.#latency('containerStart'), statusChanged });
    const containers = new KubeletContainers({
      ctx,
      rng,
      launch,
      statusChanged,
      stopped: (entry, container) => stop.containerExited(entry, container),
      finished: (entry) => this.#pods.finished(entry),
    });
    this.#containers = containers;
    const stop = new KubeletStop({
      ctx,
      rng,
      cancelTimers: (container) => containers.cancelTimers(container),
      exited: (entry, container, exitCode, atMs) => containers.exited(entry, container, exitCode, atMs),
    });
    this.#evictions = new EvictionManagerLoop({
      ctx,
      active: () => this.#pods.active(),
      node: () => this.#node,
      evict: (entry, verdict, graceMs) => this.#pods.evict(entry, verdict, graceMs),
      conditionsChanged: () => this.#status.changed(),
    });
    this.#status = new KubeletStatus({
      ctx,
      cached: () => (this.#hasNode ? this.#node : undefined),
      state: () => ({
        isRuntimeUp: this.#isRuntimeUp,
        isNetworkUp: this.#isNetworkUp,
        hasRoutes: hasRouteTaint ? this.#isNetworkUp : undefined,
        pressure: this.#evictions.conditions,
      }),
    });
    this.#pods = this.#newPods(launch, stop, statusChanged);
  }

  run(): void {
    const ctx = this.#ctx;
    ctx.machine.onContainerKilled((uid, name, exitCode) => this.#killed(uid, name, exitCode));
    ctx.machine.onPressureChanged(() => this.#evictions.wake());
    if (ctx.registration.existing) {
      this.#begin(ctx.rng('lease').below(LEASE_PHASE_MS));
      this.#status.begin();
      return;
    }
    this.#status.register((known) => {
      if (known !== undefined) this.#nodeSeen(known);
      this.#begin(0);
      ctx.schedule(RUNTIME_UP_MS, () => this.#runtimeUp());
    });
    // Pressure that was there before this kubelet is found by its first round (E-19).
    this.#evictions.wake();
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
    keepLease(ctx, leaseInMs, () => (this.#hasNode ? this.#node : undefined));
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

  #newPods(launch: KubeletLaunch, stop: KubeletStop, statusChanged: (entry: KubeletPod) => void): KubeletPods {
    const ctx = this.#ctx;
    const drawMounts = this.#latency('volumeMount');
    const drawNetwork = this.#latency('sandbox');
    const probeRng = ctx.rng('probes');
    // Kubelets of instant 0 have been there for long.
    const startedAtMs = ctx.registration.existing ? -Infinity : ctx.nowMs();
    const start = new KubeletStart({
      ctx,
      launch,
      containers: this.#containers,
      statusChanged,
      drawSandboxMs: () => drawMounts() + drawNetwork(),
      isNetworkReady: () => this.#isNetworkUp,
      isAddressTaken: (wanted) => this.#pods.active().some(({ podIP }) => podIP === wanted),
      whenNetworkReady: (run) => void this.#networkWaiters.push(run),
      drawProbeDelayMs: (periodMs) => (ctx.nowMs() - startedAtMs < periodMs ? probeRng.below(periodMs) : 0),
    });
    return new KubeletPods({
      ctx,
      start,
      stop,
      containers: this.#containers,
      statuses: this.#statuses,
      node: () => this.#node,
      pressure: () => this.#evictions.conditions,
      drawAdmissionMs: this.#latency('kubeletAdmission'),
      drawCleanupMs: this.#latency('podCleanup'),
      forgotten: (uid) => this.#forgotten(uid),
    });
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
    if (entry.behaviour.memoryBytes + entry.behaviour.diskBytes > 0) this.#evictions.wake();
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

  #killed(uid: string, name: string, exitCode: number): void {
    const entry = this.#pods.find(uid);
    const container = entry?.containers.find(({ spec }) => spec.name === name);
    if (entry !== undefined && container !== undefined) this.#containers.exitsUnseen(entry, container, exitCode);
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
    const { machine, trace } = this.#ctx;
    this.#isHousekeeping = false;
    const drawStopMs = this.#latency('containerStop');
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

  #latency(name: LatencyName): () => number {
    const rng = this.#ctx.rng('latency');
    const draw = latencyDraw(name, this.#ctx.settings.latencyPercent);
    return () => rng.draw(draw);
  }
}

function isCordoned(node: Node): boolean {
  return node.spec?.unschedulable === true;
}
