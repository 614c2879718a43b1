// What `lint PATHS` reads: with one scenario among the paths what `run PATHS` reads, and files that are named themselves.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lintPaths } from '../../../scenarios/loading/lint.js';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'seatrial-lint-paths-'));
afterAll(() => rmSync(DIRECTORY, { recursive: true }));

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{name: http, port: 80}]}\n';
const DEPLOYMENT =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: app}]}}}\n';

function scenario(mesh: string): string {
  return `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: {name: s}
spec:
  ${mesh}
  traffic: [{name: visitors, from: web.default, to: http://web/, rate: 10/s}]
  services: {web: {work: exponential(mean=2ms)}}
  run: {duration: 10s}
`;
}

function written(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(DIRECTORY, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  return directory;
}

async function read(directory: string, ...paths: readonly string[]): Promise<string[]> {
  const { texts } = await lintPaths(paths.map((path) => join(directory, path)));
  return texts.map(({ name }) => relative(directory, name)).sort();
}

describe('with a scenario', () => {
  const files = {
    'scenario.yaml': scenario('mesh: [./mesh]'),
    'mesh/web.yaml': `${SERVICE}---\n${DEPLOYMENT}`,
    'old/web.yaml': SERVICE,
  };

  test('the mesh that it names, and nothing beside it', async () => {
    const directory = written('named', files);
    expect(await read(directory, '.')).toEqual(['mesh/web.yaml', 'scenario.yaml']);
    expect(await read(directory, 'scenario.yaml')).toEqual(['mesh/web.yaml', 'scenario.yaml']);
    expect((await lintPaths([directory])).result.findings).toEqual([]);
  });

  test('and files that are named themselves', async () => {
    const directory = written('files', files);
    expect(await read(directory, 'scenario.yaml', 'old/web.yaml')).toEqual([
      'mesh/web.yaml',
      'old/web.yaml',
      'scenario.yaml',
    ]);
  });

  test('that names none: all that was given, or its directory', async () => {
    const directory = written('all', { ...files, 'scenario.yaml': scenario('istioVersion: "1.31"') });
    const all = ['mesh/web.yaml', 'old/web.yaml', 'scenario.yaml'];
    expect(await read(directory, '.')).toEqual(all);
    expect(await read(directory, 'scenario.yaml')).toEqual(all);
  });
});

test('several scenarios are read with all that they name, and without one everything is', async () => {
  const directory = written('several', {
    'a/scenario.yaml': scenario('mesh: [../shared]'),
    'b/scenario.yaml': scenario('mesh: [../shared]'),
    'b/extra.yaml': SERVICE,
    'shared/web.yaml': SERVICE,
  });
  expect(await read(directory, 'a', 'b')).toEqual([
    'a/scenario.yaml',
    'b/extra.yaml',
    'b/scenario.yaml',
    'shared/web.yaml',
  ]);
  expect(await read(directory, 'shared')).toEqual(['shared/web.yaml']);
});
