/** `kubectl rollout status|history|undo|restart|pause|resume`: flags in, text out. Twin: kubectl cmd/rollout. Rules: DS-K1…DS-K6. */
import { pauseError } from '@everynode/core/daemonset/rollout';
import {
  DRY_RUN,
  dryRunOf,
  FIELD_MANAGER,
  isPlain,
  namespaceOf,
  OBJECT_FLAGS,
  objectPrinter,
  operationPrinter,
  selectFor,
} from './changeFlags.ts';
import { type Flags, flagError, parseCommandLine, usageError } from './commandLine.ts';
import type { Flag } from './globalFlags.ts';
import type { Output, Surroundings } from './surroundings.ts';
import { PRINT_FLAGS } from './outputFormat.ts';
import { qualifiedResource, type ResourceType } from './resourceTypes.ts';
import { type Change, restart, undo } from './rolloutChange.ts';
import { historyObjects, historyText } from './rolloutHistory.ts';
import { watchStatus } from './rolloutStatus.ts';
import type { ServedObject } from './server.ts';
import { outputOf, type Trouble } from './trouble.ts';

/** One command at work: where it looks, what it was told, and what it has printed so far. */
interface Run {
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly surroundings: Surroundings;
}

interface Subcommand {
  readonly flags: readonly Flag[];
  run(run: Run): Output;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  status: {
    flags: [
      ...OBJECT_FLAGS,
      { name: 'watch', shorthand: 'w', type: 'bool' },
      { name: 'revision', type: 'int' },
      { name: 'timeout', type: 'duration' },
    ],
    run: runStatus,
  },
  history: { flags: [...OBJECT_FLAGS, ...PRINT_FLAGS, { name: 'revision', type: 'int' }], run: runHistory },
  undo: { flags: [...OBJECT_FLAGS, ...PRINT_FLAGS, DRY_RUN, { name: 'to-revision', type: 'int' }], run: runUndo },
  restart: { flags: [...OBJECT_FLAGS, ...PRINT_FLAGS, FIELD_MANAGER], run: runRestart },
  pause: { flags: [...OBJECT_FLAGS, ...PRINT_FLAGS, FIELD_MANAGER], run: (run) => runPause(run, 'pausing') },
  resume: { flags: [...OBJECT_FLAGS, ...PRINT_FLAGS, FIELD_MANAGER], run: (run) => runPause(run, 'resuming') },
};

/** `argv`: what stands behind `rollout`. */
export function rollout(argv: readonly string[], surroundings: Surroundings): Output {
  const [name, ...rest] = argv;
  // The real one prints its help here.
  if (name === undefined)
    return outputOf('', [{ message: `say one of ${Object.keys(SUBCOMMANDS).join(', ')} after rollout` }]);
  const command = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (command === undefined) {
    const error = `unknown command ${JSON.stringify(argv.join(' '))}`;
    return { stdout: '', stderr: usageError(error, 'kubectl rollout'), exitCode: 1 };
  }
  const line = parseCommandLine(rest, command.flags);
  if (!line.ok) return { stdout: '', stderr: flagError(line.error, `kubectl rollout ${name}`), exitCode: 1 };
  const { args, flags } = line;
  if (args.length === 0 && flags.list('filename').length === 0 && flags.text('kustomize') === undefined) {
    return outputOf('', [{ message: 'required resource not specified' }]);
  }
  return command.run({ args, flags, surroundings });
}

function runStatus({ args, flags, surroundings }: Run): Output {
  const revision = flags.integer('revision') ?? 0;
  if (revision < 0) return outputOf('', [{ message: `revision must be a positive integer: ${revision}` }]);
  const options = {
    watch: flags.isOn('watch', true),
    timeoutMs: flags.durationMs('timeout') ?? 0,
  };
  let startMs = surroundings.nowMs;
  const watchOne = (object: ServedObject, type: ResourceType): Visited => {
    if (type.kind !== 'DaemonSet') {
      return { text: '', error: `no status viewer has been implemented for ${groupKind(type)}` };
    }
    const watched = watchStatus(object, startMs, options, surroundings);
    startMs = watched.endedAtMs;
    return watched;
  };
  // Older clients end without a word where a selector finds nothing.
  return visit({ args, flags, surroundings }, watchOne, surroundings.minor >= 28);
}

