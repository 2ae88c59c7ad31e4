/** The one window to the truth, for those who judge: reads the store, the machines and the faults in force. */
import type { ObjectKey } from '@everynode/core/api/meta';
import type { Kind, ObjectOfKind } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import type { Profile } from '@everynode/core/profile';
import type { PlannedFault } from '../plan.ts';
import type { MachineView } from '../seams/machine.ts';
import type { WorldView } from './worldView.ts';
import type { World } from './world.ts';

export class LiveView implements WorldView {
  readonly #world: World;
  readonly #faults: () => readonly PlannedFault[];

  /** `faults` tells which have begun and are not lifted. */
  constructor(world: World, faults: () => readonly PlannedFault[]) {
    this.#world = world;
    this.#faults = faults;
  }

  get nowMs(): number {
    return this.#world.engine.nowMs;
  }

  get profile(): Profile {
    return this.#world.profile;
  }

  get<K extends Kind>(kind: K, key: ObjectKey): ObjectOfKind[K] | undefined {
    return this.#world.store.get(kind, key);
  }

  list<K extends Kind>(kind: K): readonly ObjectOfKind[K][] {
    return this.#world.store.list(kind);
  }

  daemonPods(daemonSet: ObjectKey): readonly Pod[] {
    const uid = this.get('DaemonSet', daemonSet)?.metadata.uid;
    return uid === undefined ? [] : this.#world.store.podsOwnedBy(uid);
  }

  daemonPodsOn(daemonSet: ObjectKey, nodeName: string): readonly Pod[] {
    const uid = this.get('DaemonSet', daemonSet)?.metadata.uid;
    return uid === undefined ? [] : this.#world.store.podsOwnedByOn(uid, nodeName);
  }

  machine(nodeName: string): MachineView | undefined {
    return this.#world.machines.get(nodeName);
  }

  get machines(): readonly MachineView[] {
    return this.#world.machines.list();
  }

  get faultsInForce(): readonly PlannedFault[] {
    return this.#faults();
  }
}
