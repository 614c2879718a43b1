// A report in which every name is hostile: nothing runs, nothing is added to the page, and the names stand there as text.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printable } from '../../reports/escape.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { RESULT } from '../reports/fixture.js';
import { hostile, PAYLOADS } from '../reports/html/hostile.js';
import { hasBrowser, type OpenReport, ReportBrowser } from './browser.js';
import { reportOf } from './make-report.js';

/** The fixture with a service for each payload, all of them called. */
function manyServices(): RunResult {
  const names = PAYLOADS.map((_, i) => `service ${i}`);
  const services = names.map((name) => ({ ...RESULT.services[0], name }));
  const edges = names.map((to) => ({ ...RESULT.edges[0], to }));
  return { ...RESULT, services: [...RESULT.services, ...services], edges: [...RESULT.edges, ...edges] };
}

const BENIGN = manyServices();
const EVIL = hostile(BENIGN);

/** How many elements of each kind there are, drawn and opened as far as it goes. */
async function census(report: OpenReport): Promise<Record<string, number>> {
  await report.drawAll();
  await report.page.evaluate(`for (const part of document.querySelectorAll('details')) part.open = true`);
  const closed = report.page.locator('.disclosure[aria-expanded=false]');
  while ((await closed.count()) > 0) await closed.first().click();
  for (const button of await report.page.getByRole('button', { name: 'data as a table' }).all()) await button.click();
  return await report.page.evaluate(() => {
    const counts: Record<string, number> = {};
    const { document } = globalThis as unknown as { document: { querySelectorAll(all: string): Iterable<Named> } };
    interface Named {
      readonly localName: string;
      getAttributeNames(): string[];
    }
    for (const element of document.querySelectorAll('*')) {
      const handlers = element.getAttributeNames().filter((name) => name.startsWith('on'));
      const key = [element.localName, ...handlers].join(' ');
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  });
}

describe.skipIf(!hasBrowser)('hostile names', () => {
  let browser: ReportBrowser;
  beforeAll(async () => {
    browser = await ReportBrowser.launch();
  });
  afterAll(() => browser.close());

  test('add no element that other names would not', async () => {
    const report = await browser.open(reportOf(EVIL));
    const found = await census(report);
    expect(await report.page.evaluate('window.hacked')).toBeUndefined();
    expect(report.complaints).toEqual([]);
    await report.screenshot('hostile-light-1440');
    await report.close();
    const benign = await browser.open(reportOf(BENIGN));
    const expected = await census(benign);
    await benign.close();
    const kinds = (counts: Record<string, number>): string[] => Object.keys(counts).sort();
    expect(kinds(found)).toEqual(kinds(expected));
    for (const kind of ['script', 'style', 'a', 'bdi', 'button', 'h3', 'th', 'tr', 'section', 'details']) {
      expect([kind, found[kind]]).toEqual([kind, expected[kind]]);
    }
  });

  test('stand there as what they are', async () => {
    const report = await browser.open(reportOf(EVIL));
    const { page } = report;
    const shown = await page.locator('#services tbody th bdi').allTextContents();
    for (const { name } of EVIL.services) expect(shown).toContain(printable(name));
    expect(await page.title()).toContain(printable(EVIL.scenario).slice(0, 10));
    expect(await page.locator('h1').textContent()).toBe(printable(EVIL.scenario));
    const all = await page.evaluate('document.body.innerText');
    expect(String(all).replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    await report.close();
  });

  test('are found, selected and listed on the map', async () => {
    const report = await browser.open(reportOf(EVIL));
    const topology = report.page.locator('#topology');
    for (const name of ['<img src=x', '__proto__', 'window.hacked=1;//']) {
      await topology.locator('input[type=search]').fill(name);
      await expect.poll(() => topology.locator('.hits button').first().textContent()).toContain(name);
      await topology.locator('.hits button').first().click();
      expect(await topology.locator('.panel h3').first().textContent()).toContain(name);
    }
    await topology.getByRole('radio', { name: 'List' }).check();
    await topology.locator('.topology-list button').first().click();
    await topology.getByRole('radio', { name: 'Map' }).check();
    for (const node of await topology.locator('.node').all()) await node.hover({ force: true });
    expect(await report.page.evaluate('window.hacked')).toBeUndefined();
    expect(report.complaints).toEqual([]);
    await report.close();
  });

  test('are inert in what is taken along', async () => {
    const report = await browser.open(reportOf(EVIL));
    const { page } = report;
    await report.drawAll();
    const figure = page.locator('.figure', { hasText: 'Services: mean use' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      figure.getByRole('button', { name: 'save as SVG' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).not.toMatch(/<(script|img|iframe)|<[^>]*\son\w+=/i);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('#services').getByRole('button', { name: 'Copy as CSV' }).click();
    await expect.poll(() => page.locator('#services .toolbar').innerText()).toContain('Copied');
    const csv: string = await page.evaluate('navigator.clipboard.readText()');
    expect(csv).toMatch(/^"'=HYPERLINK\(""http:\/\/evil\.example"",""x""\)\d*",/m);
    expect(csv).not.toMatch(/(^|[\n,])"?[=+@]/);
    expect(report.complaints).toEqual([]);
    await report.close();
  });
});
