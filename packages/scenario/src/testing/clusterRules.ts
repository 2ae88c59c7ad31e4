/** What no write of any run may do, whatever goes wrong in it: the cluster's own invariants, over the recorded changes. Rules: C-1, C-3…C-8. */
import type { Condition } from '@everynode/core/api/meta';
import type { ApiObject } from '@everynode/core/api/objects';
import { type ContainerStatus, isTerminal, type Pod } from '@everynode/core/api/pod';
import { parseTime } from '@everynode/core/api/time';
import type { Change, RunObserver } from '@everynode/sim/cluster/worldView';

/** What the faults of a run leave of the word of those who write. */
export interface Witness {
  /** Nobody's clock is off: times in the API stand in the order in which things happened. */
  readonly isClockTrue: boolean;
  /** Everybody sees what happens soon after it has happened, and is heard at once. */
  readonly isPictureFresh: boolean;
  /**
   * What is told of pods stands in the order in which it came true: no kubelet begins anew with a picture of the past,
   * so that it takes pods for gone and starts them again, and no patch that was given up lands after its successor.
   */
  readonly isTimeForward: boolean;
}

/** Looks on and collects breaches, each as `rule object: what`. */
export class ClusterRules implements RunObserver {
  readonly breaches: string[] = [];
  /** Writes looked at: a guard that saw nothing proves nothing. */
  writes = 0;
  #revision = 0;
  /** uid of the object that lives under `kind/key`. */
  readonly #living = new Map<string, string>();
  readonly #gone = new Set<string>();
  readonly #witness: Witness;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  begin(): void {}

  changed(change: Change): void {
    if (!('after' in change)) return;
    const { kind, key, before, after } = change;
    const where = `${kind}/${key}`;
    this.writes += 1;
    if (after !== undefined) this.#checkRevision(where, after);
    if (before === undefined && after !== undefined) this.#checkBirth(where, after);
    if (before !== undefined && after === undefined) this.#checkDeath(where, before);
    if (before === undefined || after === undefined) return;
    this.#checkMeta(where, before, after);
    if (this.#witness.isClockTrue && this.#witness.isPictureFresh)
      for (const breach of findConditionBreaches(before, after)) this.#breach('C-8', where, breach);
    if (before.kind === 'Pod' && after.kind === 'Pod') this.#checkPod(where, before, after);
  }

  wakeAtMs(): undefined {
    return undefined;
  }

  end(): void {}

  #checkRevision(where: string, { metadata }: ApiObject): void {
    const revision = Number(metadata.resourceVersion);
    if (revision <= this.#revision) this.#breach('C-1', where, `revision ${revision} after ${this.#revision}`);
    this.#revision = revision;
  }

  #checkBirth(where: string, { metadata: { uid = '' } }: ApiObject): void {
    const living = this.#living.get(where);
    if (uid === '') this.#breach('C-6', where, 'created without a uid');
    if (living !== undefined) this.#breach('C-6', where, `created as ${uid} while ${living} lives`);
    if (this.#gone.has(uid)) this.#breach('C-6', where, `created with the uid ${uid} of one that is gone`);
    this.#living.set(where, uid);
  }

  #checkDeath(where: string, { metadata }: ApiObject): void {
    const { uid = '', finalizers = [] } = metadata;
    // The write that takes the last finalizer away is the one that removes the object.
    if (finalizers.length > 0 && metadata.deletionTimestamp === undefined)
      this.#breach('C-5', where, `removed with the finalizers ${finalizers.join(', ')}, undeleted`);
    if (this.#gone.has(uid)) this.#breach('C-5', where, `${uid} removed twice`);
    this.#gone.add(uid);
    this.#living.delete(where);
  }

  #checkMeta(where: string, before: ApiObject, after: ApiObject): void {
    const [was, is] = [before.metadata, after.metadata];
    if (was.uid !== is.uid) this.#breach('C-6', where, `uid ${was.uid} became ${is.uid}`);
    const [wasAt, isAt] = [parseTime(was.deletionTimestamp), parseTime(is.deletionTimestamp)];
    if (wasAt !== undefined && isAt === undefined) this.#breach('C-3', where, 'deletion taken back');
    if (wasAt !== undefined && isAt !== undefined && isAt > wasAt)
      this.#breach('C-3', where, `deletion put off by ${isAt - wasAt} ms`);
    const [wasGrace, isGrace] = [was.deletionGracePeriodSeconds, is.deletionGracePeriodSeconds];
    if (wasGrace !== undefined && isGrace !== undefined && isGrace > wasGrace)
      this.#breach('C-3', where, `grace grew from ${wasGrace} s to ${isGrace} s`);
  }

  #checkPod(where: string, before: Pod, after: Pod): void {
    const bound = before.spec.nodeName ?? '';
    if (bound !== '' && after.spec.nodeName !== bound)
      this.#breach('C-4', where, `moved from ${bound} to ${after.spec.nodeName}`);
    const [was, is] = [before.status?.phase, after.status?.phase];
    if (!this.#witness.isTimeForward) return;
    const fellBack = (isTerminal(before) && was !== is) || (was === 'Running' && is === 'Pending');
    if (fellBack) this.#breach('C-7', where, `phase went from ${was} to ${is}`);
    const counts = restartsOf(before.status?.containerStatuses);
    for (const { name, restartCount } of after.status?.containerStatuses ?? []) {
      const earlier = counts.get(name) ?? 0;
      if (restartCount < earlier) this.#breach('C-8', where, `restartCount of ${name} fell from ${earlier}`);
    }
  }

  #breach(rule: string, where: string, what: string): void {
    this.breaches.push(`${rule} ${where}: ${what}`);
  }
}

function restartsOf(statuses: readonly ContainerStatus[] = []): ReadonlyMap<string, number> {
  return new Map(statuses.map(({ name, restartCount }) => [name, restartCount]));
}

function conditionsOf(object: ApiObject): readonly Condition[] {
  return object.kind === 'Pod' || object.kind === 'Node' ? (object.status?.conditions ?? []) : [];
}

/**
 * A time of transition that moves without a transition. Of a pod only the latest picture is sent, so that a status may
 * have been another one in between (K-19): its time may move on, not back. Asked only while everybody's picture is
 * fresh: a kubelet that comes back knows nothing of what node-lifecycle has written meanwhile (N-13), and a request that
 * was given up may land after its successor.
 */
function findConditionBreaches(before: ApiObject, after: ApiObject): readonly string[] {
  const earlier = new Map(conditionsOf(before).map((condition) => [condition.type, condition]));
  return conditionsOf(after).flatMap(({ type, status, lastTransitionTime }) => {
    const was = earlier.get(type);
    if (was?.status !== status || was.lastTransitionTime === lastTransitionTime) return [];
    const [wasAt = 0, isAt = 0] = [parseTime(was.lastTransitionTime), parseTime(lastTransitionTime)];
    if (after.kind === 'Pod' && isAt > wasAt) return [];
    return [`${type} stays ${status}, its transition moved from ${was.lastTransitionTime} to ${lastTransitionTime}`];
  });
}
