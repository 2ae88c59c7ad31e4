/** `-o jsonpath=…` and `-o jsonpath-as-json=…`. Twin: cli-runtime printers jsonpath.go, client-go util/jsonpath. */
import { quote } from './goQuote.ts';
import { formatValue, goSyntax, kindOf, numberOf } from './goValue.ts';
import { findResults } from './jsonPathEval.ts';
import { parseJsonPath } from './jsonPathParser.ts';
import { compactJsonText, jsonText } from '../jsonText.ts';
import type { ClientRelease, PrinterChoice } from '../printer.ts';
import { attempt } from './templateError.ts';

export interface TemplateOptions extends ClientRelease {
  /** A field that is not there prints as nothing instead of being an error. */
  readonly allowMissingKeys: boolean;
}

/** Clients before it (PR 119883) print Go's `<nil>`. */
const NULL_SINCE_MINOR = 29;

/** Values of one action apart by blanks: text bare, maps and lists as compact JSON. */
export function jsonPathPrinter(template: string, options: TemplateOptions): PrinterChoice {
  return printer(template, options, (values) => values.map((value) => resultText(value, options)).join(' '));
}

/** A JSON list per action, and per text between actions. */
export function jsonPathAsJsonPrinter(template: string, options: TemplateOptions): PrinterChoice {
  return printer(template, options, (values) =>
    jsonText(
      values.map((value) => numberOf(value)?.value ?? value),
      options,
    ),
  );
}

function printer(
  template: string,
  options: TemplateOptions,
  textOf: (values: readonly unknown[]) => string,
): PrinterChoice {
  const parsed = attempt(() => parseJsonPath(template));
  if (!parsed.ok) return { ok: false, error: `error parsing jsonpath ${template}, ${parsed.error}\n` };
  return {
    ok: true,
    print: (data) => {
      const found = attempt(() => findResults(parsed.value, data, options));
      if (!found.ok) return { text: '', error: executionError(template, data, found.error) };
      return { text: found.value.map(textOf).join('') };
    },
  };
}

function resultText(value: unknown, options: TemplateOptions): string {
  // Only a range steps on what is nothing at all.
  if (value === undefined) return '<no value>';
  const isJson = ['list', 'map'].includes(kindOf(value)) || (value === null && options.minor >= NULL_SINCE_MINOR);
  return isJson ? compactJsonText(value, options) : formatValue(value);
}

function executionError(template: string, data: unknown, error: string): string {
  const lines = [
    `Error executing template: ${error}. Printing more information for debugging the template:`,
    '\ttemplate was:',
    `\t\t${template}`,
    '\tobject given to jsonpath engine was:',
    `\t\t${goSyntax(data)}`,
  ];
  return `error executing jsonpath ${quote(template)}: ${lines.join('\n')}\n\n\n`;
}
