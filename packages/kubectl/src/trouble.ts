/** What goes wrong in a command, and how kubectl tells it on stderr. Twin: kubectl cmd/util helpers.go CheckErr. */
import type { Output } from './surroundings.ts';

/** One error. With a `reason` (`NotFound` …) it is the server's answer, without it the client's own. */
export interface Trouble {
  readonly reason?: string;
  readonly message: string;
}

/** The text for stderr; empty where there is no error. Every error makes the exit code 1. */
export function troubleText(troubles: readonly Trouble[]): string {
  const [only] = troubles;
  // Of several errors the client's own lose their `error: `, as upstream has it.
  if (only === undefined || troubles.length > 1) return troubles.map((trouble) => `${messageOf(trouble)}\n`).join('');
  const isOwn = only.reason === undefined && !only.message.startsWith('error: ');
  const text = `${isOwn ? 'error: ' : ''}${messageOf(only)}`;
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** How a command ends: with what it printed, and with all that went wrong. */
export function outputOf(stdout: string, troubles: readonly Trouble[]): Output {
  return { stdout, stderr: troubleText(troubles), exitCode: troubles.length === 0 ? 0 : 1 };
}

function messageOf({ reason, message }: Trouble): string {
  if (reason === undefined) return message;
  return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
}
