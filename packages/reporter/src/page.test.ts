/** The page without a browser: what must stand in it, what must not, and that its policy fits its content. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { renderPage } from './page.ts';
import { toReport } from './reportModel.ts';
import { zoneOutageTrace } from './testing/zoneOutageTrace.ts';

const VIEWER = 'console.log("viewer")';
const PAGE = renderPage(toReport(zoneOutageTrace()), { viewerJs: VIEWER });

test('the static part tells the verdict, both sentences, every assertion, the command, the faults and the chart', () => {
  for (const part of [
    '> FAIL</span>',
    'The rollout of node-agent stopped at 05:38.765 with 44 of 90 updated; rollout-finishes failed at 31:00.000.',
    'First cause: ZoneOutage zone-b (30 nodes), 05:00.000 to the end.',
    'healthy-zones-keep-coverage',
    '3 laws of the controller',
    'npx everynode run scenarios/tour/zone-lost.yaml --seed 20240210',
    '<svg class="chart"',
    '<title>Coverage of node-agent: at the end 60 of 90 available, 44 updated</title>',
    'This viewer blocks scripts. Download the file and open it to use the timeline.',
  ]) {
    expect(PAGE.replace(/\s+/g, ' ')).toContain(part);
  }
});

test('the policy allows exactly this script and this style, and nothing from anywhere', () => {
  const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(PAGE) ?? [];
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const style = /<style>([^<]*)<\/style>/.exec(PAGE)?.[1] ?? '';
  expect(policy).toBe(
    `default-src 'none'; script-src ${hash(VIEWER)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  );
  expect(PAGE).not.toMatch(/ style=|https?:|src=|<link|@import|url\((?!#)/);
});

test('hostile names stay text in every part of the page', () => {
  const hostile = [
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    'javascript:alert(1)',
    '\u202Egnp',
    'nul\u0000',
  ];
  const page = renderPage(
    toReport(
      zoneOutageTrace({ nodesPerZone: 3, nameOf: (kind, i) => `${hostile[i % hostile.length] ?? ''} ${kind} ${i}` }),
    ),
    { viewerJs: VIEWER },
  );
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).not.toMatch(/<img|onerror=alert\(1\)>/);
  expect(page).not.toContain('\u0000');
  expect(page).not.toContain('\u202E');
  expect(page).not.toMatch(/<[^>]* on[a-z]+=/);
});

test('the same model gives the same bytes', () => {
  expect(renderPage(toReport(zoneOutageTrace()), { viewerJs: VIEWER })).toBe(PAGE);
});

test('a page without a viewer has no script and no data block', () => {
  const page = renderPage(toReport(zoneOutageTrace({ nodesPerZone: 2 })), { viewerJs: '' });
  expect(page).toContain("script-src 'none'");
  expect(page).not.toContain('<script');
});

test('a viewer that would close its own element is refused', () => {
  expect(() => renderPage(toReport(zoneOutageTrace({ nodesPerZone: 2 })), { viewerJs: 'a="</script>"' })).toThrow(
    /close its own script/,
  );
});

test('a run without DaemonSets, events or assertions says so in every empty part', () => {
  const [header] = zoneOutageTrace({ nodesPerZone: 1 });
  const page = renderPage(toReport(header === undefined ? [] : [header]), { viewerJs: '' });
  for (const part of [
    'The trace holds no assertions.',
    'No chart: the run has no DaemonSet.',
    'Nothing was broken',
    'The run had no faults.',
  ]) {
    expect(page).toContain(part);
  }
});
