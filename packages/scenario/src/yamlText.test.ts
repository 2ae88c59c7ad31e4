import { describe, expect, test } from 'vitest';
import { ScenarioError } from './scenarioError.ts';
import { parseYaml, type YamlDialect } from './yamlText.ts';

function valueOf(text: string, dialect: YamlDialect = 'scenario'): unknown {
  return parseYaml('x.yaml', text, dialect).map((document) => document.value);
}

function messageOf(text: string, dialect: YamlDialect = 'scenario'): string {
  try {
    parseYaml('x.yaml', text, dialect);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('two dialects', () => {
  test('a manifest reads 0644 as octal, yes as true and merges <<; a scenario does none of it', () => {
    const text = 'a: 0644\nb: yes\nc: 22:22\nd: 2001-01-01\ne: &e { x: 1, w: 2 }\nf: { <<: *e, w: 3 }\n';
    expect(valueOf(text, 'manifest')).toEqual([
      { a: 420, b: true, c: '22:22', d: '2001-01-01', e: { x: 1, w: 2 }, f: { x: 1, w: 3 } },
    ]);
    expect(valueOf('a: 0644\nb: yes\n')).toEqual([{ a: 644, b: 'yes' }]);
  });

  test('a byte order mark and carriage returns change neither values nor columns', () => {
    const [document] = parseYaml('x.yaml', '\u{FEFF}a: 1\r\nb: two\r\n', 'manifest');
    expect(document?.value).toEqual({ a: 1, b: 'two' });
    expect(document?.sourceOf(['b'])).toEqual({ file: 'x.yaml', line: 2, column: 4 });
    expect(document?.sourceOf(['a'], 'key')).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  });

  test('empty documents are left out', () => {
    expect(valueOf('---\n# only a comment\n---\na: 1\n---\n', 'manifest')).toEqual([{ a: 1 }]);
    expect(valueOf('')).toEqual([]);
  });

  test('a key called __proto__ is a key like any other', () => {
    const [value] = valueOf('__proto__: { polluted: true }') as [object];
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('positions', () => {
  const text = 'a:\n  - x: 1\n    y: &y { z: 2 }\n  - *y\n  - <<: *y\n    w:\n';
  const [document] = parseYaml('x.yaml', text, 'manifest');
  test.each([
    [['a', 0, 'x'], 'value', 2, 8],
    [['a', 0, 'x'], 'key', 2, 5],
    [['a', 1, 'z'], 'value', 3, 16],
    [['a', 2, 'z'], 'value', 3, 16],
    [['a', 2, 'w'], 'value', 6, 5],
    [['a', 0, 'missing', 'deeper'], 'value', 2, 5],
  ] as const)('%j (%s) stands at %i:%i', (path, of, line, column) => {
    expect(document?.sourceOf(path, of)).toEqual({ file: 'x.yaml', line, column });
  });
});

describe('what is refused, with its place', () => {
  test.each([
    ['a duplicate key', 'a: 1\na: 2\n', /^x\.yaml:2:1: map keys must be unique; .*keep one/],
    ['a tab', 'a:\n\tb: 1\n', /^x\.yaml:2:1: tabs are not allowed as indentation; indent with spaces/],
    ['an open bracket', 'a: [1,\n', /^x\.yaml:2:1: flow sequence .*; check indentation/],
    ['an open quote', 'a: "x\n', /^x\.yaml:2:1: missing closing "quote; /],
    ['a colon in a value', 'a: b: c\n', /^x\.yaml:1:4: nested mappings .*; put the text in quotes/],
    ['an unknown anchor', 'a: *b\n', /^x\.yaml:1:4: \*b refers to no anchor above it; write &b/],
    ['an anchor inside itself', 'a: &a [*a]\n', /^x\.yaml:1:8: \*a refers to no anchor/],
    ['a mapping as key', 'a: {{ .x }}\n', /^x\.yaml:1:5: a key must be plain text/],
    ['an unquoted reference', 'a: { b: ${params.x} }\n', /^x\.yaml:1:\d+: .*in quotes: "\$\{params\.name\}"/],
    [
      'ten thousand brackets',
      `a: ${'['.repeat(10_000)}`,
      /^x\.yaml:1:\d+: nested more than 100 levels deep; flatten it$/,
    ],
    ['dashes in a row', `${'- '.repeat(5_000)}x\n`, /^x\.yaml:1:\d+: nested more than 100 levels deep; flatten it$/],
  ])('%s', (_what, text, message) => {
    expect(messageOf(text)).toMatch(message);
  });

  test('anchors within anchors are counted before they are built, and refused with the number', () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 12; level += 1)
      bomb.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(',')}]`,
      );
    expect(messageOf(bomb.join('\n'))).toMatch(/^x\.yaml:7:\d+: the document stands for more than 2000000 values/);
    const many = `a: &a 1\nb: [${Array(1001).fill('*a').join(',')}]`;
    expect(messageOf(many)).toMatch(/^x\.yaml:2:\d+: more than 1000 references to anchors/);
  });

  test('a megabyte of brackets is refused at once', () => {
    const startedAt = performance.now();
    expect(messageOf('{'.repeat(1_000_000))).toMatch(/nested more than 100 levels/);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
