/** What a command is given and what it gives back. */
import type { Server } from './server.ts';

export interface Surroundings {
  readonly server: Server;
  /** Minor of the client's version: 36 for 1.36. */
  readonly minor: number;
  /** The client's clock, in the time of `@everynode/core/api/time`. */
  readonly nowMs: number;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}
