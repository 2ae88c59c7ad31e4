import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compileText, errorOf, AGENT, OUTAGE } from './testing/fixtures.ts';

vi.setConfig({ testTimeout: 60_000 });
const RUNS = 300;

/** What people and editors do to a file by mistake. */
const SNIPPETS = [
  '',
  ' ',
  '\n',
  '\t',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '!x ',
  '|',
  '>',
  '?',
  '%',
  '@',
  '${params.floor}',
  '{{ .x }}',
  'null',
  '0',
  '-1',
  '1e9',
  '5m',
  '__proto__: 1\n',
  'constructor',
  'toString',
  '\u{FEFF}',
  '\r',
  '\u{0}',
  '\u{202E}',
  '~',
  '---\n',
  '...\n',
  '<<: *a\n',
];

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const anyEdits = fc.array(fc.record({ at: fc.nat(5_000), cut: fc.nat(20), put: fc.constantFrom(...SNIPPETS) }), {
  minLength: 1,
  maxLength: 4,
});

function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits.reduce((result, { at, cut, put }) => {
    const start = at % (result.length + 1);
    return result.slice(0, start) + put + result.slice(start + cut);
  }, text);
}

/** `errorOf` lets anything but a `ScenarioError` through, so a crash fails the test. */
test('whatever is done to a scenario, it compiles or is refused with a place and an advice', () => {
  fc.assert(
    fc.property(anyEdits, (edits) => {
      const message = errorOf(() => compileText(applyEdits(OUTAGE, edits)));
      if (message !== 'no error') expect(message.split('\n')[0]).toMatch(/^(s|agent)\.yaml:\d+:\d+: .+/);
    }),
    { numRuns: RUNS },
  );
});

test('whatever is done to a manifest, it loads or is refused with a place', () => {
  fc.assert(
    fc.property(anyEdits, (edits) => {
      const message = errorOf(() => compileText(OUTAGE, { files: { 'agent.yaml': applyEdits(AGENT, edits) } }));
      if (message !== 'no error') expect(message.split('\n')[0]).toMatch(/^(s|agent)\.yaml:\d+:\d+: .+/);
    }),
    { numRuns: RUNS },
  );
});

test('a manifest of any JSON in any field is refused in words, not with a crash', () => {
  const paths = [
    'metadata',
    'spec',
    'spec.selector',
    'spec.template',
    'spec.template.metadata',
    'spec.template.spec',
    'spec.template.spec.containers',
    'spec.updateStrategy',
    'spec.template.spec.tolerations',
    'spec.template.spec.affinity',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
      const agent: Record<string, unknown> = JSON.parse(
        JSON.stringify({
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: { name: 'agent', namespace: 'kube-system' },
          spec: {
            selector: { matchLabels: { app: 'a' } },
            template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'agent', image: 'i' }] } },
          },
        }),
      ) as Record<string, unknown>;
      const keys = path.split('.');
      let here = agent;
      for (const key of keys.slice(0, -1)) here = here[key] as Record<string, unknown>;
      here[keys.at(-1) ?? ''] = value;
      expect(errorOf(() => compileText(OUTAGE, { files: { 'agent.yaml': JSON.stringify(agent) } }))).toMatch(
        /^(no error$|(s|agent)\.yaml:\d+:\d+: )/,
      );
    }),
    { numRuns: RUNS },
  );
});
