/** `kubectl get`. Twin: kubectl cmd/get get.go. Rules: DS-C1…DS-C10. */
import { namespaceOf } from './changeFlags.ts';
import { type Flags, flagError, parseCommandLine, usageError } from './commandLine.ts';
import type { Flag } from './globalFlags.ts';
import type { Output, Surroundings } from './surroundings.ts';
import { choosePrinter, isHumanReadable, PRINT_FLAGS } from './outputFormat.ts';
import { type Block, selectObjects } from './resources.ts';
import type { ServedObject } from './server.ts';
import { type Sorted, sortObjects } from './templates/sortObjects.ts';
import { makeTable } from './tables/tables.ts';
import { tableLines } from './tableText.ts';
import { alignTabs, TABLE_STYLE } from './tabWriter.ts';
import { outputOf, type Trouble, troubleText } from './trouble.ts';

const COMMAND = 'kubectl get';

const FLAGS: readonly Flag[] = [
  ...PRINT_FLAGS,
  { name: 'all-namespaces', shorthand: 'A', type: 'bool' },
  { name: 'chunk-size', type: 'int' },
  { name: 'field-selector', type: 'string' },
  { name: 'filename', shorthand: 'f', type: 'strings' },
  { name: 'ignore-not-found', type: 'bool' },
  { name: 'kustomize', shorthand: 'k', type: 'string' },
  { name: 'label-columns', shorthand: 'L', type: 'strings' },
  { name: 'no-headers', type: 'bool' },
  { name: 'output-watch-events', type: 'bool' },
  { name: 'raw', type: 'string' },
  { name: 'recursive', shorthand: 'R', type: 'bool' },
  { name: 'selector', shorthand: 'l', type: 'string' },
  { name: 'server-print', type: 'bool' },
  { name: 'show-kind', type: 'bool' },
  { name: 'show-labels', type: 'bool' },
  { name: 'sort-by', type: 'string' },
  { name: 'subresource', type: 'string' },
  { name: 'watch', shorthand: 'w', type: 'bool' },
  { name: 'watch-only', type: 'bool' },
];

/** Flags that ask for what a server of ours is not. */
const NOT_HERE = ['filename', 'kustomize', 'raw', 'subresource', 'watch', 'watch-only'];

/** Carries out the command; `argv` is what stands behind the word `get`. */
export function get(argv: readonly string[], surroundings: Surroundings): Output {
  const line = parseCommandLine(argv, FLAGS);
  if (!line.ok) return failed(flagError(line.error, COMMAND));
  const { args, flags } = line;
  const problem = findProblem(args, flags);
  if (problem !== undefined) return failed(problem);
  const namespace = namespaceOf(flags);
  const selection = selectObjects(surroundings.server, {
    args,
    namespace,
    allNamespaces: flags.isOn('all-namespaces'),
    labelSelector: flags.text('selector') ?? '',
    fieldSelector: flags.text('field-selector') ?? '',
  });
  if (!selection.ok) return failed(troubleText([selection.trouble]));
  const isIgnored = ({ reason }: Trouble): boolean => flags.isOn('ignore-not-found') && reason === 'NotFound';
  const found = { ...selection, troubles: selection.troubles.filter((trouble) => !isIgnored(trouble)) };
  return isHumanReadable(flags)
    ? printTables(found, flags, namespace, surroundings)
    : printObjects(found, flags, surroundings);
}

function findProblem(args: readonly string[], flags: Flags): string | undefined {
  for (const name of NOT_HERE) {
    if (flags.text(name) !== undefined && flags.text(name) !== 'false') {
      return `error: --${name} is not supported here\n`;
    }
  }
  if (args.length === 0) {
    const advice =
      'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).';
    const hint =
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.';
    return `${hint}\n\n${usageError(`Required resource not specified.\n${advice}`, COMMAND)}`;
  }
  const output = flags.text('output') ?? '';
  if (flags.isOn('show-labels') && output !== '' && output !== 'wide') {
    return `error: --show-labels option cannot be used with ${output} printer\n`;
  }
  if (flags.isOn('output-watch-events')) {
    return 'error: --output-watch-events option can only be used with --watch or --watch-only\n';
  }
  return undefined;
}

interface Found {
  readonly blocks: readonly Block[];
  readonly troubles: readonly Trouble[];
  readonly isSingle: boolean;
}

