/** The rules of one seam, in the order in which faults wrote them. The world asks; it never knows who wrote. */
import type { ApiVerb } from '@everynode/core/api/requests';
import type { Kind } from '@everynode/core/api/objects';
import { assert } from '@everynode/core/assert';
import type { Bites } from './bites.ts';
import { liftOnce } from './lift.ts';
import { meansClient } from './processGroups.ts';
import type { ClientMatch, Lift } from './seams.ts';

/** One entry: whose it is, what it is about, what it does. */
export interface Rule<E> {
  readonly stepId: string;
  readonly match: ClientMatch;
  readonly effect: E;
}

/** What a request or a watch event is, as far as rules look at it. A watch has no verb. */
export interface RuleSubject {
  readonly client: string;
  readonly kind: Kind;
  readonly verb?: ApiVerb;
}

interface Entry<E> {
  readonly rule: Rule<E>;
  remaining: number;
}

export class RuleTable<E> {
  readonly #bites: Bites;
  readonly #added: (match: ClientMatch) => void;
  readonly #entries: Entry<E>[] = [];

  /** `added` is told of every rule before it stands. */
  constructor(bites: Bites, added: (match: ClientMatch) => void = () => undefined) {
    this.#bites = bites;
    this.#added = added;
  }

  /** No rule stands: the common case, asked before anything is built. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Steps whose rules stand. */
  get holders(): readonly string[] {
    return this.#entries.map(({ rule }) => rule.stepId);
  }

  /** Adds a rule behind those that stand; the lift takes out exactly this one. */
  add(stepId: string, match: ClientMatch, effect: E): Lift {
    const rule = { stepId, match, effect };
    this.#added(match);
    this.#entries.push({ rule, remaining: match.count ?? Infinity });
    return liftOnce(`a rule of ${stepId}`, () => {
      const at = this.#entries.findIndex((entry) => entry.rule === rule);
      assert(at >= 0, () => `a rule of ${stepId} is no longer in its table`);
      this.#entries.splice(at, 1);
    });
  }

  /** The rules that are about the subject and have bites left, in order. */
  matching(subject: RuleSubject): readonly Rule<E>[] {
    if (this.#entries.length === 0) return [];
    return this.#entries
      .filter(({ rule, remaining }) => remaining > 0 && matches(rule.match, subject))
      .map((entry) => entry.rule);
  }

  /** Whether a rule is about the subject, used up or not. */
  isAbout(subject: RuleSubject): boolean {
    return this.#entries.some(({ rule }) => matches(rule.match, subject));
  }

  /** Whether a rule is about this kind, whoever's it is. */
  isAboutKind(kind: Kind): boolean {
    return this.#entries.some(({ rule }) => rule.match.kind === undefined || rule.match.kind === kind);
  }

  /** Notes that the rule changed something: one bite for its step, one less of its count. */
  bite(rule: Rule<E>): void {
    this.#bites.bite(rule.stepId);
    const entry = this.#entries.find((each) => each.rule === rule);
    if (entry !== undefined) entry.remaining -= 1;
  }
}

function matches(match: ClientMatch, { client, kind, verb }: RuleSubject): boolean {
  if (match.client !== undefined && !meansClient(match.client, client)) return false;
  if (match.kind !== undefined && match.kind !== kind) return false;
  return match.verb === undefined || match.verb === verb;
}
