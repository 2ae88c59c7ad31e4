/**
 * CEL, the expression language of Kubernetes, over the truth of a run: `pods`, `nodes`, `daemonSets`, the `params` of the
 * row, and `node(pod)`. Expressions are checked against types before a run; clocks are left out, so that a seed decides all.
 */
import { type ASTNode, Environment, EvaluationError, serialize } from '@marcbachmann/cel-js';
import type { Scalar } from '@everynode/trace/record';
import type { WorldView } from '@everynode/sim/cluster/worldView';
import {
  DAEMON_SET_FIELDS,
  daemonSetView,
  DaemonSetView,
  NODE_FIELDS,
  nodeView,
  NodeView,
  POD_FIELDS,
  PodView,
  podView,
  TAINT_FIELDS,
  TaintView,
} from './celViews.ts';

/** What an expression gave: true, false, or why it cannot be told. */
export type CelAnswer = boolean | { readonly problem: string };

/** What is wrong with an expression before it is ever asked. */
export interface CelProblem {
  readonly summary: string;
  /** The piece to blame, and at which character it begins, from 1. */
  readonly piece: string;
  readonly character: number;
  /** A name that nobody knows, and those that somebody knows. */
  readonly unknown?: { readonly what: 'field' | 'name'; readonly name: string; readonly known: readonly string[] };
}

/** Names of the lists that an expression may walk through. */
export type Collection = 'pods' | 'nodes' | 'daemonSets';
const COLLECTIONS: readonly Collection[] = ['pods', 'nodes', 'daemonSets'];

/** `pods.exists(p, …)` over elements that can be judged one by one. */
export interface Quantified {
  readonly macro: 'exists' | 'all';
  readonly over: 'pods' | 'nodes';
  /** The condition on one element, as it is written. */
  readonly body: string;
  /** It asks `node(…)`, so a change of the node may change it. */
  readonly asksNode: boolean;
  ask(element: PodView | NodeView, view: WorldView): CelAnswer;
}

export interface CelExpression {
  readonly collections: ReadonlySet<Collection>;
  readonly asksNode: boolean;
  readonly quantified: Quantified | undefined;
  ask(view: WorldView): CelAnswer;
}

export type Row = Readonly<Record<string, Scalar>>;

/** The world that is asked about right now; `node(p)` looks into it. */
interface Seat {
  view: WorldView | undefined;
}

export function compileCel(text: string, row: Row): { readonly expression: CelExpression } | CelProblem {
  const seat: Seat = { view: undefined };
  const params = celValues(row);
  const environment = newEnvironment(row, seat);
  const parsed = parse(environment, text);
  if ('summary' in parsed) return parsed;
  const nodes = [...walk(parsed.ast)];
  const clock = nodes.find(({ op, args }) => op === 'call' && (args as readonly unknown[])[0] === 'timestamp');
  if (clock !== undefined)
    return problemAt(text, clock.range, 'an expression may not read times; use `within`, `hold` or a window');
  const checked = parsed.check();
  if (!checked.valid) return explain(text, checked.error, Object.keys(row));
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    return problemAt(text, parsed.ast.range, `gives ${checked.type ?? 'something'}, not true or false`);
  const collections = new Set(COLLECTIONS.filter((name) => nodes.some((node) => isId(node, name))));
  const ask = (view: WorldView): CelAnswer => {
    seat.view = view;
    const lists = Object.fromEntries([...collections].map((name) => [name, listOf(name, view)]));
    return answer(() => parsed({ ...lists, params }));
  };
  const quantified = quantify(parsed.ast, environment, { seat, params });
  return { expression: { collections, asksNode: nodes.some(isNodeCall), quantified, ask } };
}

function newEnvironment(row: Row, seat: Seat): Environment {
  const nodeOf = ({ nodeName }: PodView): NodeView => {
    const node = seat.view?.get('Node', nodeName);
    return node === undefined ? new NodeView(nodeName, undefined) : nodeView(node);
  };
  return new Environment()
    .registerType('Taint', { ctor: TaintView, fields: TAINT_FIELDS })
    .registerType('Pod', { ctor: PodView, fields: POD_FIELDS })
    .registerType('Node', { ctor: NodeView, fields: NODE_FIELDS })
    .registerType('DaemonSet', { ctor: DaemonSetView, fields: DAEMON_SET_FIELDS })
    .registerVariable('pods', 'list<Pod>')
    .registerVariable('nodes', 'list<Node>')
    .registerVariable('daemonSets', 'list<DaemonSet>')
    .registerVariable('params', { schema: paramTypes(row) })
    .registerFunction('node(Pod): Node', nodeOf);
}

