/** Ground truth of all nodes, and the moves of the machine seam. Overlapping faults of one node add up. */
import { assert } from '@everynode/core/assert';
import type { Bites } from './bites.ts';
import type { ForcedCondition } from './forcedConditions.ts';
import { liftOnce } from './lift.ts';
import type { Direction, LinkCut } from './link.ts';
import type { MachineView } from './machine.ts';
import { type MachineChange, MachineState } from './machineState.ts';
import type { Lift, PressureResource } from './seams.ts';

export interface MachinesOptions {
  readonly nowMs: () => number;
  readonly bites: Bites;
  /** Told after every change; power and link changes come before anybody acts on them. */
  readonly changed: (change: MachineChange) => void;
  /** Lets the kubelet of a node learn of something, if it lives. */
  readonly tellKubelet: (node: string, run: () => void) => void;
}

export class Machines {
  readonly #options: MachinesOptions;
  readonly #machines = new Map<string, MachineState>();
  #list: readonly MachineView[] | undefined;
  #added = 0;

  constructor(options: MachinesOptions) {
    this.#options = options;
  }

  /** A machine with power and link and nothing on it; the how-many-th of the run it is decides its addresses. */
  add(name: string, room: { readonly memoryBytes: number; readonly diskBytes: number }): MachineState {
    assert(!this.#machines.has(name), () => `machine ${name} is there already`);
    const { nowMs, bites, changed, tellKubelet } = this.#options;
    const machine = new MachineState({
      name,
      ordinal: (this.#added += 1),
      ...room,
      nowMs,
      changed,
      tellKubelet: (run) => tellKubelet(name, run),
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
      begin: (machine) => {
        const wasPowered = machine.powered;
        machine.powerCuts.push(stepId);
        if (!wasPowered) return;
        this.#options.bites.bite(stepId);
        machine.losePower();
        this.#options.changed({ node, what: 'poweredOff' });
      },
      end: (machine) => {
        removeOne(machine.powerCuts, stepId);
        const [holder, ...others] = machine.powerCuts;
        // From here on this one alone keeps it off.
        if (holder !== undefined && others.length === 0) this.#options.bites.bite(holder);
        if (!machine.powered) return;
        machine.bootAgain();
        for (const press of [...machine.presses.memory, ...machine.presses.disk])
          this.#options.bites.bite(press.stepId);
        this.#options.changed({ node, what: 'poweredOn' });
      },
    });
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
        machine.presses[resource].push(press);
        if (machine.powered) this.#options.bites.bite(stepId);
        machine.pressChanged(resource);
      },
      end: (machine) => {
        removeOne(machine.presses[resource], press);
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

  /** Over at once: there is nothing to undo. Each container that dies is a bite. */
  killPods(stepId: string, node: string, daemonSet: string | undefined, exitCode: number): Lift {
    const machine = this.#machines.get(node);
    for (const pod of machine?.running ?? []) {
      if (daemonSet !== undefined && pod.daemonSet !== daemonSet) continue;
      for (const { name } of pod.containers) {
        this.#options.bites.bite(stepId);
        machine?.killContainer(pod.uid, name, exitCode);
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
    return [...this.#machines.values()].flatMap(({ name, powerCuts, link, presses, imageFailures, forced }) => {
      const spoiled = [...presses.memory, ...presses.disk, ...imageFailures].map(({ stepId }) => stepId);
      return [...powerCuts, ...link.steps, ...forced.steps, ...spoiled].map((step) => `${step} holds machine ${name}`);
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
