/** The control link of one machine: faults cut it in one direction or in both, and overlapping cuts add up. Rules: K-38. */
import { assert } from '@everynode/core/assert';

/** toServer: what the node sends; fromServer: what it would hear. */
export type Direction = 'toServer' | 'fromServer';

export interface LinkCut {
  readonly stepId: string;
  /** Absent: both ways. */
  readonly direction: Direction | undefined;
}

export class Link {
  readonly #cuts: LinkCut[] = [];

  get canSend(): boolean {
    return !this.#isCut('toServer');
  }

  get canHear(): boolean {
    return !this.#isCut('fromServer');
  }

  /** The only direction that is cut; undefined: none, or both. */
  get oneWayCut(): Direction | undefined {
    if (this.canSend === this.canHear) return undefined;
    return this.canHear ? 'toServer' : 'fromServer';
  }

  /** Adds a cut; true: something works no longer that did. */
  cut(cut: LinkCut): boolean {
    return this.#change(() => void this.#cuts.push(cut));
  }

  /** Takes exactly this cut back; true: something works again. */
  mend(cut: LinkCut): boolean {
    const at = this.#cuts.indexOf(cut);
    assert(at >= 0, () => `a cut of ${cut.stepId} was undone that is not in force`);
    return this.#change(() => void this.#cuts.splice(at, 1));
  }

  /** The steps whose cuts keep a message of this direction. */
  holders(direction: Direction): readonly string[] {
    return this.#cuts.filter((cut) => isAbout(cut, direction)).map(({ stepId }) => stepId);
  }

  /** The steps whose cuts are in force. */
  get steps(): readonly string[] {
    return this.#cuts.map(({ stepId }) => stepId);
  }

  #isCut(direction: Direction): boolean {
    return this.#cuts.some((cut) => isAbout(cut, direction));
  }

  #change(act: () => void): boolean {
    const before = [this.canSend, this.canHear];
    act();
    return before[0] !== this.canSend || before[1] !== this.canHear;
  }
}

function isAbout(cut: LinkCut, direction: Direction): boolean {
  return cut.direction === undefined || cut.direction === direction;
}
