/**
 * How the node lifecycle controller tells a silent node from a healthy one: it remembers when it last noticed a sign of
 * life, by its own clock, and what that sign was. Twin: node_lifecycle_controller.go tryUpdateNodeHealth. Rules: N-3…N-6.
 */
import { type Condition, findCondition } from '@everynode/core/api/meta';
import type { Lease, Node } from '@everynode/core/api/node';
import { formatTime, parseTime } from '@everynode/core/api/time';

/** What is remembered of a node between two passes. */
export interface NodeHealth {
  /** When this controller last noticed something new of the node; never compared with the node's own clock. */
  readonly probeAtMs: number;
  readonly hasReady: boolean;
  readonly heartbeat: string | undefined;
  readonly renewTime: string | undefined;
}

/** Where a node shows that it is there. */
export interface LifeSigns {
  readonly lease: Lease | undefined;
  /** Heartbeat of its status, where that is newer than what the cached Node says. */
  readonly reportedAt: string | undefined;
}

/** The outcome of looking at one node once. */
export interface HealthCheck {
  readonly health: NodeHealth;
  /** Ready as the cache has it; Unknown where there is no such condition. */
  readonly observed: string;
  /** Ready after this look. */
  readonly current: string;
  /** To be written, because Ready changed by this look (N-6). */
  readonly conditions: readonly Condition[] | undefined;
  readonly silentMs: number;
}

/** Those that turn Unknown with the node, in the order in which missing ones are appended (N-5). */
const EXPIRING = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export function checkHealth(
  known: NodeHealth | undefined,
  node: Node,
  { lease, reportedAt }: LifeSigns,
  graceMs: number,
  nowMs: number,
  startupGraceMs: number,
): HealthCheck {
  const ready = findCondition(node.status?.conditions, 'Ready');
  const heartbeat = reportedAt ?? ready?.lastHeartbeatTime ?? undefined;
  const health = noticeLife(known, node, { hasReady: ready !== undefined, heartbeat, lease }, nowMs);
  const silentMs = nowMs - health.probeAtMs;
  const observed = ready?.status ?? 'Unknown';
  const limitMs = ready === undefined ? startupGraceMs : graceMs;
  if (silentMs <= limitMs || ready?.status === 'Unknown') {
    return { health, observed, current: observed, conditions: undefined, silentMs };
  }
  return { health, observed, current: 'Unknown', conditions: expireConditions(node, nowMs), silentMs };
}

/** All conditions of the node with those that its kubelet posts turned Unknown (N-5). */
export function expireConditions(node: Node, nowMs: number): readonly Condition[] {
  const conditions = node.status?.conditions ?? [];
  const lastTransitionTime = formatTime(nowMs);
  const expired = conditions.map((condition): Condition => {
    if (!EXPIRING.includes(condition.type) || condition.status === 'Unknown') return condition;
    const message = 'Kubelet stopped posting node status.';
    return { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime };
  });
  for (const type of EXPIRING) {
    if (findCondition(conditions, type) !== undefined) continue;
    const message = 'Kubelet never posted node status.';
    const lastHeartbeatTime = node.metadata.creationTimestamp ?? null;
    expired.push({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message,
      lastHeartbeatTime,
      lastTransitionTime,
    });
  }
  return expired;
}

function noticeLife(
  known: NodeHealth | undefined,
  node: Node,
  { hasReady, heartbeat, lease }: Pick<NodeHealth, 'hasReady' | 'heartbeat'> & Pick<LifeSigns, 'lease'>,
  nowMs: number,
): NodeHealth {
  const renewTime = lease?.spec.renewTime;
  const isRenewed = renewTime !== undefined && isNewer(renewTime, known?.renewTime);
  const isFirst = hasReady && (known === undefined || !known.hasReady);
  const isHeartbeat = known !== undefined && known.hasReady && hasReady && known.heartbeat !== heartbeat;
  const isAlive = isRenewed || isFirst || isHeartbeat;
  // The usual answer of every second pass: nothing new, nothing to remember anew.
  if (!isAlive && known !== undefined && known.hasReady === hasReady) return known;
  const bornAtMs = known?.probeAtMs ?? parseTime(node.metadata.creationTimestamp) ?? nowMs;
  // A lease that went back in time is not remembered: what counts as newer is newer than all that was seen.
  const remembered = isRenewed ? renewTime : (known?.renewTime ?? renewTime);
  return { probeAtMs: isAlive ? nowMs : bornAtMs, hasReady, heartbeat, renewTime: remembered };
}

/** Asked for every node at every pass. Texts of one length in UTC stand in the order of their instants. */
function isNewer(renewTime: string, known: string | undefined): boolean {
  if (renewTime === known) return false;
  if (known === undefined) return true;
  if (renewTime.length === known.length && renewTime.endsWith('Z') && known.endsWith('Z')) return renewTime > known;
  return (parseTime(renewTime) ?? 0) > (parseTime(known) ?? 0);
}
