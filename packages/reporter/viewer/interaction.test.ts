/** The viewer in use: pointer, keys, links, filter, and what assistive technology finds. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderPage } from '../src/page.ts';
import { toReport } from '../src/reportModel.ts';
import { zoneOutageTrace } from '../src/testing/zoneOutageTrace.ts';
import { bundleViewer, HAS_BROWSER, PageLab, SUITE_NOTICE } from './testing/browser.ts';

const MODEL = toReport(zoneOutageTrace());

describe.skipIf(!HAS_BROWSER)(`viewer${SUITE_NOTICE}`, () => {
  let lab: PageLab;
  let html = '';

  beforeAll(async () => {
    lab = await PageLab.open();
    html = renderPage(MODEL, { viewerJs: bundleViewer() });
  });
  afterAll(async () => lab.close());

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in the %s theme: page, help, table, selection',
    async (colorScheme) => {
      const { page } = await lab.show(html, { colorScheme });
      await page.locator('.lanes').focus();
      for (const key of ['ArrowDown', '?', 'v']) await page.keyboard.press(key);
      expect(await page.locator('.help').isVisible()).toBe(true);
      expect(await page.locator('.table-view tbody tr').count()).toBe(90);
      expect(await violationsOf(page)).toEqual([]);
    },
  );

  test('axe finds nothing in the static page', async () => {
    // axe itself needs scripts, so the page comes without its own.
    const { page } = await lab.show(renderPage(MODEL, { viewerJs: 'document.documentElement.dataset.viewer="none"' }));
    expect(await violationsOf(page)).toEqual([]);
  });

  test('a click into the lanes sets the cursor and chooses the node under it', async () => {
    const { page } = await lab.show(html);
    const box = await boxOf(page);
    await page.mouse.click(box.x + 132 + (box.width - 132) * 0.5, box.y + 40);
    const clock = await page.locator('.clock').inputValue();
    expect(Math.abs(minutesOf(clock) - 22.5)).toBeLessThan(0.2);
    expect(await page.locator('.node h4').innerText()).toMatch(/^worker-\d+ zone-a/);
  });

  test('dragging moves the time and leaves the cursor where it was', async () => {
    const { page } = await lab.show(html);
    await page.locator('.lanes').focus();
    await page.keyboard.press('w');
    const [before, ticks] = [await page.locator('.clock').inputValue(), await ticksOf(page)];
    const box = await boxOf(page);
    await page.mouse.move(box.x + 500, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 700, box.y + 60, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator('.clock').inputValue()).toBe(before);
    expect(await ticksOf(page)).not.toEqual(ticks);
  });

  test('the wheel zooms after a click into the timeline, and only scrolls the page before', async () => {
    const { page } = await lab.show(html);
    const box = await boxOf(page);
    const before = await ticksOf(page);
    await page.mouse.move(box.x + 600, box.y + 60);
    await page.mouse.wheel(0, 100);
    expect(await ticksOf(page)).toEqual(before);
    await page.locator('.lanes').focus();
    await page.mouse.wheel(0, -300);
    await expect.poll(() => ticksOf(page)).not.toEqual(before);
  });

  test('N goes through the violations in the order of time, both ways', async () => {
    const { page } = await lab.show(html, {}, '#t=0');
    await page.locator('.lanes').focus();
    const seen: string[] = [];
    for (const key of ['n', 'n', 'Shift+N']) {
      await page.keyboard.press(key);
      seen.push(await page.locator('.clock').inputValue());
    }
    expect(seen).toEqual(['05:40.020', '31:00.000', '05:40.020']);
    for (const key of ['n', 'n']) await page.keyboard.press(key);
    await expect.poll(() => page.locator('.live').innerText()).toBe('No later violation.');
  });

  test('[ goes to the cause until an input is reached, ] to the first effect', async () => {
    const { page } = await lab.show(html);
    const removed = MODEL.log.findIndex((entry) => entry.kind === 'event' && entry.type === 'pod.deleting');
    await setHash(page, `t=${MODEL.log[removed]?.atMs}@${removed}`);
    await page.locator('.lanes').focus();
    for (let entry = MODEL.log[removed]; entry?.cause !== undefined; entry = MODEL.log[entry.cause]) {
      await page.keyboard.press('[');
      expect(await page.locator('.seq').innerText()).toBe(`@${entry.cause}`);
    }
    await page.keyboard.press('[');
    await expect.poll(() => page.locator('.live').innerText()).toBe('This is an input: nothing led to it.');
    const root = Number((await page.locator('.seq').innerText()).slice(1));
    await page.keyboard.press(']');
    const effect = MODEL.log.find((entry) => entry.cause === root)?.seq;
    expect(await page.locator('.seq').innerText()).toBe(`@${effect}`);
  });

  test('arrows go through the changes of the chosen node', async () => {
    const { page } = await lab.show(html, {}, '#t=0&n=worker-1');
    const lane = MODEL.daemonSets[0]?.lanes.get('worker-1');
    await page.locator('.lanes').focus();
    const wanted = [...new Set((lane?.atMs ?? []).slice(1))].slice(0, 4);
    for (const atMs of wanted) {
      while ((await page.locator('.clock').inputValue()) !== clockOf(atMs)) await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.clock').inputValue()).not.toBe(clockOf(wanted.at(-1) ?? 0));
  });

  test('the address follows, and opening it again restores cursor, view, node and filter', async () => {
    const { page, url } = await lab.show(html);
    await page.locator('.lanes').focus();
    for (const key of ['ArrowDown', 'w', 'w', ',']) await page.keyboard.press(key);
    await page.locator('#event-filter').fill('kind:pod.');
    await expect.poll(() => page.evaluate(() => location.hash)).toContain('q=kind%3Apod.');
    const [fragment, before] = [await page.evaluate(() => location.hash), await lookOf(page)];
    const again = await lab.show(html, {}, fragment);
    expect(await lookOf(again.page)).toEqual(before);
    expect(fragment).toContain(`d=${MODEL.digest.slice(0, 8)}`);
    expect(again.url).not.toBe(url);
  });

  test('a link of the static part moves the cursor, and Back returns', async () => {
    const { page } = await lab.show(html);
    await page.locator('.card a.moment', { hasText: '05:40.020' }).first().click();
    await expect.poll(() => page.locator('.clock').inputValue()).toBe('05:40.020');
    await page.goBack();
    await expect.poll(() => page.locator('.clock').inputValue()).toBe('31:00.000');
  });

  test('a link for another trace says so and shows the same time', async () => {
    const { page } = await lab.show(html, {}, '#d=00000000&t=341020');
    expect(
      await page
        .getByText(`Link was made for trace 00000000; this is ${MODEL.digest.slice(0, 8)}. Showing the same time.`)
        .isVisible(),
    ).toBe(true);
    expect(await page.locator('.clock').inputValue()).toBe('05:41.020');
  });

  test('the filter counts what an independent scan counts, draws few rows, and shows the last one when scrolled', async () => {
    const { page } = await lab.show(html);
    await page.locator('#event-filter').fill('kind:pod. node:worker-1 !actor:kube-scheduler');
    const wanted = MODEL.log.filter(
      (entry) =>
        entry.kind === 'event' &&
        entry.type.startsWith('pod.') &&
        entry.node?.includes('worker-1') === true &&
        entry.actor !== 'kube-scheduler',
    );
    await expect.poll(() => page.locator('#event-count').innerText()).toBe(`${wanted.length} of ${MODEL.log.length}`);
    expect(await page.locator('.rows .row').count()).toBeLessThan(80);
    await page.locator('.rows').evaluate((box) => (box.scrollTop = box.scrollHeight));
    await expect.poll(() => page.locator('.rows .row').last().innerText()).toContain(String(wanted.at(-1)?.seq));
  });

  test('an unknown key of the filter gets a suggestion, and a filter without hits says so', async () => {
    const { page } = await lab.show(html);
    await page.locator('#event-filter').fill('nod:worker-1');
    await expect.poll(() => page.locator('#event-count').innerText()).toBe('Unknown key "nod". Did you mean node?');
    await page.locator('#event-filter').fill('nothing-is-called-so');
    await expect
      .poll(() => page.getByText(`No event matches. ${MODEL.log.length} events in this run.`).isVisible())
      .toBe(true);
  });

  test('letters typed into the filter are text, and shortcuts can be switched off', async () => {
    const { page } = await lab.show(html);
    const before = await ticksOf(page);
    await page.locator('#event-filter').pressSequentially('wasd0');
    expect(await ticksOf(page)).toEqual(before);
    await page.locator('.lanes').focus();
    await page.keyboard.press('?');
    await page.getByRole('checkbox').uncheck();
    await page.locator('.lanes').focus();
    await page.keyboard.press('w');
    expect(await ticksOf(page)).toEqual(before);
  });

  test('of several DaemonSets one is shown, and the choice is part of the link', async () => {
    const [first] = MODEL.daemonSets;
    const second = { ref: 'ds/logging/other', lanes: new Map(), coverage: [], revisions: [] };
    const both = { ...MODEL, daemonSets: first === undefined ? [] : [first, second] };
    const { page } = await lab.show(renderPage(both, { viewerJs: bundleViewer() }));
    await page.getByLabel('DaemonSet').selectOption('other');
    expect(await page.locator('.kubectl tbody th').innerText()).toBe('other');
    await expect.poll(() => page.evaluate(() => location.hash)).toContain('ds=ds/logging/other');
  });

  test('a time or an event can be typed in, and nonsense is refused with a word', async () => {
    const { page } = await lab.show(html);
    const go = async (text: string): Promise<string> => {
      await page.locator('#go-to').fill(text);
      await page.locator('#go-to').press('Enter');
      return page.locator('#go-to').inputValue();
    };
    expect(await go('5m41.020s')).toBe('05:41.020');
    expect(await go('@0')).toBe('00:00.000');
    expect(await go('soon')).toBe('00:00.000');
    await expect.poll(() => page.locator('.live').innerText()).toContain('"soon" is no time.');
  });
});

async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

async function boxOf(page: Page): Promise<{ readonly x: number; readonly y: number; readonly width: number }> {
  await page.locator('.lanes').scrollIntoViewIfNeeded();
  return (await page.locator('.lanes').boundingBox()) ?? { x: 0, y: 0, width: 0 };
}

async function ticksOf(page: Page): Promise<readonly string[]> {
  return page.locator('.ticks span').allInnerTexts();
}

async function setHash(page: Page, hash: string): Promise<void> {
  await page.evaluate((text) => (location.hash = text), hash);
  await page.waitForFunction(
    (seq) => document.querySelector('.seq')?.textContent === seq,
    `@${hash.split('@')[1] ?? ''}`,
  );
}

async function lookOf(page: Page): Promise<readonly unknown[]> {
  return [
    await page.locator('.clock').inputValue(),
    await page.locator('.seq').innerText(),
    await ticksOf(page),
    await page.locator('.node h4').innerText(),
    await page.locator('#event-filter').inputValue(),
  ];
}

function minutesOf(clock: string): number {
  const [minutes, seconds] = clock.split(':').map(Number);
  return (minutes ?? 0) + (seconds ?? 0) / 60;
}

function clockOf(atMs: number): string {
  const seconds = Math.trunc(atMs / 1000);
  return `${String(Math.trunc(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.${String(atMs % 1000).padStart(3, '0')}`;
}
