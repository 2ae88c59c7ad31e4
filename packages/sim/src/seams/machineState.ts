/** One machine: its power, its link, its room, and the containers that truly run on it. */
import { assert } from '@everynode/core/assert';
import { type ForcedCondition, ForcedConditions } from './forcedConditions.ts';
import { Link } from './link.ts';
import type { ContainerCrash, ImageFailure, SlowPull } from './machineRules.ts';
import type { ApplicationConduct, ContainerExit, Machine, RunningPod, StartedPod } from './machine.ts';
import type { ImageCleanup } from './machineImages.ts';
import { MachineRoom } from './machineRoom.ts';
import type { MachineChange, MachineOptions } from './machineSetting.ts';
import { wholeOf } from './machineUsage.ts';
import type { PressureResource } from './seams.ts';
import { firstAboveMs } from './usage.ts';

type KillListener = Parameters<Machine['onContainerKilled']>[0];
type Listener = () => void;

/** A container that was killed for its memory. */
const OUT_OF_MEMORY: ContainerExit = { exitCode: 137, isOutOfMemory: true };

export class MachineState implements Machine {
  readonly name: string;
  readonly ordinal: number;
  readonly room: MachineRoom;
  readonly #options: MachineOptions;
  readonly #pods = new Map<string, RunningPod>();
  #running: readonly RunningPod[] = [];
  #killListener: KillListener | undefined;
  #roomListener: Listener | undefined;
  #conditionsListener: Listener | undefined;
  #shutdown: { readonly maxMs: number; readonly listener: () => void } | undefined;
  #boot = 1;
  #bootAsked = 1;
  /** Faults that hold the power off or spoil pulls: overlapping ones add up. */
  readonly powerCuts: string[] = [];
  /** Faults whose shutdown is under way, and which hold the power off once that is through. */
  readonly shutdowns: string[] = [];
  readonly imageFailures: ImageFailure[] = [];
  readonly link: Link = new Link();
  readonly forced: ForcedConditions;
  readonly slowPulls: SlowPull[] = [];
  readonly crashes: ContainerCrash[] = [];

  constructor(options: MachineOptions) {
    this.name = options.name;
    this.ordinal = options.ordinal;
    this.#options = options;
    this.forced = new ForcedConditions(options.bite);
    this.room = new MachineRoom(options.room, options.nowMs);
  }

  get powered(): boolean {
    return this.powerCuts.length === 0;
  }

  get reachable(): boolean {
    return this.canSend && this.canHear;
  }

  get canSend(): boolean {
    return this.powered && this.link.canSend;
  }

  get canHear(): boolean {
    return this.powered && this.link.canHear;
  }

  get boot(): number {
    return this.#boot;
  }

  get running(): readonly RunningPod[] {
    return this.#running;
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
    return this.room.images.has(image);
  }

