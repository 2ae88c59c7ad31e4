/** Judgements that expectations share: of a statement about the whole cluster, and of one about each node. */
import { compareKeys } from '@everynode/core/api/meta';
import type { Finding, Judgement, JudgeScope } from './expectation.ts';

/** A statement about the whole. `findings` says what speaks against it: none means that it is true. */
export interface Statement {
  readonly findings: readonly Finding[];
  /** Told under `never`, where the statement must not be true. */
  readonly whenTrue: string;
  readonly got?: number;
  readonly isMomentary?: boolean;
  readonly reconsiderAtMs?: number | undefined;
}

/** Turns the statement round under `never`. */
export function judgeStatement({ block }: JudgeScope, statement: Statement): Judgement {
  const { findings, whenTrue, got, isMomentary = false, reconsiderAtMs } = statement;
  const isTrue = findings.length === 0;
  return {
    findings:
      block !== 'never' ? findings : isTrue ? [{ message: whenTrue, ...(got === undefined ? {} : { got }) }] : [],
    ...(got === undefined ? {} : { got }),
    isMomentary,
    ...(reconsiderAtMs === undefined ? {} : { reconsiderAtMs }),
  };
}

/** Nodes that break a statement about each node; the first one by name speaks for all. */
export class NodeSet {
  readonly #names = new Set<string>();

  set(name: string, isIn: boolean): void {
    if (isIn) this.#names.add(name);
    else this.#names.delete(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  get size(): number {
    return this.#names.size;
  }

  /** The least name, without sorting: there may be thousands, and one is asked for at every change. */
  get first(): string | undefined {
    let first: string | undefined;
    for (const name of this.#names) if (first === undefined || compareKeys(name, first) < 0) first = name;
    return first;
  }

  /** Nothing where the set is empty; else one finding for the first node, which tells how many more there are. */
  findings(describe: (name: string) => Finding): readonly Finding[] {
    const { first, size } = this;
    if (first === undefined) return [];
    const finding = describe(first);
    const more = size === 1 ? '' : ` (and ${size - 1} more ${size === 2 ? 'node' : 'nodes'})`;
    return [{ ...finding, node: first, message: `${finding.message}${more}` }];
  }
}

/** What a judge answers as long as the DaemonSet has never been there. */
export function unknownDaemonSet(key: string): Judgement {
  return { findings: [], unknown: `there is no DaemonSet ${key}` };
}
