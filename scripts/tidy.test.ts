/** Each rule of the house, shown on a source of a few lines that breaks it and on one that keeps it. */
import { describe, expect, test } from 'vitest';
import { checkHouse, printProblem } from './tidy/house.ts';
import type { Ratchet } from './tidy/sizes.ts';
import { parseSource } from './tidy/source.ts';

const HEADER = '/** Exists to be looked at by a rule. */\n';
const TWIN = '/** Decides. It stays near the Go. Twin: daemon/update.go rollingUpdate. Rules: DS-U7. */\n';

/** Path → text after the header. Answers `path:line: rule: …` lines, each cut after its first words. */
function tidy(sources: Readonly<Record<string, string>>, ratchet: Ratchet = {}): readonly string[] {
  const files = Object.entries(sources).map(([path, text]) =>
    parseSource(path, text.startsWith('/**') ? text : HEADER + text),
  );
  return checkHouse(files, ratchet).map(printProblem);
}

/** A whole house without a problem: the base on which each case changes one thing. */
const CLEAN = {
  'packages/core/src/api/meta.ts': 'export const keyOf = (name: string): string => name;',
  'packages/core/src/daemonset/sync.ts': `${TWIN}import { keyOf } from '../api/meta.ts';\nexport const sync = keyOf;`,
  'packages/trace/src/record.ts':
    "import type { keyOf } from '@everynode/core/api/meta';\nexport type Record = typeof keyOf;",
  'packages/sim/src/plan.ts': 'export interface Plan { readonly seed: number }',
  'packages/sim/src/engine/rng.ts': "import seedrandom from 'seedrandom';\nexport const rng = seedrandom;",
  'packages/sim/src/seams/seams.ts': "import { rng } from '../engine/rng.ts';\nexport const seams = rng;",
  'packages/sim/src/faults/fault.ts': 'export const defineFault = <T>(fault: T): T => fault;',
  'packages/sim/src/faults/watchLag.ts':
    "import { defineFault } from './fault.ts';\nexport const watchLag = defineFault({});",
  'packages/sim/src/faults/registry.ts':
    "import { watchLag } from './watchLag.ts';\nexport const faults = { watchLag };",
  'packages/sim/src/components/kubelet.ts':
    "import { evict } from './evictionManager.ts';\nexport const kubelet = evict;",
  'packages/sim/src/components/evictionManager.ts':
    'export const evict = (bytes: number): number => Math.trunc(bytes / 2);',
  'packages/cli/src/main.ts':
    "import { seams } from '@everynode/sim/seams/seams';\nexport const at = async () => [Date.now(), seams];",
};

test('a house that keeps every rule has no problem', () => {
  expect(tidy(CLEAN)).toEqual([]);
});

/** Name, path, text, and what the one problem begins with and contains. */
type Case = readonly [name: string, path: string, text: string, begins: string, contains: string];

const floors: readonly Case[] = [
  [
    'a package imports one above it',
    'packages/core/src/a.ts',
    "import type { R } from '@everynode/trace/record';\nexport type A = R;",
    'packages/core/src/a.ts:2: floors',
    'not trace',
  ],
  [
    'the wall between reporter and sim',
    'packages/reporter/src/a.ts',
    "import { p } from '@everynode/sim/plan';\nexport const a = p;",
    'packages/reporter/src/a.ts:2: floors',
    'not sim',
  ],
  [
    'a relative path into another package',
    'packages/sim/src/engine/a.ts',
    "import { p } from '../../../core/src/api/meta.ts';\nexport const a = p;",
    'packages/sim/src/engine/a.ts:2: floors',
    '@everynode/core/',
  ],
  [
    'a law drives the world',
    'packages/invariants/src/a.ts',
    "import { s } from '@everynode/sim/seams/seams';\nexport const a = s;",
    'packages/invariants/src/a.ts:2: floors',
    'only cluster/worldView',
  ],
  [
    'the engine knows a seam',
    'packages/sim/src/engine/a.ts',
    "import { s } from '../seams/machines.ts';\nexport const a = s;",
    'packages/sim/src/engine/a.ts:2: floors',
    'not seams/machines',
  ],
  [
    'a fault reaches behind the seams',
    'packages/sim/src/faults/a.ts',
    "import { s } from '../apiserver/watchHub.ts';\nexport const a = s;",
    'packages/sim/src/faults/a.ts:2: floors',
    'faults/a may import seams',
  ],
  [
    'a component imports another',
    'packages/sim/src/components/podGc.ts',
    "import { s } from './kubelet.ts';\nexport const a = s;",
    'packages/sim/src/components/podGc.ts:2: floors',
    'meet only in the API store',
  ],
  [
    'a component holds the store',
    'packages/sim/src/components/podGc.ts',
    "import { s } from '../apiserver/objectStore.ts';\nexport const a = s;",
    'packages/sim/src/components/podGc.ts:2: floors',
    'through an informer',
  ],
  [
    'the world view drives a component',
    'packages/sim/src/cluster/worldView.ts',
    "import { s } from '../components/podGc.ts';\nexport const a = s;",
    'packages/sim/src/cluster/worldView.ts:2: floors',
    'apiserver/objectStore, seams',
  ],
  [
    'the plan imports a value',
    'packages/sim/src/plan.ts',
    "import { s } from './params.ts';\nexport const a = s;",
    'packages/sim/src/plan.ts:2: floors',
    'import type',
  ],
  [
    'a type inside import() counts',
    'packages/core/src/a.ts',
    "export type A = import('@everynode/trace/record').R;",
    'packages/core/src/a.ts:2: floors',
    'not trace',
  ],
  [
    'a second source of chance',
    'packages/sim/src/seams/a.ts',
    "import s from 'seedrandom';\nexport const a = s;",
    'packages/sim/src/seams/a.ts:2: floors',
    'named stream',
  ],
  [
    'the pure side imports the viewer',
    'packages/reporter/src/a.ts',
    "import { v } from '../viewer/main.tsx';\nexport const a = v;",
    'packages/reporter/src/a.ts:2: floors',
    'browsers',
  ],
  [
    'a room without a floor',
    'packages/sim/src/attic/a.ts',
    "import { s } from '../seams/seams.ts';\nexport const a = s;",
    'packages/sim/src/attic/a.ts:2: floors',
    'add it to ROOMS',
  ],
];

