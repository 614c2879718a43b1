// Names of the user's that objects in JavaScript have anyway (`constructor`, `__proto__` …), in the place of every word of a mesh and its scenario: what
// comes is a result or a finding with a place, never an exception, and no key is lost in silence.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseChange } from '../../models/config/change.js';
import { loadResources } from '../../models/config/load.js';
import { stableJson } from '../../reports/json.js';
import { explainRequest } from '../../scenarios/explain/explain-request.js';
import { initScenario } from '../../scenarios/init/init-scenario.js';
import { InvalidMeshError, lintTexts, loadMesh, simulate } from '../../scenarios/library.js';
import { loadScenario } from '../../scenarios/loading/load-scenario.js';
import { INHERITED, MESH, plain, SCENARIO, variants } from './names.js';

const OPTIONS = { method: 'GET', from: null, to: 'http://api.shop' } as const;

/** Lints, loads and runs; what is wrong with the input has a place and says what. */
async function sail(mesh: string, scenario: string): Promise<'ran' | 'refused'> {
  const texts = [
    { name: 'mesh.yaml', text: mesh },
    { name: 'scenario.yaml', text: scenario },
  ];
  await lintTexts(texts);
  try {
    const result = await simulate(loadMesh(texts), { workers: 0 });
    stableJson(result);
    return 'ran';
  } catch (error) {
    if (!(error instanceof InvalidMeshError)) throw error;
    expect(error.message).toMatch(/^(?:mesh|scenario)\.yaml:\d+:\d+: |^[A-Za-z]/);
    return 'refused';
  }
}

describe('words that objects have anyway', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'seatrial-names-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('the mesh and the scenario run as they are', async () => {
    expect(await sail(plain(MESH), plain(SCENARIO))).toBe('ran');
  });

  test.each(variants(MESH, INHERITED, 0))('mesh: $what', async ({ text }) => {
    await sail(text, plain(SCENARIO));
    const path = join(directory, 'mesh.yaml');
    writeFileSync(path, text);
    initScenario(path);
    explainRequest([path], { ...OPTIONS, headers: {} });
  });

  test.each(variants(SCENARIO, INHERITED, 3))('scenario: $what', async ({ text }) => {
    await sail(plain(MESH), text);
  });

  test.each(INHERITED)('%s in all places at once', async (word) => {
    const all = (text: string): string => text.replace(/‹(?!http|main|main|v1|batch|Job|Service)[^›]*›/g, word);
    await sail(plain(all(MESH)), plain(SCENARIO));
    await sail(plain(MESH), all(SCENARIO));
  });

  test.each(INHERITED)('%s as a header, a host and a sender that explain is asked for', (word) => {
    const path = join(directory, 'plain.yaml');
    writeFileSync(path, plain(MESH));
    const headers = JSON.parse(`{"${word}": "a"}`) as Readonly<Record<string, string>>;
    expect(explainRequest([path], { ...OPTIONS, headers }).explanation).not.toBeNull();
    explainRequest([path], { ...OPTIONS, to: word, headers: {} });
    explainRequest([path], { ...OPTIONS, from: word, method: word, headers: {} });
  });

  test.each(INHERITED)('%s on the way of --set', (word) => {
    writeFileSync(join(directory, 'plain.yaml'), plain(MESH));
    writeFileSync(join(directory, 'scenario.yaml'), plain(SCENARIO));
    for (const target of [
      `Service/shop/api:spec.${word}=1`,
      `scenario:spec.${word}.a=1`,
      `${word}/${word}/${word}:a=1`,
    ]) {
      const change = parseChange(target);
      if (typeof change === 'string') continue;
      const { diagnostics } = loadScenario(directory, { changes: [change] });
      expect(diagnostics.filter(({ severity }) => severity === 'error')).not.toEqual([]);
    }
  });

  test.each(INHERITED)('%s as a field is unknown as any other is, and a label of that name is kept', (word) => {
    const text = `apiVersion: v1\nkind: Service\nmetadata: { name: s, labels: { "${word}": x } }\nspec: { ports: [{ port: 80 }], "${word}": 1 }\n`;
    const { services, diagnostics, fidelity } = loadResources([{ name: 'f.yaml', text }]);
    expect(Object.entries(services[0]!.labels)).toEqual([[word, 'x']]);
    expect(diagnostics.map(({ code, position }) => `${code} ${position?.line}`)).toEqual(['unknown-field 4']);
    expect(fidelity.map(({ path }) => path)).toEqual([`spec.${word}`]);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(PROTOTYPE);
  });
});

/** Before any input was read: nothing is added by it. */
const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype);
