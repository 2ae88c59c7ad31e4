/**
 * DaemonSets that the controller has no duty to bring to their end: a law about rest must not judge those. Upstream
 * sets no timer for work that it has asked for and never sees, so such a DaemonSet may sleep for very long. Rules: DS-S15, DS-0.1.
 */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { isTerminating } from '@everynode/core/api/meta';
import { compileLabelSelector } from '@everynode/core/match/selectors';
import type { Change } from '@everynode/sim/cluster/worldView';

/** Remembers how the last pass of each DaemonSet ended: at the gate, or beyond it. */
export class GateWatch {
  readonly #gated = new Set<string>();

  /** Takes note of passes; never a finding. */
  observe(change: Change): undefined {
    if (change.kind !== 'Pass') return;
    const { pass, ds } = change.pass;
    const uid = ds.metadata.uid ?? '';
    if (pass === 'gated') this.#gated.add(uid);
    else if (pass !== 'stale') this.#gated.delete(uid);
  }

  isGated(ds: DaemonSet): boolean {
    return this.#gated.has(ds.metadata.uid ?? '');
  }
}

/** The controller works on it at all: it is not being deleted, and its selector says something (DS-0.1 steps 4 and 5). */
export function isTended(ds: DaemonSet): boolean {
  const { selector } = ds.spec;
  return !isTerminating(ds) && selector !== undefined && !compileLabelSelector(selector).isEmpty;
}
