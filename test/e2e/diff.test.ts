// `seatrial diff` as people run it: exit codes, git revisions, whose scenario counts, what it writes, the same bytes for any workers.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DiffResult } from '../../scenarios/result/diff-result.js';
import { isBuilt, MAIN, NOT_BUILT, ROOT } from '../cli/script.js';

let root = '';

/** Without a bound on wall time where none is given: the machine may be slow. */
function diff(...words: string[]): { exitCode: number | null; stdout: string; stderr: string } {
  const unhurried = words.includes('--budget') ? [] : ['--budget', 'none'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'diff', ...words, ...unhurried], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
  });
  return { exitCode: status, stdout, stderr };
}

function git(...words: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  execFileSync('git', [...identity, ...words], { cwd: root, stdio: 'pipe' });
}

/** A copy of the minimal example whose scenario gives its service `meanMs`, and whose mesh delays every call by `delayMs`. */
function world(name: string, { meanMs = 8, delayMs = 0 }: { meanMs?: number; delayMs?: number }): void {
  mkdirSync(join(root, name));
  const read = (file: string): string => readFileSync(join(ROOT, 'examples/minimal', file), 'utf8');
  writeFileSync(join(root, name, 'scenario.yaml'), read('scenario.yaml').replace('mean=8ms', `mean=${meanMs}ms`));
  const route = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: greeter }
spec:
  hosts: [greeter]
  http:
    - route: [{ destination: { host: greeter } }]
      fault: { delay: { percentage: { value: 100 }, fixedDelay: ${delayMs}ms } }
