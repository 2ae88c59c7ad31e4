/** The JUnit file: well-formed whatever the names are, with the counts that CI systems show. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JunitCase, junitOutcome, renderJunit } from './junit.ts';
import { toReport } from './reportModel.ts';
import { zoneOutageTrace } from './testing/zoneOutageTrace.ts';

const FAILED = junitOutcome(toReport(zoneOutageTrace({ nodesPerZone: 3 })));

/** Tags in order, after a check that they nest; throws where the text is no XML. */
function tagsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const tags: string[] = [];
  const rest = xml
    .replace(/^<\?xml [^?]*\?>/, '')
    .replace(
      /<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)(\/?)>/g,
      (_, closing, name, _attributes, single) => {
        if (closing === '/') expect(open.pop()).toBe(name);
        else if (single === '') open.push(String(name));
        if (closing === '') tags.push(String(name));
        return '';
      },
    );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/<|&(?!(?:amp|lt|gt);)/);
  return tags;
}

test('suites are files, cases are runs, and failures, errors and times add up', () => {
  const cases: readonly JunitCase[] = [
    { file: 'a.yaml', name: 'a seed 1', wallMs: 1_250, outcome: FAILED },
    { file: 'b.yaml', name: 'b', wallMs: 7, outcome: { kind: 'error', message: 'assertion failed', detail: 'stack' } },
    { file: 'a.yaml', name: 'a seed 2', wallMs: 0, outcome: { ...FAILED, verdict: 'pass' } as JunitCase['outcome'] },
  ];
  const xml = renderJunit(cases);
  expect(tagsOf(xml).filter((tag) => tag !== 'property')).toEqual([
    'testsuites',
    'testsuite',
    'testcase',
    'properties',
    'failure',
    'testcase',
    'properties',
    'testsuite',
    'testcase',
    'error',
  ]);
  expect(xml).toContain('<testsuites name="everynode" tests="3" failures="1" errors="1" skipped="0" time="1.257">');
  expect(xml).toContain('<testsuite name="a.yaml" tests="2" failures="1" errors="0" skipped="0" time="1.250">');
});

test('a failure points at the expectation and carries seed, digest and command', () => {
  const xml = renderJunit([{ file: 'zone-lost.yaml', name: 'zone-lost', wallMs: 1, outcome: FAILED }]);
  expect(xml).toContain(
    '<testcase classname="zone-lost.yaml" name="zone-lost" file="scenarios/tour/zone-lost.yaml" line="31" time="0.001">',
  );
  expect(xml).toContain('<property name="seed" value="20240210"/>');
  expect(xml).toMatch(/<property name="digest" value="[0-9a-f]{64}"\/>/);
  expect(xml).toContain('<failure type="violated" message="');
});

test('colours and what XML forbids are stripped, the rest is escaped', () => {
  const xml = renderJunit([
    {
      file: 'a<b>&"\'.yaml',
      name: 'x\u0000\uD800\uFFFE',
      wallMs: 0,
      outcome: { kind: 'error', message: 'two\nlines', detail: '\u001B[31mred\u001B[0m ]]> end' },
    },
  ]);
  expect(xml).toContain('name="x"');
  expect(xml).toContain('message="two&#10;lines"');
  expect(xml).toContain('>red ]]&gt; end</error>');
  expect(xml).toContain('a&lt;b&gt;&amp;&quot;');
});

test('whatever the texts are, the document is well-formed', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, (file, message, detail) => {
      tagsOf(renderJunit([{ file, name: message, wallMs: 1, outcome: { kind: 'error', message, detail } }]));
    }),
  );
});
