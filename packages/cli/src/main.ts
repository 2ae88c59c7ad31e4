/** The command `everynode`: reads arguments, calls one command, and turns whatever happens into an exit code. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ScenarioError } from '@everynode/scenario/scenarioError';
import { VERSION } from './build.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { initCommand } from './init.ts';
import type { JobOptions } from './jobs.ts';
import { kubectlCommand } from './kubectlCommand.ts';
import { listCommand, LISTS } from './list.ts';
import { planCommand } from './plan.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { RunCrash } from './runJob.ts';
import { printLine, printNote } from './terminal.ts';
import { UsageError } from './usageError.ts';
import { validateCommand } from './validate.ts';
import { versionsCommand } from './versions.ts';

interface CommonOptions {
  readonly selector?: string;
  readonly row?: number;
  readonly param: readonly string[];
  readonly seed?: string;
  readonly output: 'text' | 'json';
}

interface RunOptions extends CommonOptions {
  readonly out?: string;
  readonly trace: 'none' | 'default' | 'full';
  readonly quiet?: boolean;
}

/** A reader that has seen enough closes the pipe (`| head`): no reason to complain, and nobody to complain to. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.pass);
  throw error;
});

void main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  const state: { code: ExitCode } = { code: EXIT.pass };
  try {
    await buildProgram((code) => {
      state.code = code;
    }).parseAsync([...argv]);
  } catch (error) {
    state.code = report(error);
  }
  process.exitCode = state.code;
}

function buildProgram(done: (code: ExitCode) => void): Command {
  const program = new Command('everynode')
    .description('Deterministic chaos testing for Kubernetes DaemonSets')
    .version(VERSION)
    .showHelpAfterError('(everynode --help tells more)')
    .exitOverride();
  addJobCommands(program, done);
  addOtherCommands(program, done);
  addKubectlCommands(program, done);
  return program;
}

/** Commands of kubectl; what they take is kubectl's business. */
function addKubectlCommands(program: Command, done: (code: ExitCode) => void): void {
  const about: Readonly<Record<string, string>> = {
    get: 'print objects of a run at one of its moments, as kubectl get does',
    rollout: 'status, history and undo --dry-run of a run at one of its moments, as kubectl rollout prints them',
  };
  for (const [verb, description] of Object.entries(about)) {
    program
      .command(verb)
      .description(description)
      .argument('[words...]', "kubectl's own words and options, such as ds -A -o wide")
      .option('--run <folder>', 'folder of a run, or its plan.json (default: the only run below reports)')
      .option('--at <instant>', 'moment of the run, such as 12m (default: its end)')
      .allowUnknownOption()
      .action((words: string[], { run, at }: { readonly run?: string; readonly at?: string }) =>
        done(kubectlCommand({ argv: [verb, ...words], run, at })),
      );
  }
}

/** Commands that take scenarios. */
function addJobCommands(program: Command, done: (code: ExitCode) => void): void {
  const run = withJobOptions(
    program.command('run').description('run scenarios; each leaves plan, trace, page and JUnit file in a folder'),
  )
    .option('--out <dir>', 'where the files go (default: reports/<scenario>)')
    .addOption(
      new Option('--trace <level>', 'what trace.ndjson records')
        .choices(['none', 'default', 'full'])
        .default('default'),
    )
    .option('--quiet', 'only the last line');
  run.action(async (paths: string[], options: RunOptions) => {
    done(
      await runCommand({
        ...jobOptions(paths, options),
        out: options.out,
        output: options.output,
        trace: options.trace,
        quiet: options.quiet === true,
      }),
    );
  });
  const validate = withJobOptions(
    program.command('validate').description('check scenarios and their manifests, without running them'),
  );
  validate.action((paths: string[], options: CommonOptions) => done(validateCommand(jobOptions(paths, options))));
  const plan = withJobOptions(
    program.command('plan').description('show every victim and every time of a run, without running it'),
  );
  plan.action((paths: string[], options: CommonOptions) =>
    done(planCommand({ ...jobOptions(paths, options), output: options.output })),
  );
}

function addOtherCommands(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('replay')
    .description('run a recorded plan again and compare the digests')
    .argument('<run>', 'folder of a run, or its plan.json')
    .option('--until <instant>', 'stop there, such as 12m, and show what had just happened')
    .addOption(outputOption())
    .action(async (path: string, options: { readonly until?: string; readonly output: 'text' | 'json' }) => {
      done(await replayCommand({ path, until: options.until, output: options.output }));
    });
  program
    .command('list')
    .description(`list ${LISTS.join(', ')}`)
    .argument('<what>', LISTS.join(', '))
    .argument('[paths...]', 'for scenarios: files or folders')
    .option('-l, --selector <labels>', 'for scenarios: only those with these labels')
    .addOption(outputOption())
    .action((what: string, paths: string[], options: CommonOptions) =>
      done(listCommand({ what, paths, selector: options.selector, output: options.output })),
    );
  program
    .command('versions')
    .description('what differs between Kubernetes releases, or which of it one release does')
    .argument('[version]', 'a Kubernetes minor or patch release, such as 1.31 or 1.31.4')
    .addOption(outputOption())
    .action((version: string | undefined, { output }: CommonOptions) => done(versionsCommand({ version, output })));
  program
    .command('init')
    .description('write a scenario to start from, with its manifest')
    .argument('[folder]', 'where', '.')
    .action((folder: string) => done(initCommand(folder)));
  program
    .command('version')
    .description('print the version')
    .action(() => printLine(VERSION));
}

function withJobOptions(command: Command): Command {
  return command
    .argument('[paths...]', 'scenario files, or folders of them')
    .option('-l, --selector <labels>', 'only scenarios with these labels, such as tier=regression')
    .option('--seed <number>', "instead of the scenario's own seed", parseSeed)
    .option('--row <number>', 'only this row of the matrix, from 1', parseRow)
    .option(
      '--param <name=value>',
      'set a parameter, in place of the matrix; may be repeated',
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .addOption(outputOption());
}

function outputOption(): Option {
  return new Option('-o, --output <form>', 'for people, or for programs').choices(['text', 'json']).default('text');
}

function jobOptions(paths: readonly string[], { selector, row, param, seed }: CommonOptions): JobOptions {
  return { paths, selector, row, params: param, seed };
}

function parseSeed(text: string): string {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('write a whole number from 0.');
  return String(Number(text));
}

function parseRow(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1.');
  return Number(text);
}

/** Says what went wrong, and whose turn it is. */
function report(error: unknown): ExitCode {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  if (error instanceof ScenarioError) {
    printNote(error.message);
    return EXIT.usage;
  }
  if (error instanceof UsageError) {
    printNote(`everynode: ${error.message}`);
    return EXIT.usage;
  }
  const message =
    error instanceof RunCrash
      ? error.message
      : error instanceof Error
        ? `${error.name}: ${error.message}`
        : String(error);
  printNote(
    `everynode ${VERSION}: internal error: ${message}\nThis is a bug of everynode; please report it with the command, the scenario and this message.`,
  );
  if ((process.env['EVERYNODE_DEBUG'] ?? '') !== '' && error instanceof Error) printNote(stackOf(error));
  return EXIT.internal;
}

function stackOf(error: Error): string {
  const { stack = '', cause } = error;
  return cause instanceof Error ? `${stack}\ncaused by ${stackOf(cause)}` : stack;
}
