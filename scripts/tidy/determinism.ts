/**
 * The same seed must give the same bytes, so floors 0 to 3 and `scenario` may not touch clock, chance or promises.
 * oxlint says much of this in the editor; here it also holds for types.
 */
import { type AstNode, lineAt, nameOf, type Problem, type SourceFile, walk } from './source.ts';

const PURE_FLOORS = /^packages\/(?:core|trace|sim|invariants|reporter|scenario|kubectl)\/src\//;

const BANNED_NAMES: Readonly<Record<string, string>> = {
  Date: 'take the time from ctx.nowMs(); core/api/time turns ms into API times',
  performance: 'take the time from ctx.nowMs()',
  setTimeout: 'schedule an event: ctx.schedule(delayMs, event)',
  setInterval: 'schedule an event: ctx.schedule(delayMs, event)',
  setImmediate: 'schedule an event: ctx.schedule(0, event)',
  queueMicrotask: 'schedule an event: ctx.schedule(0, event)',
  Promise: 'schedule an event, or yield a request from a generator',
  AsyncGenerator: 'use a plain generator that yields requests',
  AsyncIterable: 'use a plain generator that yields requests',
  globalThis: 'take what you need as a parameter',
  process: 'take what you need as a parameter; only cli and bench touch the process',
  console: 'return a value or write a trace record; only cli and bench print',
  Intl: 'compare by code unit with compareKeys; build texts by hand',
  crypto: 'draw from ctx.rng; hash with @noble/hashes',
  WeakRef: 'garbage collection has no seed; keep a plain reference',
  FinalizationRegistry: 'garbage collection has no seed; free by hand',
};
const BANNED_MATH = new Set('random log log2 log10 log1p exp expm1 pow sin cos tan tanh cbrt hypot'.split(' '));
const BANNED_METHODS = new Set(
  'localeCompare toLocaleString toLocaleLowerCase toLocaleUpperCase toLocaleDateString'.split(' '),
);

export function checkDeterminism(file: SourceFile): readonly Problem[] {
  if (file.isTest || !PURE_FLOORS.test(file.path)) return [];
  const own = declaredNames(file.program);
  const problems: Problem[] = [];
  walk(file.program, (node, ancestors) => {
    const message = bannedName(node, ancestors, own) ?? bannedMember(node) ?? bannedAsync(node);
    if (message !== undefined)
      problems.push({ path: file.path, line: lineAt(file.text, node.start), rule: 'determinism', message });
  });
  return problems;
}

function bannedName(node: AstNode, ancestors: readonly AstNode[], own: ReadonlySet<string>): string | undefined {
  if (node.type !== 'Identifier') return undefined;
  const name = nameOf(node) ?? '';
  const instead = Object.hasOwn(BANNED_NAMES, name) ? BANNED_NAMES[name] : undefined;
  if (instead === undefined || own.has(name) || isOnlyALabel(node, ancestors.at(-1))) return undefined;
  return `no ${name}: ${instead}`;
}

/** Names the file gives to things of its own: a variable called `process` is not the global. */
function declaredNames(program: AstNode): ReadonlySet<string> {
  const names = new Set<string>();
  walk(program, (node, ancestors) => {
    const parent = ancestors.at(-1);
    if (node.type !== 'Identifier' || parent === undefined) return;
    const params = parent['params'];
    const inPattern = parent['value'] === node && ancestors.at(-2)?.type === 'ObjectPattern';
    const declares =
      parent['id'] === node || parent['local'] === node || (Array.isArray(params) && params.includes(node));
    if (declares || inPattern) names.add(nameOf(node) ?? '');
  });
  return names;
}

/** `record.process` and `{ process: 1 }` name a field. In `{ process }` the value is a node of its own. */
function isOnlyALabel(node: AstNode, parent: AstNode | undefined): boolean {
  if (parent === undefined || parent['computed'] === true) return false;
  const isQualified = parent.type === 'TSQualifiedName' && parent['right'] === node;
  return isQualified || parent['property'] === node || parent['key'] === node;
}

function bannedMember(node: AstNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const [object, property] = [nameOf(node['object']), nameOf(node['property']) ?? ''];
  if (object === 'Math' && property === 'random')
    return 'no Math.random: draw from ctx.rng, a stream named after its owner';
  if (object === 'Math' && BANNED_MATH.has(property))
    return `no Math.${property}: engines may differ in the last bit; use integers or a table`;
  if (BANNED_METHODS.has(property))
    return `no ${property}: it depends on the machine; compareKeys(a, b) compares by code unit`;
  return undefined;
}

function bannedAsync(node: AstNode): string | undefined {
  if (node['async'] !== true && node.type !== 'AwaitExpression') return undefined;
  return 'no async or await: schedule an event, or write a generator that yields requests';
}
