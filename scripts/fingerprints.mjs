// `npm run fingerprints -- [--out FILE] [--against FILE] [DIR…]`: what runs give, as one hash a run, so that work on the engine can show that
// no result has changed. Played are every scenario below examples/, every folder of YAML below the DIRs for which a scenario can be guessed,
// and what the conformance tests and the tests of incidents simulate. A hash is of the values of a result, not of how a file writes them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadScenario } from '../dist/scenarios/loading/load-scenario.js';
import { runScenario } from '../dist/scenarios/run.js';

const ROOT = join(import.meta.dirname, '..');
const S = 1_000_000_000;
/** Enough for retries, ejections and sweeps; hundreds of runs in a few minutes. */
const BOUNDS = { seed: 'fingerprint', replications: 1, durationNs: 12 * S, warmupNs: 3 * S, maxEvents: 1_000_000 };
/** Folders of a corpus whose YAML takes long and shows nothing that smaller folders do not. */
const SERVICES_MAX = 150;

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' }, against: { type: 'string' } },
  allowPositionals: true,
});

function foldersBelow(folder, holds) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1));
  const own = entries.some((entry) => entry.isFile() && holds(entry.name)) ? [folder] : [];
  return [...own, ...below.flatMap(({ name }) => foldersBelow(join(folder, name), holds))];
}

const out = values.out === undefined ? undefined : resolve(values.out);
const against = values.against === undefined ? undefined : resolve(values.against);
if (against !== undefined && !existsSync(against)) {
  console.error(`fingerprints: there is no ${against} to compare with`);
  process.exit(2);
}

const isScenario = (name) => name === 'scenario.yaml';
const isYaml = (name) => /\.ya?ml$/.test(name);
const yamlIn = (folder) => readdirSync(folder).filter((name) => isYaml(name) && statSync(join(folder, name)).isFile());

async function hashOf(paths) {
  const loaded = loadScenario(paths);
  if (loaded.plan === null || loaded.relative === null || loaded.plan.workloads.length > SERVICES_MAX) return null;
  const { scenario } = loaded.relative;
  const run = { ...scenario.run, ...BOUNDS };
  const bounded = { plan: loaded.plan, relative: { ...loaded.relative, scenario: { ...scenario, run } } };
  const { result } = await runScenario(bounded, { workers: 0 });
  return createHash('sha256').update(JSON.stringify(result)).digest('hex').slice(0, 16);
}

/** [name, hash] of what the tests simulate: test/support/fingerprints.ts writes a line for each result. */
function tested() {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-fingerprints-'));
  const args = ['vitest', 'run', '--config', 'vitest.fingerprints.config.ts', '--reporter', 'dot'];
  const env = { ...process.env, SEATRIAL_FINGERPRINTS: folder };
  const { status } = spawnSync('npx', args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the tests do not pass: npx vitest run test/conformance test/incidents');
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  rmSync(folder, { recursive: true });
  return lines.map((line) => line.split('\t'));
}

const found = new Map(tested());
for (const folder of foldersBelow(join(ROOT, 'examples'), isScenario)) {
  const hash = await hashOf(folder);
  if (hash !== null) found.set(relative(ROOT, folder), hash);
}
for (const given of positionals.map((path) => resolve(path))) {
  for (const folder of foldersBelow(given, isYaml)) {
    // A result holds paths as they are from here: its hash must not hang on where the folder stands.
    process.chdir(folder);
    const hash = await hashOf(yamlIn(folder)).catch((error) => `fault: ${error.message}`);
    if (hash !== null) found.set(relative(given, folder) || '.', hash);
  }
}

const lines = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join('\t'));
if (out !== undefined) writeFileSync(out, `${lines.join('\n')}\n`);
console.log(`${lines.length} results`);
if (against !== undefined) {
  const before = new Map(
    readFileSync(against, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t')),
  );
  const names = [...new Set([...before.keys(), ...found.keys()])].sort();
  const changed = names.filter((name) => before.get(name) !== found.get(name));
  for (const name of changed)
    console.log(`${name}: ${before.get(name) ?? 'not there'} -> ${found.get(name) ?? 'not there'}`);
  console.log(`${changed.length} differ`);
  process.exitCode = changed.length === 0 ? 0 : 1;
}
