/**
 * The room of one machine: memory, disks, inodes and process ids, what the system, its pods, its images and the faults
 * take of them, now or at an instant to come. Rules: E-1, E-2, E-8.
 */
import { assert } from '@everynode/core/assert';
import { MachineImages } from './machineImages.ts';
import { MachineUsage, type UsedResource } from './machineUsage.ts';
import type { PressureResource } from './seams.ts';
import type { Growth } from './usage.ts';

/** What a kubelet measures. `podMemory` is that of all pods together; images may have a disk of their own. */
export type Room = 'memory' | 'podMemory' | 'disk' | 'inodes' | 'imageDisk' | 'imageInodes' | 'pids';

/** Whole numbers: bytes, inodes, process ids. */
export interface RoomSize {
  readonly memory: number;
  readonly disk: number;
  readonly inodes: number;
  readonly pids: number;
  /** Absent: images lie on the same disk as everything else. */
  readonly imageDisk?: { readonly bytes: number; readonly inodes: number };
  /** What a fault that presses leaves: less than the node's kubelet wants to see. Absent: its kubelet does not look. */
  readonly pressed: Readonly<Partial<Record<PressureResource, number>>>;
}

/** The room of a machine as its kubelet measures it; `inMs` from now, if nothing but time passes. */
export interface RoomView {
  /** Images have a disk of their own. */
  readonly hasImageDisk: boolean;
  /** No pod uses anything that counts. */
  readonly isUnused: boolean;
  capacity(room: Room): number;
  /** Capacity minus what the system, the pods, the images and the faults take; never below 0. */
  available(room: Room, inMs?: number): number;
  /** The least that can ever be available as things stand. */
  leastAvailable(room: Room): number;
  /** How fast a room shrinks at most from then on; `untilMs` counts from now. */
  growth(room: Room, inMs: number, stepMs: number): Growth;
  /** What one pod uses. */
  used(uid: string, resource: UsedResource, inMs?: number): number;
  usedGrowth(uid: string, resource: UsedResource, inMs: number, stepMs: number): Growth;
  /** What one pod will never exceed as things stand; Infinity where it leaks. */
  mostUsed(uid: string, resource: UsedResource): number;
  /** What one container uses; 0 where it does not run. */
  usedByContainer(uid: string, container: string, resource: UsedResource, inMs?: number): number;
  /** Whether a fault presses it: for the condition alone, or so that pods are evicted too. */
  pressure(room: Room): 'none' | 'condition' | 'evict';
}

export interface Press {
  readonly stepId: string;
  readonly evict: boolean;
}

/** Share of everything that the system itself uses: a twentieth, a choice of the model. */
const SYSTEM_SHARE = 20;
const NO_GROWTH: Growth = { perStep: 0, untilMs: Infinity };

export class MachineRoom implements RoomView {
  readonly usage: MachineUsage = new MachineUsage();
  readonly images: MachineImages = new MachineImages();
  /** Faults that press; overlapping ones add up. */
  readonly presses: Readonly<Record<PressureResource, Press[]>> = { memory: [], disk: [], inodes: [], pids: [] };
  readonly #size: RoomSize;
  readonly #nowMs: () => number;

  constructor(size: RoomSize, nowMs: () => number) {
    for (const name of ['memory', 'disk', 'inodes', 'pids'] as const)
      assert(Number.isSafeInteger(size[name]) && size[name] >= 0, () => `${name} is a whole number, got ${size[name]}`);
    this.#size = size;
    this.#nowMs = nowMs;
  }

  get hasImageDisk(): boolean {
    return this.#size.imageDisk !== undefined;
  }

  get isUnused(): boolean {
    return this.usage.isEmpty;
  }

  capacity(room: Room): number {
    const { memory, disk, inodes, pids, imageDisk } = this.#size;
    switch (room) {
      case 'memory':
      case 'podMemory':
        return memory;
      case 'disk':
        return disk;
      case 'inodes':
        return inodes;
      case 'imageDisk':
        return imageDisk?.bytes ?? disk;
      case 'imageInodes':
        return imageDisk?.inodes ?? inodes;
      case 'pids':
        return pids;
    }
  }

  available(room: Room, inMs = 0): number {
    const resource = this.#usedOf(room);
    const used = resource === undefined || this.isUnused ? 0 : this.usage.total(resource, this.#nowMs() + inMs);
    return this.#left(room, used);
  }

  leastAvailable(room: Room): number {
    const resource = this.#usedOf(room);
    const most = resource === undefined || this.isUnused ? 0 : this.usage.most(resource);
    return this.#left(room, most);
  }

  growth(room: Room, inMs: number, stepMs: number): Growth {
    const resource = this.#usedOf(room);
    return resource === undefined ? NO_GROWTH : this.#growth(resource, inMs, stepMs);
  }

  used(uid: string, resource: UsedResource, inMs = 0): number {
    return this.usage.ofPod(uid, resource, this.#nowMs() + inMs);
  }

  usedGrowth(uid: string, resource: UsedResource, inMs: number, stepMs: number): Growth {
    return this.#growth(resource, inMs, stepMs, uid);
  }

  mostUsed(uid: string, resource: UsedResource): number {
    return this.usage.most(resource, uid);
  }

  usedByContainer(uid: string, container: string, resource: UsedResource, inMs = 0): number {
    return this.usage.ofContainer(uid, container, resource, this.#nowMs() + inMs);
  }

  pressure(room: Room): 'none' | 'condition' | 'evict' {
    const resource = this.#pressedOf(room);
    const presses = resource === undefined ? [] : this.presses[resource];
    if (presses.length === 0) return 'none';
    return presses.some((press) => press.evict) ? 'evict' : 'condition';
  }

  /** Whether the node's kubelet has a threshold for it at all. */
  isWatched(resource: PressureResource): boolean {
    return this.#size.pressed[resource] !== undefined;
  }

  #growth(resource: UsedResource, inMs: number, stepMs: number, uid?: string): Growth {
    const nowMs = this.#nowMs();
    const { perStep, untilMs } = this.usage.growth(resource, nowMs + inMs, stepMs, uid);
    return { perStep, untilMs: untilMs - nowMs };
  }

  #left(room: Room, used: number): number {
    const capacity = this.capacity(room);
    const system = room === 'podMemory' ? 0 : Math.trunc(capacity / SYSTEM_SHARE);
    const images = room === 'imageDisk' || (room === 'disk' && !this.hasImageDisk) ? this.images.bytes : 0;
    const available = capacity - system - images - used;
    const resource = this.#pressedOf(room);
    const isPressed = resource !== undefined && this.presses[resource].length > 0;
    // The fault takes whatever comes free again, as a leak or a full log would.
    const pressed = isPressed ? (this.#size.pressed[resource] ?? Infinity) : Infinity;
    return Math.max(0, Math.min(available, pressed));
  }

  /** What pods use of a room. */
  #usedOf(room: Room): UsedResource | undefined {
    switch (room) {
      case 'memory':
      case 'podMemory':
        return 'memory';
      case 'disk':
      case 'inodes':
      case 'pids':
        return room;
      case 'imageDisk':
        return this.hasImageDisk ? undefined : 'disk';
      case 'imageInodes':
        return this.hasImageDisk ? undefined : 'inodes';
    }
  }

  /** What a fault presses; the pods' own share of memory is beyond its reach. */
  #pressedOf(room: Room): PressureResource | undefined {
    return room === 'podMemory' ? undefined : this.#usedOf(room);
  }
}
