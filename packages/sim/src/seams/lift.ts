/** The undo of one move; doing it twice would undo somebody else's move, so it asserts. */
import { assert } from '@everynode/core/assert';
import type { Lift } from './seams.ts';

/** `undo` once; `name` tells whose lift came twice. */
export function liftOnce(name: string, undo: () => void): Lift {
  const state = { isLifted: false };
  return () => {
    assert(!state.isLifted, () => `${name} was lifted twice`);
    state.isLifted = true;
    undo();
  };
}
