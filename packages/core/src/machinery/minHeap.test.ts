import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MinHeap } from './minHeap.ts';

test('whatever is pushed and popped in between, the least entry comes first, as from a sorted list', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('pop' as const)));
  fc.assert(
    fc.property(steps, (all) => {
      const heap = new MinHeap<number>((a, b) => a < b);
      const oracle: number[] = [];
      for (const step of all) {
        if (step === 'pop') {
          expect(heap.pop()).toBe(oracle.shift());
        } else {
          heap.push(step);
          oracle.push(step);
          oracle.sort((a, b) => a - b);
        }
        expect(heap.peek()).toBe(oracle[0]);
      }
    }),
  );
});
