// A report in a real browser, with the network off: whatever the page asks for beyond its own file fails the test, and so does every error that
// it writes to the console. Tests are skipped where there is no Chromium: CHROMIUM_BIN, or chromium, chromium-browser, google-chrome on the PATH.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Download, type Locator, type Page } from 'playwright-core';
import type { ReportAssets } from '../../reports/html/document.js';

const BUILD = fileURLToPath(new URL('../../scripts/build-page.mjs', import.meta.url));
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const SCREENSHOTS = fileURLToPath(new URL('screenshots/', import.meta.url));

/** The window, and which colours the system asks for. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colors: 'light' | 'dark';
}

export const DESKTOP: Look = { width: 1440, height: 900, colors: 'light' };
export const PHONE: Look = { width: 390, height: 844, colors: 'dark' };

const chromiumPath = findChromium();
export const hasBrowser = chromiumPath !== null;
if (!hasBrowser) console.warn('skipped: no Chromium on the PATH nor in CHROMIUM_BIN');

function findChromium(): string | null {
  const fromPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const candidates = [...(process.env.CHROMIUM_BIN === undefined ? [] : [process.env.CHROMIUM_BIN]), ...fromPath];
  return candidates.find((file) => isExecutable(file)) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const PATIENCE_MS = 600_000;

/** One browser for a file of tests. */
export class ReportBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async launch(): Promise<ReportBrowser> {
    const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
    return new ReportBrowser(browser, mkdtempSync(join(tmpdir(), 'seatrial-browser-')));
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Opens a report from disk and waits until all its parts are there. */
  async open(html: string, look: Look = DESKTOP): Promise<OpenReport> {
    const file = join(this.folder, 'report.html');
    writeFileSync(file, html);
    const context = await this.browser.newContext({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.colors,
      deviceScaleFactor: look.width < 500 ? 2 : 1,
      acceptDownloads: true,
      reducedMotion: 'reduce',
    });
    // A slow machine fails no test.
    context.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    await context.route(/^(?!file:|data:|blob:)/, async (route) => {
      complaints.push(`request: ${route.request().url()}`);
      await route.abort();
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-drawn]', { state: 'attached' });
    const openedMs = await page.evaluate(() => Math.round(performance.now()));
    return new OpenReport(page, complaints, openedMs);
  }
}

export class OpenReport {
  constructor(
    readonly page: Page,
    /** What the page asked of the network, wrote as an error or popped up; ought to be empty. */
    readonly complaints: readonly string[],
    /** From the start of the navigation to the last part. */
    readonly openedMs: number,
  ) {}

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** What a button saves. Chromium drops the eleventh of many downloads in a few seconds: then the button is pressed once more. */
  async download(button: Locator): Promise<Download> {
    for (let tries = 1; ; tries++) {
      const saved = this.page.waitForEvent('download').catch((error: unknown) => {
        if (tries === 3) throw error;
        return null;
      });
      await button.click();
      const download = await saved;
      if (download !== null) return download;
    }
  }

  /** Scrolls past every figure, so that each is drawn; returns their titles, and how many marks each has: 0 for one that says why it is empty. */
  async drawAll(): Promise<Map<string, number>> {
    const marks = new Map<string, number>();
    for (const figure of await this.page.locator('.figure:visible').all()) {
      await figure.scrollIntoViewIfNeeded();
      await figure.locator('.figure-canvas svg, .figure-canvas .empty').first().waitFor();
      const title = (await figure.locator('h3').textContent()) ?? '';
      const selector = '[class*="role-mark"] :is(path, line, rect, text), [class*="role-mark"]:is(path, line, rect)';
      marks.set(title, await figure.locator('.figure-canvas svg').locator(selector).count());
    }
    return marks;
  }

  /** Violations of WCAG 2 that keep somebody from reading the page, as axe finds them. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    return await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
        );
    });
  }

  /** How many pixels the page is wider than its window. */
  async overflow(): Promise<number> {
    return await this.page.evaluate('document.documentElement.scrollWidth - innerWidth');
  }

  /** The whole page, kept for people to look at. */
  async screenshot(name: string, fullPage = true): Promise<void> {
    await this.page.evaluate('scrollTo(0, 0)');
    await this.page.screenshot({ path: this.picture(name), fullPage });
  }

  /** Where a picture is kept: in a folder that git ignores. */
  picture(name: string): string {
    mkdirSync(SCREENSHOTS, { recursive: true });
    return join(SCREENSHOTS, `${name}.png`);
  }
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

let assets: ReportAssets | null = null;

/** The page's script and style, built from their source. */
export function builtAssets(): ReportAssets {
  if (assets !== null) return assets;
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-page-'));
  execFileSync(process.execPath, [BUILD, folder]);
  const [script, style] = ['main.js', 'report.css'].map((name) => readFileSync(join(folder, name), 'utf8'));
  rmSync(folder, { recursive: true });
  assets = { script, style };
  return assets;
}
