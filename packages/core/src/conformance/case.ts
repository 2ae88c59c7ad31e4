/** The format of conformance cases, and what running one gives. The cases are facts about Kubernetes, kept as data. */

export interface CaseFile {
  readonly format: string;
  readonly group: string;
  readonly cases: readonly ConformanceCase[];
}

export interface ConformanceCase {
  readonly id: string;
  readonly kind: string;
  readonly title?: string;
  /** Shape by kind; see the README beside the data. */
  readonly given: Given;
  readonly steps?: readonly Step[];
  readonly expect?: Expect;
}

/** JSON whose shape the kind decides: each runner reads its own. */
// oxlint-disable-next-line typescript/no-explicit-any -- data from files; the kinds' own types begin behind it
export type Given = any;
export type Expect = Readonly<Record<string, unknown>>;
export interface Step {
  readonly do: string;
  readonly expect?: Expect;
  readonly [key: string]: unknown;
}

/** One thing that did not come out as it should; none of them means passed. */
export interface Mismatch {
  readonly what: string;
  readonly expected: unknown;
  readonly got: unknown;
}

export type CaseRunner = (conformanceCase: ConformanceCase) => readonly Mismatch[];
