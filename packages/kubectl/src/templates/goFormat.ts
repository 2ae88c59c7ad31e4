/** Go's `Sprintf` for the values of templates. Twin: package fmt. */
import { formatFloat } from '../goNumber.ts';
import { goQuote, goPrint } from './goQuote.ts';

const VERB = /%([-+# 0]*)([0-9]*)(?:\.([0-9]*))?(.)/gs;

export function sprintf(format: string, args: readonly unknown[]): string {
  let used = 0;
  const text = format.replace(
    VERB,
    (_all, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (used >= args.length) return `%!${verb}(MISSING)`;
      const arg = args[used];
      used += 1;
      const shown = formatOne(verb, arg, precision === undefined ? undefined : Number(precision), flags);
      const size = Number(width);
      if (shown.length >= size) return shown;
      if (flags.includes('-')) return shown.padEnd(size);
      const isNumber = typeof arg === 'number' || typeof arg === 'bigint';
      return shown.padStart(size, flags.includes('0') && isNumber ? '0' : ' ');
    },
  );
  const extra = args.slice(used).map((arg) => `${typeNameOf(arg)}=${plain(arg)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatOne(verb: string, arg: unknown, precision: number | undefined, flags: string): string {
  const sign = flags.includes('+') && Number(arg) >= 0 ? '+' : '';
  switch (verb) {
    case 'v':
      return plain(arg);
    case 's':
      if (typeof arg === 'string') return precision === undefined ? arg : Array.from(arg).slice(0, precision).join('');
      break;
    case 'q':
      if (typeof arg === 'string') return goQuote(arg);
      break;
    case 't':
      if (typeof arg === 'boolean') return String(arg);
      break;
    case 'd':
      if (typeof arg === 'bigint') return `${sign}${arg}`;
      break;
    case 'x':
    case 'X':
      if (typeof arg === 'bigint') return verb === 'x' ? arg.toString(16) : arg.toString(16).toUpperCase();
      break;
    case 'f':
      if (typeof arg === 'number') return `${sign}${arg.toFixed(precision ?? 6)}`;
      break;
    case 'g':
      if (typeof arg === 'number') return `${sign}${formatFloat(arg)}`;
      break;
    case 'T':
      return typeNameOf(arg);
    default:
  }
  return `%!${verb}(${typeNameOf(arg)}=${plain(arg)})`;
}

function plain(value: unknown): string {
  if (typeof value === 'number') return formatFloat(value);
  return typeof value === 'bigint' ? String(value) : goPrint(value);
}

function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    default:
      return typeof value === 'string' ? 'string' : 'map[string]interface {}';
  }
}
