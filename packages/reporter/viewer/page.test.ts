/** The page in a real browser: complete without a script, silent with it, safe with hostile names, true to the trace. */
import { foldTo } from '@everynode/trace/fold';
import type { TraceRecord } from '@everynode/trace/record';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DARK, LIGHT } from '../src/palette.ts';
import { renderPage } from '../src/page.ts';
import { toReport } from '../src/reportModel.ts';
import { zoneOutageTrace } from '../src/testing/zoneOutageTrace.ts';
import { bundleViewer, HAS_BROWSER, PageLab, SUITE_NOTICE } from './testing/browser.ts';

const RECORDS = zoneOutageTrace();
const LAST = toReport(RECORDS).log.length - 1;

describe.skipIf(!HAS_BROWSER)(`page${SUITE_NOTICE}`, () => {
  let lab: PageLab;
  let viewerJs = '';
  let html = '';

  beforeAll(async () => {
    lab = await PageLab.open();
    viewerJs = bundleViewer();
    html = renderPage(toReport(RECORDS), { viewerJs });
  });
  afterAll(async () => lab.close());

  test('without JavaScript it shows verdict, sentences, assertions, command, chart and the notice', async () => {
    const { page, complaints } = await lab.show(html, { javaScriptEnabled: false });
    expect(await page.locator('h1').innerText()).toMatch(/FAIL\s+zone-lost-during-rollout/);
    for (const text of [
      'The rollout of node-agent stopped at 05:38.765',
      'First cause: ZoneOutage zone-b',
      'npx everynode run',
    ]) {
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    }
    expect(await page.locator('table.assertions tbody tr').count()).toBe(5);
    expect(await page.locator('svg.chart').isVisible()).toBe(true);
    expect(await page.locator('svg.chart > title').textContent()).toContain('Coverage of node-agent');
    expect(await page.getByText('This viewer blocks scripts.').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('with JavaScript the viewer takes over, without a complaint and without a request', async () => {
    const { page, complaints } = await lab.show(html);
    expect(await page.locator('#static-timeline').isVisible()).toBe(false);
    expect(await page.getByText('This viewer blocks scripts.').count()).toBe(0);
    expect(await page.locator('.clock').inputValue()).toBe('31:00.000');
    expect(complaints).toEqual([]);
  });

  test('the viewer stays within its budget of 90 kB', () => {
    expect(Buffer.byteLength(viewerJs)).toBeLessThanOrEqual(90_000);
  });

  test('at any moment the counts add up to the nodes and equal a fold of the trace', async () => {
    const { page, complaints } = await lab.show(html);
    for (const seq of [95, 500, 900, 1_200, 1_400, 1_550, LAST]) {
      await page.evaluate((hash) => (location.hash = hash), `t=${atMsOf(seq)}@${seq}`);
      await page.waitForFunction((text) => document.querySelector('.seq')?.textContent === text, `@${seq}`);
      const counts = await page
        .locator('.counts b')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.textContent)));
      expect(counts.reduce((sum, each) => sum + each, 0)).toBe(90);
      const status = await page
        .locator('[data-column]')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.textContent)));
      const truth = foldTo(RECORDS, { atMs: atMsOf(seq), seq });
      const ds = truth.get('ds/kube-system/node-agent');
      expect(status).toEqual(['desired', 'current', 'ready', 'updated', 'available'].map((field) => ds?.get(field)));
      const pods = [...truth.entries()].filter(([ref]) => ref.startsWith('pod/')).map(([, pod]) => pod);
      expect(counts[5]).toBe(pods.filter((pod) => pod.has('deletedAtMs')).length);
      const isLost = (node: unknown): boolean => truth.get(`node/${String(node)}`)?.get('ready') === 'Unknown';
      expect(counts[7]).toBe(
        pods.filter((pod) => !pod.has('deletedAtMs') && pod.has('scheduled') && isLost(pod.get('node'))).length,
      );
    }
    expect(complaints).toEqual([]);
  });

  test('a flipped character of the data shows the decode error, the verdict stands, and nothing says PASS', async () => {
    const at = html.indexOf('id="run">') + 2_000;
    const broken = html.slice(0, at) + (html[at] === 'A' ? 'B' : 'A') + html.slice(at + 1);
    const { page } = await lab.show(broken);
    expect(await page.getByRole('alert').innerText()).toBe(
      'The embedded trace could not be read (checksum). The verdict above is from the generator and still stands.',
    );
    expect(await page.locator('.badge').innerText()).toMatch(/FAIL/);
    expect(await page.locator('body').innerText()).not.toMatch(/PASS/);
    expect(await page.locator('svg.chart').isVisible()).toBe(true);
  });

  test('a host that blocks scripts and styles still shows the verdict, the causes and the notice', async () => {
    const policy = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'";
    const { page } = await lab.serve(html, { 'content-security-policy': policy }, 'This viewer blocks scripts.');
    expect(await page.locator('.what').innerText()).toContain('The rollout of node-agent stopped at 05:38.765');
    expect(await page.locator('#command').innerText()).toContain('npx everynode run');
    // Without styles the chart's own attributes must do.
    expect(await page.locator('svg.chart path').first().getAttribute('fill')).toBe('#92D3FF');
  });

  test('in a sandbox that allows scripts the viewer works, and its address follows', async () => {
    const { page, complaints } = await lab.serve(
      html,
      { 'content-security-policy': 'sandbox allow-scripts' },
      'Copy link',
    );
    await page.locator('.lanes').focus();
    await page.keyboard.press('Shift+N');
    expect(await page.locator('.clock').inputValue()).toBe('05:40.020');
    await expect.poll(() => page.url()).toContain('t=340020@');
    expect(complaints).toEqual([]);
  });

  test('hostile names are text everywhere: no dialog, no new element, no policy violation', async () => {
    const names = [
      '</script><script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onmouseover='alert(1)",
      'a\u202Eb',
      'nul\u0000',
      '\u{1F600}',
      '=cmd()',
      'x'.repeat(10_000),
    ];
    const evil = zoneOutageTrace({
      nodesPerZone: 4,
      nameOf: (kind, i) => `${names[i % names.length] ?? ''}${kind}${i}`,
    });
    const { page, complaints } = await lab.show(renderPage(toReport(evil), { viewerJs }));
    await page.locator('.lanes').focus();
    for (let i = 0; i < 12; i += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('v');
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('a⟨U+202E⟩b');
    expect(complaints).toEqual([]);
  });

  test('the theme follows the system, and T overrules it', async () => {
    for (const [colorScheme, palette, other] of [
      ['light', LIGHT, DARK],
      ['dark', DARK, LIGHT],
    ] as const) {
      const { page } = await lab.show(html, { colorScheme });
      expect(await backgroundOf(page)).toBe(palette.page);
      await page.locator('.lanes').focus();
      await page.keyboard.press('t');
      if (colorScheme === 'light') await page.keyboard.press('t');
      expect(await backgroundOf(page)).toBe(other.page);
      await expect.poll(() => canvasColours(page)).toContain(other.states[1]?.toLowerCase());
    }
  });

  test('nothing moves by itself when the reader asks for that', async () => {
    const { page } = await lab.show(html, { reducedMotion: 'reduce' });
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  test('printed, the static part is complete and starts with the verdict', async () => {
    const { page } = await lab.show(html);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#viewer').isVisible()).toBe(false);
    expect(await page.locator('svg.chart').isVisible()).toBe(true);
    expect((await page.pdf()).length).toBeGreaterThan(20_000);
  });
});

function atMsOf(seq: number): number {
  const entry = RECORDS.find(
    (record): record is Extract<TraceRecord, { kind: 'event' }> =>
      'seq' in record && record.kind !== 'keyframe' && record.seq === seq,
  );
  return entry?.atMs ?? 0;
}

async function backgroundOf(page: { evaluate: <T>(run: () => T) => Promise<T> }): Promise<string> {
  return page.evaluate(() => {
    const channels = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? [];
    return `#${channels.map((each) => Number(each).toString(16).padStart(2, '0')).join('')}`.toUpperCase();
  });
}

/** Colours that cover the lanes, sampled on a grid. */
async function canvasColours(page: { evaluate: <T>(run: () => T) => Promise<T> }): Promise<readonly string[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.lanes canvas');
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined) return [];
    const found = new Set<string>();
    for (let x = 5; x < canvas.width; x += 40) {
      for (let y = 5; y < canvas.height; y += 3) {
        const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
        found.add(`#${[red, green, blue].map((each) => each.toString(16).padStart(2, '0')).join('')}`);
      }
    }
    return [...found];
  });
}
