/** How long the property tests may take, and what they count in. */

/** A whole property, on a slow machine that is busy with other things. */
export const TIMEOUT_MS = 300_000;

export const minutes = (count: number): number => count * 60_000;

/** `EVERYNODE_SOAK=10 vitest run …` draws ten times as many plans; without it there are few enough for CI. */
export function runsFactor(text: string | undefined): number {
  return Math.max(1, Math.trunc(Number(text ?? '1')) || 1);
}
