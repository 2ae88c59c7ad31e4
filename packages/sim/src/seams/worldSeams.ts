/** The seams of one run: writes the moves of faults into the tables that the world asks, under the name of their step. */
import type { ApiFailureReason } from '@everynode/core/api/requests';
import type { RngStreams } from '../engine/rngStreams.ts';
import type { Odds } from '../params.ts';
import type { Draw } from '../plan.ts';
import type { Bites } from './bites.ts';
import { liftOnce } from './lift.ts';
import type { Machines } from './machines.ts';
import type { ProcessTable } from './processTable.ts';
import { RuleTable } from './ruleTable.ts';
import type { ClientMatch, FailureWords, Hand, Lift, Seams } from './seams.ts';

/** What may happen to a request on its way to the server. */
export type RequestEffect =
  | {
      readonly do: 'fail';
      readonly reason: ApiFailureReason;
      readonly words: FailureWords;
      readonly odds: Odds;
    }
  | { readonly do: 'delay'; readonly delay: Draw };

/** The rule tables of the legs between clients and the API server. */
export class LegRules {
  readonly requests: RuleTable<RequestEffect>;
  /** Answers that get lost after the request was applied. */
  readonly responses: RuleTable<Odds>;
  readonly watches: RuleTable<Draw>;
  /** How far behind the lists are that a client may get from a cache, in ms. */
  readonly lists: RuleTable<number>;

  /** `added` is told of every rule before it stands. */
  constructor(bites: Bites, added: (match: ClientMatch) => void) {
    this.requests = new RuleTable(bites, added);
    this.responses = new RuleTable(bites, added);
    this.watches = new RuleTable(bites, added);
    this.lists = new RuleTable(bites, added);
  }
}

/** What the seams act on. */
export interface SeamWorld {
  readonly streams: RngStreams;
  readonly bites: Bites;
  readonly rules: LegRules;
  readonly processes: ProcessTable;
  readonly machines: Machines;
  /** What a step does through the API and by the clock. */
  readonly handOf: (stepId: string) => Hand;
  /** Takes a machine away for good; undefined where there is none. What it answers boots another one of that name. */
  readonly replaceMachine: (node: string) => Lift | undefined;
  /** The process that a name means: of a group of replicas the one that leads. */
  readonly acting: (name: string) => string;
  /** Closes matching watch streams now; says how many there were. */
  readonly cutWatches: (match: ClientMatch) => number;
  /** Deletes matching pods bound to a node through the API as `client`; says how many there were. */
  readonly deletePods: (
    client: string,
    node: string,
    daemonSet: string | undefined,
    gracePeriodSeconds: number | undefined,
  ) => number;
}

/** All that faults bend at this moment; empty once every lift has undone its moves. */
export function bentNow({
  rules,
  processes,
  machines,
}: Pick<SeamWorld, 'rules' | 'processes' | 'machines'>): readonly string[] {
  const { requests, responses, watches, lists } = rules;
  const ruled = [requests, responses, watches, lists].flatMap(({ holders }) => holders);
  return [...ruled.map((step) => `${step} has a rule`), ...processes.held, ...machines.held];
}

/** The stream that decides the odds and delays of one step's rules. */
export function stepStream(stepId: string): string {
  return `fault/${stepId}`;
}

/** The seams as one fault step sees them: every bite counts for it. */
export function seamsFor(stepId: string, world: SeamWorld): Seams {
  const { rules, processes, machines, bites } = world;
  bites.begin(stepId);
  const biteTimes = (times: number): void => {
    for (let i = 0; i < times; i += 1) bites.bite(stepId);
  };
  return {
    api: {
      fail: (match, reason, odds, words = {}) => rules.requests.add(stepId, match, { do: 'fail', reason, odds, words }),
      delay: (match, delay) => rules.requests.add(stepId, match, { do: 'delay', delay }),
      loseResponse: (match, odds) => rules.responses.add(stepId, match, odds),
    },
    watch: {
      delay: (match, delay) => rules.watches.add(stepId, match, delay),
      cut: (match) => {
        biteTimes(world.cutWatches(match));
        return liftOnce(`cut of watches by ${stepId}`, () => undefined);
      },
      serveOld: (match, behindMs) => rules.lists.add(stepId, match, behindMs),
    },
    process: {
      crash: (name) => processes.crash(stepId, world.acting(name)),
      shutDown: (name) => processes.shutDown(stepId, world.acting(name)),
      pause: (name) => processes.pause(stepId, world.acting(name)),
      stall: (name) => processes.pause(stepId, name),
      skewClock: (name, clock) => processes.skewClock(stepId, world.acting(name), clock),
    },
    machine: {
      powerOff: (node) => machines.powerOff(stepId, node),
      shutDown: (node) => machines.shutDown(stepId, node),
      partition: (node, direction) => machines.partition(stepId, node, direction),
      forceCondition: (node, condition) => machines.forceCondition(stepId, node, condition),
      press: (node, resource, { evict }) => machines.press(stepId, node, resource, evict),
      replace: (node) => {
        const boot = world.replaceMachine(node);
        if (boot !== undefined) bites.bite(stepId);
        return liftOnce(`replacement of ${node} by ${stepId}`, () => boot?.());
      },
      failImagePull: (node, image, message) => machines.failImagePull(stepId, node, image, message),
      slowImagePull: (node, image, delay) => machines.slowImagePull(stepId, node, image, delay),
      limitRegistry: (concurrency) => machines.registry.limit(stepId, concurrency),
      crashContainers: (node, which, after, exitCode) =>
        machines.crashContainers(node, { stepId, ...which, after, exitCode }),
      killPods: (node, daemonSet, exitCode) => machines.killPods(stepId, node, daemonSet, exitCode),
    },
    hand: world.handOf(stepId),
    deletePods: (node, daemonSet, gracePeriodSeconds) => {
      biteTimes(world.deletePods(stepStream(stepId), node, daemonSet, gracePeriodSeconds));
      return liftOnce(`deletion of pods by ${stepId}`, () => undefined);
    },
  };
}
