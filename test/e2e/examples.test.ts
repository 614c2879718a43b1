// The examples are documentation and regression suite at once: each runs, and what its README says is what happens.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunResult } from '../../scenarios/result/read-result-file.js';
import { isBuilt, NOT_BUILT, ROOT, seatrial } from '../cli/script.js';

describe.skipIf(!isBuilt)(`examples${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  let tmp: string;
  beforeAll(() => {
    tmp = mkdtempSync(join(tmpdir(), 'seatrial-test-'));
  });
  afterAll(() => {
    rmSync(tmp, { recursive: true, force: true });
  });

  const SHORT = ['--duration', '10s', '--replications', '3', '--inconclusive', 'pass', '--json'];

  function runExample(path: string, ...options: string[]): string {
    const { exitCode, stdout, stderr } = seatrial(['run', path, '--out', join(tmp, 'out'), ...SHORT, ...options]);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  }

  const meshes = readdirSync(join(ROOT, 'examples')).filter((name) =>
    existsSync(join(ROOT, 'examples', name, 'scenario.yaml')),
  );

  test.each(meshes)('%s gives the same bytes on one worker and on three', (name) => {
    const one = runExample(`examples/${name}`, '--workers', '1');
    expect(runExample(`examples/${name}`, '--workers', '3')).toBe(one);
    expect(runExample(`examples/${name}`, '--seed', 'another')).not.toBe(one);
  });

  test('networks: near pods first, and the other network when they fail', () => {
    const arrivals = (text: string) => {
      const { services } = readRunResult(JSON.parse(text));
      const workloads = services.flatMap((service) => service.workloads);
      return Object.fromEntries(workloads.map(({ name, arrivalsPerSecond }) => [name, arrivalsPerSecond.value]));
    };
    const calm = arrivals(runExample('examples/networks'));
    expect(calm['catalogue-us.shop']).toBe(0);
    const broken = 'scenario:spec.workloads.catalogue-eu={errors: {500: 100%}}';
    const failed = arrivals(runExample('examples/networks', '--set', broken));
    expect(failed['catalogue-eu.shop']).toBeLessThan(5);
    expect(failed['catalogue-us.shop']).toBeGreaterThan(190);
  });

  test('ambient: policies with a waypoint only, and ztunnels among the pods', () => {
    const result = readRunResult(JSON.parse(runExample('examples/ambient')));
    expect(result.edges.map(({ from, to }) => `${from} -> ${to}`).toSorted()).toEqual([
      'istio-ingressgateway -> web',
      'shoppers -> istio-ingressgateway',
      'waypoint -> catalogue',
      'web -> stock',
      'web -> waypoint',
    ]);
    expect(result.edges.find(({ to }) => to === 'stock')!.errorShare.value).toBe(0);
    const rows = result.edges.find(({ to }) => to === 'catalogue')!.rows;
    const served = (version: string) =>
      rows.filter((row) => row.version === version).reduce((sum, { latency }) => sum + latency.samples, 0);
    // Some 6,000 calls: a tenth ± 5 standard errors of 0.4 points (error probability below 1e-6).
    expect(served('v2') / (served('v1') + served('v2'))).toBeGreaterThan(0.08);
    expect(served('v2') / (served('v1') + served('v2'))).toBeLessThan(0.12);
    const busy = (kind: string) =>
      result.services.find((service) => service.kind === kind)!.proxyUtilisationShare.value!;
    expect(busy('ztunnel')).toBeGreaterThan(0);
    expect(busy('waypoint')).toBeGreaterThan(0);
    expect(result.diagnostics.map(({ code }) => code)).toContain('policy-without-waypoint');
  });

  test('the shop: every edge of the drawing, and what its policies do', () => {
    const result = readRunResult(JSON.parse(runExample('examples/shop')));
    expect(result.edges.map(({ from, to }) => `${from} -> ${to}`).toSorted()).toEqual([
      'bookkeeping -> orders',
      'catalogue -> stock',
      'crew -> harbour-gate',
      'harbour-gate -> basket',
      'harbour-gate -> orders',
      'harbour-gate -> storefront',
      'orders -> basket',
      'orders -> payments',
      'orders -> shipping',
      'payments -> api.harbourbank.example',
      'shoppers -> harbour-gate',
      'storefront -> advice',
      'storefront -> basket',
      'storefront -> catalogue',
    ]);
    const edgeTo = (name: string) => result.edges.find(({ to }) => to === name)!;
    // Some 7,500 calls for the canary: its tenth is within five standard errors (error probability below 1e-6) of 8 to 12 %.
    const featured = edgeTo('catalogue').rows.filter(({ request }) => request.includes('/featured'));
    const samplesOf = (version: string): number =>
      featured.filter((row) => row.version === version).reduce((sum, { latency }) => sum + latency.samples, 0);
    const canary = samplesOf('v2') / (samplesOf('v1') + samplesOf('v2'));
    expect(canary).toBeGreaterThan(0.08);
    expect(canary).toBeLessThan(0.12);
    // The forgotten fault: aborts without an upstream, and delays that the page does not wait for.
    expect(edgeTo('advice').outcomes.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['503 FI', 'no response DI,DC']),
    );
    expect(edgeTo('advice').latency.p999Ms.value ?? edgeTo('advice').latency.maxMs).toBeLessThan(205);
    expect(result.verdict).toBe('pass');
  });

  test('the library: retries make errors rarer, and a wrong manifest is told with its place', () => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'examples/library/retries.mjs')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 3).map((line) => line.replace(/[\d.]+ %/, 'some'))).toEqual([
      'no retries: some errors, fail',
      'one retry: some errors, better',
      'two retries: some errors, better',
    ]);
    expect(lines[3]).toMatch(/^istio\.yaml:7:\d+: .*attempts/);
  });

  test('what an earlier run wrote is no input of the next', () => {
    const project = join(tmp, 'project');
    cpSync(join(ROOT, 'examples/minimal'), project, { recursive: true });
    const scenario = join(project, 'scenario.yaml');
    writeFileSync(scenario, readFileSync(scenario, 'utf8').replace(/^ {2}mesh:.*\n/m, ''));
    const out = join(project, 'seatrial-out');
    const [first, second] = [1, 2].map(() => seatrial(['run', project, '--out', out, ...SHORT]));
    expect(second).toEqual({ ...first, stderr: expect.any(String) });
    expect(second.stderr).not.toContain('seatrial-out/meta.json:');
  });
});
