/** What the remembered templates look like. Rules: DS-H3, DS-H6, DS-H10, DS-H14; INV-8, INV-9. */
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '@everynode/core/api/daemonSet';
import { controllerOf, keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import type { WorldView } from '@everynode/sim/cluster/worldView';
import type { Finding, LawDefinition } from '../expectation.ts';
import { GateWatch, isTended } from '../gateWatch.ts';
import { revisionsOf, revisionText, templateText } from '../templateText.ts';

export const keepsFewRevisions: LawDefinition = {
  name: 'INV-8',
  summary: 'at rest no more old revisions are kept than the limit and the pods ask for',
  watches: ['Pass'],
  create() {
    const gates = new GateWatch();
    return {
      observe: (change) => gates.observe(change),
      atRest: (view) => eachTended(view, gates, (ds) => findSurplus(ds, view)),
    };
  },
};

export const knowsItsTemplate: LawDefinition = {
  name: 'INV-9',
  summary: 'a pass goes by the hash of the revision that records its template, and at rest there is one such revision',
  watches: ['Pass', 'ControllerRevision'],
  create() {
    const gates = new GateWatch();
    /**
     * Templates that a revision has recorded, also one that has gone: by `uid/hash` of its DaemonSet, and by its own name,
     * under which a DaemonSet takes over what a predecessor left (DS-H7).
     */
    const recorded = new Map<string, Set<string>>();
    const record = (revision: ControllerRevision): void => {
      const ownKey = `${controllerOf(revision)?.uid ?? ''}/${revision.metadata.labels?.[HASH_LABEL] ?? ''}`;
      for (const key of [ownKey, keyOf(revision)]) {
        const known = recorded.get(key) ?? new Set();
        recorded.set(key, known.add(revisionText(revision)));
      }
    };
    let hasBegun = false;
    return {
      observe(change, view) {
        if (!hasBegun) for (const revision of view.list('ControllerRevision')) record(revision);
        hasBegun = true;
        if (change.kind === 'ControllerRevision' && change.after !== undefined)
          record(change.after as ControllerRevision);
        gates.observe(change);
        if (change.kind !== 'Pass' || change.pass.pass === 'gated' || change.pass.pass === 'stale') return undefined;
        const { ds, hash } = change.pass;
        const text = templateText(ds.spec.template);
        const keys = [`${ds.metadata.uid ?? ''}/${hash}`, `${keyOf(ds)}-${hash}`];
        if (keys.some((key) => recorded.get(key)?.has(text) === true)) return [];
        return [finding(ds, `goes by hash "${hash}", and no revision of it records its template under that`)];
      },
      atRest: (view) => eachTended(view, gates, (ds) => findCurrent(ds, view)),
    };
  },
};

function eachTended(
  view: WorldView,
  gates: GateWatch,
  judge: (ds: DaemonSet) => readonly Finding[],
): readonly Finding[] | undefined {
  const tended = view.list('DaemonSet').filter((ds) => isTended(ds) && !gates.isGated(ds));
  return tended.length === 0 ? undefined : tended.flatMap(judge);
}

/** The limit counts old revisions; those that a pod still carries are kept beyond it (DS-H14). */
function findSurplus(ds: DaemonSet, view: WorldView): readonly Finding[] {
  const current = templateText(ds.spec.template);
  const old = revisionsOf(ds, view).filter((revision) => revisionText(revision) !== current);
  const hashes = new Set(view.daemonPods(keyOf(ds)).map((pod) => pod.metadata.labels?.[HASH_LABEL]));
  const inUse = old.filter((revision) => hashes.has(revision.metadata.labels?.[HASH_LABEL] ?? '')).length;
  const limit = ds.spec.revisionHistoryLimit ?? 10;
  if (old.length <= limit + inUse) return [];
  return [
    {
      ...finding(ds, `keeps ${old.length} old revisions, the limit is ${limit} and ${inUse} are in use`),
      got: old.length,
    },
  ];
}

function findCurrent(ds: DaemonSet, view: WorldView): readonly Finding[] {
  const text = templateText(ds.spec.template);
  const revisions = revisionsOf(ds, view);
  const current = revisions.filter((revision) => revisionText(revision) === text);
  const findings: Finding[] = [];
  if (current.length !== 1)
    findings.push(finding(ds, `has ${current.length} revisions of its present template, it needs 1`));
  const numbers = new Set(revisions.map(({ revision }) => revision));
  if (numbers.size < revisions.length) findings.push(finding(ds, 'has two revisions of one number'));
  const newest = revisions.reduce((max, { revision }) => Math.max(max, revision), 0);
  if (current.length === 1 && current[0]?.revision !== newest) {
    findings.push(
      finding(ds, `has its present template as revision ${current[0]?.revision}, and there is a revision ${newest}`),
    );
  }
  return findings;
}

function finding(ds: DaemonSet, fact: string): Finding {
  return { message: `${keyOf(ds)} ${fact}`, object: objectRef('DaemonSet', keyOf(ds)) };
}
