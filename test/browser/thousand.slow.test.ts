// A mesh of a thousand services: its report stays small and can be used. Its size is a law; how long it took to open is told, not judged.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isotopeMesh } from '../support/isotope.js';
import { builtAssets, DESKTOP, hasBrowser, PHONE, ReportBrowser } from './browser.js';
import { reportOf, runOf } from './make-report.js';

const BYTES_MAX = 5e6;

/** The shape of a deep mesh, and that of isotope's own example of a thousand services. */
describe.skipIf(!hasBrowser).each([10, 100])('a thousand services, %d to a branch', (branches) => {
  let browser: ReportBrowser;
  let html: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seatrial-isotope-'));
    const { manifests, scenario } = isotopeMesh({
      services: 1000,
      branches,
      ratePerSecond: 10,
      duration: '5s',
      replications: 3,
    });
    writeFileSync(join(folder, 'mesh.yaml'), manifests);
    writeFileSync(join(folder, 'scenario.yaml'), scenario);
    html = reportOf(await runOf(join(folder, 'scenario.yaml')));
    rmSync(folder, { recursive: true });
    browser = await ReportBrowser.launch();
  });
  afterAll(() => browser.close());

  test('are a small file that opens', async () => {
    const { script, style } = builtAssets();
    const own = Buffer.byteLength(html) - Buffer.byteLength(script) - Buffer.byteLength(style);
    expect(own).toBeLessThan(BYTES_MAX);
    const report = await browser.open(html);
    console.log(`${(own / 1e6).toFixed(2)} MB beside the libraries; all parts drawn after ${report.openedMs} ms`);
    const figures = await report.drawAll();
    for (const title of ['Percentiles of each request', 'Distribution', 'Over time', 'Retries a second']) {
      expect([title, figures.get(title)! > 0]).toEqual([title, true]);
    }
    expect(await report.violations()).toEqual([]);
    await report.screenshot(`isotope-${branches}-light`);
    expect(report.complaints).toEqual([]);
    await report.close();
  });

  test('are drawn as a part, as a whole, and by namespace', async () => {
    const report = await browser.open(html, { ...DESKTOP, colors: 'dark' });
    const topology = report.page.locator('#topology');
    const nodes = topology.locator('.node');
    expect(await nodes.count()).toBe(30);
    const show = topology.locator('select');
    await show.selectOption('120');
    expect(await nodes.count()).toBe(120);
    await show.selectOption('worst');
    expect(await nodes.count()).toBe(60);
    expect(await topology.locator('.node:is(.tone-e2, .tone-e3, .tone-e4)').count()).toBeGreaterThan(0);
    await topology.screenshot({ path: report.picture(`isotope-${branches}-worst`) });
    await show.selectOption('all');
    expect(await nodes.count()).toBe(1002);
    await topology.getByRole('button', { name: 'Show all' }).click();
    await topology.screenshot({ path: report.picture(`isotope-${branches}-all`) });
    await show.selectOption('groups');
    expect(await nodes.count()).toBe(12);
    await topology.screenshot({ path: report.picture(`isotope-${branches}-namespaces`) });
    expect(await report.violations()).toEqual([]);
    expect(report.complaints).toEqual([]);
    await report.close();
  });

  test('are found by name, on the map and in the tables', async () => {
    const report = await browser.open(html, { ...PHONE, colors: 'light' });
    const { page } = report;
    const topology = page.locator('#topology');
    await topology.locator('input[type=search]').fill('svc-0-7-5');
    await topology.locator('.hits button').first().click();
    expect(await topology.locator('.panel h3').first().innerText()).toBe('svc-0-7-5');
    expect(await topology.locator('.node.is-selected').count()).toBe(1);
    const services = page.locator('#services .data-table');
    expect(await services.locator('tbody tr').count()).toBe(25);
    await services.getByRole('button', { name: 'Next' }).click();
    expect(await services.locator('.pager').innerText()).toContain('page 2 of 41');
    await services.locator('input[type=search]').fill('svc-0-7-5');
    await expect.poll(() => services.locator('.pager').innerText()).toBe('');
    expect(await report.overflow()).toBe(0);
    expect(report.complaints).toEqual([]);
    await report.close();
  });
});