const names: readonly Case[] = [
  [
    'a barrel',
    'packages/core/src/index.ts',
    'export const a = 1;',
    'packages/core/src/index.ts:1: names',
    'no barrels',
  ],
  [
    'a drawer for everything',
    'packages/core/src/api/utils.ts',
    'export const a = 1;',
    'packages/core/src/api/utils.ts:1: names',
    '"utils"',
  ],
  [
    'a manager',
    'packages/core/src/a.ts',
    'export class PodManager {}',
    'packages/core/src/a.ts:2: names',
    'PodManager',
  ],
  [
    'a helper type',
    'packages/core/src/a.ts',
    'export interface NodeHelper {}',
    'packages/core/src/a.ts:2: names',
    'NodeHelper',
  ],
];

const headers: readonly Case[] = [
  [
    'no header',
    'packages/core/src/a.ts',
    '/***/ export const a = 1;',
    'packages/core/src/a.ts:1: headers',
    'one sentence',
  ],
  [
    'a header that is no sentence',
    'packages/core/src/a.ts',
    '/** Pods */\nexport const a = 1;',
    'packages/core/src/a.ts:1: headers',
    'one sentence',
  ],
  [
    'a controller file without its twin',
    'packages/core/src/daemonset/a.ts',
    '/** Decides a thing. Rules: DS-1. */\nexport const a = 1;',
    'packages/core/src/daemonset/a.ts:1: headers',
    'Twin:',
  ],
  [
    'a controller file without its rules',
    'packages/core/src/daemonset/a.ts',
    '/** Decides. Twin: a.go f. */\nexport const a = 1;',
    'packages/core/src/daemonset/a.ts:1: headers',
    'Rules:',
  ],
];

const determinism: readonly Case[] = [
  [
    'the clock',
    'packages/core/src/a.ts',
    'export const a = (): number => Date.now();',
    'packages/core/src/a.ts:2: determinism',
    'ctx.nowMs()',
  ],
  [
    'a promise as a mere type',
    'packages/sim/src/engine/a.ts',
    'export type A = Promise<string>;',
    'packages/sim/src/engine/a.ts:2: determinism',
    'no Promise',
  ],
  [
    'chance',
    'packages/sim/src/engine/a.ts',
    'export const a = Math.random;',
    'packages/sim/src/engine/a.ts:2: determinism',
    'ctx.rng',
  ],
  [
    'a logarithm',
    'packages/trace/src/a.ts',
    'export const a = Math.log(2);',
    'packages/trace/src/a.ts:2: determinism',
    'Math.log',
  ],
  [
    'comparing by locale',
    'packages/reporter/src/a.ts',
    "export const a = 'a'.localeCompare('b');",
    'packages/reporter/src/a.ts:2: determinism',
    'compareKeys',
  ],
  [
    'an async function',
    'packages/scenario/src/a.ts',
    'export async function a() {}',
    'packages/scenario/src/a.ts:2: determinism',
    'async',
  ],
  [
    'a global read by its short form',
    'packages/core/src/a.ts',
    'export const a = { process };',
    'packages/core/src/a.ts:2: determinism',
    'no process',
  ],
];

