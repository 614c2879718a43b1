// The report of a comparison in a browser: it opens from disk without a word of complaint, its parts are drawn, its filters filter, and
// people who do not see colours, or no pixels at all, can use it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlDiffReport } from '../../reports/html/diff/report.js';
import type { DiffResult } from '../../scenarios/result/diff-result.js';
import { ABOUT, HOSTILE, richDiff, sameDiff } from '../reports/html/diff-worlds.js';
import { builtAssets, DESKTOP, hasBrowser, type Look, type OpenReport, PHONE, ReportBrowser } from './browser.js';

const FIGURES = [
  'The largest changes',
  'Answers a second',
  'p99 over time',
  'Share of errors over time',
  'Use over time',
  'Base and candidate',
  'Difference at each percentile',
];

describe.skipIf(!hasBrowser)('the report of a comparison', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.launch();
  });
  afterAll(() => browser.close());

  const withReport = async (
    result: DiffResult,
    look: Look,
    check: (report: OpenReport) => Promise<void>,
  ): Promise<void> => {
    const report = await browser.open(htmlDiffReport(result, builtAssets(), ABOUT), look);
    try {
      await check(report);
      expect(report.complaints).toEqual([]);
    } finally {
      await report.close();
    }
  };

  test.each([
    { name: 'desktop, light', look: DESKTOP },
    { name: 'desktop, dark', look: { ...DESKTOP, colors: 'dark' as const } },
    { name: 'phone, light', look: { ...PHONE, colors: 'light' as const } },
    { name: 'phone, dark', look: PHONE },
  ])('$name: all charts are drawn, axe finds nothing serious, nothing sticks out', async ({ name, look }) => {
    await withReport(richDiff('shop', 'next idea'), look, async (report) => {
      const marks = await report.drawAll();
      expect([...marks.keys()]).toEqual(FIGURES);
      for (const count of marks.values()) expect(count).toBeGreaterThan(0);
      expect(await report.violations()).toEqual([]);
      expect(await report.overflow()).toBeLessThanOrEqual(0);
      await report.screenshot(`diff-${name.replace(', ', '-')}`);
    });
  });

  test('names that try to be more are inert', async () => {
    await withReport(richDiff(HOSTILE, `${HOSTILE}2`), DESKTOP, async (report) => {
      await report.drawAll();
      const { page } = report;
      expect(await page.locator('img').count()).toBe(0);
      const kinds = 'section#configuration details, section#fidelity details';
      await page.evaluate(`document.querySelectorAll(${JSON.stringify(kinds)}).forEach((one) => { one.open = true; })`);
      await page.locator('.topology .node').first().click();
      expect(await page.locator('img').count()).toBe(0);
      expect(await report.violations()).toEqual([]);
    });
  });

  test('the table of metrics: verdict, kind, metric and search leave what they say', async () => {
    await withReport(richDiff('shop'), DESKTOP, async ({ page }) => {
      const section = page.locator('section#behaviour');
      const count = section.locator('.toolbar > .quiet').first();
      expect(await count.textContent()).toBe('72 of 90 rows');
      await section.getByLabel('Verdict', { exact: true }).selectOption('worse');
      expect(await count.textContent()).toBe('18 of 90 rows');
      await section.getByLabel('About', { exact: true }).selectOption('service');
      expect(await count.textContent()).toBe('4 of 90 rows');
      await section.getByLabel('Metric', { exact: true }).selectOption('latency');
      expect(await count.textContent()).toBe('2 of 90 rows');
      await section.getByLabel('Search', { exact: true }).fill('service cart');
      await expect.poll(() => count.textContent()).toBe('1 of 90 rows');
      expect(await section.locator('tbody tr').count()).toBe(1);
      expect(await section.locator('tbody tr .interval-glyph').count()).toBe(1);
      await section.getByRole('button', { name: 'Metric' }).click();
      expect(await section.locator('th[aria-sort]').textContent()).toBe('Metric');
    });
  });

  test('configuration: both sides with their places, search and kinds', async () => {
    await withReport(richDiff('shop'), DESKTOP, async ({ page }) => {
      const section = page.locator('section#configuration');
      const field = section.locator('tr', { hasText: 'spec.http[0].retries.attempts' });
      expect(await field.locator('.side-base').textContent()).toBe('2istio/cart.yaml:17');
      expect(await field.locator('.side-candidate').textContent()).toBe('5istio/cart.yaml:19');
      await section.locator('.segmented label', { hasText: 'removed' }).click();
      expect(await section.locator('.changes > *').count()).toBe(1);
      await section.getByLabel('Search', { exact: true }).fill('no such thing');
      await expect.poll(() => section.locator('.changes').textContent()).toBe('Nothing matches.');
    });
  });

  test('the chooser shows one candidate at a time, and keeps what was left', async () => {
    await withReport(richDiff('one', 'two'), DESKTOP, async ({ page }) => {
      const shown = (): Promise<string[]> => page.locator('section#primary .candidate-name:visible').allTextContents();
      expect(await shown()).toEqual(['Candidate one 0123456789']);
      const verdict = page.locator('section#behaviour').getByLabel('Verdict', { exact: true }).locator('visible=true');
      await verdict.selectOption('better');
      await page.locator('.candidate-bar label', { hasText: 'two' }).click();
      expect(await shown()).toEqual(['Candidate two 0123456789']);
      expect(await verdict.inputValue()).toBe('not same');
      await page.locator('.candidate-bar label', { hasText: 'one' }).click();
      expect(await verdict.inputValue()).toBe('better');
    });
  });

  test('the map names verdicts in words, and shows the differences of what is selected', async () => {
    await withReport(richDiff('shop'), DESKTOP, async ({ page }) => {
      const node = page.locator('.topology .node[aria-label^="shop "][aria-label*=", service: worse: "]');
      expect(await node.getAttribute('aria-label')).toMatch(/^shop .*, service: worse: /);
      await node.focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('.panel .differences li').count()).toBeGreaterThan(0);
      expect(await page.locator('.topology .node[aria-label*="only in the candidate"]').count()).toBe(1);
    });
  });

  test('a world against itself: nothing differs', async () => {
    await withReport(sameDiff(), DESKTOP, async (report) => {
      await report.drawAll();
      expect(await report.page.locator('section#behaviour').textContent()).toContain('Nothing differs');
      expect(await report.page.locator('section#configuration').textContent()).toContain('Nothing changed');
      expect(await report.page.locator('section#fidelity').textContent()).toContain('Both worlds are simulated alike');
      expect(await report.violations()).toEqual([]);
    });
  });

  test('figures can be taken along as SVG and as a specification', async () => {
    await withReport(richDiff('shop'), DESKTOP, async (report) => {
      await report.drawAll();
      const figure = report.page.locator('section#latency figure').first();
      for (const [name, ending] of [
        [/save as SVG/, '.svg'],
        [/save the Vega-Lite spec/, '.vl.json'],
      ] as const) {
        const download = report.page.waitForEvent('download');
        await figure.getByRole('button', { name }).click();
        expect((await download).suggestedFilename().endsWith(ending)).toBe(true);
      }
    });
  });
});
