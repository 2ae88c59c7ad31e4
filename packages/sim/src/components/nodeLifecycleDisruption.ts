/**
 * Reacts to how many nodes of which zone are down after a pass: sets the pace of each zone's taints, and steps back
 * altogether when no zone is left that answers. Twin: node_lifecycle_controller.go handleDisruption. Rules: N-19…N-22.
 */
import type { Node } from '@everynode/core/api/node';
import { inTurn } from '../engine/inTurn.ts';
import type { ComponentContext } from './component.ts';
import type { NodeLifecycleTainter } from './nodeLifecycleTainter.ts';
import { computeZoneState, judgeDisruption, zonePaceMs, type ZoneState, type ZoneTally } from './nodeLifecycleZones.ts';

export class NodeLifecycleDisruption {
  readonly #ctx: ComponentContext;
  readonly #tainter: NodeLifecycleTainter;
  readonly #renewAll: () => void;
  #states = new Map<string, ZoneState>();

  /** `renewAll` gives every node a new time of grace. */
  constructor(ctx: ComponentContext, tainter: NodeLifecycleTainter, renewAll: () => void) {
    this.#ctx = ctx;
    this.#tainter = tainter;
    this.#renewAll = renewAll;
  }

  /** A zone of which no pass has told yet. */
  addZone(zone: string): void {
    if (!this.#states.has(zone)) this.#states.set(zone, 'Initial');
  }

  /** `tallies`: of the zones with nodes that count; one of which nobody is counted must not pass for well (N-19, N-20). */
  handle(nodes: readonly Node[], tallies: readonly ZoneTally[], done: () => void): void {
    const sizes = new Map(tallies.map(({ zone, total }) => [zone, total]));
    const states = new Map(tallies.map((tally): [string, ZoneState] => [tally.zone, computeZoneState(tally)]));
    const disruption = judgeDisruption(this.#states, states);
    const setPaces = (zones: Iterable<string>): void => {
      for (const zone of zones) {
        const state = states.get(zone) ?? 'Normal';
        this.#tainter.setPace(zone, zonePaceMs(state, sizes.get(zone) ?? 0));
      }
    };
    const adopt = (): void => {
      this.#states = states;
      done();
    };
    switch (disruption.kind) {
      case 'stillFull':
        adopt();
        break;
      case 'enteredFull':
        this.#stepBack(nodes, states, adopt);
        break;
      case 'leftFull':
        this.#ctx.trace.event({ type: 'node.zonesBack', data: { zones: states.size } });
        this.#renewAll();
        setPaces(states.keys());
        adopt();
        break;
      case 'changed':
        setPaces(disruption.zones);
        adopt();
        break;
    }
  }

  /** One node after the other is made reachable, and only then do the queues stop: a taint can slip in between (N-20). */
  #stepBack(nodes: readonly Node[], states: ReadonlyMap<string, ZoneState>, done: () => void): void {
    this.#ctx.trace.event({ type: 'node.allZonesDown', data: { zones: states.size } });
    const stop = (): void => {
      for (const zone of states.keys()) this.#tainter.setPace(zone, undefined);
      done();
    };
    inTurn(nodes, (node, next) => this.#tainter.markReachable(node, next), stop);
  }
}
