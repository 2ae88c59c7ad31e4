/** The truth, read-only, for invariants: objects as stored, machines as they are, faults in force. Queries only. */
import type { ObjectKey } from '@everynode/core/api/meta';
import type { ApiObject, Kind, ObjectOfKind } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import type { SyncPass } from '@everynode/core/daemonset/syncContext';
import type { Profile } from '@everynode/core/profile';
import type { MachineView } from '../seams/machine.ts';
import type { PlannedFault } from '../plan.ts';

export interface WorldView {
  /** Virtual ms since the start. */
  readonly nowMs: number;
  readonly profile: Profile;
  get<K extends Kind>(kind: K, key: ObjectKey): ObjectOfKind[K] | undefined;
  /** By ascending key. */
  list<K extends Kind>(kind: K): readonly ObjectOfKind[K][];
  /** Pods whose controller is this DaemonSet (by uid), any phase, terminating too. */
  daemonPods(daemonSet: ObjectKey): readonly Pod[];
  /** Of those, the ones aimed at a node (DS-P9). */
  daemonPodsOn(daemonSet: ObjectKey, nodeName: string): readonly Pod[];
  /** Nodes on which something of the DaemonSet (API or truth) changed since the last call by the same judge are not tracked here: ask per node. */
  machine(nodeName: string): MachineView | undefined;
  readonly machines: readonly MachineView[];
  /** Faults that have begun and are not lifted. */
  readonly faultsInForce: readonly PlannedFault[];
}

/** One change of the world, told after it has happened. `seq` is the trace record that tells of it. */
export type Change =
  | {
      readonly kind: Kind;
      readonly key: ObjectKey;
      readonly before: ApiObject | undefined;
      readonly after: ApiObject | undefined;
      readonly seq: number;
    }
  | { readonly kind: 'Machine'; readonly node: string; readonly seq: number }
  /** A pass of the DaemonSet controller, before its requests leave; `life` counts its starts, and two may act at once (L-3). */
  | { readonly kind: 'Pass'; readonly pass: SyncPass; readonly life?: number; readonly seq: number }
  | { readonly kind: 'Fault'; readonly id: string; readonly begins: boolean; readonly seq: number }
  /** Nothing changed but time: asked for by `RunObserver.wakeAtMs`. */
  | { readonly kind: 'Time'; readonly seq: number };

export type WatchKind = Change['kind'];

/** Who looks on while a plan runs: the checker of `invariants`. */
export interface RunObserver {
  begin(view: WorldView): void;
  changed(change: Change, view: WorldView): void;
  /** The next instant at which time alone may change a judgement, if any; asked after every instant with a change. */
  wakeAtMs(): number | undefined;
  /** True: stop the run at the end of this instant. */
  stop?(): boolean;
  end(view: WorldView): void;
}
