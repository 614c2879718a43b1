// The library as its users see it: texts in, results out; wrong input is an error that says where.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compare, InvalidMeshError, loadMesh, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const MINIMAL = join(import.meta.dirname, '../../examples/minimal');
const yaml = readFileSync(join(MINIMAL, 'mesh.yaml'), 'utf8');

const scenario = {
  run: { duration: '10s', warmup: '2s', replications: 2, seed: 'library' },
  traffic: [{ name: 'visitors', from: 'visitor.default', to: 'http://greeter/hello', rate: '50/s' }],
  services: { greeter: { work: 'exponential(mean=8ms)' } },
} satisfies ScenarioSpec;

const meshOf = (text: string, spec: ScenarioSpec = scenario) =>
  loadMesh([{ name: 'mesh.yaml', text }], { scenario: spec });

const HERE = { workers: 0 };

describe('loadMesh', () => {
  test('reads a directory with its scenario', () => {
    const mesh = loadMesh(MINIMAL);
    expect(mesh.name).toBe('minimal');
    expect(mesh.scenario.name).toBe('minimal');
  });

  test('reads one file', () => {
    expect(loadMesh(join(MINIMAL, 'mesh.yaml'), { scenario }).plan).toMatchObject({ schema: 'seatrial.plan/2' });
  });

  test('the scenario may be a file of its own, and counts as well', () => {
    const mesh = loadMesh([{ name: 'mesh.yaml', text: yaml }], { scenario: join(MINIMAL, 'scenario.yaml') });
    expect(mesh.scenario.run).toEqual(loadMesh(MINIMAL).scenario.run);
  });

  test('every error has its place', () => {
    const load = () =>
      loadMesh([{ name: 'mesh.yaml', text: yaml.replace('replicas: 2', 'replicas: two') }], { scenario, strict: true });
    expect(load).toThrow(InvalidMeshError);
    expect(load).toThrow(/^mesh\.yaml:14:\d+: .*replicas.*; /);
  });

  test('an object that a cluster would refuse is left out, and named', () => {
    const orphan = `${yaml}\n---\n${yaml.slice(yaml.indexOf('apiVersion: apps/v1')).split('\n---')[0]!.replaceAll('greeter', 'orphan').replace('replicas: 2', 'replicas: two')}`;
    const { diagnostics } = meshOf(orphan);
    expect(diagnostics[0]).toMatchObject({ code: 'objects-left-out', severity: 'warning' });
    expect(diagnostics[0]!.message).toContain('orphan');
  });

  test('a scenario without traffic is no scenario', () => {
    expect(() => meshOf(yaml, {})).toThrow(/traffic/);
  });

  test('no scenario at all: its load is guessed, or it says what is missing', () => {
    expect(() => loadMesh([{ name: 'empty.yaml', text: '' }])).toThrow(InvalidMeshError);
  });
});

describe('simulate', () => {
  test('is a pure function of mesh and options', async () => {
    const mesh = meshOf(yaml);
    const [first, second, other] = await Promise.all([
      simulate(mesh, HERE),
      simulate(mesh, HERE),
      simulate(mesh, { ...HERE, seed: 'another' }),
    ]);
    expect(second).toEqual(first);
    expect(other.totals).not.toEqual(first.totals);
    expect(first.replications).toBe(2);
  });

  test('options stand in place of the scenario', async () => {
    const result = await simulate(meshOf(yaml), { ...HERE, replications: 3, duration: '5s', seed: 's' });
    expect(result).toMatchObject({ replications: 3, durationNs: 5e9, seed: 's' });
  });

  test.each([{ replications: 0 }, { replications: 1.5 }, { duration: 'soon' }, { duration: '0s' }])(
    '%j is refused',
    async (options) => {
      await expect(simulate(meshOf(yaml), { ...HERE, ...options })).rejects.toThrow(RangeError);
    },
  );

  test('an abort before the first replication rejects with its reason', async () => {
    const reason = new Error('enough');
    await expect(simulate(meshOf(yaml), { ...HERE, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('compare', () => {
  test('a mesh with itself differs in nothing', async () => {
    const mesh = meshOf(yaml);
    const diff = await compare(mesh, mesh, { ...HERE, replications: 2 });
    expect(diff.comparisons[0].isSamePlan).toBe(true);
    expect(diff.verdict).toBe('pass');
  });

  test('several candidates, each against the base', async () => {
    const slow = (mean: string) =>
      meshOf(yaml, { ...scenario, services: { greeter: { work: `exponential(mean=${mean})` } } });
    const diff = await compare(meshOf(yaml), [slow('8ms'), slow('12ms')], {
      ...HERE,
      replications: 5,
      primary: ['mean'],
    });
    expect(diff.comparisons.map(({ gate }) => gate.verdict)).toEqual(['pass', 'fail']);
    const [same, worse] = diff.comparisons.map(({ metrics, gate }) => metrics[gate.metrics[0].index]);
    expect(same.difference?.value).toBe(0);
    expect(worse.verdict).toBe('worse');
  });
});
