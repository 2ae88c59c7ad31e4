/** What a stored status may say. Rules: DS-T1…DS-T4; INV-7. */
import type { DaemonSet, DaemonSetStatus } from '@everynode/core/api/daemonSet';
import { keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import type { Finding, LawDefinition } from '../expectation.ts';

export const statusAddsUp: LawDefinition = {
  name: 'INV-7',
  summary: 'a status adds up, and observedGeneration neither runs ahead of generation nor falls back',
  watches: ['DaemonSet', 'Pass'],
  create() {
    /** Per DaemonSet: by life of the controller, the generation that its last pass worked on. Two lives may act at once (L-3). */
    const generations = new Map<string, Map<number, number>>();
    return {
      observe(change) {
        if (change.kind === 'Pass') {
          const { uid = '', generation = 0 } = change.pass.ds.metadata;
          const ofLives = generations.get(uid) ?? new Map<number, number>();
          generations.set(uid, ofLives.set(change.life ?? 1, generation));
          return undefined;
        }
        if (change.kind !== 'DaemonSet' || change.after === undefined) return undefined;
        const [before, after] = [change.before as DaemonSet | undefined, change.after as DaemonSet];
        if (after.status === undefined || before?.status === after.status) return undefined;
        const facts = [
          ...findSums(after.status),
          ...findGenerations(before, after, [...(generations.get(after.metadata.uid ?? '')?.values() ?? [])]),
        ];
        return facts.map((fact): Finding => ({
          message: `the status of ${keyOf(after)} says ${fact}`,
          object: objectRef('DaemonSet', keyOf(after)),
        }));
      },
    };
  },
};

/** An absent number is zero: the API leaves zeros out. */
function findSums(status: DaemonSetStatus): readonly string[] {
  const { desiredNumberScheduled: desired, currentNumberScheduled: current, numberReady: ready } = status;
  const {
    numberAvailable: available = 0,
    numberUnavailable: unavailable = 0,
    updatedNumberScheduled: updated = 0,
  } = status;
  const demands: readonly (readonly [boolean, string])[] = [
    [
      unavailable === desired - available,
      `${unavailable} unavailable of ${desired} desired and ${available} available`,
    ],
    [available <= ready, `${available} available of ${ready} ready`],
    [ready <= current, `${ready} ready of ${current} scheduled`],
    [current <= desired, `${current} scheduled of ${desired} desired`],
    [updated <= current, `${updated} updated of ${current} scheduled`],
  ];
  return demands.flatMap(([holds, fact]) => (holds ? [] : [fact]));
}

/** A retry of a status write goes by the generation of the cached object that the sync began with (DS-T4). */
function findGenerations(
  before: DaemonSet | undefined,
  after: DaemonSet,
  passGenerations: readonly number[],
): readonly string[] {
  const { generation = 0, uid } = after.metadata;
  const observed = after.status?.observedGeneration ?? 0;
  if (observed > generation) return [`generation ${observed} observed, and it is ${generation}`];
  const last = before?.metadata.uid === uid ? (before?.status?.observedGeneration ?? 0) : 0;
  return observed < last && !passGenerations.includes(observed)
    ? [`generation ${observed} observed after ${last}`]
    : [];
}
