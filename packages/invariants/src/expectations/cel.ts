/** What `cel:` means: a CEL expression over pods, nodes and DaemonSets is true. */
import { json, text } from '@everynode/sim/params';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { assert } from '@everynode/core/assert';
import { type CelAnswer, type CelExpression, type Collection, compileCel, type Row } from '../cel/celExpression.ts';
import { Elements } from '../cel/elements.ts';
import { type AnyExpectation, defineExpectation, type Finding, type Judge, type Judgement } from '../expectation.ts';

const WATCHES: readonly WatchKind[] = ['Pod', 'Node', 'DaemonSet'];

const KIND_OF: Readonly<Record<Collection, WatchKind>> = { pods: 'Pod', nodes: 'Node', daemonSets: 'DaemonSet' };

export const celHolds: AnyExpectation = defineExpectation({
  summary: 'a CEL expression is true',
  promise:
    'Sees the API as it is: `pods` (name, namespace, nodeName, phase, reason, ready, terminating, hostNetwork, ' +
    'daemonSet as namespace/name, restarts, labels), `nodes` (name, ready, unschedulable, networkUnavailable by ' +
    'condition or taint, pool, zone, taints with key, value and effect, labels), `daemonSets` (name, namespace, key, ' +
    'desired, current, ready, available, unavailable, updated, misscheduled, labels), `node(p)`, the node of a pod ' +
    '(`exists` is false where there is no Node object), and `params`. Every element has its whole object as `object`: ' +
    '`p.object.spec.priority`. Names and types are checked before the run. An expression that cannot be told, such as ' +
    'a missing key of an object, counts against it under every block; guard with `has(…)`. A whole expression of the ' +
    'form `pods.exists(p, …)`, `pods.all(p, …)` or the same over nodes is judged element by element, as they change, and ' +
    'names the one that decided.',
  watches: WATCHES,
  params: {
    expression: text('the expression'),
    row: json<Row>('the parameters of the row, which the expression sees as `params`'),
  },
  demand: ({ expression }) => expression,
  judge({ expression, row }, { block }) {
    const compiled = compileCel(expression, row);
    assert('expression' in compiled, () => `a plan has a CEL expression that is none: ${expression}`);
    const isNever = block === 'never';
    const { quantified } = compiled.expression;
    if (quantified === undefined) return judgeWhole(compiled.expression, expression, isNever);
    const elements = new Elements(quantified);
    return {
      observe: (change, view) => elements.observe(change, view),
      judge: (view) => elements.judge(view, isNever),
    };
  },
});

/** Asks anew once something of a kind has changed that the expression speaks of. */
function judgeWhole(expression: CelExpression, text: string, isNever: boolean): Judge {
  const { collections, asksNode } = expression;
  const kinds = new Set([...collections].map((name) => KIND_OF[name]));
  if (asksNode) kinds.add('Node');
  let known: Judgement | undefined;
  return {
    observe(change: Change) {
      if (kinds.has(change.kind)) known = undefined;
    },
    judge(view: WorldView) {
      known ??= { findings: findingsOf(expression.ask(view), text, isNever) };
      return known;
    },
  };
}

function findingsOf(answer: CelAnswer, text: string, isNever: boolean): readonly Finding[] {
  if (typeof answer === 'object') return [{ message: `${text} cannot be told: ${answer.problem}` }];
  if (answer !== isNever) return [];
  return [{ message: isNever ? `${text} is true, which it never should be` : `${text} is false` }];
}
