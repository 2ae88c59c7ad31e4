/**
 * What the node lifecycle controller keeps of each node: what it reads at every pass, taken apart once per change of the
 * object, and what it remembers between passes. A thousand nodes are looked at twelve times a minute.
 */
import { type Condition, findCondition, keyOf, type ObjectKey, objectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { NodeHealth } from './nodeLifecycleHealth.ts';
import { isCountedForDisruption, zoneOf } from './nodeLifecycleZones.ts';

export interface Member {
  readonly name: string;
  readonly leaseKey: ObjectKey;
  /** As the cache has it. */
  node: Node;
  ready: Condition | undefined;
  zone: string;
  isCounted: boolean;
  isTainted: boolean;
  /** Events have been told and taints been looked at since it came (N-1). */
  isWelcome: boolean;
  health: NodeHealth | undefined;
  /** Ready as this controller last knew it; what pods that come late are judged by (N-13). */
  readiness: string | undefined;
  /** Marking its pods has failed (N-9). */
  mustRetry: boolean;
  /** The record behind its last change, for what later passes do about it. */
  cause: number | undefined;
}

export class NodeLifecycleMembers {
  readonly #members = new Map<string, Member>();

  get(name: string): Member | undefined {
    return this.#members.get(name);
  }

  all(): IterableIterator<Member> {
    return this.#members.values();
  }

  /** Takes over a node as the watch shows it; true where zones or members may be others than before. */
  put(node: Node, cause: number | undefined): boolean {
    const known = this.#members.get(node.metadata.name);
    if (known === undefined) {
      this.#members.set(node.metadata.name, newMember(node, cause));
      return true;
    }
    const { zone, isCounted } = known;
    known.node = node;
    known.cause = cause;
    Object.assign(known, factsOf(node));
    return known.zone !== zone || known.isCounted !== isCounted;
  }

  remove(name: string): Member | undefined {
    const member = this.#members.get(name);
    this.#members.delete(name);
    return member;
  }
}

/** Whether a look at the member can find nothing new: no sign of life that was not noticed, and no time that is over. */
export function isCalm(member: Member, renewTime: string | undefined, graceMs: number, nowMs: number): boolean {
  const { health, ready } = member;
  if (health === undefined || ready === undefined || ready.status !== 'True') return false;
  if (member.isTainted || member.mustRetry) return false;
  if (renewTime !== health.renewTime || (ready.lastHeartbeatTime ?? undefined) !== health.heartbeat) return false;
  return nowMs - health.probeAtMs <= graceMs;
}

function newMember(node: Node, cause: number | undefined): Member {
  return {
    name: node.metadata.name,
    leaseKey: objectKey('kube-node-lease', keyOf(node)),
    node,
    ...factsOf(node),
    isWelcome: false,
    health: undefined,
    readiness: undefined,
    mustRetry: false,
    cause,
  };
}

function factsOf(node: Node): Pick<Member, 'ready' | 'zone' | 'isCounted' | 'isTainted'> {
  return {
    ready: findCondition(node.status?.conditions, 'Ready'),
    zone: zoneOf(node),
    isCounted: isCountedForDisruption(node),
    isTainted: (node.spec?.taints ?? []).some(({ effect }) => effect === 'NoExecute'),
  };
}
