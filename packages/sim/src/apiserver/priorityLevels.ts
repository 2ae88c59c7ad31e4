/** Priority levels of requests: who belongs to which, and what each gets of a server's seats. Rules: A-25. */
import { assert } from '@everynode/core/assert';
import type { RuleSubject } from '../seams/ruleTable.ts';

/** `nominalConcurrencyShares` of the default configuration; nobody is exempt but people of group system:masters. */
const SHARES = {
  'node-high': 40,
  system: 30,
  'leader-election': 10,
  'workload-high': 40,
  'workload-low': 100,
  'global-default': 20,
  'catch-all': 5,
} as const;

export type PriorityLevel = keyof typeof SHARES;

const SHARES_SUM = Object.values(SHARES).reduce((sum, share) => sum + share, 0);

/** Seats of a level, of all seats of a server; rounded up, so that none is without. */
export function seatsOf(level: PriorityLevel, seats: number): number {
  assert(Number.isSafeInteger(seats) && seats > 0, () => `a server has whole seats, not ${seats}`);
  return Math.ceil((seats * SHARES[level]) / SHARES_SUM);
}

/** The level of a client's request; undefined: exempt. Heartbeats of nodes come before all else that a kubelet wants. */
export function levelOf({ client, kind }: RuleSubject): PriorityLevel | undefined {
  if (client === 'user' || client.startsWith('step/') || client.startsWith('fault/')) return undefined;
  if (client.startsWith('kubelet/')) return kind === 'Node' || kind === 'Lease' ? 'node-high' : 'system';
  return kind === 'Lease' ? 'leader-election' : 'workload-high';
}
