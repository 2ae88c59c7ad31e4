/** One machine: its power, its link, its room, and the containers that truly run on it. */
import { assert } from '@everynode/core/assert';
import type { Draw } from '../plan.ts';
import type { ImageRegistry } from './imageRegistry.ts';
import type { ContainerCrash, ImageFailure, Press, SlowPull } from './machineRules.ts';
import type { ApplicationConduct, Machine, RunningPod, StartedPod } from './machine.ts';
import type { PressureResource } from './seams.ts';

/** What happened to a machine; `pod` and `container` where one was concerned. */
export interface MachineChange {
  readonly node: string;
  readonly what:
    | 'added'
    | 'removed'
    | 'poweredOff'
    | 'poweredOn'
    | 'shuttingDown'
    | 'unreachable'
    | 'reachable'
    | 'pressed'
    | 'relieved'
    | 'containerStarted'
    | 'podStopping'
    | 'containerGone'
    | 'containerKilled';
  readonly pod?: RunningPod;
  readonly container?: string;
  readonly resource?: PressureResource;
}

export interface MachineOptions {
  readonly name: string;
  /** The how-many-th machine of the run it is. */
  readonly ordinal: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Virtual instant, unskewed. */
  readonly nowMs: () => number;
  readonly changed: (change: MachineChange) => void;
  /** Lets the node's kubelet learn of something, if it lives. */
  readonly tellKubelet: (run: () => void) => void;
  readonly registry: ImageRegistry;
  /** A time from the stream of a fault's step. */
  readonly draw: (stepId: string, distribution: Draw) => number;
  /** Something that the machine does by itself, so much later. */
  readonly after: (delayMs: number, run: () => void) => void;
  /** The system goes on to power off. */
  readonly powerDown: () => void;
  /** A rule of this step made a difference. */
  readonly bite: (stepId: string) => void;
}

/** Share of memory and disk that the system itself uses: a twentieth, a choice of the model. */
const SYSTEM_SHARE = 20;
/** What a pressing fault leaves: half of the kubelet's hard thresholds, 100Mi and a tenth (E-1). */
const PRESSED_MEMORY_BYTES = 50 * 2 ** 20;
const PRESSED_DISK_SHARE = 20;

type KillListener = Parameters<Machine['onContainerKilled']>[0];
type PressureListener = () => void;

export class MachineState implements Machine {
  readonly name: string;
  readonly ordinal: number;
  readonly #options: MachineOptions;
  readonly #pods = new Map<string, RunningPod>();
  readonly #usage = new Map<string, NonNullable<StartedPod['usage']>>();
  readonly #images = new Set<string>();
  #running: readonly RunningPod[] = [];
  #killListener: KillListener | undefined;
  #pressureListener: PressureListener | undefined;
  #shutdown: { readonly maxMs: number; readonly listener: () => void } | undefined;
  #boot = 1;
  #bootAsked = 1;
  /** Faults that hold the power off, cut the link, press a resource or spoil pulls: overlapping ones add up. */
  readonly powerCuts: string[] = [];
  /** Faults whose shutdown is under way, and which hold the power off once that is through. */
  readonly shutdowns: string[] = [];
  readonly linkCuts: string[] = [];
  readonly presses: Readonly<Record<PressureResource, Press[]>> = { memory: [], disk: [] };
  readonly imageFailures: ImageFailure[] = [];
  readonly slowPulls: SlowPull[] = [];
  readonly crashes: ContainerCrash[] = [];

  constructor(options: MachineOptions) {
    this.name = options.name;
    this.ordinal = options.ordinal;
    this.#options = options;
  }

  get powered(): boolean {
    return this.powerCuts.length === 0;
  }

  get reachable(): boolean {
    return this.powered && this.linkCuts.length === 0;
  }

  get boot(): number {
    return this.#boot;
  }

  get running(): readonly RunningPod[] {
    return this.#running;
  }

  capacityBytes(resource: PressureResource): number {
    return resource === 'memory' ? this.#options.memoryBytes : this.#options.diskBytes;
  }

  availableBytes(resource: PressureResource): number {
    const capacity = this.capacityBytes(resource);
    let available = capacity - Math.trunc(capacity / SYSTEM_SHARE);
    for (const usage of this.#usage.values()) {
      available -= resource === 'memory' ? usage.memoryBytes : usage.diskBytes;
    }
    if (this.presses[resource].length === 0) return Math.max(0, available);
    // The fault takes whatever comes free again, as a leak or a full log would.
    const pressed = resource === 'memory' ? PRESSED_MEMORY_BYTES : Math.trunc(capacity / PRESSED_DISK_SHARE);
    return Math.max(0, Math.min(available, pressed));
  }

  pressure(resource: PressureResource): 'none' | 'condition' | 'evict' {
    const presses = this.presses[resource];
    if (presses.length === 0) return 'none';
    return presses.some((press) => press.evict) ? 'evict' : 'condition';
  }

  imagePullError(image: string): string | undefined {
    const failure = this.imageFailures.find((each) => each.image === undefined || each.image === image);
    if (failure !== undefined) this.#options.bite(failure.stepId);
    return failure?.message;
  }

  imagePullExtraMs(image: string): number {
    const slow = this.slowPulls.filter((each) => each.image === undefined || each.image === image);
    return slow.reduce((sum, { stepId, delay }) => {
      this.#options.bite(stepId);
      return sum + this.#options.draw(stepId, delay);
    }, 0);
  }

  askRegistry(begin: () => void): () => void {
    const { registry, tellKubelet } = this.#options;
    const pull = { node: this.name, begin: () => tellKubelet(begin) };
    registry.ask(pull);
    return () => registry.end(pull);
  }

