/** Which faults may have led to a breach: those in force, and those whose consequences the world still works off. */
import type { PlannedFault } from '@everynode/sim/plan';
import type { Change } from '@everynode/sim/cluster/worldView';
import { compareKeys } from '@everynode/core/api/meta';
import { QUIET_MS } from './rest.ts';

interface Span {
  readonly fault: PlannedFault;
  readonly fromMs: number;
  /** Undefined: in force. */
  toMs: number | undefined;
}

export class FaultLog {
  readonly #planned: ReadonlyMap<string, PlannedFault>;
  readonly #spans = new Map<string, Span>();

  constructor(faults: readonly PlannedFault[]) {
    this.#planned = new Map(faults.map((fault) => [fault.id, fault]));
  }

  observe(change: Change, nowMs: number): void {
    if (change.kind !== 'Fault') return;
    const fault = this.#planned.get(change.id);
    if (fault === undefined) return;
    const span = this.#spans.get(change.id);
    if (change.begins) this.#spans.set(change.id, { fault, fromMs: nowMs, toMs: undefined });
    else if (span !== undefined) span.toMs = nowMs;
  }

  /**
   * Ids of the faults in force or still felt: lifted less than a backoff's longest wait ago. The likeliest cause comes
   * first: a fault of that very node, then one in force before one that is lifted, then the one that began first.
   */
  felt(nowMs: number, node: string | undefined): readonly string[] {
    const felt = [...this.#spans.values()].filter(({ toMs }) => toMs === undefined || nowMs - toMs < QUIET_MS);
    const rank = ({ fault, toMs }: Span): number =>
      (node !== undefined && fault.nodes.includes(node) ? 0 : 2) + (toMs === undefined ? 0 : 1);
    felt.sort((a, b) => rank(a) - rank(b) || a.fromMs - b.fromMs || compareKeys(a.fault.id, b.fault.id));
    return felt.map(({ fault }) => fault.id);
  }
}
