/**
 * A trace for tests: a zone is lost while a rollout runs, and the rollout never ends. A small world of its own, far
 * simpler than the simulation (which the reporter may not import), but with the same records and causes.
 */
import { diffFields, type Fields } from '@everynode/trace/fields';
import { parseTrace } from '@everynode/trace/ndjson';
import type { TraceRecord } from '@everynode/trace/record';
import type { TraceWriter } from '@everynode/trace/writer';
import { createCluster, DS, nameOf, type TinyNode, type ZoneOutageOptions } from './zoneOutageCluster.ts';
import { judge } from './zoneOutageJudge.ts';
import { TinyWorld } from './tinyWorld.ts';

const ROLLOUT_AT_MS = 180_000;
const OUTAGE_AT_MS = 300_000;
const END_MS = 2_700_000;

/** The records, as read back from their lines. By default: 3 zones of 30 nodes, 45 virtual minutes, maxUnavailable 10%. */
export function zoneOutageTrace(options: ZoneOutageOptions = {}): readonly TraceRecord[] {
  return parseTrace(zoneOutageLines(options));
}

function zoneOutageLines(options: ZoneOutageOptions = {}): readonly string[] {
  const lines: string[] = [];
  const world = new ZoneOutage((line) => void lines.push(line), options);
  world.run();
  return lines;
}

class ZoneOutage {
  readonly #world: TinyWorld;
  readonly #trace: TraceWriter;
  readonly #options: ZoneOutageOptions;
  readonly #nodes: TinyNode[] = [];
  #pods = 0;
  #hash = '6d5f7b9c44';
  #syncWaits = false;
  #fault = 0;
  #short: { readonly atMs: number; readonly seq: number } | undefined;

  constructor(sink: (line: string) => void, options: ZoneOutageOptions) {
    this.#world = new TinyWorld(sink);
    this.#trace = this.#world.trace;
    this.#options = options;
  }

