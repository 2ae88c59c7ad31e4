/**
 * A node's physical truth: power, link, room, and what really runs. The API never shows this; a kubelet sees its
 * own machine, invariants see all of them (law 5 of the house).
 */
import type { ForcedCondition } from './forcedConditions.ts';
import type { ImageCleanup } from './machineImages.ts';
import type { RoomView } from './machineRoom.ts';
import type { ContainerUsage } from './machineUsage.ts';

export interface RunningContainer {
  readonly name: string;
  readonly startedAtMs: number;
  /** Absent: a container of which nothing more is known. */
  readonly conduct?: ApplicationConduct;
}

/** A time in which an application does not answer its probes as it should, in ms since its container's start. */
export interface FailingSpell {
  readonly fromMs: number;
  /** Not included; Infinity: until the container is started anew. */
  readonly untilMs: number;
  /** It does answer, but only after so long; absent: each probe fails at once. */
  readonly answersInMs?: number;
}

/**
 * What the application in one container will do, in ms since the container's start: drawn when it starts, and true
 * from then on whatever becomes of the kubelet.
 */
export interface ApplicationConduct {
  /** From then on it answers its startup and liveness probes. */
  readonly answersAfterMs: number;
  /** From then on it answers its readiness probe. */
  readonly readyAfterMs: number;
  /** It exits by itself: it crashes, or it is an init container that has done its work. */
  readonly exit?: { readonly afterMs: number; readonly exitCode: number };
  readonly spells: Readonly<Record<'startup' | 'readiness' | 'liveness', readonly FailingSpell[]>>;
}

/** A pod of which at least one container truly runs. */
export interface RunningPod {
  readonly uid: string;
  /** namespace/name. */
  readonly key: string;
  /** Key of the owning DaemonSet, if it has one. */
  readonly daemonSet: string | undefined;
  /** The kubelet is stopping it. */
  readonly stopping: boolean;
  readonly containers: readonly RunningContainer[];
}

/** What a kubelet tells its machine of a container that it starts: its pod, image and usage. */
export interface StartedPod {
  readonly uid: string;
  readonly key: string;
  readonly daemonSet: string | undefined;
  readonly image?: string;
  /** What this container uses while it runs, from the pod's model; absent: nothing. */
  readonly usage?: ContainerUsage;
  /** Bytes of memory at which it is killed; absent: it has no limit. */
  readonly memoryLimit?: number;
}

/** How a container ended that nobody stopped. */
export interface ContainerExit {
  readonly exitCode: number;
  /** It was beyond its memory limit. */
  readonly isOutOfMemory: boolean;
}

/** What the outside may read of a machine. */
export interface MachineView {
  readonly name: string;
  readonly powered: boolean;
  /** The control link works, both ways. */
  readonly reachable: boolean;
  /** Counts boots; containers of an earlier boot are gone. */
  readonly boot: number;
  readonly running: readonly RunningPod[];
}

/** What the kubelet of that node may do to its machine. */
export interface Machine extends MachineView {
  /** Conditions that the kubelet posts as its own because a fault has it so, in place of what it would find. */
  readonly forcedConditions: readonly ForcedCondition[];
  /** Types of conditions that were forced and posted, and no longer are. */
  readonly leftOverConditions: readonly string[];
  onForcedConditionsChanged(listener: () => void): void;
  /** The server has taken the forced conditions, and those left over are gone: bites of their faults. */
  forcedConditionsPosted(): void;
  /** What there is of memory, disks, inodes and process ids, and what is left of it. */
  readonly room: RoomView;
  /** Undefined: the pull goes well; else the registry's error. Counts as a bite of the fault. */
  imagePullError(image: string): string | undefined;
  /** How much longer than usual the registry takes for this image, in ms. */
  imagePullExtraMs(image: string): number;
  /** Asks the registry to serve a pull: `begin` runs when it does; what comes back says that the pull is through. */
  askRegistry(begin: () => void): () => void;
  /** Called when what is available no longer goes on as it was going: a fault presses or lifts, a pod uses more or less. */
  onRoomChanged(listener: () => void): void;
  hasImage(image: string): boolean;
  addImage(image: string, bytes: number): void;
  /** The kubelet's image garbage collection (E-8); returns how many bytes that frees. */
  removeImages(cleanup: ImageCleanup): number;
  /** Dead containers of these pods are removed, with all that they wrote (E-8). */
  removeDeadContainers(isRemoved: (uid: string) => boolean): void;
  startContainer(pod: StartedPod, container: string, conduct?: ApplicationConduct): void;
  /** Undefined where the machine has not booted again since a kubelet asked last. */
  newBootId(): string | undefined;
  /** Asked to shut down in good order: `listener` runs, and has at most `maxMs` until the power goes (K-50). */
  onShutdown(maxMs: number, listener: () => void): void;
  /** Nothing of the kubelet holds the shutdown up any more. */
  powerDown(): void;
  /** Marks the pod as being stopped. */
  stopPod(uid: string): void;
  /** The container is gone; the pod leaves `running` with its last one. */
  containerGone(uid: string, container: string): void;
  /** Called when something outside the kubelet's will happens to a container (kill, crash). Survives no reboot. */
  onContainerKilled(listener: (uid: string, container: string, exit: ContainerExit) => void): void;
}
