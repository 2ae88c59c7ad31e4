/** One thing after the other, each begun when the one before has said that it is done; as deep as one call, however many. */

/** `step` calls its `next` exactly once, at once or later; after the last item comes `done`. */
export function inTurn<T>(items: readonly T[], step: (item: T, next: () => void) => void, done: () => void): void {
  let at = 0;
  let isRunning = false;
  let isDone = false;
  const run = (): void => {
    // An answer that is there at once comes back here while the loop below still runs: it goes on by itself.
    if (isRunning) return;
    isRunning = true;
    for (let before = -1; before !== at && at < items.length;) {
      before = at;
      step(items[at] as T, () => {
        at += 1;
        run();
      });
    }
    isRunning = false;
    if (at >= items.length && !isDone) {
      isDone = true;
      done();
    }
  };
  run();
}
