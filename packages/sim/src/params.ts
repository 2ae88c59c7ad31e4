/**
 * Kinds of parameters that faults, operations and expectations declare. From one declaration follow the JSON schema of
 * the scenario language, the reference pages, `everynode list`, and how `compile` turns YAML into plan JSON.
 */
import { KINDS } from '@everynode/core/api/objects';
import type { Draw, Json, NodeFilter } from './plan.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** How `compile` reads the YAML value; the comment tells what stands in the plan. */
export type ParamKind =
  | 'duration' // Go duration text → ms
  | 'draw' // duration or distribution → Draw
  | 'nodes' // node target without pick → NodeFilter
  | 'daemonSet' // `namespace/name` → the same
  | 'client' // name of a component, or of several → the same
  | 'process' // name of a process, or of a group of replicas → the same
  | 'kind' // kind of object → the same
  | 'flag' // boolean
  | 'count' // whole number ≥ 0
  | 'odds' // `1/20` or `5%` → { numerator, denominator }
  | 'choice' // one of a few words
  | 'text' // any text
  | 'json'; // any JSON, handed on

export interface Odds {
  readonly numerator: number;
  readonly denominator: number;
}

/** One declared parameter; `T` is what stands in the plan, `O` whether it may be absent. */
export interface Param<T = unknown, O extends boolean = boolean> {
  readonly kind: ParamKind;
  readonly summary: string;
  readonly optional: O;
  /** Draft-07 schema of the YAML form. */
  readonly schema: JsonSchema;
  readonly defaultValue?: Json;
  /** Never set: carries the type. */
  readonly value?: T;
}

export type ParamSet = Readonly<Record<string, Param>>;

/** The values that a set of parameters stands for, as found in the plan. */
export type ParamsOf<S extends ParamSet> = {
  readonly [K in keyof S as S[K] extends Param<unknown, false> ? K : never]: S[K] extends Param<infer T> ? T : never;
} & {
  readonly [K in keyof S as S[K] extends Param<unknown, false> ? never : K]?: S[K] extends Param<infer T> ? T : never;
};

const KIND_NAMES = Object.keys(KINDS);
const REF = { $ref: '#/definitions/ref' };

function param<T>(kind: ParamKind, summary: string, schema: JsonSchema): Param<T, false> {
  return { kind, summary, optional: false, schema };
}

/** Makes a parameter optional; with a default it is always present in the plan. */
export function optional<T>(inner: Param<T, false>): Param<T, true> {
  return { ...inner, optional: true };
}

/** Optional for the writer, always present for the reader. */
export function withDefault<T>(inner: Param<T, false>, defaultValue: Json): Param<T, false> {
  return { ...inner, defaultValue };
}

export const duration = (summary: string): Param<number, false> =>
  param('duration', summary, { $ref: '#/definitions/duration' });
export const draw = (summary: string): Param<Draw, false> => param('draw', summary, { $ref: '#/definitions/draw' });
export const nodes = (summary: string): Param<NodeFilter, false> =>
  param('nodes', summary, { $ref: '#/definitions/nodeTarget' });
export const daemonSet = (summary = 'the DaemonSet, as namespace/name'): Param<string, false> =>
  param('daemonSet', summary, { anyOf: [{ $ref: '#/definitions/nsName' }, REF] });
export const client = (summary: string): Param<string, false> =>
  param('client', summary, { type: 'string', minLength: 1 });
export const process = (summary: string): Param<string, false> =>
  param('process', summary, { type: 'string', minLength: 1 });
export const kind = (summary: string): Param<string, false> => param('kind', summary, { enum: KIND_NAMES });
export const flag = (summary: string): Param<boolean, false> =>
  param('flag', summary, { anyOf: [{ type: 'boolean' }, REF] });
export const count = (summary: string): Param<number, false> =>
  param('count', summary, { anyOf: [{ type: 'integer', minimum: 0 }, REF] });
export const odds = (summary: string): Param<Odds, false> =>
  param('odds', summary, { type: 'string', pattern: '^([0-9]+/[1-9][0-9]*|[0-9]{1,3}%)$' });
export const choice = <const T extends string>(summary: string, words: readonly T[]): Param<T, false> =>
  param('choice', summary, { enum: words });
export const text = (summary: string): Param<string, false> => param('text', summary, { type: 'string' });
/** Text of a form that a message can ask for. */
export const formed = (summary: string, pattern: string, form: string): Param<string, false> =>
  param('text', summary, { type: 'string', pattern, $comment: form });
export const json = <T = Json>(summary: string, schema: JsonSchema = {}): Param<T, false> =>
  param('json', summary, schema);
