/** Ctrl-C, once: finish what is begun and write the partial report. Twice: leave at once. */
import { EXIT } from './exitCodes.ts';

export interface Interrupt {
  readonly requested: () => boolean;
  /** Gives the signals back to Node. */
  readonly release: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export function watchInterrupt(): Interrupt {
  const state = { isRequested: false };
  const listener = (): void => {
    if (state.isRequested) process.exit(EXIT.interrupted);
    state.isRequested = true;
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    requested: () => state.isRequested,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}

/** Lets signals and timers come through between two slices of work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