  addImage(image: string, bytes: number): void {
    this.room.images.add(image, bytes, this.#options.nowMs());
    this.#roomChanged();
  }

  startContainer(pod: StartedPod, container: string, conduct?: ApplicationConduct): void {
    assert(this.powered, () => `${container} of ${pod.key} starts on ${this.name}, which has no power`);
    const before = this.#pods.get(pod.uid);
    const containers = before?.containers.filter((each) => each.name !== container) ?? [];
    const { uid, key, daemonSet } = pod;
    const startedAtMs = this.#options.nowMs();
    const started = { name: container, startedAtMs, ...(conduct === undefined ? {} : { conduct }) };
    this.#put({ uid, key, daemonSet, stopping: before?.stopping ?? false, containers: [...containers, started] });
    if (pod.image !== undefined) this.room.images.used(pod.image, started.startedAtMs);
    this.#tell('containerStarted', uid, container);
    this.#uses(pod, container);
    for (const crash of this.crashes) this.crashLater(crash, uid, container);
  }

  /** If the rule is about this container and still holds then, and if it is still the same run. */
  crashLater(crash: ContainerCrash, uid: string, container: string): void {
    const pod = this.#pods.get(uid);
    const startedAtMs = startOf(pod, container);
    if (pod === undefined || (crash.daemonSet ?? pod.daemonSet) !== pod.daemonSet) return;
    if ((crash.container ?? container) !== container) return;
    const { schedule, draw, bite } = this.#options;
    schedule(draw(crash.stepId, crash.after), () => {
      if (!this.crashes.includes(crash) || startOf(this.#pods.get(uid), container) !== startedAtMs) return;
      bite(crash.stepId);
      this.killContainer(uid, container, { exitCode: crash.exitCode, isOutOfMemory: false });
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

  onRoomChanged(listener: Listener): void {
    this.#roomListener = listener;
  }

  get forcedConditions(): readonly ForcedCondition[] {
    return this.forced.list;
  }

  get leftOverConditions(): readonly string[] {
    return this.forced.leftOver;
  }

  onForcedConditionsChanged(listener: Listener): void {
    this.#conditionsListener = listener;
  }

  forcedConditionsPosted(): void {
    this.forced.posted();
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
    this.#roomListener = undefined;
    this.#conditionsListener = undefined;
    this.powerDown();
  }

  removeImages(cleanup: ImageCleanup): number {
    return this.room.images.remove(cleanup, this.#options.nowMs());
  }

  removeDeadContainers(isRemoved: (uid: string) => boolean): void {
    this.room.usage.removeDead(isRemoved);
  }

  /** A fault began or ended to press; the kubelet learns of it if it lives. */
  pressChanged(resource: PressureResource): void {
    const what = this.room.presses[resource].length > 0 ? 'pressed' : 'relieved';
    this.#options.changed({ node: this.name, what, resource });
    this.#roomChanged();
  }

  /** A fault began or ended to speak for the kubelet; it posts the difference if it lives. */
  forcedChanged(): void {
    const listener = this.#conditionsListener;
    if (listener !== undefined) this.#options.tellKubelet(listener);
  }

  /** The container exits now, whatever the kubelet wants; it learns of it if it lives. */
  killContainer(uid: string, container: string, exit: ContainerExit): void {
    this.#removeContainer(uid, container, 'containerKilled', exit.isOutOfMemory);
    const listener = this.#killListener;
    if (listener !== undefined) this.#options.tellKubelet(() => listener(uid, container, exit));
  }

  /** All that runs is gone at once; the disk keeps its images and what the containers wrote. */
  losePower(): void {
    this.#pods.clear();
    this.room.usage.allEnded(this.#options.nowMs());
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

  #removeContainer(uid: string, container: string, what: MachineChange['what'], isOutOfMemory = false): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || !pod.containers.some((each) => each.name === container)) return;
    const containers = pod.containers.filter((each) => each.name !== container);
    if (containers.length > 0) {
      this.#put({ ...pod, containers });
    } else {
      this.#pods.delete(uid);
      this.#running = [...this.#pods.values()];
    }
    const hasUsed = this.room.usage.ended(uid, container, this.#options.nowMs());
    // A pod that was stopped is cleared away; one that ended by itself keeps its dead containers (E-8).
    if (pod.stopping && containers.length === 0) this.room.usage.removeDead((each) => each === uid);
    const why = isOutOfMemory ? ({ reason: 'OOMKilled' } as const) : {};
    this.#options.changed({ node: this.name, what, pod, container, ...why });
    if (hasUsed) this.#roomChanged();
  }

  #roomChanged(): void {
    if (this.#roomListener !== undefined) this.#options.tellKubelet(this.#roomListener);
  }

  /** From here on the container uses what its model says; where that will pass its limit, the kernel ends it then. */
  #uses({ uid, usage, memoryLimit }: StartedPod, container: string): void {
    if (usage === undefined) return;
    const { nowMs, schedule } = this.#options;
    const startedAtMs = nowMs();
    this.room.usage.started(uid, container, usage, startedAtMs);
    this.#roomChanged();
    const { memory } = usage.pod;
    if (memory === undefined || memoryLimit === undefined) return;
    const inMs = firstAboveMs(memory, wholeOf(memoryLimit, usage));
    if (inMs === undefined) return;
    schedule(inMs, () => {
      const running = this.#pods.get(uid)?.containers.find(({ name }) => name === container);
      if (running?.startedAtMs === startedAtMs) this.killContainer(uid, container, OUT_OF_MEMORY);
    });
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
