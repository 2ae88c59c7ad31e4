/** `-o jsonpath=…` and `-o jsonpath-as-json=…`. Twin: cli-runtime printers/jsonpath.go. */
import { isFields } from '../readField.ts';
import { compactJsonText, jsonText } from '../jsonText.ts';
import type { PrinterChoice } from '../printer.ts';
import { goNumber, goQuote, goSyntax } from './goQuote.ts';
import { findValues, type Values } from './jsonPathEval.ts';
import { parseJsonPath } from './jsonPathParser.ts';

export interface JsonPathOptions {
  /** A field that is not there yields nothing instead of an error. */
  readonly allowMissingKeys: boolean;
  /** Minor of the client's version. */
  readonly minor: number;
}

/** Values one after the other, apart by blanks; what is no scalar as JSON in one line. */
export function jsonPathPrinter(template: string, options: JsonPathOptions): PrinterChoice {
  return printerOf(template, options, (values) => values.map((value) => plainText(value, options.minor)).join(' '));
}

/** The values of each action as one JSON list. */
export function jsonPathAsJsonPrinter(template: string, options: JsonPathOptions): PrinterChoice {
  return printerOf(template, options, (values) => jsonText(values, { minor: options.minor }));
}

function printerOf(
  template: string,
  { allowMissingKeys }: JsonPathOptions,
  print: (values: Values) => string,
): PrinterChoice {
  const parsed = parseJsonPath(template);
  if (!parsed.ok) return { ok: false, error: `error parsing jsonpath ${template}, ${parsed.error}` };
  return {
    ok: true,
    print: (data) => {
      const found = findValues(parsed.template, data, allowMissingKeys);
      if (found.ok) return { text: found.results.map(print).join('') };
      const help =
        `Error executing template: ${found.error}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n`;
      return { text: '', error: `error executing jsonpath ${goQuote(template)}: ${help}\n` };
    },
  };
}

function plainText(value: unknown, minor: number): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goNumber(value);
  if (Array.isArray(value) || isFields(value)) return compactJsonText(value, { minor });
  return String(value ?? null);
}
