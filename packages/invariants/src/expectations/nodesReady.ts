/** How many nodes are Ready in the API. */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { nodes, optional } from '@everynode/sim/params';
import { BOUND_PARAMS, boundsText, isWithin } from '../comparison.ts';
import { type AnyExpectation, defineExpectation } from '../expectation.ts';
import { compileNodeFilter } from '../nodeFilter.ts';
import { judgeStatement } from '../statement.ts';

export const nodesReady: AnyExpectation = defineExpectation({
  summary: 'the number of nodes with condition Ready=True passes the comparison',
  promise:
    'Counts Node objects by what the API says of them. A node whose kubelet has fallen silent is still Ready until ' +
    'node-lifecycle notices (40 or 50 seconds by default), and one that has just come up is not Ready yet.',
  watches: ['Node'],
  params: { nodes: optional(nodes('only these nodes count')), ...BOUND_PARAMS },
  demand: (params) => boundsText(params),
  judge(params, scope) {
    const isIncluded = compileNodeFilter(params.nodes);
    const ready = new Set<string>();
    const read = (name: string, node: Node | undefined): void => {
      const counts = node !== undefined && isIncluded(name, node);
      if (counts && findCondition(node.status?.conditions, 'Ready')?.status === 'True') ready.add(name);
      else ready.delete(name);
    };
    let hasBegun = false;
    return {
      observe(change) {
        if (hasBegun && change.kind === 'Node') read(change.key, change.after as Node | undefined);
      },
      judge(view) {
        if (!hasBegun) for (const node of view.list('Node')) read(node.metadata.name, node);
        hasBegun = true;
        const fact = `${ready.size} nodes are Ready`;
        return judgeStatement(scope, {
          findings: isWithin(ready.size, params)
            ? []
            : [{ message: `${fact}, demanded ${boundsText(params)}`, got: ready.size }],
          whenTrue: `${fact}, which never should be ${boundsText(params)}`,
          got: ready.size,
        });
      },
    };
  },
});
