/** Runs one conformance case: finds the runner of its kind. A kind that nobody knows counts as failed. */
import { runBackoff } from './backoffKind.ts';
import type { CaseRunner, ConformanceCase, Mismatch } from './case.ts';
import { mismatch } from './compare.ts';
import { runController } from './controllerKind.ts';
import { daemonSetKinds } from './daemonSetKinds.ts';
import { runEviction } from './evictionKind.ts';
import { historyKinds } from './historyKinds.ts';
import { matchKinds } from './matchKinds.ts';
import { runQueue } from './queueKind.ts';
import { validationKinds } from './validationKinds.ts';

const KINDS: Readonly<Record<string, CaseRunner>> = {
  controller: runController,
  queue: runQueue,
  eviction: runEviction,
  backoff: runBackoff,
  ...matchKinds,
  ...daemonSetKinds,
  ...historyKinds,
  ...validationKinds,
};

/** What did not come out as the case says; nothing means passed. */
export function runCase(conformanceCase: ConformanceCase): readonly Mismatch[] {
  const { kind } = conformanceCase;
  const runner = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return runner === undefined ? mismatch('kind', 'a known kind', kind) : runner(conformanceCase);
}
