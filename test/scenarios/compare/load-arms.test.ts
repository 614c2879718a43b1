// Worlds from files and from git revisions; whose scenario counts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffConfig } from '../../../scenarios/compare/config-diff.js';
import { findRevision, gatherRevision } from '../../../scenarios/compare/git-source.js';
import { type LoadArmsOptions, loadArms } from '../../../scenarios/compare/load-arms.js';
import { gather } from '../../../scenarios/gather/gather.js';

const MESH = (replicas: number): string => `apiVersion: v1
kind: Service
metadata: { name: greeter }
spec: { selector: { app: greeter }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: greeter }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: greeter } }
  template: { metadata: { labels: { app: greeter } }, spec: { containers: [{ name: c, image: i }] } }
`;
const SCENARIO = (rate: number, mesh = ''): string => `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: trial }
spec:
  run: { duration: 5s, warmup: 1s }${mesh}
  traffic: [{ name: visitors, to: "http://greeter/", rate: ${rate}/s }]
  services: { greeter: { work: exponential(mean=8ms) } }
`;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'seatrial-arms-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function load(names: readonly string[], options: LoadArmsOptions = {}) {
  return loadArms(
    names.map((name) => join(root, name)),
    options,
  );
}

function codes({ diagnostics }: ReturnType<typeof load>): string[] {
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

describe('the scenario of all', () => {
  beforeAll(() => {
    write({
      'before/scenario.yaml': SCENARIO(50),
      'before/mesh.yaml': MESH(1),
      'bare/mesh.yaml': MESH(2),
      'same/scenario.yaml': SCENARIO(50, '\n  mesh: [./yaml]').replace('name: trial', 'name: another name'),
      'same/yaml/mesh.yaml': MESH(2),
      'other/scenario.yaml': SCENARIO(60),
      'other/mesh.yaml': MESH(2),
      'two/a.yaml': SCENARIO(50),
      'two/b.yaml': SCENARIO(50),
      'two/mesh.yaml': MESH(2),
      'shared.yaml': SCENARIO(70),
      'broken/scenario.yaml': SCENARIO(50, '\n  mesh: [a/{b,c}/d]'),
      'broken/mesh.yaml': MESH(1),
    });
  });

  it.each(['bare', 'same'])("is the base's for %s", (candidate) => {
    const { arms } = load(['before', candidate]);
    expect(arms?.map(({ scenario }) => [scenario.name, scenario.run.seed])).toEqual([
      ['trial', 'trial'],
      ['trial', 'trial'],
    ]);
    const [change] = diffConfig(arms![0].objects, arms![1].objects);
    expect([change.kind, change.fields.map(({ path }) => path)]).toEqual(['Deployment', ['spec.replicas']]);
    expect(change.base?.file).toBe('mesh.yaml');
    expect(change.candidate?.file).toBe(candidate === 'same' ? 'yaml/mesh.yaml' : 'mesh.yaml');
  });

  it('must not differ in a candidate, and the place is named', () => {
    const loaded = load(['before', 'other']);
    expect(codes(loaded)).toEqual(['different-scenario']);
    const [{ position, message, hint }] = loaded.diagnostics;
    expect(position).toMatchObject({ file: join(root, 'other/scenario.yaml'), line: 6 });
    expect(message).toContain('spec.traffic[name=visitors].rate');
    expect(hint).toContain('--own-scenario');
  });

  it('may differ with --own-scenario', () => {
    const { arms } = load(['before', 'other'], { ownScenario: true });
    expect(arms?.map(({ plan }) => plan.traffic[0].arrival)).toMatchObject([
      { profile: [{ ratePerSecond: 50 }] },
      { profile: [{ ratePerSecond: 60 }] },
    ]);
  });

  it('is the file of --scenario, whatever lies beside the meshes', () => {
    const { arms } = load(['before', 'other', 'bare', 'two'], { scenario: join(root, 'shared.yaml') });
    const rates = arms?.map(({ plan: { traffic } }) => traffic[0].arrival);
    expect(rates).toMatchObject(Array.from({ length: 4 }, () => ({ profile: [{ ratePerSecond: 70 }] })));
  });

  it.each([
    [['bare', 'before'], 'no-scenario'],
    [['two', 'before'], 'several-scenarios'],
    [['before', 'two'], 'several-scenarios'],
    [['before', 'nowhere'], 'input-not-found'],
    [['before', 'HEAD~1:nowhere'], 'revision-not-found'],
  ])('%j: %s', (names, code) => {
    const loaded = load(names);
    expect([loaded.arms, codes(loaded)]).toEqual([null, [code]]);
  });

  it('is not only called missing where it is no YAML', () => {
    expect(codes(load(['broken', 'before']))).toContain('yaml-syntax');
  });

  it('holds no absolute path', () => {
    const { arms } = load(['before', 'bare']);
    expect(JSON.stringify(arms?.map(({ plan: _, objects: __, ...arm }) => arm))).not.toContain(root);
  });
});

describe('git revisions', () => {
  const git = (...words: string[]): void => {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      cwd: join(root, 'repo'),
      stdio: 'pipe',
    });
  };
  beforeAll(() => {
    write({
      'repo/mesh/scenario.yaml': SCENARIO(50, '\n  mesh: ["*.yaml", "../common/{a,b}/**/*.yaml"]'),
      'repo/mesh/mesh.yaml': MESH(1),
      'repo/mesh/.hidden.yaml': 'nothing: [',
      'repo/mesh/notes.md': 'no YAML',
      'repo/common/a/deep/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }',
      'repo/common/b/y.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: why }',
      'repo/common/c/z.yaml': 'nothing: [',
    });
    symlinkSync('../../../etc/passwd', join(root, 'repo/mesh/link.yaml'));
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'one');
    git('rm', '-q', '--cached', 'mesh/link.yaml');
    rmSync(join(root, 'repo/mesh/link.yaml'));
    write({ 'repo/mesh/mesh.yaml': MESH(3) });
    git('commit', '-qam', 'two');
    write({ 'repo/mesh/mesh.yaml': MESH(4) });
    process.env.GIT_DIR = join(root, 'repo/.git');
  });
  afterAll(() => delete process.env.GIT_DIR);

  it('are read as they were, beside the files as they are', () => {
    const { arms, diagnostics } = loadArms(['HEAD~1:mesh/', 'HEAD:mesh', join(root, 'repo/mesh')]);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const pods = arms?.map(({ plan }) => plan.workloads.find(({ name }) => name === 'greeter')?.podLocalities.length);
    expect(pods).toEqual([1, 3, 4]);
    expect(arms?.map(({ revision }) => revision?.length ?? null)).toEqual([40, 40, null]);
    const names = arms?.map(({ objects }) => [...objects.values()].map(({ name }) => name));
    expect(names).toEqual(Array.from({ length: 3 }, () => ['greeter', 'greeter', 'x', 'why']));
    const [change] = diffConfig(arms![0].objects, arms![2].objects);
    expect([change.fields[0].basePosition, change.fields[0].candidatePosition]).toMatchObject([
      { file: 'mesh.yaml', line: 10 },
      { file: 'mesh.yaml', line: 10 },
    ]);
  });

  it.each(['mesh', 'common', '', '**/*.yaml', 'mesh/mesh.yaml', 'common/{a,b}', 'common/*/*.yaml'])(
    'give the same files in the same order as the disk: %j',
    (path) => {
      const revision = findRevision('HEAD')!;
      const fromGit = gatherRevision(revision, [path]).texts.map(({ name }) => name.slice('HEAD:'.length));
      expect(fromGit).toEqual(
        gather([join(root, 'repo', path)]).texts.map(({ name }) => relative(join(root, 'repo'), name)),
      );
    },
  );

  it('do not follow links, leave the repository, or take an option for a revision', () => {
    const { texts } = gatherRevision(findRevision('HEAD~1')!, ['mesh']);
    expect(texts.map(({ name }) => name)).not.toContain('HEAD~1:mesh/link.yaml');
    for (const path of ['../other', '/etc', ':(glob)**']) {
      expect(gatherRevision(findRevision('HEAD')!, [path]).diagnostics.map(({ code }) => code)).toEqual([
        'input-not-found',
      ]);
    }
    for (const name of ['--all', '--output=x', 'no-such-branch', '$(touch x)']) expect(findRevision(name)).toBeNull();
  });

  it('are bounded', () => {
    const { texts, diagnostics } = gatherRevision(findRevision('HEAD')!, ['mesh'], 100);
    expect([texts, diagnostics.map(({ code }) => code)]).toEqual([[], ['input-too-large']]);
  });
});
