// Which scenario, which mesh: from paths on a disk.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';
import { runScenario } from '../../../scenarios/run.js';
import { SHOP, SHOP_SCENARIO } from '../shop.js';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-load-'));
  mkdirSync(join(directory, 'k8s'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const file = join(directory, path);
  writeFileSync(file, text);
  return file;
}

const withMesh = SHOP_SCENARIO.replace('spec:\n', 'spec:\n  mesh: ./k8s\n');

describe('loadScenario', () => {
  it('takes a directory that holds a scenario and the mesh', () => {
    write('k8s/shop.yaml', SHOP);
    write('scenario.yaml', SHOP_SCENARIO);
    const { plan, scenario, diagnostics } = loadScenario(directory);
    expect(diagnostics).toEqual([]);
    expect(scenario?.name).toBe('shop-trial');
    expect(plan?.edges).toHaveLength(2);
  });

  it('takes a scenario file: its mesh is its directory, or what it lists', () => {
    write('k8s/shop.yaml', SHOP);
    expect(loadScenario(write('a.yaml', SHOP_SCENARIO)).plan?.edges).toHaveLength(2);
    write('stray.yaml', 'kind: [');
    expect(loadScenario(write('b.yaml', withMesh)).plan?.edges).toHaveLength(2);
  });

  it('takes several paths with one scenario among them', () => {
    const mesh = write('k8s/shop.yaml', SHOP);
    expect(loadScenario([mesh, write('scenario.yaml', SHOP_SCENARIO)]).plan?.edges).toHaveLength(2);
  });

  it('guesses one where there is none, and asks which where there are several', () => {
    const mesh = write('k8s/shop.yaml', SHOP);
    const guessed = loadScenario(mesh);
    expect(guessed.plan).not.toBeNull();
    expect(guessed.diagnostics).toMatchObject([{ code: 'inferred-scenario', severity: 'warning' }]);
    write('a.yaml', SHOP_SCENARIO);
    write('b.yaml', SHOP_SCENARIO);
    const { plan, diagnostics } = loadScenario(directory);
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([
      { code: 'several-scenarios', message: expect.stringMatching(/a\.yaml:1, .*b\.yaml:1/) },
    ]);
  });

  it('hands on what gathering, validation and compilation find', () => {
    expect(loadScenario(join(directory, 'nowhere')).diagnostics[0].code).toBe('input-not-found');
    const missing = SHOP_SCENARIO.replace('spec:\n', 'spec:\n  mesh: ./nowhere\n');
    expect(loadScenario(write('a.yaml', missing)).diagnostics.map(({ code }) => code)).toContain('input-not-found');
    expect(
      loadScenario(write('b.yaml', SHOP_SCENARIO.replace('rate', 'rat'))).diagnostics.map(({ code }) => code),
    ).toContain('unknown-field');
    write('k8s/shop.yaml', SHOP);
    const wrongHost = withMesh
      .replace('frontend.shop', 'frontent.shop')
      .replace('to: http://frontent', 'to: http://frontend');
    expect(
      loadScenario(write('c.yaml', wrongHost.replace('    catalog: {', '    catalg: {'))).diagnostics[0].code,
    ).toBe('service-not-found');
  });

  it('keeps absolute paths out of results', async () => {
    write('k8s/shop.yaml', SHOP);
    const loaded = loadScenario(write('scenario.yaml', SHOP_SCENARIO.replace('4s', '1s')));
    const { result } = await runScenario(loaded, { workers: 0 });
    expect(JSON.stringify(result)).not.toContain(directory);
    expect(result?.thresholds[0].position).toEqual({ file: 'scenario.yaml', line: 17, column: 16 });
  });
});
