/** One line that tells how far a long run is, on a terminal only: logs of CI shall not fill with it. */
import { formatDuration } from '@everynode/scenario/duration';

/** Shorter runs are over before anybody reads a line. */
const QUIET_MS = 1_000;
const REFRESH_MS = 200;

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #isOn: boolean;
  readonly #name: string;
  readonly #endMs: number;
  readonly #startedAtMs = performance.now();
  #shownAtMs = 0;
  #isShown = false;

  constructor(name: string, endMs: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#name = name;
    this.#endMs = endMs;
    this.#stream = stream;
    this.#isOn = stream.isTTY && (process.env['CI'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  }

  update(atMs: number, events: number): void {
    const nowMs = performance.now();
    if (!this.#isOn || nowMs - this.#startedAtMs < QUIET_MS || nowMs - this.#shownAtMs < REFRESH_MS) return;
    this.#shownAtMs = nowMs;
    this.#isShown = true;
    const at = formatDuration(Math.trunc(atMs / 1_000) * 1_000);
    this.#stream.write(`\r\u001B[K${this.#name}  ${at} of ${formatDuration(this.#endMs)}  ${events} events`);
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001B[K');
    this.#isShown = false;
  }
}
