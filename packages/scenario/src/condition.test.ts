import { expect, test } from 'vitest';
import { evaluateCondition } from './condition.ts';

const ROW = { n: 3, name: 'a', on: true, off: false };

test.each([
  ['params.n > 2', true],
  ['params.n >= 4', false],
  ['params.n != 3', false],
  ['params.name == "a"', true],
  ["params.name == 'b'", false],
  ['params.on', true],
  ['!params.on', false],
  ['!(params.n < 2) && params.on', true],
  ['params.off || params.n == 3', true],
  ['params.off && params.on || params.on', true],
  ['params.on || params.on && params.off', true],
  ['params.n == "3"', false],
  ['params.n > -1', true],
])('%s is %s', (text, holds) => {
  expect(evaluateCondition(text, ROW)).toEqual({ ok: true, holds });
});

test.each([
  ['params.m > 2', /^unknown parameter "m"; did you mean n\?/],
  ['params.on || params.m', /^unknown parameter "m"/],
  ['params.n', /^3 is neither true nor false; compare it: params\.x == 3$/],
  ['params.name > 2', /^"a" > 2 compares what are not both numbers; write == or !=$/],
  ['params.n >', /^a value is missing at the end; write something like/],
  ['(params.on', /^a bracket is not closed/],
  ['params.on params.on', /^the condition goes on after its end/],
  ['n > 2', /^"n > 2" is not understood/],
  ['', /^a value is missing at the end/],
])('%j is refused', (text, problem) => {
  expect(evaluateCondition(text, ROW)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});