/** One block of text per run of objects of one type, apart by an empty line. */
function printTables(found: Found, flags: Flags, namespace: string, { nowMs, minor }: Surroundings): Output {
  const { blocks, troubles } = found;
  const unsortable = findUnsortable(blocks, flags, minor);
  if (unsortable !== undefined) return failed(troubleText([{ message: unsortable }]));
  const allNamespaces = flags.isOn('all-namespaces');
  // Without the server's tables a client knows names and ages only.
  const isPlain = !flags.isOn('server-print', true);
  const options = {
    wide: flags.text('output') === 'wide',
    noHeaders: flags.isOn('no-headers'),
    withKind: flags.isOn('show-kind') || new Set(blocks.map(({ type }) => type)).size > 1,
    labelColumns: flags.list('label-columns'),
    showLabels: flags.isOn('show-labels'),
  };
  const texts: string[] = [];
  let withNamespace = false;
  for (const { type, objects } of mergeRuns(blocks)) {
    const sorted = sortBlock(objects, flags, minor);
    // The client drops this error, and then says that it found nothing.
    const table = makeTable(isPlain ? '' : type.kind, sorted.ok ? sorted.objects : [], { nowMs, minor });
    // The client's printers share this option, so nodes behind pods get the column too, and nodes before them do not.
    withNamespace ||= allNamespaces && type.namespaced;
    const lines = alignTabs(tableLines(table, { ...options, withNamespace }), TABLE_STYLE);
    if (lines.length > 0) texts.push(lines.map((line) => `${line}\n`).join(''));
  }
  const stdout = texts.join(options.noHeaders ? '' : '\n');
  if (stdout !== '' || troubles.length > 0 || flags.isOn('ignore-not-found')) return outputOf(stdout, troubles);
  const isNamespaced = !allNamespaces && blocks.every(({ type }) => type.namespaced);
  return { stdout, stderr: `No resources found${isNamespaced ? ` in ${namespace} namespace.` : ''}\n`, exitCode: 0 };
}

/** Of several tables the client tries to sort the tables, and in these it does not find the field. */
function findUnsortable(blocks: readonly Block[], flags: Flags, minor: number): string | undefined {
  if (blocks.length < 2) return undefined;
  const table = { apiVersion: 'meta.k8s.io/v1', kind: 'Table', metadata: {} } as ServedObject;
  const sorted = sortBlock(
    blocks.map(() => table),
    flags,
    minor,
  );
  return sorted.ok ? undefined : sorted.error;
}

/** Objects that were asked for by name and are of one type, one after the other, share a table. */
function mergeRuns(blocks: readonly Block[]): readonly Block[] {
  const runs: Block[] = [];
  for (const { type, objects } of blocks) {
    const last = runs.at(-1);
    if (last?.type === type) runs[runs.length - 1] = { type, objects: [...last.objects, ...objects] };
    else runs.push({ type, objects });
  }
  return runs;
}

/** Everything in one document: the object that was asked for, or a list. */
function printObjects(found: Found, flags: Flags, { minor }: Surroundings): Output {
  const { blocks, troubles, isSingle } = found;
  const objects = blocks.flatMap((block) => block.objects);
  if (isSingle && troubles.length > 0) return outputOf('', troubles);
  if (objects.length === 0 && flags.isOn('ignore-not-found')) return outputOf('', troubles);
  const printer = choosePrinter(flags, { minor, forGet: true, noHeaders: flags.isOn('no-headers') });
  if (!printer.ok) return failed(troubleText([{ message: printer.error }]));
  const [only] = objects;
  const isAlone = isSingle && objects.length === 1;
  const sorted = isAlone ? { ok: true as const, objects } : sortBlock(objects, flags, minor);
  if (!sorted.ok) return outputOf('', [...troubles, { message: sorted.error }]);
  const { text, error } = printer.print(isAlone ? only : listOf(sorted.objects));
  return outputOf(text, error === undefined ? troubles : [...troubles, { message: error }]);
}

function listOf(items: readonly ServedObject[]): unknown {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}

function sortBlock(objects: readonly ServedObject[], flags: Flags, minor: number): Sorted {
  const field = flags.text('sort-by') ?? '';
  return field === '' ? { ok: true, objects } : sortObjects(objects, field, { minor });
}

function failed(stderr: string): Output {
  return { stdout: '', stderr, exitCode: 1 };
}
