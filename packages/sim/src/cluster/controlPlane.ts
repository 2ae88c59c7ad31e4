/**
 * kube-controller-manager and kube-scheduler as the processes they are: replicas that contend for a lease, of which the
 * leader has the controllers in it. What is a part of a replica stands still and dies with it. Rules: L-1…L-5.
 */
import { drawLatency } from '../engine/latencies.ts';
import type { CandidateContext, ComponentDefinition, ElectionSeat } from '../components/component.ts';
import { leaderElector } from '../components/leaderElector.ts';
import { FIRM_LINK } from '../apiserver/apiClient.ts';
import { PROCESS_GROUPS, replicaName } from '../seams/processGroups.ts';
import { RENEW_DEADLINE_MS } from '../seams/rounds.ts';
import type { Lift } from '../seams/seams.ts';
import { createContext } from './processContext.ts';
import { addProcess, tellDeath, tellStart } from './processes.ts';
import type { World } from './world.ts';

/** A container that exits is started again at once, then after 10 s, doubled up to 300 s; ten good minutes forget it (K-22). */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;
const BACKOFF_RESET_MS = 600_000;
/** The election's client gives up after half of the renew deadline. */
const ELECTION_TIMEOUT_MS = Math.trunc(RENEW_DEADLINE_MS / 2);

/** Starts the processes of the control plane: replica 0 of each group leads since before the run. */
export function startControlPlane(world: World, components: readonly ComponentDefinition[]): void {
  const names = components.map(({ name }) => name);
  const groups = Object.entries(PROCESS_GROUPS).flatMap(([name, members]) => {
    const here = members.filter((member) => names.includes(member));
    return here.length === 0 ? [] : [new ReplicaGroup(world, name, here)];
  });
  for (const group of groups) group.start();
  for (const component of components) {
    const group = groups.find(({ members }) => members.includes(component.name));
    addProcess(world, component, group?.leader);
    world.processes.start(component.name);
  }
}

/** One lease, and the replicas that contend for it. */
class ReplicaGroup {
  readonly members: readonly string[];
  readonly #world: World;
  readonly #name: string;
  /** Their controllers are down for want of a leader; what brings them back. */
  #downs: Lift[] = [];
  /** By replica: how often it has exited in a row, and when it started last. */
  readonly #restarts = new Map<string, { readonly exits: number; readonly startedAtMs: number }>();

  constructor(world: World, name: string, members: readonly string[]) {
    this.#world = world;
    this.#name = name;
    this.members = members;
    world.leaders.set(name, replicaName(name, 0));
  }

  get leader(): string {
    return this.#world.leaders.get(this.#name) ?? '';
  }

  start(): void {
    const { plan, elections, processes } = this.#world;
    const count = plan.controlPlane?.replicas ?? 1;
    const replicas = Array.from({ length: count }, (_, index) => replicaName(this.#name, index));
    // Nobody rests before all are there.
    for (const replica of replicas) elections.join(this.#name, replica);
    for (const replica of replicas) {
      this.#add(replica);
      processes.start(replica);
    }
  }

  #add(replica: string): void {
    const { processes, hub, engine, elections } = this.#world;
    const elector = leaderElector(replica);
    const endings = new Map<number, () => void>();
    processes.add(replica, {
      start: (incarnation) => {
        if (incarnation > 1) elections.join(this.#name, replica);
        const exits = this.#restarts.get(replica)?.exits ?? 0;
        this.#restarts.set(replica, { exits, startedAtMs: engine.nowMs });
        const onEnding = (listener: () => void): void => void endings.set(incarnation, listener);
        const context = this.#context(elector, incarnation, onEnding);
        tellStart(this.#world, replica, incarnation, () => elector.start(context));
      },
      ending: (incarnation) => endings.get(incarnation)?.(),
      died: (incarnation) => {
        endings.delete(incarnation);
        elections.leave(this.#name, replica);
        hub.closeClient(replica, incarnation);
        const seq = tellDeath(this.#world, replica);
        engine.withCause(seq, () => this.#stopIn(replica));
      },
    });
  }

  /** A dead replica takes its controllers along; no other one has any until it has the lease. */
  #stopIn(replica: string): void {
    const { processes } = this.#world;
    for (const member of this.members) processes.endAside(member, replica);
    if (replica !== this.leader || this.#downs.length > 0) return;
    this.#downs = this.members.map((member) => processes.crash(undefined, member));
  }

  /** All controllers begin anew here. Those of a leader that stands still do not know yet that they are the second ones (L-3). */
  #takeOver(replica: string): void {
    const { processes, leaders } = this.#world;
    leaders.set(this.#name, replica);
    const downs = this.#downs;
    this.#downs = [];
    for (const member of this.members) processes.moveTo(member, replica);
    for (const start of downs) start();
  }

  #exit(replica: string): void {
    const { processes, engine, streams, settings } = this.#world;
    const { exits = 0, startedAtMs = 0 } = this.#restarts.get(replica) ?? {};
    const inARow = engine.nowMs - startedAtMs >= BACKOFF_RESET_MS ? 0 : exits;
    this.#restarts.set(replica, { exits: inARow + 1, startedAtMs });
    const waitMs = inARow === 0 ? 0 : Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(inARow - 1, 5), BACKOFF_MAX_MS);
    const startMs = drawLatency(streams.of(`${replica}/start`), 'containerStart', settings.latencyPercent);
    const restart = processes.crash(undefined, replica);
    engine.schedule(waitMs + startMs, replica, restart);
  }

  #context(
    elector: ComponentDefinition<CandidateContext>,
    incarnation: number,
    onEnding: (listener: () => void) => void,
  ): CandidateContext {
    const { settings } = this.#world;
    const { context } = createContext(this.#world, {
      name: elector.name,
      incarnation,
      limits: elector.limits(settings),
      timeoutMs: ELECTION_TIMEOUT_MS,
      link: FIRM_LINK,
    });
    return Object.assign(context, { election: this.#seat(elector.name, incarnation, onEnding) });
  }

  #seat(replica: string, incarnation: number, onEnding: ElectionSeat['onEnding']): ElectionSeat {
    const { engine, processes, elections, profile } = this.#world;
    const isLeading = replica === this.leader;
    return {
      lease: this.#name,
      identity: `${replica.replace('/', '-')}_${incarnation}`,
      releases: this.#name === 'kube-scheduler' || profile.managerReleasesLease,
      since: incarnation > 1 ? undefined : isLeading ? 'leader' : 'standby',
      schedule: (delayMs, run) =>
        engine.schedule(delayMs, replica, () => processes.deliver(replica, incarnation, run), 'heartbeat'),
      elected: () => this.#takeOver(replica),
      lost: () => this.#exit(replica),
      onEnding,
      settle: (rounds) => {
        // Its instants are those of a wrong clock.
        if (processes.isSkewed(replica)) elections.stir(this.#name, replica);
        else elections.settle(this.#name, replica, rounds);
      },
      stir: () => elections.stir(this.#name, replica),
    };
  }
}
