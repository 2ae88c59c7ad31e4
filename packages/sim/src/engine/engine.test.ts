import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Engine, type EngineLimits } from './engine.ts';

const LIMITS: EngineLimits = { events: 1_000_000, queueLength: 1_000_000, virtualMs: 1_000_000 };

function newEngine(options: { explore?: boolean; limits?: Partial<EngineLimits>; seed?: string } = {}): Engine {
  const { explore = false, limits = {}, seed = 'test' } = options;
  return new Engine({ seed, explore, limits: { ...LIMITS, ...limits } });
}

describe('Engine', () => {
  test('events happen in the order of their instants, equal ones in the order in which they were scheduled', () => {
    const engine = newEngine();
    const seen: string[] = [];
    const note = (name: string) => (): void => void seen.push(`${name}@${engine.nowMs}`);
    engine.schedule(5, 'x', note('c'));
    engine.schedule(3, 'x', note('a'));
    engine.schedule(5, 'x', note('d'));
    engine.schedule(3, 'x', () => {
      seen.push('b');
      engine.schedule(0, 'x', note('now'));
    });
    engine.runUntil(10);
    expect(seen).toEqual(['a@3', 'b', 'now@3', 'c@5', 'd@5']);
    expect(engine.nowMs).toBe(10);
  });

  test('what is scheduled while a record is the cause has this cause when it runs', () => {
    const engine = newEngine();
    const causes: (number | undefined)[] = [];
    const note = (): void => void causes.push(engine.cause);
    engine.schedule(1, 'x', note);
    engine.withCause(7, () => {
      engine.schedule(1, 'x', () => {
        note();
        engine.schedule(1, 'x', note);
        engine.withCause(9, () => engine.schedule(2, 'x', note));
        note();
      });
    });
    engine.runUntil(10);
    expect(causes).toEqual([undefined, 7, 7, 7, 9]);
    expect(engine.cause).toBeUndefined();
  });

  test('a cancelled event does not happen, and can be cancelled once only', () => {
    const engine = newEngine();
    let happened = 0;
    const handle = engine.schedule(1, 'x', () => (happened += 1));
    expect([engine.cancel(handle), engine.cancel(handle)]).toEqual([true, false]);
    engine.runUntil(10);
    expect(happened).toBe(0);
  });

  test('a limit of events ends the run with its number and the busiest actor', () => {
    const engine = newEngine({ limits: { events: 5 } });
    const loop = (): void => void engine.schedule(1, 'hot', loop);
    engine.schedule(0, 'cold', () => undefined);
    loop();
    engine.runUntil(100);
    expect(engine.stopped).toEqual({
      why: 'limit',
      reason: '5 events were handled; busiest was hot with 4 of 5 events',
    });
    expect(engine.nowMs).toBe(4);
  });

  test('a limit of waiting events ends the run and names who scheduled', () => {
    const engine = newEngine({ limits: { queueLength: 3 } });
    engine.schedule(0, 'fork', () => {
      for (let i = 0; i < 10; i += 1) engine.schedule(5, 'fork', () => undefined);
    });
    engine.runUntil(100);
    expect(engine.stopped?.reason).toBe(
      '3 events wait; fork scheduled the last one; busiest was fork with 1 of 1 events',
    );
  });

  test('virtual time beyond its limit ends the run before the event that lies there', () => {
    const engine = newEngine({ limits: { virtualMs: 50 } });
    let happened = 0;
    engine.schedule(50, 'x', () => (happened += 1));
    engine.schedule(51, 'x', () => (happened += 1));
    engine.runUntil(100);
    expect([happened, engine.stopped?.why]).toEqual([1, 'limit']);
  });

  test('the end of an instant is told once, after everything of that instant', () => {
    const engine = newEngine();
    const seen: string[] = [];
    engine.setHooks({ instantEnded: () => void seen.push(`end ${engine.nowMs}`) });
    engine.schedule(1, 'x', () => {
      seen.push('a');
      engine.schedule(0, 'x', () => void seen.push('b'));
    });
    engine.schedule(2, 'x', () => void seen.push('c'));
    engine.runUntil(2);
    expect(seen).toEqual(['end 0', 'a', 'b', 'end 1', 'c', 'end 2']);
  });

  test('a stop at the end of an instant leaves the rest undone', () => {
    const engine = newEngine();
    engine.setHooks({ instantEnded: () => engine.nowMs === 1 && engine.stop('stopped', 'enough') });
    let happened = 0;
    engine.schedule(1, 'x', () => (happened += 1));
    engine.schedule(2, 'x', () => (happened += 1));
    engine.runUntil(10);
    expect([happened, engine.nowMs, engine.stopped?.reason]).toEqual([1, 1, 'enough']);
  });

  test('explore draws the order inside an instant, keeps instants in order, and repeats for the same seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }), (seed, delays) => {
        const run = (): number[] => {
          const engine = newEngine({ explore: true, seed });
          const seen: number[] = [];
          delays.forEach((delay, i) => engine.schedule(delay, 'x', () => void seen.push(i)));
          engine.runUntil(10);
          return seen;
        };
        const seen = run();
        expect(seen.map((i) => delays[i])).toEqual([...delays].sort((a, b) => a - b));
        expect(run()).toEqual(seen);
      }),
    );
    const engine = newEngine({ explore: true });
    const seen: number[] = [];
    for (let i = 0; i < 100; i += 1) engine.schedule(0, 'x', () => void seen.push(i));
    engine.runUntil(0);
    expect(seen).not.toEqual([...seen].sort((a, b) => a - b));
  });
});
