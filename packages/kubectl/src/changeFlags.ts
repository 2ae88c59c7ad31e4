/** Flags that `rollout` and `set image` share, and what they lead to: the objects, the dry run, the printer of what was done. */
import { type Flags } from './commandLine.ts';
import type { Flag } from './globalFlags.ts';
import type { Surroundings } from './surroundings.ts';
import { choosePrinter, isHumanReadable } from './outputFormat.ts';
import type { PrinterChoice } from './printer.ts';
import { type ResourceQuery, type Selection, selectObjects } from './resources.ts';
import { qualifiedName } from './resourceTypes.ts';
import type { ServedObject } from './server.ts';

/** Which objects. */
export const OBJECT_FLAGS: readonly Flag[] = [
  { name: 'selector', shorthand: 'l', type: 'string' },
  { name: 'filename', shorthand: 'f', type: 'strings' },
  { name: 'kustomize', shorthand: 'k', type: 'string' },
  { name: 'recursive', shorthand: 'R', type: 'bool' },
];
export const FIELD_MANAGER: Flag = { name: 'field-manager', type: 'string' };
export const DRY_RUN: Flag = { name: 'dry-run', type: 'string', bare: 'unchanged' };

export type DryRun = 'none' | 'client' | 'server';

/** The objects that arguments and flags ask for. Commands see a server, not the user's files. */
export function selectFor(
  args: readonly string[],
  flags: Flags,
  { server }: Surroundings,
  options: Pick<ResourceQuery, 'all'> = {},
): Selection {
  const path = flags.list('filename')[0] ?? flags.text('kustomize');
  if (path !== undefined) return { ok: false, trouble: { message: `the path ${JSON.stringify(path)} does not exist` } };
  const selector = flags.text('selector');
  return selectObjects(server, {
    args,
    namespace: namespaceOf(flags),
    ...(selector === undefined ? {} : { labelSelector: selector }),
    ...options,
  });
}

export function namespaceOf(flags: Flags): string {
  return flags.text('namespace') || 'default';
}

/** The old boolean spellings still count; the client logs that they are deprecated, with its process's number. */
export function dryRunOf(flags: Flags): DryRun | { readonly error: string } {
  const text = flags.text('dry-run') ?? 'none';
  switch (text) {
    case 'none':
    case 'client':
    case 'server':
      return text;
    case 'unchanged':
      return 'client';
    default:
      if (/^(1|t|true)$/i.test(text)) return 'client';
      if (/^(0|f|false)$/i.test(text)) return 'none';
      return { error: `Invalid dry-run value (${text}). Must be "none", "server", or "client".` };
  }
}

/** Prints an object and what was done to it; formats other than the plain line show the object alone. */
export type OperationPrinter = (
  object: ServedObject,
  operation: string,
) => { readonly text: string; readonly error?: string };

/** `daemonset.apps/x restarted`, or the object as `-o` asks for it, fields in the order of the client's types. */
export function operationPrinter(
  flags: Flags,
  minor: number,
  dryRun: DryRun = 'none',
): { readonly ok: true; readonly print: OperationPrinter } | { readonly ok: false; readonly error: string } {
  const mark = dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
  if (isPlain(flags)) {
    const print: OperationPrinter = (object, operation) => ({
      text: `${qualifiedName(object, object.metadata.name)} ${operation}${mark}\n`,
    });
    return { ok: true, print };
  }
  const choice = objectPrinter(flags, minor);
  return choice.ok ? { ok: true, print: (object) => choice.print(object) } : choice;
}

export function objectPrinter(flags: Flags, minor: number): PrinterChoice {
  return choosePrinter(flags, { minor, jsonFields: 'asGiven' });
}

/** `wide` is a format of `get`; here it is an unknown one. */
export function isPlain(flags: Flags): boolean {
  return isHumanReadable(flags) && flags.text('output') !== 'wide';
}
