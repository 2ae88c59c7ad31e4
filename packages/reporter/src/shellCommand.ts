/** A command that people copy into a terminal: quoted argument by argument, so that no name in it can run anything. */
import { hasHidden } from './visible.ts';

/** Needs no quotes in any POSIX shell; `=` and `~` at the start would expand in some. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** Undefined: an argument holds a control or bidi character, which no one should paste. */
export function shellCommand(argv: readonly string[]): string | undefined {
  if (argv.some(hasHidden)) return undefined;
  return argv.map(quoted).join(' ');
}

function quoted(argument: string): string {
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
