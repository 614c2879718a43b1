// The report of a run as people use it: everything is drawn, can be searched, sorted, switched and taken along, with mouse and keyboard, in light
// and dark, on a desk and on a phone.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, type TopLevelSpec } from 'vega-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DESKTOP, hasBrowser, type Look, type OpenReport, PHONE, ReportBrowser } from './browser.js';
import { reportOf, runOf } from './make-report.js';

const SHOP = fileURLToPath(new URL('../../examples/shop', import.meta.url));
const BOOKINFO = fileURLToPath(new URL('../corpus/bookinfo.scenario.yaml', import.meta.url));
const hasCorpus = existsSync(fileURLToPath(new URL('../../../shared/corpus/istio/samples/bookinfo', import.meta.url)));
if (!hasCorpus) console.warn('skipped: the corpus of published applications is not beside the repository');

const FIGURES = [
  'Percentiles of each request',
  'Distribution',
  'Over time',
  'Failed requests by what became of them',
  'Errors a second',
  'Services: mean use over the measured time',
  'Use over time',
  'Requests in the pods over time',
  'Connection pools and circuit breakers',
  'Retries a second',
  'Ejections',
];

const COLORS = ['light', 'dark'] as const;

interface DrawnWord {
  readonly text: string;
  /** Of its letters, in pixels of the screen. */
  readonly size: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Run in the page: the words of the map that are shown. */
const WORDS_OF_MAP = `[...document.querySelectorAll(
  '.map :is(.node-name, .node-note, .node-far, .edge-label, .group-name, .group-name-far)',
)].map((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  const size = Number.parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a;
  return { text: one.textContent, size, x, y, width, height };
}).filter(({ width }) => width > 0)`;

/** Nothing was fetched, no error was written, no dialog came up. */
async function leave(report: OpenReport): Promise<void> {
  expect(report.complaints).toEqual([]);
  await report.close();
}

describe.skipIf(!hasBrowser)('the report of the example shop', () => {
  let browser: ReportBrowser;
  let html: string;
  const open = (look: Look = DESKTOP): Promise<OpenReport> => browser.open(html, look);

  beforeAll(async () => {
    browser = await ReportBrowser.launch();
    html = reportOf(await runOf(`${SHOP}/scenario.yaml`, { duration: '20s', replications: 3 }));
  });
  afterAll(() => browser.close());

  test.each(COLORS)('is drawn whole and can be read by everybody, %s', async (colors) => {
    const report = await open({ ...DESKTOP, colors });
    const figures = await report.drawAll();
    expect([...figures.keys()]).toEqual(FIGURES);
    for (const [title, marks] of figures) if (title !== 'Ejections') expect([title, marks > 0]).toEqual([title, true]);
    expect(await report.violations()).toEqual([]);
    expect(await report.overflow()).toBe(0);
    await report.screenshot(`shop-${colors}-${DESKTOP.width}`);
    await report.screenshot(`shop-${colors}-top`, false);
    await leave(report);
  });

  test('words of the map can be read where it opens: at least 11 pixels, none over another', async () => {
    for (const look of [DESKTOP, PHONE]) {
      const report = await open(look);
      const words = await report.page.evaluate<DrawnWord[]>(WORDS_OF_MAP);
      expect(words.length).toBeGreaterThan(14);
      for (const { text, size } of words) expect([text, size >= 11 - 0.01]).toEqual([text, true]);
      const inner = words.map((word) => ({ ...word, y: word.y + word.height * 0.25, height: word.height * 0.5 }));
      for (const [i, a] of inner.entries()) {
        for (const b of inner.slice(i + 1)) {
          const isApart =
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect([a.text, b.text, isApart]).toEqual([a.text, b.text, true]);
        }
      }
      await leave(report);
    }
  });

  test('namespaces are boxes, calls carry their rate and share of errors', async () => {
    const report = await open();
    const { page } = report;
    expect(await page.locator('.group-box title').allTextContents()).toEqual(['namespace chandlery', 'namespace edge']);
    const labels = await page.locator('.label-near .edge-label').allTextContents();
    expect(labels.filter((label) => /^(cause · )?[\d.]+\/s · [\d.]+ %$/.test(label)).length).toBeGreaterThan(3);
    await leave(report);
  });

  test('on a phone the verdict and the answer are on the first screen, and the map fits', async () => {
    const report = await open(PHONE);
    const { page } = report;
    const bottom = await page.locator('.answer').evaluate((one) => one.getBoundingClientRect().bottom);
    expect(bottom).toBeLessThan(PHONE.height);
    const frame = (await page.locator('.map').boundingBox())!;
    for (const node of await page.locator('.node .node-box').all()) {
      const box = (await node.boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(frame.x);
      expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width);
    }
    await leave(report);
  });

  test.each(COLORS)('fits on a phone, %s', async (colors) => {
    const report = await open({ ...PHONE, colors });
    await report.drawAll();
    expect(await report.violations()).toEqual([]);
    expect(await report.overflow()).toBe(0);
    await report.screenshot(`shop-${colors}-${PHONE.width}`);
    await leave(report);
  });

  test('the verdict and the numbers stand there without any script', async () => {
    const report = await open();
    const text = await report.page.locator('#overview').innerText();
    expect(text).toContain('saturday-before-the-regatta');
    expect(text).toMatch(/p99\n\s*[\d.]+ m?s/);
    expect(await report.page.locator('#goals').innerText()).toContain('pages are fast');
    expect(await report.page.locator('#method').innerText()).toContain('seatrial run .');
    await leave(report);
  });

  test('the topology answers to the keyboard', async () => {
    const report = await open();
    const { page } = report;
    await page.locator('#topology input[type=search]').focus();
    for (let i = 0; i < 20 && !(await page.evaluate('document.activeElement.matches(".node")')); i++) {
      await page.keyboard.press('Tab');
    }
    const focused = (): Promise<string | null> => page.locator('.node:focus').getAttribute('aria-label');
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    const second = await focused();
    expect(second).not.toBe(first);
    await page.keyboard.press('Enter');
    const name = second!.split(' ')[0];
    expect(await page.locator('.panel h3').first().innerText()).toBe(name);
    expect(await page.locator('.node[aria-pressed=true]').count()).toBe(1);
    expect(await page.locator('.panel').innerText()).toContain('Called by');
    const before = await page.locator('.map > g').getAttribute('transform');
    await page.keyboard.press('+');
    expect(await page.locator('.map > g').getAttribute('transform')).not.toBe(before);
    await page.keyboard.press('Escape');
    expect(await page.locator('.node[aria-pressed=true]').count()).toBe(0);
    await leave(report);
  });

  test('the topology: search, selection, colours, list, zoom', async () => {
    const report = await open();
    const { page } = report;
    const topology = page.locator('#topology');
    await topology.locator('input[type=search]').fill('pay');
    await topology.locator('.hits button').first().click();
    expect(await topology.locator('.panel h3').first().innerText()).toBe('payments');
    expect(await topology.locator('.panel').innerText()).toMatch(/Called by one\s+orders/);
    await topology.locator('.neighbour', { hasText: 'orders' }).click();
    expect(await topology.locator('.panel h3').first().innerText()).toBe('orders');
    expect(await topology.locator('.node.tone-e3').count()).toBeGreaterThan(0);
    await topology.getByRole('radio', { name: 'Latency' }).check();
    expect(await topology.locator('.node.tone-e3').count()).toBe(0);
    expect(await topology.locator('.node.tone-l4').count()).toBeGreaterThan(0);
    await topology.getByRole('button', { name: 'Zoom in' }).click();
    await topology.getByRole('radio', { name: 'List' }).check();
    expect(await topology.locator('.topology-list').innerText()).toContain('→ catalogue');
    await topology.getByRole('radio', { name: 'Map' }).check();
    expect(await topology.locator('.map').isVisible()).toBe(true);
    await leave(report);
  });

  test('busier lines are wider', async () => {
    const report = await open();
    const widths = await report.page
      .locator('.edge-line')
      .evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('stroke-width'))));
    expect(Math.max(...widths)).toBe(8);
    expect(Math.min(...widths)).toBeLessThan(4);
    await leave(report);
  });

  test('tables sort, filter, search and open by keyboard', async () => {
    const report = await open();
    const { page } = report;
    const table = page.locator('#services .data-table');
    const names = (): Promise<string[]> => table.locator('tbody th bdi').allInnerTexts();
    const column = table.getByRole('button', { name: 'p99', exact: true });
    await column.focus();
    await page.keyboard.press('Enter');
    expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    const slowest = await names();
    await page.keyboard.press('Enter');
    expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
    expect((await names())[0]).not.toBe(slowest[0]);
    await table.locator('input[type=search]').fill('catalogue');
    await table.locator('.quiet', { hasText: '1 of 11 rows' }).waitFor();
    await table.locator('.disclosure').focus();
    await page.keyboard.press('Enter');
    expect(await names()).toEqual(['catalogue', 'catalogue-v1.chandlery', 'catalogue-v2.chandlery']);
    const errors = page.locator('#errors .data-table');
    const all = await errors.locator('tbody tr').count();
    await errors.locator('select').selectOption({ label: 'failures that clients saw' });
    expect(await errors.locator('tbody tr').count()).toBeLessThan(all);
    await leave(report);
  });

  test('fidelity is searched and grouped', async () => {
    const report = await open();
    const fidelity = report.page.locator('#fidelity');
    await fidelity.getByRole('radio', { name: 'File' }).check();
    expect(await fidelity.locator('.group-name').allInnerTexts()).toContain('kubernetes/catalogue.yaml');
    await fidelity.locator('input[type=search]').fill('autoscaling is not simulated');
    await fidelity.locator('.note-meaning').first().waitFor();
    expect(await fidelity.locator('details').count()).toBe(1);
    await leave(report);
  });

  test('the request is chosen for distribution and course', async () => {
    const report = await open();
    await report.drawAll();
    const distribution = report.page.locator('.figure', { hasText: 'Distribution' });
    const before = await distribution.locator('.figure-canvas').innerHTML();
    await report.page.locator('#latency .chooser select').selectOption({ label: 'shoppers · checkout' });
    expect(await distribution.locator('.figure-canvas').innerHTML()).not.toBe(before);
    await leave(report);
  });

  test('every chart can be taken along as SVG and as its specification, and read as a table', async () => {
    const report = await open();
    const { page } = report;
    await report.drawAll();
    for (const figure of await page.locator('.figure:has(.figure-tools button)').all()) {
      const svg = await report.download(figure.getByRole('button', { name: 'save as SVG' }));
      expect(svg.suggestedFilename()).toMatch(/^[a-z0-9-]+\.svg$/);
      expect(readFileSync(await svg.path(), 'utf8')).toMatch(
        /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>\s*$/s,
      );
      const spec = await report.download(figure.getByRole('button', { name: 'save the Vega-Lite spec' }));
      expect(spec.suggestedFilename()).toMatch(/^[a-z0-9-]+\.vl\.json$/);
      const parsed = JSON.parse(readFileSync(await spec.path(), 'utf8')) as TopLevelSpec;
      expect(compile(parsed).spec.marks?.length).toBeGreaterThan(0);
      const data = figure.getByRole('button', { name: 'data as a table' });
      await data.click();
      expect(await data.getAttribute('aria-expanded')).toBe('true');
      expect(await figure.locator('.figure-table tbody tr').count()).toBeGreaterThan(0);
    }
    expect(await report.violations()).toEqual([]);
    await leave(report);
  });

  test('colours are switched by hand, and charts with them', async () => {
    const report = await open();
    const { page } = report;
    await report.drawAll();
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('.figure-canvas svg').first().getAttribute('style')).toContain('rgb(22, 33, 44)');
    expect(await report.violations()).toEqual([]);
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await leave(report);
  });

  test('on paper everything is drawn, in dark ink on white', async () => {
    const report = await open({ ...DESKTOP, colors: 'dark' });
    const { page } = report;
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await page.locator('.figure-canvas:empty').count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 794, height: 1123 });
    await report.screenshot('shop-print');
    await leave(report);
  });
});

describe.skipIf(!hasBrowser || !hasCorpus)('the report of Bookinfo', () => {
  test('opens, without errors to show', async () => {
    const browser = await ReportBrowser.launch();
    const report = await browser.open(reportOf(await runOf(BOOKINFO, { duration: '10s' })));
    const figures = await report.drawAll();
    expect(figures.get('Distribution')).toBeGreaterThan(0);
    expect(await report.page.locator('#errors .calm').innerText()).toContain('No call failed');
    expect(await report.page.locator('#topology .node').count()).toBe(6);
    expect(await report.violations()).toEqual([]);
    await report.screenshot('bookinfo-light-1440');
    await leave(report);
    await browser.close();
  });
});
