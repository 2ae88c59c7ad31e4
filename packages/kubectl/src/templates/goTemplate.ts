/** `-o go-template=…`. Twin: cli-runtime printers template.go, text/template. */
import { quote } from './goQuote.ts';
import { executeGoTemplate } from './goTemplateEval.ts';
import { GO_FUNCTIONS } from './goTemplateFunctions.ts';
import { parseGoTemplate } from './goTemplateParser.ts';
import { formatValue } from './goValue.ts';
import type { TemplateOptions } from './jsonPath.ts';
import { compactJsonText } from '../jsonText.ts';
import type { PrinterChoice } from '../printer.ts';
import { attempt } from './templateError.ts';

/** The first clients that were built with Go 1.23, 1.24 and 1.25. */
const ELSE_WITH_SINCE_MINOR = 32;
const RANGE_OVER_INTS_SINCE_MINOR = 33;
const TYPES_IN_ERRORS_SINCE_MINOR = 35;

/** What was printed before an error stays on stdout, with the data behind it. */
export function goTemplatePrinter(template: string, options: TemplateOptions): PrinterChoice {
  const { allowMissingKeys, minor } = options;
  const functions = new Set(GO_FUNCTIONS.keys());
  const parsed = attempt(() => parseGoTemplate(template, { functions, hasElseWith: minor >= ELSE_WITH_SINCE_MINOR }));
  if (!parsed.ok) return { ok: false, error: `error parsing template ${template}, ${parsed.error}\n` };
  const run = {
    allowMissingKeys,
    rangesOverInts: minor >= RANGE_OVER_INTS_SINCE_MINOR,
    namesTypes: minor >= TYPES_IN_ERRORS_SINCE_MINOR,
  };
  return {
    ok: true,
    print: (data) => {
      const { text, error } = executeGoTemplate(parsed.value, template, data, run);
      if (error === undefined) return { text };
      return {
        text: `${text}${explain(template, data, error, options)}`,
        error: `error executing template ${quote(template)}: ${error}`,
      };
    },
  };
}

function explain(template: string, data: unknown, error: string, options: TemplateOptions): string {
  const lines = [
    `Error executing template: ${error}. Printing more information for debugging the template:`,
    '\ttemplate was:',
    `\t\t${template}`,
    '\traw data was:',
    `\t\t${compactJsonText(data, options)}`,
    '\tobject given to template engine was:',
    `\t\t${formatValue(data)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}
