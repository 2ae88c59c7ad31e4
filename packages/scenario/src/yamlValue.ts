/**
 * YAML nodes to plain values, within limits. Our own walk instead of the library's: it names the place of what is wrong,
 * counts what anchors stand for before it is built, and remembers where every value came from.
 */
import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Pair, Scalar, type YAMLMap } from 'yaml';
import { ALIASES_MAX, DEPTH_MAX, VALUES_MAX } from './limits.ts';

export type YamlPath = readonly (string | number)[];

/** What cannot be turned into a value, and the node or offset to blame. */
export class YamlValueError extends Error {
  override readonly name = 'YamlValueError';
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Where the values of one document stand. */
export interface YamlPlaces {
  /** Offset of the value at the path, or of its key; of the deepest part that exists where the path leads nowhere. */
  offsetOf(path: YamlPath, of: 'key' | 'value'): number;
}

export interface PlainValue {
  readonly value: unknown;
  readonly places: YamlPlaces;
}

interface Walk {
  readonly mergeKeys: boolean;
  readonly anchors: Map<string, { readonly node: unknown; readonly value: unknown; readonly size: number }>;
  readonly targets: Map<Alias, unknown>;
  values: number;
  aliases: number;
}

/** The plain value of a document's contents. `mergeKeys`: `<<` merges, as in YAML 1.1. Throws `YamlValueError`. */
export function toPlainValue(contents: unknown, options: { readonly mergeKeys: boolean }): PlainValue {
  const walk: Walk = { mergeKeys: options.mergeKeys, anchors: new Map(), targets: new Map(), values: 0, aliases: 0 };
  const value = plain(contents, walk, 0);
  return { value, places: { offsetOf: (path, of) => offsetOf(contents, path, of, walk) } };
}

/** As an assignment, but `__proto__` becomes a key like any other. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

function plain(node: unknown, walk: Walk, depth: number): unknown {
  if (depth > DEPTH_MAX)
    throw new YamlValueError(offsetOfNode(node), `nested more than ${DEPTH_MAX} levels deep; flatten it`);
  if (isAlias(node)) return plainAlias(node, walk);
  const before = walk.values;
  countValues(node, 1, walk);
  const value = isMap(node)
    ? plainMap(node, walk, depth)
    : isSeq(node)
      ? node.items.map((item) => plain(item, walk, depth + 1))
      : plainScalar(node);
  if (isNode(node) && 'anchor' in node && node.anchor !== undefined) {
    walk.anchors.set(node.anchor, { node, value, size: walk.values - before });
  }
  return value;
}

function plainScalar(node: unknown): unknown {
  return isScalar(node) ? node.value : null;
}

/** An alias shares the value of its anchor; what it stands for is counted as if it were written out. */
function plainAlias(node: Alias, walk: Walk): unknown {
  const anchor = walk.anchors.get(node.source);
  if (anchor === undefined) {
    throw new YamlValueError(
      offsetOfNode(node),
      `*${node.source} refers to no anchor above it; write &${node.source} before the value it means`,
    );
  }
  walk.targets.set(node, anchor.node);
  walk.aliases += 1;
  if (walk.aliases > ALIASES_MAX) {
    throw new YamlValueError(
      offsetOfNode(node),
      `more than ${ALIASES_MAX} references to anchors; write the values out`,
    );
  }
  countValues(node, anchor.size, walk);
  return anchor.value;
}

function countValues(node: unknown, count: number, walk: Walk): void {
  walk.values += count;
  if (walk.values > VALUES_MAX) {
    throw new YamlValueError(
      offsetOfNode(node),
      `the document stands for more than ${VALUES_MAX} values (anchors within anchors?); write a smaller one`,
    );
  }
}

function plainMap(map: YAMLMap, walk: Walk, depth: number): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  const merged: unknown[] = [];
  for (const pair of map.items) {
    if (walk.mergeKeys && isMergeKey(pair)) merged.push(plain(pair.value, walk, depth + 1));
    else setOwn(result, plainKey(pair), plain(pair.value, walk, depth + 1));
  }
  // What is written wins over what is merged, and the first of several merged maps over the later ones.
  for (const source of merged.flatMap((each) => (Array.isArray(each) ? (each as readonly unknown[]) : [each]))) {
    if (typeof source !== 'object' || source === null)
      throw new YamlValueError(offsetOfNode(map), '<< merges mappings only; write `<<: *anchor` of a mapping');
    for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(result, key)) setOwn(result, key, value);
  }
  return result;
}

function plainKey({ key }: Pair): string {
  if (!isScalar(key)) throw new YamlValueError(offsetOfNode(key), 'a key must be plain text');
  // YAML's null, true and 1 as keys are text in JSON, and in kubectl.
  const value = key.value as string | number | boolean | symbol | null;
  return value === null ? '' : String(value);
}

function isMergeKey({ key }: Pair): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== Scalar.PLAIN)) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

function offsetOf(contents: unknown, path: YamlPath, of: 'key' | 'value', walk: Walk): number {
  let node = contents;
  let offset = offsetOfNode(contents);
  for (const [at, part] of path.entries()) {
    const step = child(node, part, walk);
    if (step === undefined) return offset;
    const isLast = at === path.length - 1;
    const atKey = step.key !== undefined && ((isLast && of === 'key') || !hasRange(step.value));
    offset = offsetOfNode(atKey ? step.key : step.value);
    node = step.value;
  }
  return offset;
}

function child(
  node: unknown,
  part: string | number,
  walk: Walk,
): { readonly key: unknown; readonly value: unknown } | undefined {
  const target = isAlias(node) ? walk.targets.get(node) : node;
  if (isSeq(target)) {
    const value = target.items[Number(part)];
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap(target)) return undefined;
  for (const pair of target.items) if (isScalar(pair.key) && plainKey(pair) === String(part)) return pair;
  if (!walk.mergeKeys) return undefined;
  for (const pair of target.items) {
    if (!isMergeKey(pair)) continue;
    const sources: readonly unknown[] = isSeq(pair.value) ? pair.value.items : [pair.value];
    const found = sources.map((source) => child(source, part, walk)).find((each) => each !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasRange(node: unknown): boolean {
  return isNode(node) && node.range !== null && node.range !== undefined && node.range[1] > node.range[0];
}

function offsetOfNode(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
