// The tarball that users install: packed, installed into an empty folder, and used from there.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, ROOT } from '../cli/script.js';

describe.skipIf(!isBuilt)(`the packed tarball${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  let folder: string;
  let main: string;

  const run = (command: string, words: readonly string[], input = ''): SpawnSyncReturns<string> =>
    spawnSync(command, words, {
      cwd: folder,
      encoding: 'utf8',
      input,
      env: { ...process.env, NO_COLOR: '1' },
      timeout: 240_000,
      killSignal: 'SIGKILL',
    });
  const seatrial = (...words: string[]): SpawnSyncReturns<string> => run(process.execPath, [main, ...words]);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seatrial-package-'));
    const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' });
    expect(packed.status, packed.stderr).toBe(0);
    const [{ filename }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as { filename: string }[];
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const polite = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-timeout=30000'];
    const installed = run('npm', ['install', ...polite, `./${filename}`]);
    expect(installed.status, installed.stderr).toBe(0);
    main = join(folder, 'node_modules/seatrial/dist/cli/main.js');
    cpSync(join(ROOT, 'examples/minimal'), join(folder, 'mesh'), { recursive: true });
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const SHORT = ['--duration', '5s', '--replications', '2'];

  test('holds what it needs and no tests', () => {
    const inside = (path: string): boolean => existsSync(join(folder, 'node_modules/seatrial', path));
    for (const path of [
      'dist/reports/html/page/main.js',
      'dist/scenarios/library.d.ts',
      'README.md',
      'LICENSE',
      'docs/cli.md',
    ])
      expect(inside(path), path).toBe(true);
    expect(readFileSync(join(folder, 'node_modules/seatrial/dist/program/LICENSES.txt'), 'utf8')).toContain('yaml 2.');
    for (const path of ['test', 'dist/test', 'dist/bench', 'dist/lab', 'scripts'])
      expect(inside(path), path).toBe(false);
  });

  test('--help and --version load the program and no other package', () => {
    const hook = join(folder, 'hook.mjs');
    const log = `export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      process._rawDebug(found.url);
      return found;
    }`;
    writeFileSync(
      hook,
      `import { register } from 'node:module';\nregister('data:text/javascript,${encodeURIComponent(log)}');\n`,
    );
    for (const option of ['--help', '--version']) {
      const { status, stderr } = run(process.execPath, ['--import', hook, main, option]);
      expect(status).toBe(0);
      const packages = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name);
      expect([...new Set(packages)].sort()).toEqual(['seatrial']);
    }
  });

  test('init: a scenario for a directory without one, and a run of it', () => {
    mkdirSync(join(folder, 'fresh'));
    cpSync(join(folder, 'mesh/mesh.yaml'), join(folder, 'fresh/mesh.yaml'));
    const service = readFileSync(join(folder, 'fresh/mesh.yaml'), 'utf8');
    writeFileSync(
      join(folder, 'fresh/mesh.yaml'),
      service.replace('spec: { selector: { app: greeter }', 'spec: { type: LoadBalancer, selector: { app: greeter }'),
    );
    const made = seatrial('init', 'fresh');
    expect(made.status, made.stderr).toBe(0);
    expect(readFileSync(join(folder, 'fresh/scenario.yaml'), 'utf8')).toContain('kind: Scenario');
    expect(seatrial('init', 'fresh').status).toBe(2);
    const ran = seatrial('run', 'fresh', ...SHORT);
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('greeter');
  });

  test('run: 0, 1, 2 and 4', () => {
    expect(seatrial('run', 'mesh', ...SHORT).status).toBe(0);
    expect(readFileSync(join(folder, 'seatrial-out/report.html'), 'utf8')).toContain('<title>minimal');
    const scenario = readFileSync(join(folder, 'mesh/scenario.yaml'), 'utf8');
    const withThreshold = (name: string, threshold: string): void => {
      cpSync(join(folder, 'mesh'), join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'scenario.yaml'), `${scenario}  thresholds: ["${threshold}"]\n`);
    };
    withThreshold('fails', 'mean < 1ms');
    expect(seatrial('run', 'fails', ...SHORT).status).toBe(1);
    withThreshold('wrong', 'mean is small');
    const wrong = seatrial('run', 'wrong', ...SHORT);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/scenario\.yaml:\d+:\d+/);
    withThreshold('open', 'p(99.99) < 1s');
    expect(seatrial('run', 'open', ...SHORT).status).toBe(4);
    expect(seatrial('run', 'open', ...SHORT, '--inconclusive', 'pass').status).toBe(0);
    expect(seatrial('sail').status).toBe(2);
  });

  test('diff: 0 and 1', () => {
    cpSync(join(folder, 'mesh'), join(folder, 'after'), { recursive: true });
    const diff = (...words: string[]) => seatrial('diff', 'mesh', 'after', ...SHORT.slice(0, 2), ...words);
    expect(diff('--replications', '5').status).toBe(0);
    const mesh = readFileSync(join(folder, 'mesh/mesh.yaml'), 'utf8');
    const virtualService = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: greeter }
spec:
  hosts: [greeter]
  http: [{ fault: { delay: { fixedDelay: 50ms, percentage: { value: 100 } } }, route: [{ destination: { host: greeter } }] }]
`;
    writeFileSync(join(folder, 'after/mesh.yaml'), `${mesh}${virtualService}`);
    const worse = diff('--replications', '5');
    expect(worse.status, worse.stderr).toBe(1);
    expect(worse.stdout).toContain('VirtualService default/greeter');
  });

  test('the library, by its name', () => {
    cpSync(join(ROOT, 'examples/library/retries.mjs'), join(folder, 'retries.mjs'));
    const { status, stdout, stderr } = run(process.execPath, ['retries.mjs']);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('two retries: 0.00 % errors, better');
  });

  test('its types are those of a strict program', () => {
    writeFileSync(
      join(folder, 'use.ts'),
      `import { compare, type DiffResult, loadMesh, type RunResult, simulate } from 'seatrial';
const mesh = loadMesh([{ name: 'a.yaml', text: '' }], { scenario: { traffic: [{ to: 'http://a', rate: '1/s' }] } });
const result: RunResult = await simulate(mesh, { workers: 0, seed: 's' });
const diff: DiffResult = await compare(mesh, [mesh], { precisionShare: 0.05 });
console.log(result.totals.errorShare.value, diff.verdict);
`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2022'];
    const types = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node'];
    const { status, stdout } = run(process.execPath, [tsc, ...options, ...types, 'use.ts']);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
