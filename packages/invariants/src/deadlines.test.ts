import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines } from './deadlines.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const instant = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });

test('any setting and taking out gives the instants of a plain sorted list', () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('set' as const), name, atMs: instant }),
    fc.record({ does: fc.constant('take' as const), nowMs: fc.integer({ min: 0, max: 20 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const deadlines = new Deadlines();
      const oracle = new Map<string, number>();
      for (const each of steps) {
        if (each.does === 'set') {
          deadlines.set(each.name, each.atMs);
          if (each.atMs === undefined) oracle.delete(each.name);
          else oracle.set(each.name, each.atMs);
        } else {
          const taken = deadlines.takeDue(each.nowMs);
          const due = Math.min(...oracle.values());
          if (taken === undefined) expect(due > each.nowMs).toBe(true);
          else {
            expect(oracle.get(taken)).toBe(due);
            expect(due <= each.nowMs).toBe(true);
            oracle.delete(taken);
          }
        }
        expect(deadlines.earliestMs ?? Infinity).toBe(Math.min(...oracle.values()));
      }
    }),
  );
});
