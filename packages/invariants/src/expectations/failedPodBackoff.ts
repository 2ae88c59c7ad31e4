/** Whether the controller takes its time between deletions of failed pods on one node. Rules: DS-F1…DS-F7. */
import { keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import { count, daemonSet, duration, withDefault } from '@everynode/sim/params';
import { durationText } from '../durationText.ts';
import { type AnyExpectation, defineExpectation, type Finding } from '../expectation.ts';

/** The last deletion of a failed pod on a node, and how long the next one has to wait. */
interface Entry {
  readonly atMs: number;
  readonly delayMs: number;
  /** A new generation, or a new DaemonSet of the same name, begins anew (DS-F5). */
  readonly epoch: string;
}

export const failedPodBackoff: AnyExpectation = defineExpectation({
  summary: 'failed pods on one node are deleted at growing distances',
  promise:
    'Between two deletions of failed pods on one node the controller lets pass at least `initial`, then `factor` times ' +
    'as long, up to `max`; after twice `max` of silence, and with every change of the spec that the status tells of, it ' +
    'begins anew. Judged when the controller decides, so that latencies do not blur it. Kubernetes keeps this in memory ' +
    'only: a restarted controller has forgotten it, and then this breaks. Pods that somebody else deletes do not count.',
  watches: ['Pass'],
  params: {
    daemonSet: daemonSet(),
    initial: withDefault(duration('distance of the first two deletions'), 1_000),
    factor: withDefault(count('by how much each distance grows over the one before'), 2),
    max: withDefault(duration('the longest distance'), 900_000),
  },
  demand: ({ initial, factor, max }) => `${durationText(initial)}, then × ${factor} up to ${durationText(max)}`,
  judge({ daemonSet: key, initial, factor, max }, { window }) {
    const entries = new Map<string, Entry>();
    let fresh: Finding[] = [];
    let compared = 0;
    const observeDeletion = (node: string, epoch: string, nowMs: number): Finding | undefined => {
      const before = entries.get(node);
      const gapMs = nowMs - (before?.atMs ?? 0);
      const goesOn = before !== undefined && before.epoch === epoch && gapMs <= 2 * max;
      entries.set(node, { atMs: nowMs, delayMs: goesOn ? Math.min(before.delayMs * factor, max) : initial, epoch });
      if (!goesOn) return undefined;
      if (nowMs >= window.fromMs && nowMs <= window.toMs) compared += 1;
      if (gapMs >= before.delayMs) return undefined;
      const message = `a failed pod of ${key} on ${node} is deleted ${durationText(gapMs)} after the one before, demanded ≥ ${durationText(before.delayMs)}`;
      return { message, object: objectRef('DaemonSet', key), node };
    };
    return {
      observe(change, view) {
        if (change.kind !== 'Pass' || change.pass.pass !== 'manage' || keyOf(change.pass.ds) !== key) return;
        const { ds, deletePods } = change.pass;
        const epoch = `${ds.metadata.uid ?? ''}/${ds.status?.observedGeneration ?? 0}`;
        for (const pod of deletePods) {
          const node = pod.status?.phase === 'Failed' ? targetNodeName(pod) : undefined;
          const finding = node === undefined ? undefined : observeDeletion(node, epoch, view.nowMs);
          if (finding !== undefined && view.nowMs >= window.fromMs && view.nowMs <= window.toMs) fresh.push(finding);
        }
      },
      judge() {
        if (compared === 0) return { findings: [], unknown: `no node had two failed pods of ${key} deleted in a row` };
        const findings = fresh;
        fresh = [];
        return { findings, isMomentary: true };
      },
    };
  },
});