function runHistory(run: Run): Output {
  const { flags, surroundings } = run;
  const revision = flags.integer('revision') ?? 0;
  if (revision < 0) return outputOf('', [{ message: `revision must be a positive integer: ${revision}` }]);
  const plain = operationPrinter(flags, surroundings.minor);
  if (!plain.ok) return outputOf('', [{ message: plain.error }]);
  const printer = isPlain(flags) ? undefined : objectPrinter(flags, surroundings.minor);
  return visit(run, (object, type) => {
    const missing = viewerError(type, 'retrieving history', 'history viewer');
    if (missing !== undefined) return { text: '', error: missing };
    if (printer?.ok !== true) {
      const history = historyText(object, revision, surroundings);
      return history.ok ? plain.print(object, history.text) : { text: '', error: history.error };
    }
    const history = historyObjects(object, revision, surroundings);
    if (!history.ok) return { text: '', error: history.error };
    const printed = history.objects.map((each) => printer.print(each));
    const text = printed.map((each) => each.text).join('');
    // Upstream looks at what goes wrong in printing only where it prints one revision.
    const error = revision === 0 ? undefined : printed[0]?.error;
    return error === undefined ? { text } : { text, error };
  });
}

function runUndo(run: Run): Output {
  const { flags, surroundings } = run;
  const dryRun = dryRunOf(flags);
  if (typeof dryRun !== 'string') return outputOf('', [{ message: dryRun.error }]);
  const printer = operationPrinter(flags, surroundings.minor, dryRun);
  let warnings = '';
  const output = visit(run, (object, type) => {
    const missing = viewerError(type, 'retrieving rollbacker', 'rollbacker');
    if (missing !== undefined) return { text: '', error: missing };
    const change = undo(object, flags.integer('to-revision') ?? 0, dryRun, surroundings);
    warnings += change.warning ?? '';
    if (!change.ok) return { text: '', error: change.error };
    return printer.ok ? printer.print(change.object, change.operation) : { text: '', error: printer.error };
  });
  return { ...output, stderr: `${warnings}${output.stderr}` };
}

function runRestart(run: Run): Output {
  return changeEach(run, (object, type) => {
    if (type.kind === 'DaemonSet') return restart(object, run.surroundings);
    const name = JSON.stringify(object.metadata.name);
    return { ok: false, error: `error: ${qualifiedResource(type)} ${name} restarting is not supported` };
  });
}

function runPause(run: Run, verb: 'pausing' | 'resuming'): Output {
  return changeEach(run, ({ metadata }, type) => ({
    ok: false,
    error: pauseError(metadata.name, verb, qualifiedResource(type)),
  }));
}

/** What one object added to stdout, or why it did not. */
interface Visited {
  readonly text: string;
  readonly error?: string;
}

function changeEach(run: Run, change: (object: ServedObject, type: ResourceType) => Change): Output {
  const printer = operationPrinter(run.flags, run.surroundings.minor);
  const one = (object: ServedObject, type: ResourceType): Visited => {
    const changed = change(object, type);
    if (!changed.ok) return { text: '', error: changed.error };
    return printer.ok ? printer.print(changed.object, changed.operation) : { text: '', error: printer.error };
  };
  return visit(run, one, true);
}

/** One object after the other; an error of one keeps none from its turn. `tellsOfNone`: not silent where nothing is found. */
function visit(
  { args, flags, surroundings }: Run,
  one: (object: ServedObject, type: ResourceType) => Visited,
  tellsOfNone = false,
): Output {
  const selection = selectFor(args, flags, surroundings);
  if (!selection.ok) return outputOf('', [selection.trouble]);
  const troubles: Trouble[] = [...selection.troubles];
  const found = selection.blocks.flatMap(({ type, objects }) => objects.map((object) => ({ type, object })));
  if (tellsOfNone && found.length === 0 && troubles.length === 0) {
    const stderr = `No resources found in ${namespaceOf(flags)} namespace.\n`;
    return { stdout: '', stderr, exitCode: 0 };
  }
  let stdout = '';
  for (const { type, object } of found) {
    const { text, error } = one(object, type);
    stdout += text;
    if (error !== undefined) troubles.push({ message: error });
  }
  return outputOf(stdout, troubles);
}

/** Upstream knows that pods have no history, and nothing at all of the other kinds. */
function viewerError(type: ResourceType, doing: string, viewer: string): string | undefined {
  if (type.kind === 'DaemonSet') return undefined;
  const kind = JSON.stringify(groupKind(type));
  if (type.kind === 'Pod') return `no ${viewer} has been implemented for ${kind}`;
  return `error ${doing} for ${kind}, no visitor method exists for {${type.group} ${type.kind}}`;
}

function groupKind({ kind, group }: ResourceType): string {
  return group === '' ? kind : `${kind}.${group}`;
}
