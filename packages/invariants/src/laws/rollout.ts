/** What a rolling update may do, and when. Rules: DS-0.1, DS-S11, DS-U7, DS-U13; INV-4, INV-5, INV-6. */
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { isPodUpdated } from '@everynode/core/daemonset/podTemplate';
import { allowsSurge, type Census, Censuses } from '../census.ts';
import type { Finding, LawDefinition, LawJudge } from '../expectation.ts';
import { budgetUseOf, type UpdatePass } from '../overdraw.ts';

/** DS-S11: how long a record of outstanding work holds a rolling update back. */
const OUTSTANDING_MAX_MS = 300_000;

export const updatesOnlyWhenNothingIsOutstanding: LawDefinition = {
  name: 'INV-4',
  summary: 'no rolling update while creations or deletions of less than 5 minutes ago are unseen',
  watches: ['Pass'],
  create() {
    /** Per DaemonSet: when a pass last asked for something, and what. Its answers cannot be there at the same instant. */
    const asked = new Map<string, { readonly atMs: number; readonly creates: number; readonly deletes: number }>();
    return {
      observe(change, view) {
        if (change.kind !== 'Pass') return undefined;
        const { pass } = change;
        if (pass.pass !== 'manage' && pass.pass !== 'rollingUpdate') return undefined;
        const uid = pass.ds.metadata.uid ?? '';
        const before = asked.get(uid);
        const [creates, deletes] = [pass.createOn.length, pass.deletePods.length];
        if (creates + deletes > 0) asked.set(uid, { atMs: view.nowMs, creates, deletes });
        if (pass.pass === 'manage') return undefined;
        if (before?.atMs === view.nowMs) return [outstanding(pass, before.creates, before.deletes, 0)];
        const { adds = 0, dels = 0, sinceMs = 0 } = pass.outstanding ?? {};
        const ageMs = pass.nowMs - sinceMs;
        const isOpen = adds > 0 || dels > 0;
        return isOpen && ageMs <= OUTSTANDING_MAX_MS ? [outstanding(pass, adds, dels, ageMs)] : [];
      },
    };
  },
};

export const deletesWithinBudget: LawDefinition = {
  name: 'INV-5',
  summary: 'without surge a pass deletes at most maxUnavailable − unavailable pods that are available',
  watches: ['Pass'],
  create: () =>
    budgetLaw({ surges: false }, (pass, census) => {
      const { taken: got, allowed, why } = budgetUseOf(pass, census);
      return { got, allowed, fact: `takes down ${got} available pods, ${allowed} are allowed (${why})` };
    }),
};

export const surgesWithinBudget: LawDefinition = {
  name: 'INV-6',
  summary: 'with surge a pass creates at most maxSurge − surging pods beside available old ones',
  watches: ['Pass'],
  create: () =>
    budgetLaw({ surges: true }, (pass, census) => {
      const isBesideAvailable = (name: string): boolean =>
        (pass.fleet.podsByNode.get(name) ?? []).some(
          (pod) => !isTerminating(pod) && !isPodUpdated(pod, pass.hash) && census.isAvailable(pod),
        );
      const got = pass.createOn.filter(isBesideAvailable).length;
      const allowed = Math.max(0, census.maxSurge - census.numSurge);
      const budget = `maxSurge ${census.maxSurge}, ${census.numSurge} surging`;
      return { got, allowed, fact: `adds ${got} pods beside available ones, ${allowed} are allowed (${budget})` };
    }),
};

/** What a pass takes of a budget; `fact` says it in words. */
interface BudgetUse {
  readonly got: number;
  readonly allowed: number;
  readonly fact: string;
}

/** Judges the rolling updates of DaemonSets with surge, or of those without, by a census of its own. */
function budgetLaw(
  { surges }: { readonly surges: boolean },
  useOf: (pass: UpdatePass, census: Census) => BudgetUse,
): LawJudge {
  const censuses = new Censuses();
  return {
    observe(change, view) {
      if (change.kind !== 'Pass') return undefined;
      const { pass } = change;
      // A DaemonSet of the other kind need not be counted: should its strategy change, the census begins anew.
      if (allowsSurge(pass.ds) !== surges) return undefined;
      const census = censuses.follow(pass, view.profile);
      if (census === undefined || pass.pass !== 'rollingUpdate') return undefined;
      const use = useOf(pass, census);
      return use.got <= use.allowed ? [] : [{ ...finding(pass, use.fact), got: use.got }];
    },
  };
}

function outstanding(pass: UpdatePass, adds: number, dels: number, ageMs: number): Finding {
  return finding(pass, `runs while ${adds} creations and ${dels} deletions asked for ${ageMs} ms ago are unseen`);
}

function finding({ ds }: UpdatePass, fact: string): Finding {
  return { message: `the rolling update of ${keyOf(ds)} ${fact}`, object: objectRef('DaemonSet', keyOf(ds)) };
}
