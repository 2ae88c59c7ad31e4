/** Kinds about revisions and rollouts: ownership, equality, order, viewing, undoing, status lines. */
import { canonicalJson } from '../api/canonicalJson.ts';
import { strategicMergePatch } from '../api/patch.ts';
import type { ControllerRevision } from '../api/daemonSet.ts';
import { apiFailure } from '../api/requests.ts';
import { claimObjects } from '../daemonset/claim.ts';
import { decideClaim } from '../daemonset/decideClaim.ts';
import { compareRevisions } from '../daemonset/history.ts';
import { describeRevision, formatHistory, ownedRevisions, rolloutStatus, templateOf } from '../daemonset/rollout.ts';
import { compileLabelSelector } from '../match/selectors.ts';
import type { CaseRunner, Given } from './case.ts';
import { compare, compareSets, compareWhole, mismatch } from './compare.ts';
import { answerAll } from './daemonSetKinds.ts';

export const historyKinds: Readonly<Record<string, CaseRunner>> = {
  controlledRevisions: ({ given, expect = {} }) => {
    const selector = compileLabelSelector(given.daemonSet.spec.selector);
    const owned = given.revisions.filter((revision: ControllerRevision) =>
      ['ours', 'adopt'].includes(decideClaim(given.daemonSet, revision, selector)),
    );
    return compareSets('revisions', namesIn(expect['revisions']), owned.map(nameOf));
  },
  equalRevisions: ({ given, expect = {} }) => {
    const text = canonicalJson(given.revision.data);
    const equal = given.revisions.filter((revision: Given) => canonicalJson(revision.data) === text);
    return compareSets('equal', namesIn(expect['equal']), equal.map(plainNameOf));
  },
  sortRevisions: ({ given, expect = {} }) => {
    const sorted = given.revisions.map(toRevision).sort(compareRevisions);
    return compareWhole('order', expect['order'], sorted.map(nameOf));
  },
  releaseRevision: ({ given, expect = {} }) => releaseRevision(given, expect),
  viewHistory: ({ given, expect = {} }) => {
    const owned = ownedRevisions(given.daemonSet, given.revisions);
    const text = given.revision > 0 ? (describeRevision(owned, given.revision) ?? '') : formatHistory(owned);
    const { textStartsWith } = expect;
    if (typeof textStartsWith === 'string')
      return compareWhole('text', textStartsWith, text.slice(0, textStartsWith.length));
    return compare('', expect, { text });
  },
  historyByRevision: ({ given, expect = {} }) => {
    const owned = ownedRevisions(given.daemonSet, given.revisions);
    const revisions = Object.fromEntries(
      owned.map((revision) => [
        String(revision.revision),
        { podTemplateOf: given.daemonSet.metadata.name, template: templateOf(revision) },
      ]),
    );
    return compare('', expect, { revisions });
  },
  applyRevision: ({ given, expect = {} }) => {
    const patch = { spec: { template: { ...given.revisionTemplate, $patch: 'replace' } } };
    const current = 'spec' in given.current ? given.current : { spec: { template: given.current } };
    const patched = strategicMergePatch(current, patch) as { spec: { template: unknown } };
    return compareWhole('template', expect['template'], patched.spec.template);
  },
  rolloutStatus: ({ given, expect = {} }) => {
    const status = rolloutStatus(given.daemonSet);
    if (status.ok) return compare('', expect, { message: status.message, done: status.done });
    const { error } = expect;
    if (error === undefined || error === null) return mismatch('error', error, status.error);
    return error === true ? [] : compareWhole('error', error, status.error);
  },
};

/** Releasing touches what is ours alone; what is gone is as good as released. */
function releaseRevision(given: Given, expect: Given): ReturnType<CaseRunner> {
  const owner = given.revision.owner;
  const uid = `uid-${given.controller}`;
  const reference = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: owner, uid: `uid-${owner}`, controller: true };
  const revision: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    // No label, so that the selector does not match and the controller lets go.
    metadata: {
      name: given.revision.name,
      namespace: 'default',
      ...(owner === null ? {} : { ownerReferences: [reference] }),
    },
    revision: 1,
  };
  const ds = {
    apiVersion: 'apps/v1' as const,
    kind: 'DaemonSet' as const,
    metadata: { name: given.controller, namespace: 'default', uid },
    spec: { selector: { matchLabels: { app: 'a' } }, template: { spec: { containers: [] } } },
  };
  let stored: ControllerRevision | undefined = given.exists ? revision : undefined;
  const { errors } = answerAll(claimObjects<ControllerRevision>(ds, 'ControllerRevision', [revision]), (request) => {
    if (request.verb !== 'patch') return apiFailure('BadRequest', request.verb);
    if (stored === undefined) return apiFailure('NotFound', 'not found');
    stored = strategicMergePatch(stored, request.patch.body) as ControllerRevision;
    return { ok: true, object: stored };
  });
  const ownedAfter = stored?.metadata.ownerReferences?.some((entry) => entry.uid === uid) ?? false;
  return compare('', expect, { error: errors[0] ?? null, ownedAfter });
}

/** The cases about order give the fields of a revision without its frame. */
function toRevision(given: Given): ControllerRevision {
  const { name, creationTimestamp } = given;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: given.metadata ?? { name, creationTimestamp },
    revision: given.revision,
  };
}

function nameOf(revision: ControllerRevision): string {
  return revision.metadata.name;
}

function plainNameOf(revision: Given): string {
  return revision.name ?? revision.metadata.name;
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
