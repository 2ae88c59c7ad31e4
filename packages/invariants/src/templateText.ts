/**
 * Which hash stands for the template that a DaemonSet has now. Spelled out here on its own, since the laws about
 * history must not trust the controller's own comparison. Rules: DS-H2, DS-H3.
 */
import { canonicalJson } from '@everynode/core/api/canonicalJson';
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '@everynode/core/api/daemonSet';
import { controllerOf } from '@everynode/core/api/meta';
import type { WorldView } from '@everynode/sim/cluster/worldView';

/** Objects are immutable, so each template is spelled out once. */
const texts = new WeakMap<object, string>();

/** One spelling per template; the patch directive of a stored revision is no part of it. */
export function templateText(template: DaemonSet['spec']['template'] & { readonly $patch?: string }): string {
  const known = texts.get(template);
  if (known !== undefined) return known;
  const { $patch: _, ...rest } = template;
  const text = canonicalJson(rest);
  texts.set(template, text);
  return text;
}

/** Spelling of the template that a revision remembers; empty for a revision without data. */
export function revisionText(revision: ControllerRevision): string {
  return revision.data === undefined ? '' : templateText(revision.data.spec.template);
}

/** The revisions that a DaemonSet controls, by ascending key. */
export function revisionsOf(ds: DaemonSet, view: WorldView): readonly ControllerRevision[] {
  return view.list('ControllerRevision').filter((revision) => controllerOf(revision)?.uid === ds.metadata.uid);
}

/** Hash label of the revision that records the DaemonSet's present template; undefined until the controller made one. */
export function findTemplateHash(ds: DaemonSet, view: WorldView): string | undefined {
  const text = templateText(ds.spec.template);
  const current = revisionsOf(ds, view).filter((revision) => revisionText(revision) === text);
  const newest = current.reduce<ControllerRevision | undefined>(
    (best, revision) => (best === undefined || revision.revision >= best.revision ? revision : best),
    undefined,
  );
  return newest?.metadata.labels?.[HASH_LABEL];
}
