/** One machine: its power, its link, its room, and the containers that truly run on it. */
import { assert } from '@everynode/core/assert';
import type { ContainerExit, Machine, RunningPod, StartedPod } from './machine.ts';
import type { ImageCleanup } from './machineImages.ts';
import { MachineRoom, type RoomSize } from './machineRoom.ts';
import { wholeOf } from './machineUsage.ts';
import type { PressureResource } from './seams.ts';
import { firstAboveMs } from './usage.ts';

/** What happened to a machine; `pod` and `container` where one was concerned. */
export interface MachineChange {
  readonly node: string;
  readonly what:
    | 'added'
    | 'removed'
    | 'poweredOff'
    | 'poweredOn'
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
  /** Why a container was killed, where it was not a fault that did it. */
  readonly reason?: 'OOMKilled';
}

export interface MachineOptions {
  readonly name: string;
  /** The how-many-th machine of the run it is. */
  readonly ordinal: number;
  readonly room: RoomSize;
  /** Virtual instant, unskewed. */
  readonly nowMs: () => number;
  /** What the machine itself does later, whoever lives on it. */
  readonly schedule: (delayMs: number, run: () => void) => void;
  readonly changed: (change: MachineChange) => void;
  /** Lets the node's kubelet learn of something, if it lives. */
  readonly tellKubelet: (run: () => void) => void;
  /** A rule of this step made a difference. */
  readonly bite: (stepId: string) => void;
}

export interface ImageFailure {
  readonly stepId: string;
  /** Absent: every image. */
  readonly image: string | undefined;
  readonly message: string;
}

type KillListener = Parameters<Machine['onContainerKilled']>[0];
type RoomListener = () => void;

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
  #roomListener: RoomListener | undefined;
  #boot = 1;
  /** Faults that hold the power off, cut the link or spoil pulls: overlapping ones add up. */
  readonly powerCuts: string[] = [];
  readonly linkCuts: string[] = [];
  readonly imageFailures: ImageFailure[] = [];

  constructor(options: MachineOptions) {
    this.name = options.name;
    this.ordinal = options.ordinal;
    this.#options = options;
    this.room = new MachineRoom(options.room, options.nowMs);
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

  imagePullError(image: string): string | undefined {
    const failure = this.imageFailures.find((each) => each.image === undefined || each.image === image);
    if (failure !== undefined) this.#options.bite(failure.stepId);
    return failure?.message;
  }

  hasImage(image: string): boolean {
    return this.room.images.has(image);
  }

  addImage(image: string, bytes: number): void {
    this.room.images.add(image, bytes, this.#options.nowMs());
    this.#roomChanged();
  }

  startContainer(pod: StartedPod, container: string): void {
    assert(this.powered, () => `${container} of ${pod.key} starts on ${this.name}, which has no power`);
    const before = this.#pods.get(pod.uid);
    const containers = before?.containers.filter((each) => each.name !== container) ?? [];
    const { uid, key, daemonSet } = pod;
    const started = { name: container, startedAtMs: this.#options.nowMs() };
    this.#put({ uid, key, daemonSet, stopping: before?.stopping ?? false, containers: [...containers, started] });
    if (pod.image !== undefined) this.room.images.used(pod.image, started.startedAtMs);
    this.#tell('containerStarted', uid, container);
    this.#uses(pod, container);
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

  onRoomChanged(listener: RoomListener): void {
    this.#roomListener = listener;
  }

  /** The kubelet that listened is dead. */
  forgetListeners(): void {
    this.#killListener = undefined;
    this.#roomListener = undefined;
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
