import { expect, test } from 'vitest';
import { makeFault } from './testing/memoryObjects.ts';
import { findVacuousFaults } from './vacuity.ts';

const steps = [
  makeFault('bit'),
  makeFault('missed'),
  { ...makeFault('may'), mayBeVacuous: true },
  { step: 'operation', id: 'rollout', type: 'update', atMs: 0, params: {} },
] as const;

test('a fault without a bite is vacuous, unless its step says that it may be; operations never are', () => {
  expect(
    findVacuousFaults(
      steps,
      new Map([
        ['bit', 3],
        ['missed', 0],
      ]),
    ).map(({ id }) => id),
  ).toEqual(['missed']);
});

test('a fault that nobody counted has not bitten', () => {
  expect(findVacuousFaults(steps, new Map()).map(({ id }) => id)).toEqual(['bit', 'missed']);
});
