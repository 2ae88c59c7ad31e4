/** Lets an observer see every change, and wakes it when time alone may change its mind. */
import type { LiveView } from '../cluster/liveView.ts';
import type { World } from '../cluster/world.ts';
import type { Change, RunObserver } from '../cluster/worldView.ts';

export class Onlooker {
  readonly #observer: RunObserver;
  readonly #view: LiveView;
  readonly #world: World;
  #hasNews = true;
  #alarm: { readonly atMs: number; readonly handle: number } | undefined;

  constructor(observer: RunObserver, view: LiveView, world: World) {
    this.#observer = observer;
    this.#view = view;
    this.#world = world;
  }

  changed(change: Change): void {
    this.#hasNews = true;
    this.#observer.changed(change, this.#view);
  }

  /** After every instant in which something changed: sets the alarm, and stops the run if the observer has seen enough. */
  instantEnded(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    if (this.#observer.stop?.() === true) {
      this.#world.engine.stop('stopped', 'the observer has seen enough');
      return;
    }
    const wakeAtMs = this.#observer.wakeAtMs();
    if (wakeAtMs === this.#alarm?.atMs) return;
    const { engine } = this.#world;
    if (this.#alarm !== undefined) engine.cancel(this.#alarm.handle);
    this.#alarm = undefined;
    if (wakeAtMs === undefined) return;
    // This instant has been judged; whoever asks for it again is heard in the next one.
    const delayMs = Math.max(1, wakeAtMs - engine.nowMs);
    this.#alarm = { atMs: wakeAtMs, handle: engine.schedule(delayMs, 'observer', () => this.#wake(), 'onlooker') };
  }

  #wake(): void {
    this.#alarm = undefined;
    this.changed({ kind: 'Time', seq: this.#world.journal.lastSeq });
  }
}
