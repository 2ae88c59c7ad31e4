/** Results in the common JUnit form, which CI systems read: no official schema exists, so only what all of them know. */
import type { Verdict } from '@everynode/trace/record';
import type { ReportModel } from './report.ts';
import { shellCommand } from './shellCommand.ts';
import { renderText } from './text.ts';

/** One run, or one attempt at it. Small, so that thousands can be held. */
export interface JunitCase {
  /** The scenario's file: cases of one file are one suite. */
  readonly file: string;
  /** The same in every run of the same job: scenario, row and seed, no times. */
  readonly name: string;
  readonly wallMs: number;
  readonly outcome: JunitOutcome;
}

export type JunitOutcome =
  | {
      readonly kind: 'ran';
      readonly verdict: Verdict;
      /** One sentence; and all that a reader of a log wants. */
      readonly message: string;
      readonly detail: string;
      /** Where the broken expectation is written: `file:line:column`. */
      readonly source?: string;
      readonly properties: readonly (readonly [name: string, value: string])[];
    }
  /** A fault of the simulator, not a verdict on the scenario. */
  | { readonly kind: 'error'; readonly message: string; readonly detail: string };

/** What JUnit says of a run that ended with a report. */
export function junitOutcome(model: ReportModel): JunitOutcome {
  const source = model.assertions.find((each) => each.result === 'failed' && each.source !== undefined)?.source;
  return {
    kind: 'ran',
    verdict: model.verdict,
    message: model.reason[0],
    detail: renderText(model),
    ...(source === undefined ? {} : { source }),
    properties: [
      ['seed', model.seed],
      ['digest', model.digest],
      ['kubernetes', model.kubernetes],
      ['virtualMs', String(model.endMs)],
      ['repro', shellCommand(model.repro) ?? ''],
    ],
  };
}

/** The whole document, suites in the order in which their files first appear. */
export function renderJunit(cases: readonly JunitCase[]): string {
  const byFile = new Map<string, JunitCase[]>();
  for (const each of cases) byFile.set(each.file, [...(byFile.get(each.file) ?? []), each]);
  const suites = [...byFile].map(([file, group]) => suite(file, group));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="everynode"${totals(cases)}>\n${suites.join('')}</testsuites>\n`;
}

function suite(file: string, cases: readonly JunitCase[]): string {
  return `  <testsuite name="${attribute(file)}"${totals(cases)}>\n${cases.map(testcase).join('')}  </testsuite>\n`;
}

function totals(cases: readonly JunitCase[]): string {
  const errors = cases.filter(({ outcome }) => outcome.kind === 'error').length;
  const failures = cases.filter(({ outcome }) => outcome.kind === 'ran' && outcome.verdict !== 'pass').length;
  const wallMs = cases.reduce((sum, each) => sum + each.wallMs, 0);
  return ` tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0" time="${seconds(wallMs)}"`;
}

function testcase({ file, name, wallMs, outcome }: JunitCase): string {
  const source = outcome.kind === 'ran' ? sourceOf(outcome.source) : undefined;
  const place = ` file="${attribute(source?.file ?? file)}"${source === undefined ? '' : ` line="${source.line}"`}`;
  const head = `    <testcase classname="${attribute(file)}" name="${attribute(name)}"${place} time="${seconds(wallMs)}">\n`;
  return `${head}${body(outcome)}    </testcase>\n`;
}

function body(outcome: JunitOutcome): string {
  if (outcome.kind === 'error') {
    return `      <error type="simulator" message="${attribute(outcome.message)}">${text(outcome.detail)}</error>\n`;
  }
  const list = outcome.properties.map(
    ([name, value]) => `        <property name="${attribute(name)}" value="${attribute(value)}"/>\n`,
  );
  const properties = `      <properties>\n${list.join('')}      </properties>\n`;
  if (outcome.verdict === 'pass') return properties;
  return `${properties}      <failure type="${outcome.verdict}" message="${attribute(outcome.message)}">${text(outcome.detail)}</failure>\n`;
}

function sourceOf(source: string | undefined): { readonly file: string; readonly line: string } | undefined {
  const match = /^(.+):(\d+):\d+$/.exec(source ?? '');
  return match === null ? undefined : { file: match[1] ?? '', line: match[2] ?? '' };
}

/** Whole seconds and three digits, as all readers take it. */
function seconds(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  return `${Math.trunc(whole / 1000)}.${String(whole % 1000).padStart(3, '0')}`;
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;');
}

function text(value: string): string {
  return legal(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// oxlint-disable no-control-regex -- what XML 1.0 forbids: most controls, lone surrogates, two non-characters
/** Colours of terminals. */
const ANSI = /\u001B\[[0-9;:]*[A-Za-z]/g;
const ILLEGAL =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function legal(value: string): string {
  return value.replace(ANSI, '').replace(ILLEGAL, '');
}