const integers: readonly Case[] = [
  [
    'a bare division',
    'packages/core/src/a.ts',
    'export const a = (x: number): number => x / 2;',
    'packages/core/src/a.ts:2: integers',
    'Math.trunc',
  ],
  [
    'a division outside of the rounding',
    'packages/core/src/a.ts',
    'export const a = (x: number): number => Math.trunc(x) / 2;',
    'packages/core/src/a.ts:2: integers',
    'Math.trunc',
  ],
  [
    'a power',
    'packages/core/src/a.ts',
    'export const a = (x: number): number => 10 ** x;',
    'packages/core/src/a.ts:2: integers',
    '**',
  ],
  [
    'a float',
    'packages/invariants/src/a.ts',
    'export const a = 0.5;',
    'packages/invariants/src/a.ts:2: integers',
    '0.5',
  ],
];

const registries: readonly Case[] = [
  [
    'a fault nobody can name',
    'packages/sim/src/faults/nodeCrash.ts',
    "import { defineFault } from './fault.ts';\nexport const nodeCrash = defineFault({});",
    'packages/sim/src/faults/nodeCrash.ts:3: registries',
    'add nodeCrash to packages/sim/src/faults/registry.ts',
  ],
  [
    'an expectation nobody can name',
    'packages/invariants/src/expectations/a.ts',
    'export const a = defineExpectation({});',
    'packages/invariants/src/expectations/a.ts:2: registries',
    'packages/invariants/src/registry.ts',
  ],
  [
    'a law that is never on',
    'packages/invariants/src/laws/a.ts',
    "export const a: LawDefinition = { name: 'INV-1' };",
    'packages/invariants/src/laws/a.ts:2: registries',
    'packages/invariants/src/registry.ts',
  ],
];

describe.each([
  ['floors', floors],
  ['names', names],
  ['headers', headers],
  ['determinism', determinism],
  ['integers', integers],
  ['registries', registries],
])('%s', (_rule, cases) => {
  test.each(cases)('%s', (_name, path, text, begins, contains) => {
    const problems = tidy({ ...CLEAN, [path]: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${escape(begins)}.*${escape(contains)}`));
  });
});

test('what only looks like a breach is none', () => {
  const text = [
    'export const half = (record: { process: number }): number => Math.floor((record.process + 1) / 2);',
    'export const low = (x: number): number => (x / 2) | 0;',
    'export const exact = (x: bigint, y: number): bigint => (x / 3n) * 10n ** BigInt(y * 2 ** y) / x;',
    "export const label = { Date: 1, crypto: 'a' };",
    'export const own = ({ process }: { process: number }): { process: number } => ({ process });',
  ];
  expect(tidy({ ...CLEAN, 'packages/core/src/a.ts': text.join('\n') })).toEqual([]);
});

test('files that import each other in a circle are found once, by types too', () => {
  const circle = {
    'packages/core/src/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
    'packages/core/src/b.ts': "import type { C } from './c.ts';\nexport type B = C;",
    'packages/core/src/c.ts': "import type { A } from './a.ts';\nexport type C = A;",
  };
  expect(tidy({ ...CLEAN, ...circle })).toEqual([
    'packages/core/src/c.ts:2: cycles: core/a → core/b → core/c → core/a: move what both sides need into the lower file',
  ]);
});

describe('sizes', () => {
  const path = 'packages/core/src/a.ts';
  const lines = (count: number): string => '// line\n'.repeat(count - 1);
  const giant = (count: number): string => `export function giant(): void {\n${'  // line\n'.repeat(count - 2)}}\n`;

  test.each([
    [
      'a file behind the wall',
      lines(301),
      {},
      [`${path}:1: sizes: 301 lines, the wall is 300: split the file into two ideas`],
    ],
    ['a file at the wall', lines(300), {}, []],
    [
      'a function behind the wall',
      giant(61),
      {},
      [`${path}:2: sizes: 61 lines, the wall is 60: split the function along its steps`],
    ],
    ['a function at the wall', giant(60), {}, []],
    ['an old giant as it was', giant(70), { [`${path}#giant`]: 70 }, []],
    [
      'an old giant that grew',
      giant(71),
      { [`${path}#giant`]: 70 },
      [`${path}:2: sizes: grew from 70 to 71 lines: split the function along its steps`],
    ],
    [
      'an old giant that shrank',
      giant(69),
      { [`${path}#giant`]: 70 },
      [`scripts/tidy.ratchet.json:1: sizes: ${path}#giant shrank: write 69 instead of 70`],
    ],
    [
      'an entry for no giant',
      giant(9),
      { [`${path}#giant`]: 70 },
      [`scripts/tidy.ratchet.json:1: sizes: ${path}#giant is within the wall now: remove its entry`],
    ],
  ])('%s', (_name, text, ratchet, expected) => {
    expect(tidy({ [path]: text }, ratchet as Ratchet)).toEqual(expected);
  });
});

test('tests may be long, need no header and may touch the clock', () => {
  const text = `/***/ export const a = async () => Date.now();\n${'// line\n'.repeat(400)}`;
  expect(tidy({ ...CLEAN, 'packages/core/src/a.test.ts': text })).toEqual([]);
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
