/** Ground truth of all nodes, and the moves of the machine seam. Overlapping faults of one node add up. */
import { assert } from '@everynode/core/assert';
import type { Draw } from '../plan.ts';
import type { Bites } from './bites.ts';
import type { ForcedCondition } from './forcedConditions.ts';
import { ImageRegistry } from './imageRegistry.ts';
import { liftOnce } from './lift.ts';
import type { Direction, LinkCut } from './link.ts';
import type { MachineView } from './machine.ts';
import type { ContainerCrash } from './machineRules.ts';
import type { MachineChange } from './machineSetting.ts';
import { MachineState } from './machineState.ts';
import type { RoomSize } from './machineRoom.ts';
import type { Lift, PressureResource } from './seams.ts';

/** From the last pod's end to the end of everything else: some seconds, a choice of the model. */
const SYSTEM_STOP_MS = 3000;

export interface MachinesOptions {
  readonly nowMs: () => number;
  /** What a machine does later by itself. */
  readonly schedule: (node: string, delayMs: number, run: () => void) => void;
  readonly bites: Bites;
  /** Told after every change; power and link changes come before anybody acts on them. */
  readonly changed: (change: MachineChange) => void;
  readonly draw: (stepId: string, distribution: Draw) => number;
  /** Lets the kubelet of a node learn of something, if it lives. */
  readonly tellKubelet: (node: string, run: () => void) => void;
}

export class Machines {
  /** Whence all of them pull their images. */
  readonly registry: ImageRegistry;
  readonly #options: MachinesOptions;
  readonly #machines = new Map<string, MachineState>();
  #list: readonly MachineView[] | undefined;
  #added = 0;

  constructor(options: MachinesOptions) {
    this.#options = options;
    this.registry = new ImageRegistry(options.bites);
  }

  /** A machine with power and link and nothing on it; the how-many-th of the run it is decides its addresses. */
  add(name: string, room: RoomSize): MachineState {
    assert(!this.#machines.has(name), () => `machine ${name} is there already`);
    const { nowMs, schedule, bites, changed, tellKubelet, draw } = this.#options;
    const machine = new MachineState({
      name,
      ordinal: (this.#added += 1),
      room,
      nowMs,
      schedule: (delayMs, run) => schedule(name, delayMs, run),
      changed,
      draw,
      registry: this.registry,
      tellKubelet: (run) => tellKubelet(name, run),
      powerDown: () => this.#stopSystem(name),
      bite: (stepId) => bites.bite(stepId),
    });
    this.#machines.set(name, machine);
    this.#list = undefined;
    changed({ node: name, what: 'added' });
    return machine;
  }

  /** The machine is gone for good; lifts of faults that aimed at it are harmless. */
  remove(name: string): void {
    const machine = this.#machines.get(name);
    if (machine === undefined) return;
    // What was to be off once it had shut down needs no power any more.
    machine.shutdowns.splice(0);
    machine.losePower();
    this.#machines.delete(name);
    this.#list = undefined;
    this.#options.changed({ node: name, what: 'removed' });
  }

  get(name: string): MachineState | undefined {
    return this.#machines.get(name);
  }

  /** In the order in which they came. */
  list(): readonly MachineView[] {
    this.#list ??= [...this.#machines.values()];
    return this.#list;
  }

  powerOff(stepId: string, node: string): Lift {
    return this.#hold(stepId, node, 'power', {
      begin: (machine) => this.#cutPower(machine, stepId),
      end: (machine) => this.#returnPower(machine, stepId),
    });
  }