type Parsed = ReturnType<Environment['parse']>;

function parse(environment: Environment, text: string): Parsed | CelProblem {
  try {
    return environment.parse(text);
  } catch (error) {
    return explain(text, error, []);
  }
}

/** The condition of `exists` and `all` as an expression of its own, where it is about its element alone. */
function quantify(
  ast: ASTNode,
  environment: Environment,
  { seat, params }: { readonly seat: Seat; readonly params: Readonly<Record<string, unknown>> },
): Quantified | undefined {
  if (ast.op !== 'rcall') return undefined;
  const [macro, receiver, [variable, condition]] = ast.args;
  if (macro !== 'exists' && macro !== 'all') return undefined;
  if (receiver.op !== 'id' || variable?.op !== 'id' || condition === undefined) return undefined;
  const over = receiver.args;
  if (over !== 'pods' && over !== 'nodes') return undefined;
  const inside = [...walk(condition)];
  if (inside.some((node) => COLLECTIONS.some((name) => isId(node, name)))) return undefined;
  const body = serialize(condition);
  const name = variable.args;
  const parsed = environment
    .clone()
    .registerVariable(name, over === 'pods' ? 'Pod' : 'Node')
    .parse(body);
  const ask = (element: PodView | NodeView, view: WorldView): CelAnswer => {
    seat.view = view;
    return answer(() => parsed({ [name]: element, params }));
  };
  return { macro, over, body, asksNode: inside.some(isNodeCall), ask };
}

function answer(evaluate: () => unknown): CelAnswer {
  try {
    const value = evaluate();
    return typeof value === 'boolean' ? value : { problem: `it gives ${typeof value}, not true or false` };
  } catch (error) {
    if (error instanceof EvaluationError) return { problem: lowerFirst(error.summary) };
    throw error;
  }
}

function listOf(name: Collection, view: WorldView): readonly unknown[] {
  switch (name) {
    case 'pods':
      return view.list('Pod').map(podView);
    case 'nodes':
      return view.list('Node').map(nodeView);
    default:
      return view.list('DaemonSet').map(daemonSetView);
  }
}

/** Whole numbers are CEL's int. */
function celValues(row: Row): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Number.isSafeInteger(value) ? BigInt(value as number) : value]),
  );
}

function paramTypes(row: Row): Readonly<Record<string, string>> {
  const typeOf = (value: Scalar): string => {
    if (typeof value === 'string') return 'string';
    if (typeof value === 'boolean') return 'bool';
    return Number.isSafeInteger(value) ? 'int' : value === null ? 'dyn' : 'double';
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeOf(value)]));
}

function* walk(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const inner of [node.args].flat(3)) if (isAstNode(inner)) yield* walk(inner);
}

function isAstNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function isId(node: ASTNode, name: string): boolean {
  return node.op === 'id' && node.args === name;
}

function isNodeCall(node: ASTNode): boolean {
  return node.op === 'call' && node.args[0] === 'node';
}

interface LibraryError {
  readonly summary?: string;
  readonly code?: string;
  readonly range?: { readonly start: number; readonly end: number };
}

function explain(text: string, error: unknown, params: readonly string[]): CelProblem {
  const { summary = 'it is no CEL', code, range = { start: 0, end: text.length } } = error as LibraryError;
  const problem = problemAt(text, range, lowerFirst(summary));
  const name = summary.slice(summary.lastIndexOf(' ') + 1);
  if (code === 'no_such_key')
    return { ...problem, unknown: { what: 'field', name, known: [...knownFields(), ...params] } };
  if (code === 'unknown_variable')
    return { ...problem, unknown: { what: 'name', name, known: [...COLLECTIONS, 'params'] } };
  return problem;
}

function knownFields(): readonly string[] {
  const all = [POD_FIELDS, NODE_FIELDS, TAINT_FIELDS, DAEMON_SET_FIELDS].flatMap(Object.keys);
  return [...new Set(all)];
}

function problemAt(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  summary: string,
): CelProblem {
  return { summary, piece: text.slice(start, end), character: start + 1 };
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
