/** What a script learns from the exit code; scripts depend on these, so they change with a major version only. */
import type { RunOutcome } from '@everynode/scenario/execute';

export const EXIT = {
  /** All critical assertions hold. */
  pass: 0,
  /** An assertion failed, a fault had no effect, or a limit was hit. */
  violated: 1,
  /** Usage, invalid scenario or manifest, nothing matched, nowhere to write. */
  usage: 2,
  /** A bug of ours, a determinism mismatch among them. */
  internal: 3,
  /** Only a threshold failed. */
  regression: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf({ verdict, onlyThresholds }: Pick<RunOutcome, 'verdict' | 'onlyThresholds'>): ExitCode {
  switch (verdict) {
    case 'pass':
      return EXIT.pass;
    case 'interrupted':
      return EXIT.interrupted;
    case 'violated':
      return onlyThresholds ? EXIT.regression : EXIT.violated;
    default:
      return EXIT.violated;
  }
}

/** Of several runs: the one that says most. A regression among passes is a regression, beside a breach it is a breach. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [EXIT.internal, EXIT.interrupted, EXIT.usage, EXIT.violated, EXIT.regression];
  return order.find((code) => codes.includes(code)) ?? EXIT.pass;
}
