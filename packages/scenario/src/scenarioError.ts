/** What is wrong with something that a user wrote: where, what, and what to write instead. Thrown while compiling. */
import type { Source } from '@everynode/sim/plan';

export interface Problem {
  readonly source: Source;
  /** What is wrong; then, after a semicolon, what to write instead. */
  readonly message: string;
}

/** More than these are counted, not listed: one slip in a list of a hundred should not fill the screen. */
const PROBLEMS_SHOWN_MAX = 20;

/** Every problem that was found before compiling had to stop; caught by the CLI, which answers with exit code 2. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map(formatProblem);
    const hidden = problems.length - shown.length;
    super([...shown, ...(hidden > 0 ? [`… and ${hidden} more problems`] : [])].join('\n'));
    this.problems = problems;
  }
}

/** Stops with one problem. */
export function fail(source: Source, message: string): never {
  throw new ScenarioError([{ source, message }]);
}

/** Stops when there is any problem; else does nothing. */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ScenarioError(problems);
}

/** `file:line:column: message`, as editors and terminals understand it. */
function formatProblem({ source, message }: Problem): string {
  return `${formatSource(source)}: ${message}`;
}

function formatSource({ file, line, column }: Source): string {
  return `${file}:${line}:${column}`;
}
