/** Counts for every fault step the moments at which it changed something: a fault that never bites proves nothing. */
export class Bites {
  readonly #counts = new Map<string, number>();

  /** Names a step, so that it counts 0 where it never bites. */
  begin(stepId: string): void {
    if (!this.#counts.has(stepId)) this.#counts.set(stepId, 0);
  }

  bite(stepId: string): void {
    this.#counts.set(stepId, (this.#counts.get(stepId) ?? 0) + 1);
  }

  of(stepId: string): number {
    return this.#counts.get(stepId) ?? 0;
  }

  /** Step id → bites, in the order in which the steps began. */
  all(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
