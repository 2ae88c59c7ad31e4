/** What a machine is given when it is made, and what it tells of itself to the world. */
import type { Draw } from '../plan.ts';
import type { ImageRegistry } from './imageRegistry.ts';
import type { Direction } from './link.ts';
import type { RunningPod } from './machine.ts';
import type { RoomSize } from './machineRoom.ts';
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
  /** Of a link that is cut one way. */
  readonly direction?: Direction;
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
  readonly registry: ImageRegistry;
  /** A time from the stream of a fault's step. */
  readonly draw: (stepId: string, distribution: Draw) => number;
  /** The system goes on to power off. */
  readonly powerDown: () => void;
  /** A rule of this step made a difference. */
  readonly bite: (stepId: string) => void;
}
