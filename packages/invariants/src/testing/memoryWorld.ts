/**
 * A world in memory for the tests of this package: objects by key, machines, faults and a clock, all set by hand. It
 * keeps the promises of the WorldView and of the run that drives an observer, and knows nothing of controllers.
 */
import { assert } from '@everynode/core/assert';
import { compareKeys, controllerOf, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { ApiObject, Kind, ObjectOfKind } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import type { SyncPass } from '@everynode/core/daemonset/syncContext';
import { type Profile, profileOf } from '@everynode/core/profile';
import type { PlannedFault } from '@everynode/sim/plan';
import type { Change, RunObserver, WorldView } from '@everynode/sim/cluster/worldView';

type MachineView = WorldView['machines'][number];
type RunningPod = MachineView['running'][number];

export class MemoryWorld implements WorldView {
  readonly profile: Profile;
  nowMs = 0;
  #seq = 0;
  readonly #objects = new Map<Kind, Map<ObjectKey, ApiObject>>();
  readonly #machines = new Map<string, MachineView>();
  readonly #faults: PlannedFault[] = [];
  #observer: RunObserver | undefined;

  constructor(version = '1.36') {
    const profile = profileOf(version);
    assert(profile !== undefined, () => `no profile ${version}`);
    this.profile = profile;
  }

  get<K extends Kind>(kind: K, key: ObjectKey): ObjectOfKind[K] | undefined {
    return this.#objects.get(kind)?.get(key) as ObjectOfKind[K] | undefined;
  }

  list<K extends Kind>(kind: K): readonly ObjectOfKind[K][] {
    const objects = [...(this.#objects.get(kind)?.values() ?? [])] as ObjectOfKind[K][];
    return objects.sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  }

  daemonPods(daemonSet: ObjectKey): readonly Pod[] {
    const uid = this.get('DaemonSet', daemonSet)?.metadata.uid;
    return uid === undefined ? [] : this.list('Pod').filter((pod) => controllerOf(pod)?.uid === uid);
  }

  daemonPodsOn(daemonSet: ObjectKey, nodeName: string): readonly Pod[] {
    return this.daemonPods(daemonSet).filter((pod) => targetNodeName(pod) === nodeName);
  }

  machine(nodeName: string): MachineView | undefined {
    return this.#machines.get(nodeName);
  }

  get machines(): readonly MachineView[] {
    return [...this.#machines.values()].sort((a, b) => compareKeys(a.name, b.name));
  }

  get faultsInForce(): readonly PlannedFault[] {
    return this.#faults;
  }

  /** From here on the observer is told of everything, and woken when it asks to be. */
  watchWith(observer: RunObserver): void {
    this.#observer = observer;
    observer.begin(this);
  }

  /** Stores the object; a new spec raises its generation, as the API server does. */
  put<T extends ApiObject>(object: T): T {
    const { kind } = object;
    const key = keyOf(object);
    const before = this.get(kind, key);
    const isSameSpec = before !== undefined && 'spec' in before && 'spec' in object && before.spec === object.spec;
    const generation = (before?.metadata.generation ?? 0) + (isSameSpec ? 0 : 1);
    const after = { ...object, metadata: { ...object.metadata, generation } };
    const objects = this.#objects.get(kind) ?? new Map<ObjectKey, ApiObject>();
    this.#objects.set(kind, objects.set(key, after));
    this.#tell({ kind, key, before, after, seq: this.#next() });
    return after;
  }

  remove(kind: Kind, key: ObjectKey): void {
    const before = this.get(kind, key);
    if (before === undefined) return;
    this.#objects.get(kind)?.delete(key);
    this.#tell({ kind, key, before, after: undefined, seq: this.#next() });
  }

  /** What truly runs on a machine, as `uid` and pod key. */
  run(node: string, pods: readonly (Pick<RunningPod, 'uid' | 'key' | 'daemonSet'> & Partial<RunningPod>)[]): void {
    const running = pods.map((pod) => ({
      stopping: false,
      ...pod,
      containers: [{ name: 'agent', startedAtMs: this.nowMs }],
    }));
    this.#machines.set(node, { name: node, powered: true, reachable: true, boot: 1, running });
    this.#tell({ kind: 'Machine', node, seq: this.#next() });
  }

  begin(fault: PlannedFault): void {
    this.#faults.push(fault);
    this.#tell({ kind: 'Fault', id: fault.id, begins: true, seq: this.#next() });
  }

  lift(id: string): void {
    this.#faults.splice(0, this.#faults.length, ...this.#faults.filter((fault) => fault.id !== id));
    this.#tell({ kind: 'Fault', id, begins: false, seq: this.#next() });
  }

  pass(pass: SyncPass, life = 1): void {
    this.#tell({ kind: 'Pass', pass, life, seq: this.#next() });
  }

  /** Moves the clock, and stops at every instant at which the observer wants to be woken. */
  advanceTo(atMs: number): void {
    assert(atMs >= this.nowMs, () => `time goes back from ${this.nowMs} to ${atMs} ms`);
    for (;;) {
      const wakeAtMs = this.#observer?.wakeAtMs();
      if (wakeAtMs === undefined || wakeAtMs > atMs) break;
      assert(wakeAtMs >= this.nowMs, () => `asked at ${this.nowMs} ms to be woken at ${wakeAtMs} ms`);
      this.nowMs = wakeAtMs;
      this.#tell({ kind: 'Time', seq: this.#seq });
      assert(this.#observer?.wakeAtMs() !== wakeAtMs, () => `asks to be woken at ${wakeAtMs} ms again and again`);
    }
    this.nowMs = atMs;
  }

  end(): void {
    this.#observer?.end(this);
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #tell(change: Change): void {
    this.#observer?.changed(change, this);
  }
}
