/** Whether an object belongs to a DaemonSet. Twin: pkg/controller/controller_ref_manager.go ClaimObject. Rules: DS-D5. */
import type { DaemonSet } from '../api/daemonSet.ts';
import { controllerOf, type HasMeta, isTerminating } from '../api/meta.ts';
import type { LabelMatcher } from '../match/selectors.ts';

export type Claim = 'ours' | 'notOurs' | 'adopt' | 'release';

/** What a claim pass does with one object (DS-D5). */
export function decideClaim(ds: DaemonSet, object: HasMeta, selector: LabelMatcher): Claim {
  const owner = controllerOf(object);
  if (owner !== undefined) {
    if (owner.uid !== ds.metadata.uid) return 'notOurs';
    if (selector.matches(object.metadata.labels)) return 'ours';
    return isTerminating(ds) ? 'notOurs' : 'release';
  }
  if (isTerminating(ds) || !selector.matches(object.metadata.labels)) return 'notOurs';
  if (isTerminating(object)) return 'notOurs';
  const { namespace = '' } = ds.metadata;
  return namespace !== '' && (object.metadata.namespace ?? '') !== namespace ? 'notOurs' : 'adopt';
}
