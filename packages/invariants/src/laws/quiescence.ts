/** What must have come true once nothing stands in its way any more. Rule: INV-10. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import { compilePlacement, type PlacementOutcome } from '@everynode/core/daemonset/placement';
import { isPodUpdated } from '@everynode/core/daemonset/podTemplate';
import type { Profile } from '@everynode/core/profile';
import type { Change, WorldView } from '@everynode/sim/cluster/worldView';
import { type Census, takeCensus } from '../census.ts';
import type { Finding, LawDefinition } from '../expectation.ts';
import { GateWatch, isTended } from '../gateWatch.ts';
import { QUIET_MS } from '../rest.ts';
import { findTemplateHash } from '../templateText.ts';

export const comesToRestRight: LawDefinition = {
  name: 'INV-10',
  summary:
    'at rest every node that should run a pod has exactly one, of the newest template, and no other node has any',
  watches: ['Pass'],
  create() {
    const gates = new GateWatch();
    /** uid → when the controller last asked for something. */
    const askedAtMs = new Map<string, number>();
    // Whose requests the server goes on refusing, as for a priority class that does not exist, is not at rest either.
    const isTrying = ({ metadata }: DaemonSet, nowMs: number): boolean =>
      nowMs - (askedAtMs.get(metadata.uid ?? '') ?? -Infinity) < QUIET_MS;
    return {
      observe(change, view) {
        if (asksForSomething(change)) askedAtMs.set(change.pass.ds.metadata.uid ?? '', view.nowMs);
        return gates.observe(change);
      },
      atRest(view) {
        const judged = view
          .list('DaemonSet')
          .filter((ds) => isRolling(ds) && isTended(ds) && !gates.isGated(ds) && !isTrying(ds, view.nowMs));
        return judged.length === 0 ? undefined : judged.flatMap((ds) => judgeAtRest(ds, view));
      },
    };
  },
};

/** By what a node at rest is judged. */
interface Rest {
  readonly hash: string;
  readonly census: Census;
  readonly profile: Profile;
}

function asksForSomething(change: Change): change is Extract<Change, { readonly kind: 'Pass' }> {
  if (change.kind !== 'Pass') return false;
  const { pass } = change;
  return (pass.pass === 'manage' || pass.pass === 'rollingUpdate') && pass.createOn.length + pass.deletePods.length > 0;
}

function isRolling(ds: DaemonSet): boolean {
  return (ds.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

function judgeAtRest(ds: DaemonSet, view: WorldView): readonly Finding[] {
  const key = keyOf(ds);
  const hash = findTemplateHash(ds, view) ?? '';
  const placement = compilePlacement(ds, view.profile.tolerationCompare);
  const nodes = view.list('Node');
  const podsByNode = new Map(nodes.map(({ metadata: { name } }) => [name, view.daemonPodsOn(key, name)]));
  const census = takeCensus({ ds, hash, nodes, podsByNode, nowMs: view.nowMs, profile: view.profile });
  const findings: Finding[] = [];
  const old: string[] = [];
  for (const node of nodes) {
    const { name } = node.metadata;
    const outcome = placement(node);
    const pods = (podsByNode.get(name) ?? []).filter((pod) => !isTerminating(pod));
    const fact = findWrong(outcome, pods, { hash, census, profile: view.profile });
    if (fact !== undefined) findings.push(finding(ds, name, `${name} ${fact} of ${key}`));
    // With surge an old pod on a sunset node may stay as long as others do not make up for it (DS-U13).
    const counts = census.isSurge ? outcome === 'run' : true;
    if (counts && pods.some((pod) => !isPodUpdated(pod, hash))) old.push(name);
  }
  // Old pods stay where the budget is used up: then the update waits, for as long as it takes (DS-U7, DS-U13).
  const isWaiting = census.isSurge
    ? census.numSurge >= census.maxSurge
    : census.numUnavailable >= census.maxUnavailable;
  if (old.length > 0 && !isWaiting) {
    findings.push(
      finding(ds, old[0], `${key} still has pods of an older template on ${old.length} nodes, and nothing to wait for`),
    );
  }
  return findings;
}

/** What is wrong on a node; a new pod beside an old one may wait to become available, however long it takes (DS-U17). */
function findWrong(
  outcome: PlacementOutcome,
  pods: readonly Pod[],
  { hash, census, profile }: Rest,
): string | undefined {
  if (outcome === 'none') return pods.length === 0 ? undefined : `should run no pod and has ${pods.length}`;
  if (outcome === 'sunset') return undefined;
  // One that ended well holds its node in older releases (`sw:recreate-succeeded`).
  const holds = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' && !profile.recreateSucceeded;
  const unfinished = pods.filter((pod) => !isTerminal(pod) || holds(pod)).length;
  if (pods.length === 1 && unfinished === 1) return undefined;
  const fresh = pods.filter((pod) => isPodUpdated(pod, hash));
  if (census.isSurge && pods.length === 2 && fresh.length === 1 && !fresh.some(census.isAvailable)) return undefined;
  return `should run one pod and has ${pods.length} (${unfinished} of them not finished)`;
}

function finding(ds: DaemonSet, node: string | undefined, message: string): Finding {
  return { message, object: objectRef('DaemonSet', keyOf(ds)), ...(node === undefined ? {} : { node }) };
}
