/**
 * The status loop, upstream's own benchmark with its four cases: count the nodes that should run a pod, compare, write nothing. The
 * baseline reads tolerations and affinity anew for every node, as upstream did before it hoisted them. Rules: DS-B1, DS-B2.
 */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Node } from '@everynode/core/api/node';
import { compilePlacement, type Placement } from '@everynode/core/daemonset/placement';
import { isStatusCurrent } from '@everynode/core/daemonset/status';
import { benchDaemonSet, benchNodes, countNodes } from './clusterFixture.ts';
import type { BenchCase, Suite } from './suite.ts';

/** Ns per node that upstream has published, by case; the fourth case was not among them (DS-B2). */
const PUBLISHED_NS: Readonly<Record<string, number>> = {
  'affinity=no-affinity/nodes=1000': 46.7,
  'affinity=no-affinity/nodes=10000': 50.37,
  'affinity=exclusion-affinity/nodes=1000': 280.8,
};

export function statusSuite(): Suite {
  const cases = [1_000, 10_000].flatMap((count) => {
    const nodes = benchNodes(count);
    return [false, true].flatMap((exclusions) => casesFor(nodes, benchDaemonSet(count, { exclusions }), exclusions));
  });
  return { name: 'status', summary: 'BenchmarkUpdateDaemonSetStatus of upstream', cases };
}

function casesFor(nodes: readonly Node[], ds: DaemonSet, exclusions: boolean): readonly BenchCase[] {
  const label = `affinity=${exclusions ? 'exclusion-affinity' : 'no-affinity'}/nodes=${nodes.length}`;
  const baseline = `${label}, read per node`;
  const publishedNs = PUBLISHED_NS[label];
  return [
    { name: baseline, units: nodes.length, unit: 'node', run: () => countAndCompare(ds, nodes, perNode(ds)) },
    {
      name: label,
      units: nodes.length,
      unit: 'node',
      baseline,
      ...(publishedNs === undefined ? {} : { publishedNs }),
      run: () => countAndCompare(ds, nodes, compilePlacement(ds, true)),
    },
  ];
}

/** A template that nobody has seen yet has to be read from the start. */
function perNode(ds: DaemonSet): Placement {
  return (node) => compilePlacement({ ...ds, spec: { ...ds.spec, template: { ...ds.spec.template } } }, true)(node);
}

function countAndCompare(ds: DaemonSet, nodes: readonly Node[], placement: Placement): void {
  const numbers = countNodes(ds, nodes, placement);
  if (!isStatusCurrent(ds, numbers)) throw new Error(`the fixture is off: ${JSON.stringify(numbers)}`);
}
