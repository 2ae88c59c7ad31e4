/** Colour where a person looks, plain text everywhere else; NO_COLOR and FORCE_COLOR have the last word. */
import { styleText } from 'node:util';
import type { TextStyle } from '@everynode/reporter/text';

type Format = Parameters<typeof styleText>[0];

export function terminalStyle(stream: NodeJS.WriteStream): TextStyle {
  const paint = hasColour(stream)
    ? (format: Format) => (text: string) => styleText(format, text, { validateStream: false })
    : () => (text: string) => text;
  return { bold: paint('bold'), dim: paint('dim'), good: paint('green'), bad: paint('red'), remark: paint('yellow') };
}

function hasColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if ((NO_COLOR ?? '') !== '') return false;
  if ((FORCE_COLOR ?? '') !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY && TERM !== 'dumb';
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `1.2 s`, `340 ms`: wall time for people. */
export function formatWall(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** `1 run`, `3 runs`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
