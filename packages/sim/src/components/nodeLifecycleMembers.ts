/**
 * What the node lifecycle controller keeps of each node: what it reads at every pass, taken apart once per change of the
 * object, and what it remembers between passes. A thousand nodes are looked at twelve times a minute.
 */
import { type Condition, findCondition, keyOf, type ObjectKey, objectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { PulseView } from './component.ts';
import type { NodeHealth } from './nodeLifecycleHealth.ts';
import { isCountedForDisruption, zoneOf, type ZoneTally } from './nodeLifecycleZones.ts';

export interface Member {
  readonly name: string;
  readonly leaseKey: ObjectKey;
  /** As the cache has it. */
  node: Node;
  ready: Condition | undefined;
  zone: string;
  /** Of its zone, in the pass under way. */
  tally: ZoneTally;
  isCounted: boolean;
  isTainted: boolean;
  /** Events have been told and taints been looked at since it came (N-1). */
  isWelcome: boolean;
  health: NodeHealth | undefined;
  readonly pulse: PulseView;
  /** When the controller last looked at it, and whether all was well then and has not changed since. */
  lookedAtMs: number;
  isSettled: boolean;
  /** Ready as this controller last knew it; what pods that come late are judged by (N-13). */
  readiness: string | undefined;
  /** Marking its pods has failed (N-9). */
  mustRetry: boolean;
  /** The record behind its last change, for what later passes do about it. */
  cause: number | undefined;
}

export class NodeLifecycleMembers {
  readonly #members = new Map<string, Member>();
  readonly #tallies = new Map<string, ZoneTally>();
  readonly #pulseOf: (node: string) => PulseView;

  constructor(pulseOf: (node: string) => PulseView) {
    this.#pulseOf = pulseOf;
  }

  get(name: string): Member | undefined {
    return this.#members.get(name);
  }

  all(): IterableIterator<Member> {
    return this.#members.values();
  }

  /** Takes over a node as the watch shows it; true where zones or members may be others than before. */
  put(node: Node, cause: number | undefined): boolean {
    const known = this.#members.get(node.metadata.name);
    const facts = this.#factsOf(node);
    if (known === undefined) {
      this.#members.set(node.metadata.name, newMember(node, facts, this.#pulseOf(node.metadata.name), cause));
      return true;
    }
    const { zone, isCounted } = known;
    Object.assign(known, { node, cause, isSettled: false, ...facts });
    return known.zone !== zone || known.isCounted !== isCounted;
  }

  remove(name: string): Member | undefined {
    const member = this.#members.get(name);
    this.#members.delete(name);
    return member;
  }

  /** Tallies of all zones that ever were, set back for a new pass. */
  newTallies(): Iterable<ZoneTally> {
    for (const tally of this.#tallies.values()) tally.ready = tally.total = 0;
    return this.#tallies.values();
  }

  #factsOf(node: Node): Pick<Member, 'ready' | 'zone' | 'tally' | 'isCounted' | 'isTainted'> {
    const zone = zoneOf(node);
    let tally = this.#tallies.get(zone);
    if (tally === undefined) this.#tallies.set(zone, (tally = { zone, ready: 0, total: 0 }));
    return {
      ready: findCondition(node.status?.conditions, 'Ready'),
      zone,
      tally,
      isCounted: isCountedForDisruption(node),
      isTainted: (node.spec?.taints ?? []).some(({ effect }) => effect === 'NoExecute'),
    };
  }
}

function newMember(
  node: Node,
  facts: Pick<Member, 'ready' | 'zone' | 'tally' | 'isCounted' | 'isTainted'>,
  pulse: PulseView,
  cause: number | undefined,
): Member {
  return {
    name: node.metadata.name,
    leaseKey: objectKey('kube-node-lease', keyOf(node)),
    node,
    ...facts,
    isWelcome: false,
    health: undefined,
    pulse,
    lookedAtMs: -1,
    isSettled: false,
    readiness: undefined,
    mustRetry: false,
    cause,
  };
}
