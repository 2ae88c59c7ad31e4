/** Opens pages in the machine's own chromium, as a reader would: from a file, with every request and complaint noted. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Without a browser these tests cannot run; the name of the skipped suite says so. */
export const HAS_BROWSER = existsSync(EXECUTABLE);
export const SUITE_NOTICE = HAS_BROWSER ? '' : ` (skipped: no ${EXECUTABLE})`;

/** The viewer as the command line bundles it. */
export function bundleViewer(): string {
  const { outputFiles } = buildSync({
    ...(JSON.parse(readFileSync(new URL('../bundle.json', import.meta.url), 'utf8')) as BuildOptions),
    entryPoints: [fileURLToPath(new URL('../main.tsx', import.meta.url))],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

export interface OpenPage {
  readonly page: Page;
  /** Console errors, page errors, policy violations, and requests other than the document itself. */
  readonly complaints: readonly string[];
  readonly url: string;
}

/** One browser for a test file; pages are written into a folder of its own. */
export class PageLab {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'everynode-page-'));
  #files = 0;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<PageLab> {
    return new PageLab(await chromium.launch({ executablePath: EXECUTABLE, args: ARGS }));
  }

  /** Opens a document from a file; with scripts it waits until the viewer is ready or has given up. */
  async show(html: string, options: BrowserContextOptions = {}, fragment = ''): Promise<OpenPage> {
    this.#files += 1;
    const path = join(this.#folder, `${this.#files}.html`);
    writeFileSync(path, html);
    const url = pathToFileURL(path).href;
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url + fragment);
    if (options.javaScriptEnabled !== false)
      await page.waitForFunction('document.documentElement.dataset.viewer !== undefined');
    return { page, complaints, url };
  }

  /** Opens the document as a server sends it, with its headers; `ready` is a text that must show. */
  async serve(html: string, headers: Readonly<Record<string, string>>, ready: string): Promise<OpenPage> {
    const url = 'http://report.test/';
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
    await page.route(url, (route) =>
      route.fulfill({ body: html, headers: { 'content-type': 'text/html', ...headers } }),
    );
    await page.goto(url);
    await page.getByText(ready).first().waitFor();
    return { page, complaints, url };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
