/**
 * A node's physical truth: power, link, pressure, and what really runs. The API never shows this; a kubelet sees its
 * own machine, invariants see all of them (law 5 of the house).
 */
import type { ForcedCondition } from './forcedConditions.ts';

export interface RunningContainer {
  readonly name: string;
  readonly startedAtMs: number;
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

/** What a kubelet tells its machine of a pod whose container it starts. */
export interface StartedPod {
  readonly uid: string;
  readonly key: string;
  readonly daemonSet: string | undefined;
  /** Bytes that the whole pod takes while it runs, from its model; absent: none. */
  readonly usage?: { readonly memoryBytes: number; readonly diskBytes: number };
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
  /** Bytes; capacity minus what the system, the pods and the faults use. */
  availableBytes(resource: 'memory' | 'disk'): number;
  capacityBytes(resource: 'memory' | 'disk'): number;
  /** Whether a pressing fault asks for evictions too (`evict`), for the condition only, or not at all. */
  pressure(resource: 'memory' | 'disk'): 'none' | 'condition' | 'evict';
  /** Conditions that the kubelet posts as its own because a fault has it so, in place of what it would find. */
  readonly forcedConditions: readonly ForcedCondition[];
  /** Types of conditions that were forced and posted, and no longer are. */
  readonly leftOverConditions: readonly string[];
  onForcedConditionsChanged(listener: () => void): void;
  /** The server has taken the forced conditions, and those left over are gone: bites of their faults. */
  forcedConditionsPosted(): void;
  /** Undefined: the pull goes well; else the registry's error. Counts as a bite of the fault. */
  imagePullError(image: string): string | undefined;
  /** Called when what `pressure` or `availableBytes` answers may have changed through something outside the kubelet's will. */
  onPressureChanged(listener: () => void): void;
  hasImage(image: string): boolean;
  addImage(image: string): void;
  /** The kubelet's image garbage collection (E-8); returns how many images went. */
  removeUnusedImages(inUse: ReadonlySet<string>): number;
  startContainer(pod: StartedPod, container: string): void;
  /** Marks the pod as being stopped. */
  stopPod(uid: string): void;
  /** The container is gone; the pod leaves `running` with its last one. */
  containerGone(uid: string, container: string): void;
  /** Called when something outside the kubelet's will happens to a container (kill, crash). Survives no reboot. */
  onContainerKilled(listener: (uid: string, container: string, exitCode: number) => void): void;
}