`;
  writeFileSync(join(root, name, 'mesh.yaml'), delayMs === 0 ? read('mesh.yaml') : `${read('mesh.yaml')}${route}`);
}

describe.skipIf(!isBuilt)(`seatrial diff${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'seatrial-diff-'));
    world('before', {});
    world('slow', { delayMs: 3 });
    world('other', { meanMs: 9 });
    cpSync(join(root, 'before'), join(root, 'same'), { recursive: true });
    mkdirSync(join(root, 'mesh'));
    cpSync(join(root, 'before'), join(root, 'mesh'), { recursive: true });
    git('init', '-q');
    git('add', 'mesh');
    git('commit', '-qm', 'before');
    cpSync(join(root, 'slow/mesh.yaml'), join(root, 'mesh/mesh.yaml'));
    git('commit', '-qam', 'slow');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('0: the same plan: nothing is simulated, and every format says so', () => {
    const { exitCode, stdout, stderr } = diff('before', 'same', '--out', 'out-same');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('NO REGRESSION  minimal');
    expect(stdout).toContain('same plan: nothing would change');
    expect(stdout).toContain('up to comments and order');
    const read = (file: string): string => readFileSync(join(root, 'out-same', file), 'utf8');
    const result = JSON.parse(read('diff.json')) as DiffResult;
    expect(result).toMatchObject({ stop: 'same-plan', replications: 0, verdict: 'pass' });
    expect(result.comparisons[0]).toMatchObject({ isSamePlan: true, metrics: [], changes: [] });
    for (const file of ['diff.md', 'report.html']) expect(read(file)).toContain('ame plan: nothing would change');
    expect(JSON.parse(read('meta.json'))).toMatchObject({ command: expect.not.stringContaining('--replications') });
  });

  test('a label and a comment change no plan, and what they change is listed', () => {
    cpSync(join(root, 'before'), join(root, 'labelled'), { recursive: true });
    const mesh = readFileSync(join(root, 'before/mesh.yaml'), 'utf8');
    const labelled = mesh.replace('metadata: { name: greeter', 'metadata: { labels: { team: a }, name: greeter');
    expect(labelled).not.toBe(mesh);
    writeFileSync(join(root, 'labelled/mesh.yaml'), `# a comment\n${labelled}`);
    const { exitCode, stdout } = diff('before', 'labelled', '--out', 'out-labelled');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 object differs in what has no effect');
    expect(stdout).toContain('metadata.labels');
  });

  test('what the scenario does not reach was not tried, and the answer says so', () => {
    for (const name of ['unreached', 'unreached-canary']) {
      cpSync(join(root, 'before'), join(root, name), { recursive: true });
      const timeout = name === 'unreached' ? '1s' : '2s';
      writeFileSync(
        join(root, name, 'mesh.yaml'),
        `${readFileSync(join(root, name, 'mesh.yaml'), 'utf8')}\n---\n${orphan(timeout)}`,
      );
    }
    const { exitCode, stdout, stderr } = diff('unreached', 'unreached-canary', '--out', 'out-unreached');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('same plan');
    expect(stdout.replace(/\s+/g, ' ')).toContain('sends nothing to orphan: what changes there was not tried');
    expect(diff('before', 'same', '--out', 'out-same-2').stdout).not.toContain('not tried');
  });

  test('1: a regression, with what was changed and where', () => {
    const { exitCode, stdout, stderr } = diff('before', 'slow', '--out', 'out-slow');
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toContain('REGRESSION  minimal');
    expect(stdout).toContain('+ VirtualService default/greeter  mesh.yaml:26');
    expect(stdout).toMatch(/✘ visitors mean\*/);
    expect(readdirSync(join(root, 'out-slow'))).toEqual([
      'changes.csv',
      'diff.csv',
      'diff.json',
      'diff.md',
      'findings.csv',
      'meta.json',
      'report.html',
      'success.csv',
    ]);
    expect(readFileSync(join(root, 'out-slow/diff.md'), 'utf8')).toContain('❌ REGRESSION');
    expect(readFileSync(join(root, 'out-slow/diff.json'), 'utf8')).not.toContain(root);
  });

  test('the command in meta.json gives the same numbers, on any number of workers', () => {
    const read = (file: string): string => readFileSync(join(root, file), 'utf8');
    const { command } = JSON.parse(read('out-slow/meta.json')) as { command: string };
    const words = command.split(' ').slice(2);
    expect(words.slice(0, 2)).toEqual(['before', 'slow']);
    for (const workers of ['1', '3']) {
      diff(...words, '--out', `out-again-${workers}`, '--workers', workers, '--quiet');
      const again = JSON.parse(read(`out-again-${workers}/diff.json`)) as DiffResult;
      const first = JSON.parse(read('out-slow/diff.json')) as DiffResult;
      expect(again.comparisons).toEqual(first.comparisons);
    }
    expect(read('out-again-1/diff.json')).toBe(read('out-again-3/diff.json'));
  });

  test('2: another scenario in the candidate, unless each has its own or one is given for all', () => {
    const refused = diff('before', 'other', '--out', 'out-other');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('different-scenario');
    expect(refused.stderr).toContain('other/scenario.yaml:10:16');
    expect(refused.stderr).toContain('--own-scenario');
    expect(diff('before', 'other', '--own-scenario', '--out', 'out-own', '--quiet').exitCode).toBe(1);
    expect(
      diff('before', 'other', '--scenario', 'before/scenario.yaml', '--out', 'out-given', '--quiet').exitCode,
    ).toBe(0);
  });

  test.each([
    [['before'], 'candidates'],
    [['before', 'nowhere'], 'nowhere'],
    [['before', 'HEAD~1:nowhere'], 'HEAD~1:nowhere'],
    [['before', 'no-such-branch:mesh'], 'no-such-branch: the repository has no such revision; 2 commits are there'],
    [['HEAD~5:mesh', 'before'], 'HEAD~5: the repository has no such revision; 2 commits are there'],
    [['before', 'same', '--primary', 'visitor p(99)'], 'visitors'],
    [['before', 'same', '--primary', 'speed'], 'speed'],
    [['before', 'same', '--margin-latency', '2'], 'Expected a share'],
    [['before', 'same', '--budget', 'soon'], 'Expected a duration'],
    [['before', 'same', '--format', 'docx'], 'csv, md'],
    [['before', 'same', '--out', 'before'], 'where the input is'],
  ])('2: %j', (words, fragment) => {
    const { exitCode, stdout, stderr } = diff(...words);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(fragment);
    expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  });

  test('4: too little to tell, which --inconclusive=pass lets pass', () => {
    const words = ['before', 'slow', '--duration', '1s', '--replications', '1', '--quiet', '--out', 'out-short'];
    expect(diff(...words).exitCode).toBe(4);
    expect(diff(...words, '--inconclusive=pass').exitCode).toBe(0);
  });

  test('4: the budget is spent before the first pair', () => {
    const { exitCode, stderr } = diff(
      'before',
      'slow',
      '--duration',
      '10h',
      '--budget',
      '200ms',
      '--out',
      'out-budget',
    );
    expect(exitCode).toBe(4);
    expect(stderr).toContain('raise --budget');
    expect(readdirSync(root)).not.toContain('out-budget');
  });

  test('a git revision stands beside files', () => {
    const { exitCode, stdout, stderr } = diff('HEAD~1:mesh/', 'mesh', '--out', 'out-git', '--json');
    expect(exitCode, stderr).toBe(1);
    const { base, comparisons } = JSON.parse(stdout) as DiffResult;
    expect([base.name, base.revision?.length]).toEqual(['HEAD~1:mesh/', 40]);
    expect(comparisons[0].candidate.revision).toBeNull();
    expect(comparisons[0].changes.map(({ change, kind }) => `${change} ${kind}`)).toEqual(['added VirtualService']);
    expect(diff('HEAD:mesh', 'HEAD:./mesh/', '--out', 'out-git', '--quiet').exitCode).toBe(0);
  });

  test('several candidates, each against the base', () => {
    const { exitCode, stdout } = diff('before', 'same', 'slow', '--out', 'out-three', '--json');
    expect(exitCode).toBe(1);
    expect((JSON.parse(stdout) as DiffResult).comparisons.map(({ gate }) => gate.verdict)).toEqual(['pass', 'fail']);
  });
});

/** A service that nobody calls. */
function orphan(timeout: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: orphan }
spec: { selector: { app: orphan }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orphan }
spec:
  selector: { matchLabels: { app: orphan } }
  template:
    metadata: { labels: { app: orphan } }
    spec: { containers: [{ name: app, image: app }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: orphan }
spec:
  hosts: [orphan]
  http: [{ timeout: ${timeout}, route: [{ destination: { host: orphan } }] }]
`;
}