  /** As `powerOff`, but a kubelet that listens for it may first end its pods (K-50). Lifted before that: cut and boot at once. */
  shutDown(stepId: string, node: string): Lift {
    return this.#hold(stepId, node, 'shutdown', {
      begin: (machine) => this.#beginShutdown(machine, stepId),
      end: (machine) => {
        if (machine.shutdowns.length > 0) this.#endShutdown(machine);
        this.#returnPower(machine, stepId);
      },
    });
  }

  #beginShutdown(machine: MachineState, stepId: string): void {
    const { name: node, shutdowns } = machine;
    const isUnderway = shutdowns.length > 0;
    const maxMs = isUnderway || !machine.powered ? undefined : machine.askToShutDown();
    if (!isUnderway && maxMs === undefined) {
      this.#cutPower(machine, stepId);
      return;
    }
    shutdowns.push(stepId);
    this.#options.bites.bite(stepId);
    if (maxMs === undefined) return;
    const { boot } = machine;
    this.#options.changed({ node, what: 'shuttingDown' });
    // The system waits for nobody longer than it has promised.
    this.#options.schedule(node, maxMs, () => {
      if (machine.boot === boot && machine.shutdowns.length > 0) this.#stopSystem(node);
    });
  }

  /** Without pods the rest of the system takes a moment. */
  #stopSystem(node: string): void {
    const machine = this.#machines.get(node);
    if (machine === undefined) return;
    const { boot } = machine;
    this.#options.schedule(node, SYSTEM_STOP_MS, () => {
      if (machine.boot === boot && machine.shutdowns.length > 0) this.#endShutdown(machine);
    });
  }

  #endShutdown(machine: MachineState): void {
    for (const stepId of machine.shutdowns.splice(0)) this.#cutPower(machine, stepId);
  }

  #cutPower(machine: MachineState, stepId: string): void {
    const wasPowered = machine.powered;
    // What shuts down when the power goes is off as well, for as long as it was meant to be.
    machine.powerCuts.push(stepId, ...machine.shutdowns.splice(0));
    if (!wasPowered) return;
    this.#options.bites.bite(stepId);
    machine.losePower();
    this.#options.changed({ node: machine.name, what: 'poweredOff' });
  }

  #returnPower(machine: MachineState, stepId: string): void {
    removeOne(machine.powerCuts, stepId);
    const [holder, ...others] = machine.powerCuts;
    // From here on this one alone keeps it off.
    if (holder !== undefined && others.length === 0) this.#options.bites.bite(holder);
    if (!machine.powered) return;
    machine.bootAgain();
    for (const [resource, presses] of Object.entries(machine.room.presses)) {
      if (!machine.room.isWatched(resource as PressureResource)) continue;
      for (const press of presses) this.#options.bites.bite(press.stepId);
    }
    this.#options.changed({ node: machine.name, what: 'poweredOn' });
  }

  /** Cuts the link one way or both ways. It bites where something is lost or held back, not by standing there. */
  partition(stepId: string, node: string, direction: Direction | undefined): Lift {
    const cut: LinkCut = { stepId, direction };
    return this.#hold(stepId, node, 'partition', {
      begin: (machine) => {
        if (machine.link.cut(cut)) this.#linkChanged(machine);
      },
      end: (machine) => {
        if (machine.link.mend(cut)) this.#linkChanged(machine);
      },
    });
  }

  /** Lets the node's kubelet post a condition that it would not find by itself. It bites where it is posted. */
  forceCondition(stepId: string, node: string, condition: ForcedCondition): Lift {
    const entry = { stepId, condition };
    return this.#hold(stepId, node, `condition ${condition.type}`, {
      begin: (machine) => {
        machine.forced.add(entry);
        machine.forcedChanged();
      },
      end: (machine) => {
        machine.forced.remove(entry);
        machine.forcedChanged();
      },
    });
  }

  press(stepId: string, node: string, resource: PressureResource, evict: boolean): Lift {
    const press = { stepId, evict };
    return this.#hold(stepId, node, `press of ${resource}`, {
      begin: (machine) => {
        machine.room.presses[resource].push(press);
        // Where its kubelet has no threshold nobody notices.
        if (machine.powered && machine.room.isWatched(resource)) this.#options.bites.bite(stepId);
        machine.pressChanged(resource);
      },
      end: (machine) => {
        removeOne(machine.room.presses[resource], press);
        machine.pressChanged(resource);
      },
    });
  }

  failImagePull(stepId: string, node: string, image: string | undefined, message: string): Lift {
    const failure = { stepId, image, message };
    return this.#hold(stepId, node, 'image failure', {
      begin: (machine) => void machine.imageFailures.push(failure),
      end: (machine) => removeOne(machine.imageFailures, failure),
    });
  }

  slowImagePull(stepId: string, node: string, image: string | undefined, delay: Draw): Lift {
    const slow = { stepId, image, delay };
    return this.#hold(stepId, node, 'slow image pull', {
      begin: (machine) => void machine.slowPulls.push(slow),
      end: (machine) => removeOne(machine.slowPulls, slow),
    });
  }

  /** What runs crashes as well as what will be started, and again and again. */
  crashContainers(node: string, crash: ContainerCrash): Lift {
    return this.#hold(crash.stepId, node, 'crash of containers', {
      begin: (machine) => {
        machine.crashes.push(crash);
        for (const { uid, containers } of machine.running)
          for (const { name } of containers) machine.crashLater(crash, uid, name);
      },
      end: (machine) => removeOne(machine.crashes, crash),
    });
  }

  /** Over at once: there is nothing to undo. Each container that dies is a bite. */
  killPods(stepId: string, node: string, daemonSet: string | undefined, exitCode: number): Lift {
    const machine = this.#machines.get(node);
    for (const pod of machine?.running ?? []) {
      if (daemonSet !== undefined && pod.daemonSet !== daemonSet) continue;
      for (const { name } of pod.containers) {
        this.#options.bites.bite(stepId);
        machine?.killContainer(pod.uid, name, { exitCode, isOutOfMemory: false });
      }
    }
    return liftOnce(`kill on ${node} by ${stepId}`, () => undefined);
  }

  /** Notes that a cut link of the node held or lost something on its way. */
  biteLink(node: string, direction: Direction): void {
    for (const stepId of this.#machines.get(node)?.link.holders(direction) ?? []) this.#options.bites.bite(stepId);
  }

  /** What faults do to machines at this moment, as `<step> holds <machine>`. */
  get held(): readonly string[] {
    return [...this.#machines.values()].flatMap((machine) => {
      const { name, powerCuts, shutdowns, link, room, imageFailures, slowPulls, crashes, forced } = machine;
      const presses = Object.values(room.presses).flat();
      const rules = [...presses, ...imageFailures, ...slowPulls, ...crashes].map(({ stepId }) => stepId);
      const steps = [...powerCuts, ...shutdowns, ...link.steps, ...forced.steps, ...rules];
      return steps.map((step) => `${step} holds machine ${name}`);
    });
  }

  #linkChanged({ name: node, link }: MachineState): void {
    const { oneWayCut } = link;
    const what = link.canSend && link.canHear ? 'reachable' : 'unreachable';
    this.#options.changed({ node, what, ...(oneWayCut === undefined ? {} : { direction: oneWayCut }) });
  }

  #hold(
    stepId: string,
    node: string,
    what: string,
    move: { readonly begin: (machine: MachineState) => void; readonly end: (machine: MachineState) => void },
  ): Lift {
    const machine = this.#machines.get(node);
    if (machine !== undefined) move.begin(machine);
    return liftOnce(`${what} of ${node} by ${stepId}`, () => {
      // Another machine may have taken the name since.
      if (machine !== undefined && this.#machines.get(node) === machine) move.end(machine);
    });
  }
}

function removeOne<T>(list: T[], element: T): void {
  const at = list.indexOf(element);
  assert(at >= 0, () => 'a move was undone that is not in force');
  list.splice(at, 1);
}
