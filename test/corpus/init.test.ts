// `seatrial init` on the published applications of the corpus: it finds the calls that their YAML reveals, invents none, and what it writes
// runs. The corpus stands beside the repository, where somebody put it; without it these tests are skipped.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { initScenario } from '../../scenarios/init/init-scenario.js';
import { loadScenario } from '../../scenarios/loading/load-scenario.js';
import { runScenario } from '../../scenarios/run.js';
import { isCorpusThere, layOut, readApps, readTopologies, topologyPath } from './init-apps.js';
import { matchCalls, tableOf } from './init-table.js';

if (!isCorpusThere) console.warn('skipped: the corpus of published applications is not beside the repository');

const REVEALED = ['online-boutique', 'emojivoto', 'travels', 'sentences', 'istio-tutorial'];

/** Apps that are topologies and no manifests have a test of their own. */
const apps = isCorpusThere ? readApps().filter(({ name }) => name !== 'isotope topologies') : [];
const started = apps.map((app) => {
  const directory = layOut(app);
  const scenario = initScenario(directory);
  return { app, directory, scenario, match: matchCalls(app, scenario) };
});

describe.skipIf(!isCorpusThere)('init on published applications', () => {
  it.each(started)('$app.name: a scenario, no false call', ({ scenario, match }) => {
    expect(scenario.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(scenario.inferred).not.toBeNull();
    expect(match.wrong).toEqual([]);
  });

  it.each(started.filter(({ app }) => REVEALED.includes(app.name)))('$app.name: 90 % of its calls', ({ match }) => {
    expect(match.found.length / match.known.length).toBeGreaterThanOrEqual(0.9);
  });

  it.each(started)('$app.name: runs', async ({ directory }) => {
    const loaded = loadScenario(directory, { duration: '2s', replications: 1 });
    expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(loaded.diagnostics.map(({ code }) => code)).toContain('inferred-scenario');
    const { exitCode, result } = await runScenario(loaded, { workers: 0 });
    expect([0, 1, 4]).toContain(exitCode);
    expect(result?.totals.offeredPerSecond.value).toBeGreaterThan(0);
  });

  it.each(isCorpusThere ? readTopologies() : [])(
    'topology $file: its services, calls and entry',
    async ({ file, ...known }) => {
      const path = topologyPath(file);
      const { inferred } = initScenario(path);
      const scripted = new Set(inferred?.draft.edges.map(({ from, to }) => `${from} ${to}`));
      expect({ services: inferred?.draft.serviceCount, calls: scripted.size }).toEqual({
        services: known.services,
        calls: known.calls,
      });
      expect(inferred?.draft.traffic.map(({ to }) => new URL(to).hostname.split('.')[0])).toEqual(known.entry);
      const loaded = loadScenario(path, { duration: '1s', replications: 1 });
      const { exitCode, result } = await runScenario(loaded, { workers: 0 });
      expect(exitCode).toBe(0);
      expect(result?.totals.errorShare.value).toBe(0);
    },
  );

  it('docs/init.md holds the table', () => {
    const docs = readFileSync(fileURLToPath(new URL('../../docs/init.md', import.meta.url)), 'utf8');
    const written = /<!-- calls -->\n([\s\S]*?)\n<!-- \/calls -->/.exec(docs)?.[1] ?? '';
    const evidence = new Map(
      written.split('\n').map((row) => {
        const cells = row.split(' | ');
        return [cells[0]!.replace('| ', ''), cells.at(-1)!.replace(/ \|$/, '')] as const;
      }),
    );
    const table = tableOf(
      started.map(({ match }) => match),
      (name) => evidence.get(name) ?? '',
    );
    expect(written).toBe(table);
  });
});
