/**
 * The floors of the house: which package may import which, and the same again inside `sim`. A type import counts too,
 * since whoever knows a type knows the thing. The picture stands in ARCHITECTURE.md; this table is what is checked.
 */
import type { ImportLine, Problem, SourceFile } from './source.ts';

/** Package → the packages below it. `sim` and `reporter` are two rooms with a wall between them. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  core: [],
  trace: ['core'],
  kubectl: ['core'],
  sim: ['core', 'trace'],
  reporter: ['core', 'trace'],
  invariants: ['core', 'trace', 'sim'],
  scenario: ['core', 'trace', 'sim', 'invariants', 'reporter'],
  cli: ['core', 'trace', 'kubectl', 'sim', 'invariants', 'reporter', 'scenario'],
  bench: ['core', 'trace', 'sim', 'invariants', 'reporter', 'scenario'],
};

/** Where a package may see only a few modules of another one: laws judge the truth, they do not drive the world. */
const WINDOWS: readonly { readonly from: string; readonly into: string; readonly modules: readonly string[] }[] = [
  { from: 'invariants', into: 'sim', modules: ['cluster/worldView', 'params', 'plan'] },
  { from: 'scenario', into: 'reporter', modules: ['text'] },
];

/** Rooms of `sim` that hold plain data: everyone may read them, and they read nothing but each other. */
const PLAIN: readonly string[] = ['plan', 'params', 'settings'];

/** Any other room of `sim` → what it may import beside itself and plain data. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  run: ['run', 'cluster', 'components', 'informer', 'apiserver', 'seams', 'engine', 'faults', 'operations'],
  cluster: ['components', 'informer', 'apiserver', 'seams', 'engine'],
  components: ['informer', 'apiserver/apiClient', 'seams', 'engine'],
  informer: ['apiserver', 'seams', 'engine'],
  apiserver: ['seams', 'engine'],
  seams: ['engine'],
  engine: [],
  faults: ['seams', 'kubectl'],
  operations: ['apiserver/apiClient', 'kubectl'],
  kubectl: [],
  // The one window to the truth reads three things and drives none.
  'cluster/worldView': ['apiserver/objectStore', 'seams'],
};

/** How the files of one process begin: a process may have several, and they may know each other. */
const PROCESSES: readonly (readonly string[])[] = [
  ['kubelet', 'evictionManager'],
  ['daemonSetController'],
  ['scheduler'],
  ['nodeLifecycle'],
  ['taintEviction'],
  ['garbageCollector'],
  ['namespaceController'],
  ['resourceQuotaController'],
  ['cloudController'],
];
/** What a component is, and what it is told of pods: everyone's. */
const CONTRACTS: readonly string[] = ['component', 'podModels', 'cloudInstance'];

export function checkFloors(file: SourceFile): readonly Problem[] {
  const here = placeOf(file.path);
  if (here === undefined) return [];
  return file.imports.flatMap((line) => {
    const message = forbidden(file, here, line);
    return message === undefined ? [] : [{ path: file.path, line: line.line, rule: 'floors', message }];
  });
}

/** Where a file lives: package, and its module path below `src` without the ending. */
interface Place {
  readonly package: string;
  readonly module: string;
}

function forbidden(file: SourceFile, here: Place, line: ImportLine): string | undefined {
  if (line.specifier === 'seedrandom' && here.module !== 'engine/rng') {
    return 'draw from a named stream of engine/rng; nothing else may import seedrandom';
  }
  if (line.target === undefined) return undefined;
  const there = placeOf(line.target);
  if (there === undefined)
    return `import ${line.specifier} leaves the sources of the packages; move what you need into one`;
  if (there.package !== here.package) return forbiddenPackage(here, there, line.specifier);
  if (!line.specifier.startsWith('.')) return `name a file of the same package by its path, not as ${line.specifier}`;
  if (there.module.startsWith('viewer/') && !here.module.startsWith('viewer/'))
    return 'the viewer runs in browsers; only its own files import it';
  return here.package === 'sim' && !file.isTest ? forbiddenRoom(here.module, there.module, line) : undefined;
}

function forbiddenPackage(here: Place, there: Place, specifier: string): string | undefined {
  if (specifier.startsWith('.'))
    return `import @everynode/${there.package}/… instead of reaching into another package's folder`;
  const below = BELOW[here.package] ?? [];
  if (!below.includes(there.package)) {
    return `${here.package} may import ${below.join(', ') || 'no other package'}, not ${there.package}; move the code down or hand the value in`;
  }
  const window = WINDOWS.find((each) => each.from === here.package && each.into === there.package);
  if (window === undefined || within(window.modules, there.module)) return undefined;
  return `${here.package} sees of ${there.package} only ${window.modules.join(', ')}; add what is missing there`;
}

function forbiddenRoom(from: string, to: string, line: ImportLine): string | undefined {
  if (from === 'plan' && !line.typeOnly) return 'plan is plain data: write `import type`';
  if (PLAIN.includes(to)) return undefined;
  const room = roomOf(from);
  const allowed = PLAIN.includes(room) ? [] : (ROOMS[from] ?? ROOMS[room]);
  if (allowed === undefined) return `no floor is written for ${room}: add it to ROOMS in scripts/tidy/floors.ts`;
  if (room === 'components' && roomOf(to) === room) return forbiddenNeighbour(from, to);
  const sameRoom = roomOf(to) === room && ROOMS[from] === undefined;
  if (sameRoom || from === to || within(allowed, to)) return undefined;
  if (to === 'apiserver/objectStore')
    return 'only the API server and the world view hold the ObjectStore; read through an informer';
  return `${from} may import ${allowed.join(', ') || 'nothing of sim'}, not ${to}; what it needs must come through its parameters`;
}

function forbiddenNeighbour(from: string, to: string): string | undefined {
  const [mine, theirs] = [processOf(from), processOf(to)];
  const oneProcess = PROCESSES.some(
    (names) => names.some((each) => mine.startsWith(each)) && names.some((each) => theirs.startsWith(each)),
  );
  if (CONTRACTS.includes(theirs) || oneProcess) return undefined;
  return `components meet only in the API store: ${mine} may not import ${theirs}; share through informer or core`;
}

/** `packages/sim/src/engine/rng.ts` → sim, engine/rng. The viewer counts as modules below `viewer/`. */
function placeOf(path: string): Place | undefined {
  const match = /^packages\/([^/]+)\/(?:src\/|(?=viewer\/))(.+?)(?:\.test)?\.tsx?$/.exec(path);
  return match === null ? undefined : { package: match[1] ?? '', module: match[2] ?? '' };
}

function roomOf(module: string): string {
  return module.split('/')[0] ?? '';
}

function processOf(module: string): string {
  return module.split('/')[1] ?? '';
}

function within(allowed: readonly string[], module: string): boolean {
  return allowed.some((each) => module === each || module.startsWith(`${each}/`));
}
