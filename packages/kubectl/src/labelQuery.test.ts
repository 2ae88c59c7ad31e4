import { describe, expect, test } from 'vitest';
import { compileLabelQuery } from './labelQuery.ts';
import type { ServedObject } from './server.ts';

function labelled(labels?: Readonly<Record<string, string>>): ServedObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', ...(labels === undefined ? {} : { labels }) } };
}

function matches(selector: string, labels?: Readonly<Record<string, string>>): boolean {
  const query = compileLabelQuery(selector);
  if (!query.ok) throw new Error(query.error);
  return query.matches(labelled(labels));
}

describe('tier=gold with rank=7', () => {
  const labels = { tier: 'gold', rank: '7', empty: '' };

  test.each([
    '',
    'tier',
    'tier=gold',
    'tier == gold',
    'tier!=lead',
    'tier in (gold,tin)',
    'tier notin (tin)',
    '!other',
  ])('is picked by %j', (selector) => {
    expect(matches(selector, labels)).toBe(true);
  });

  test.each([
    'rank>6',
    'rank<8',
    'empty=',
    'empty in ()',
    'other!=x',
    'other notin (a)',
    'tier,rank=7',
    'tier in (,gold)',
  ])('is picked by %j too', (selector) => {
    expect(matches(selector, labels)).toBe(true);
  });

  test.each(['tier=lead', '!tier', 'other', 'tier notin (gold)', 'rank>7', 'tier>1', 'tier,rank=8', 'other in (a)'])(
    'is not picked by %j',
    (selector) => {
      expect(matches(selector, labels)).toBe(false);
    },
  );
});

test('an object without labels has none of them', () => {
  expect(matches('!a')).toBe(true);
  expect(matches('a')).toBe(false);
});

// Taken from apimachinery's parser, which is what the server says.
test.each([
  ['tier=(bad', "unable to parse requirement: found '(', expected: identifier"],
  ['a=b,', "found '', expected: identifier after ','"],
  [',', "found ',', expected: !, identifier, or 'end of string'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a in (b=', "unable to parse requirement: found '=', expected: ',' or ')'"],
  ['a in (=', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  [
    'a>b',
    "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
  ],
  [
    '/=b',
    "unable to parse requirement: <nil>: Invalid value: \"/\": prefix part must be non-empty; name part must be non-empty; name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
])('%j is refused in the server’s words', (selector, error) => {
  expect(compileLabelQuery(selector)).toEqual({ ok: false, error });
});
