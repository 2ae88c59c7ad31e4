/** Which nodes an assertion or a metric speaks of, compiled once and asked at every change. */
import { POOL_LABEL, ZONE_LABEL, type Node } from '@everynode/core/api/node';
import { compileLabelSelector } from '@everynode/core/match/selectors';
import type { NodeFilter } from '@everynode/sim/plan';

/** `node` is absent for a name without a Node object: then a selector picks nothing, and names decide alone. */
export type NodeTest = (name: string, node: Node | undefined) => boolean;

/** All given parts must hold; no filter picks every node. */
export function compileNodeFilter(filter: NodeFilter | undefined): NodeTest {
  if (filter === undefined) return () => true;
  const { selector, include, exclude } = filter;
  const included = include === undefined ? undefined : new Set(include);
  const excluded = new Set(exclude);
  const matcher = selector === undefined ? undefined : compileLabelSelector(selector);
  return (name, node) => {
    if (excluded.has(name) || included?.has(name) === false) return false;
    return matcher === undefined || (node !== undefined && matcher.matches(node.metadata.labels));
  };
}

/** The filter that the labels `pool`, `zone` and `node` of a threshold stand for. */
export function filterOfLabels(labels: Readonly<Record<string, string>>): NodeFilter {
  const { pool, zone, node } = labels as { readonly pool?: string; readonly zone?: string; readonly node?: string };
  const matchLabels = {
    ...(pool === undefined ? {} : { [POOL_LABEL]: pool }),
    ...(zone === undefined ? {} : { [ZONE_LABEL]: zone }),
  };
  return { selector: { matchLabels }, ...(node === undefined ? {} : { include: [node] }) };
}
