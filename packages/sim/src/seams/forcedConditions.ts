/**
 * Conditions that faults put into the mouth of one node's kubelet: it posts them as its own for as long as they are in
 * force. Of several about one type the last one counts. Rules: K-5, K-6.
 */
import { assert } from '@everynode/core/assert';

/** A condition as the kubelet will post it; heartbeat and transition times are the kubelet's. */
export interface ForcedCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

interface Entry {
  readonly stepId: string;
  readonly condition: ForcedCondition;
}

export class ForcedConditions {
  readonly #bite: (stepId: string) => void;
  readonly #posted = new Set<string>();
  #entries: readonly Entry[] = [];

  constructor(bite: (stepId: string) => void) {
    this.#bite = bite;
  }

  /** In force, one for each type, in the order in which the types came. */
  get list(): readonly ForcedCondition[] {
    return this.#inForce().map(({ condition }) => condition);
  }

  /** The steps whose conditions are in force, hidden by a later one or not. */
  get steps(): readonly string[] {
    return this.#entries.map(({ stepId }) => stepId);
  }

  add(entry: Entry): void {
    this.#entries = [...this.#entries, entry];
  }

  remove(entry: Entry): void {
    assert(this.#entries.includes(entry), () => `a condition of ${entry.stepId} is not in force`);
    this.#entries = this.#entries.filter((each) => each !== entry);
  }

  /** Types that were posted and are no longer in force; a kubelet that started meanwhile does not know of them itself. */
  get leftOver(): readonly string[] {
    if (this.#posted.size === 0) return [];
    const inForce = this.list.map(({ type }) => type);
    return [...this.#posted].filter((type) => !inForce.includes(type));
  }

  /** The server has just these: each is a bite of its fault, and of others nothing is left. */
  posted(): void {
    this.#posted.clear();
    for (const { stepId, condition } of this.#inForce()) {
      this.#posted.add(condition.type);
      this.#bite(stepId);
    }
  }

  #inForce(): readonly Entry[] {
    const byType = new Map(this.#entries.map((entry) => [entry.condition.type, entry]));
    return [...byType.values()];
  }
}