  run(): void {
    this.#trace.header({
      scenario: nameOf(this.#options, 'scenario', 0, 'zone-lost-during-rollout'),
      description: 'A zone loses its network while a rollout is under way.',
      seed: '20240210',
      tool: 'everynode 0.0.0',
      kubernetes: '1.31',
      endMs: END_MS,
      params: { maxUnavailable: '10%' },
      repro: ['npx', 'everynode', 'run', 'scenarios/tour/zone-lost.yaml', '--seed', '20240210'],
    });
    this.#world.at(0, () => this.#begin());
    this.#world.at(ROLLOUT_AT_MS, () => this.#rollOut());
    this.#world.at(OUTAGE_AT_MS, () => this.#loseZone());
    this.#world.runUntil(END_MS);
    judge(this.#trace, {
      endMs: END_MS,
      shortfall: this.#short,
      message: nameOf(
        this.#options,
        'message',
        0,
        'kube-system/node-agent is not rolled out, demanded within 28m of step rollout',
      ),
    });
    this.#trace.end({ atMs: END_MS, verdict: 'violated', reason: 'rollout-finishes' });
  }

  #begin(): void {
    const created = createCluster(this.#world, this.#nodes, { options: this.#options, hash: this.#hash });
    this.#wakeController(created);
  }

  #rollOut(): void {
    const step = this.#trace.event({
      atMs: this.#world.nowMs,
      type: 'step.begin',
      actor: 'user',
      object: 'step/rollout',
    });
    const fields = { ...this.#world.get(DS), generation: 2, image: 'agent:v2' };
    const updated = this.#world.write(DS, fields, { actor: 'user', cause: step });
    this.#hash = '7c9f5d8b66';
    this.#world.write(
      'rev/kube-system/node-agent-2',
      { revision: 2, hash: this.#hash, owner: DS },
      { actor: 'daemonset-controller', cause: updated },
    );
    this.#wakeController(updated);
  }

  #loseZone(): void {
    const zone = this.#nodes[1]?.zone ?? '';
    const lost = this.#nodes.filter((node) => node.zone === zone);
    this.#fault = this.#trace.event({
      atMs: this.#world.nowMs,
      type: 'fault.begin',
      actor: 'fault/outage',
      object: 'step/outage',
    });
    this.#trace.fault({
      id: 'outage',
      type: 'ZoneOutage',
      seq: this.#fault,
      fromMs: this.#world.nowMs,
      toMs: null,
      nodes: lost.map((node) => node.name),
      targets: `${zone} (${lost.length} nodes)`,
    });
    for (const node of lost) {
      node.lost = true;
      this.#world.at(this.#world.nowMs + 40_000 + this.#world.roll(5) * 1_000, () => this.#markUnknown(node));
    }
  }

  #markUnknown(node: TinyNode): void {
    const fields: Fields = {
      ...this.#world.get(`node/${node.name}`),
      ready: 'Unknown',
      readyReason: 'NodeStatusUnknown',
      taints: 'node.kubernetes.io/unreachable:NoExecute',
    };
    const seq = this.#world.write(`node/${node.name}`, fields, {
      actor: 'node-lifecycle',
      node: node.name,
      cause: this.#fault,
    });
    if (node.pod !== undefined) {
      const pod = { ...this.#world.get(node.pod), ready: false };
      this.#world.write(node.pod, pod, { actor: 'node-lifecycle', node: node.name, cause: seq });
    }
    this.#wakeController(seq);
  }

  /** One pass 20 ms after the first change that it has not seen, as the workqueue does. */
  #wakeController(cause: number): void {
    if (this.#syncWaits) return;
    this.#syncWaits = true;
    this.#world.at(this.#world.nowMs + 20, () => {
      this.#syncWaits = false;
      this.#sync(cause);
    });
  }

  #sync(cause: number): void {
    const max = Math.trunc((this.#nodes.length * 10 + 99) / 100);
    let unavailable = this.#nodes.filter((node) => !this.#isAvailable(node)).length;
    const work = { creates: this.#nodes.filter((node) => node.pod === undefined), deletes: [] as TinyNode[] };
    const waiting: TinyNode[] = [];
    const before = unavailable;
    for (const node of this.#nodes) {
      const pod = node.pod === undefined ? undefined : this.#world.get(node.pod);
      if (pod === undefined || pod['hash'] === this.#hash || pod['deletedAtMs'] !== undefined) continue;
      if (!this.#isAvailable(node)) work.deletes.push(node);
      else if (unavailable < max) {
        work.deletes.push(node);
        unavailable += 1;
      } else waiting.push(node);
    }
    const data = {
      desired: this.#nodes.length,
      maxUnavailable: max,
      numUnavailable: before,
      creates: work.creates.length,
      deletes: work.deletes.length,
    };
    const busy = work.creates.length + work.deletes.length > 0;
    const seq = this.#trace.event({
      atMs: this.#world.nowMs,
      type: busy ? 'ds.roll' : 'ds.sync',
      actor: 'daemonset-controller',
      object: DS,
      cause,
      data,
    });
    for (const node of this.#nodes) {
      const code = work.creates.includes(node)
        ? 'create'
        : work.deletes.includes(node)
          ? 'replace'
          : waiting.includes(node)
            ? 'budget'
            : this.#codeOf(node);
      if (code !== node.code)
        this.#trace.decision({
          atMs: this.#world.nowMs,
          actor: 'daemonset-controller',
          object: DS,
          node: node.name,
          code,
          cause: seq,
        });
      node.code = code;
    }
    for (const node of work.deletes) this.#deletePod(node, seq);
    for (const node of work.creates) this.#createPod(node, seq);
    this.#writeStatus(seq);
  }

  #codeOf(node: TinyNode): string {
    const pod = node.pod === undefined ? undefined : this.#world.get(node.pod);
    if (pod?.['deletedAtMs'] !== undefined) return 'oldPodTerminating';
    return this.#isAvailable(node) ? 'ok' : 'notReady';
  }

  #createPod(node: TinyNode, cause: number): void {
    this.#pods += 1;
    const ref = `pod/kube-system/node-agent-${(this.#pods * 7_919 + 100_000).toString(36)}`;
    node.pod = ref;
    const fields: Fields = { node: node.name, owner: DS, hash: this.#hash, phase: 'Pending', ready: false };
    const created = this.#world.write(ref, fields, { actor: 'daemonset-controller', node: node.name, cause });
    this.#world.at(this.#world.nowMs + 15, () => {
      const bound = this.#world.write(
        ref,
        { ...fields, scheduled: true },
        { actor: 'kube-scheduler', node: node.name, cause: created },
      );
      this.#world.at(this.#world.nowMs + 15_000 + this.#world.roll(25_000), () => {
        if (node.lost || this.#world.get(ref) === undefined) return;
        const readyAtMs = Math.trunc(this.#world.nowMs / 1000) * 1000;
        const running = { ...fields, scheduled: true, phase: 'Running', ready: true, readyAtMs };
        const ready = this.#world.write(ref, running, { actor: `kubelet/${node.name}`, node: node.name, cause: bound });
        this.#wakeController(ready);
      });
    });
  }

  #deletePod(node: TinyNode, cause: number): void {
    const ref = node.pod ?? '';
    const fields = { ...this.#world.get(ref), deletedAtMs: Math.trunc(this.#world.nowMs / 1000) * 1000 + 30_000 };
    const deleting = this.#world.write(ref, fields, {
      actor: 'daemonset-controller',
      node: node.name,
      cause,
      type: 'pod.deleting',
    });
    this.#world.at(this.#world.nowMs + 800 + this.#world.roll(4_000), () => {
      if (node.lost) return;
      node.pod = undefined;
      const gone = this.#world.write(ref, undefined, {
        actor: `kubelet/${node.name}`,
        node: node.name,
        cause: deleting,
      });
      this.#wakeController(gone);
    });
  }

  #writeStatus(cause: number): void {
    const pods = this.#nodes.map((node) => (node.pod === undefined ? undefined : this.#world.get(node.pod)));
    const available = this.#nodes.filter((node) => this.#isAvailable(node)).length;
    const status = {
      ...this.#world.get(DS),
      observedGeneration: Number(this.#world.get(DS)?.['generation'] ?? 1),
      desired: this.#nodes.length,
      current: pods.filter((pod) => pod !== undefined).length,
      ready: pods.filter((pod) => pod?.['ready'] === true).length,
      updated: pods.filter((pod) => pod?.['hash'] === this.#hash).length,
      available,
    };
    if (diffFields(this.#world.get(DS), status).length === 0) return;
    const seq = this.#world.write(DS, status, { actor: 'daemonset-controller', cause });
    const floor = this.#nodes.length - Math.trunc((this.#nodes.length * 10 + 99) / 100);
    if (this.#world.nowMs >= ROLLOUT_AT_MS && available < floor) this.#short ??= { atMs: this.#world.nowMs, seq };
  }

  #isAvailable(node: TinyNode): boolean {
    const pod = node.pod === undefined ? undefined : this.#world.get(node.pod);
    const since = Number(pod?.['readyAtMs'] ?? 0) + (this.#options.minReadySeconds ?? 0) * 1000;
    return pod?.['ready'] === true && pod['deletedAtMs'] === undefined && since <= this.#world.nowMs;
  }
}
