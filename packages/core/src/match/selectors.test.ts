import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { node } from '../testing/objects.ts';
import { compileLabelSelector, compileNodeSelector, compilePodNodeMatch, matchesLabelSelector } from './selectors.ts';

const requirement = (
  key: string,
  operator: string,
  ...values: string[]
): { key: string; operator: string; values: string[] } => ({
  key,
  operator,
  values,
});

describe('label selectors', () => {
  test('none picks nothing and an empty one everything', () => {
    expect(matchesLabelSelector(undefined, { a: 'b' })).toBe(false);
    expect(matchesLabelSelector({}, undefined)).toBe(true);
    expect(compileLabelSelector({}).isEmpty).toBe(true);
  });

  test.each([
    ['In', ['x', 'y'], { a: 'y' }, true],
    ['In', ['x'], {}, false],
    ['NotIn', ['x'], { a: 'x' }, false],
    ['NotIn', ['x', 'y'], {}, true],
    ['Exists', [], { a: '' }, true],
    ['DoesNotExist', [], { a: '' }, false],
  ])('a %s %j against %j is %s', (operator, values, labels, matches) => {
    expect(
      matchesLabelSelector({ matchExpressions: [{ key: 'a', operator, values }] }, labels as Record<string, string>),
    ).toBe(matches);
  });

  test('a malformed one matches nothing', () => {
    expect(matchesLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] }, { a: '2' })).toBe(
      false,
    );
    expect(compileLabelSelector({ matchLabels: { 'a b': 'c' } }).errors).toHaveLength(1);
  });

  test('what every object inherits is no label', () => {
    const selector = { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] };
    expect(matchesLabelSelector(selector, {})).toBe(false);
    expect(matchesLabelSelector({ matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] }, {})).toBe(true);
  });
});

describe('node selectors', () => {
  const matches = (term: object, name: string, labels: Record<string, string> = {}): boolean =>
    compileNodeSelector({ nodeSelectorTerms: [term] }).matches(node(name, { labels }));

  test('terms are alternatives, and what stands inside one must all hold', () => {
    const selector = compileNodeSelector({
      nodeSelectorTerms: [
        { matchExpressions: [requirement('a', 'In', '1'), requirement('b', 'In', '2')] },
        { matchFields: [requirement('metadata.name', 'In', 'n-3')] },
      ],
    });
    expect(selector.matches(node('n-1', { labels: { a: '1', b: '2' } }))).toBe(true);
    expect(selector.matches(node('n-1', { labels: { a: '1' } }))).toBe(false);
    expect(selector.matches(node('n-3'))).toBe(true);
  });

  test('no term, or only empty ones, matches no node', () => {
    expect(compileNodeSelector({ nodeSelectorTerms: [] }).matches(node('n'))).toBe(false);
    expect(compileNodeSelector({ nodeSelectorTerms: [{}, { matchExpressions: [] }] }).matches(node('n'))).toBe(false);
  });

  test('a malformed term is told and skipped, its neighbours still count', () => {
    const selector = compileNodeSelector({
      nodeSelectorTerms: [
        { matchExpressions: [requirement('a', 'Is', '1')] },
        { matchExpressions: [requirement('a', 'Exists')] },
      ],
    });
    expect(selector.errors.map(({ field }) => field)).toEqual(['nodeSelectorTerms[0].matchExpressions[0].operator']);
    expect(selector.matches(node('n', { labels: { a: '' } }))).toBe(true);
  });

  test.each([
    ['Gt', '4', '5', true],
    ['Gt', '5', '5', false],
    ['Lt', '0206', '0204', true],
    // A bound below zero is no label value, so the whole term is malformed.
    ['Gt', '-3', '-2', false],
    ['Gt', '4', 'five', false],
    ['Gt', '9223372036854775806', '9223372036854775807', true],
    ['Lt', '9223372036854775807', '9223372036854775806', true],
  ])('%s %s holds for %s: %s', (operator, bound, value, holds) => {
    expect(matches({ matchExpressions: [requirement('a', operator, bound)] }, 'n', { a: value })).toBe(holds);
  });

  test('the name is a field, not a label', () => {
    expect(matches({ matchFields: [requirement('metadata.name', 'NotIn', 'n-1')] }, 'n-2')).toBe(true);
    expect(
      matches({ matchFields: [requirement('metadata.name', 'In', 'n-1')] }, 'n-2', { 'metadata.name': 'n-1' }),
    ).toBe(false);
    expect(matches({ matchFields: [requirement('metadata.uid', 'In', 'n-1')] }, 'n-1')).toBe(false);
  });

  test('In and NotIn are each other turned round wherever the label is set', () => {
    const text = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), text, (values, value) => {
        const ask = (operator: string): boolean =>
          matches({ matchExpressions: [requirement('k', operator, ...values)] }, 'n', { k: value });
        expect(ask('In')).toBe(!ask('NotIn'));
      }),
    );
  });
});

test('a pod needs its selector and its affinity both', () => {
  const requiredDuringSchedulingIgnoredDuringExecution = {
    nodeSelectorTerms: [{ matchExpressions: [requirement('b', 'Exists')] }],
  };
  const match = compilePodNodeMatch({
    nodeSelector: { a: '1' },
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution } },
  });
  const candidates: Record<string, string>[] = [{ a: '1' }, { b: '' }, { a: '1', b: '' }];
  expect(candidates.map((labels) => match(node('n', { labels })))).toEqual([false, false, true]);
  expect(compilePodNodeMatch({})(node('n'))).toBe(true);
});