  hasImage(image: string): boolean {
    return this.#images.has(image);
  }

  addImage(image: string): void {
    this.#images.add(image);
  }

  startContainer(pod: StartedPod, container: string, conduct?: ApplicationConduct): void {
    assert(this.powered, () => `${container} of ${pod.key} starts on ${this.name}, which has no power`);
    const before = this.#pods.get(pod.uid);
    const containers = before?.containers.filter((each) => each.name !== container) ?? [];
    const { uid, key, daemonSet } = pod;
    const startedAtMs = this.#options.nowMs();
    const started = { name: container, startedAtMs, ...(conduct === undefined ? {} : { conduct }) };
    this.#put({ uid, key, daemonSet, stopping: before?.stopping ?? false, containers: [...containers, started] });
    if (pod.usage !== undefined) this.#usage.set(uid, pod.usage);
    this.#tell('containerStarted', uid, container);
    for (const crash of this.crashes) this.crashLater(crash, uid, container);
  }

  /** If the rule is about this container and still holds then, and if it is still the same run. */
  crashLater(crash: ContainerCrash, uid: string, container: string): void {
    const pod = this.#pods.get(uid);
    const startedAtMs = startOf(pod, container);
    if (pod === undefined || (crash.daemonSet ?? pod.daemonSet) !== pod.daemonSet) return;
    if ((crash.container ?? container) !== container) return;
    const { after, draw, bite } = this.#options;
    after(draw(crash.stepId, crash.after), () => {
      if (!this.crashes.includes(crash) || startOf(this.#pods.get(uid), container) !== startedAtMs) return;
      bite(crash.stepId);
      this.killContainer(uid, container, crash.exitCode);
    });
  }

  stopPod(uid: string): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || pod.stopping) return;
    this.#put({ ...pod, stopping: true });
    this.#tell('podStopping', uid);
  }

  containerGone(uid: string, container: string): void {
    this.#removeContainer(uid, container, 'containerGone');
  }

  onContainerKilled(listener: KillListener): void {
    this.#killListener = listener;
  }

  onPressureChanged(listener: PressureListener): void {
    this.#pressureListener = listener;
  }

  onShutdown(maxMs: number, listener: () => void): void {
    this.#shutdown = { maxMs, listener };
  }

  powerDown(): void {
    if (this.shutdowns.length > 0) this.#options.powerDown();
  }

  /** Lets the kubelet begin; for how long it may hold the shutdown up, or undefined where nobody does. */
  askToShutDown(): number | undefined {
    if (this.#shutdown === undefined) return undefined;
    this.#options.tellKubelet(this.#shutdown.listener);
    return this.#shutdown.maxMs;
  }

  /** The kubelet that listened is dead, and holds up no shutdown any more. */
  forgetListeners(): void {
    this.#shutdown = undefined;
    this.#options.registry.forget(this.name);
    this.#killListener = undefined;
    this.#pressureListener = undefined;
    this.powerDown();
  }

  removeUnusedImages(inUse: ReadonlySet<string>): number {
    const unused = [...this.#images].filter((image) => !inUse.has(image));
    for (const image of unused) this.#images.delete(image);
    return unused.length;
  }

  /** A fault began or ended to press; the kubelet learns of it if it lives. */
  pressChanged(resource: PressureResource): void {
    const listener = this.#pressureListener;
    const what = this.presses[resource].length > 0 ? 'pressed' : 'relieved';
    this.#options.changed({ node: this.name, what, resource });
    if (listener !== undefined) this.#options.tellKubelet(listener);
  }

  /** The container exits now, whatever the kubelet wants; it learns of it if it lives. */
  killContainer(uid: string, container: string, exitCode: number): void {
    this.#removeContainer(uid, container, 'containerKilled');
    const listener = this.#killListener;
    if (listener !== undefined) this.#options.tellKubelet(() => listener(uid, container, exitCode));
  }

  /** All that runs is gone at once; the disk keeps its images. */
  losePower(): void {
    this.#pods.clear();
    this.#usage.clear();
    this.#running = [];
    this.forgetListeners();
  }

  newBootId(): string | undefined {
    if (this.#boot === this.#bootAsked) return undefined;
    this.#bootAsked = this.#boot;
    // As random ones look; no two machines and no two boots share one.
    const hex = (value: number): string => value.toString(16).padStart(6, '0');
    return `00000000-0000-4000-8000-${hex(this.ordinal)}${hex(this.#boot)}`;
  }

  bootAgain(): void {
    this.#boot += 1;
  }

  #removeContainer(uid: string, container: string, what: MachineChange['what']): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || !pod.containers.some((each) => each.name === container)) return;
    const containers = pod.containers.filter((each) => each.name !== container);
    if (containers.length > 0) {
      this.#put({ ...pod, containers });
    } else {
      this.#pods.delete(uid);
      this.#usage.delete(uid);
      this.#running = [...this.#pods.values()];
    }
    this.#options.changed({ node: this.name, what, pod, container });
  }

  #put(pod: RunningPod): void {
    this.#pods.set(pod.uid, pod);
    this.#running = [...this.#pods.values()];
  }

  #tell(what: MachineChange['what'], uid: string, container?: string): void {
    const pod = this.#pods.get(uid);
    assert(pod !== undefined, () => `pod ${uid} is not on ${this.name}`);
    this.#options.changed({ node: this.name, what, pod, ...(container === undefined ? {} : { container }) });
  }
}

function startOf(pod: RunningPod | undefined, container: string): number | undefined {
  return pod?.containers.find(({ name }) => name === container)?.startedAtMs;
}
