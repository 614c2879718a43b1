// `seatrial collect` against a kubectl that is a script: what it asks for, what it writes, and what it never replaces.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COLLECTED_MARK, collectScript } from '../../cli/collect-script.js';

const KUBECTL = `#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
  'api-resources --verbs=list -o name') printf '%s\\n' $KNOWN ;;
  'get secrets'*) exit 1 ;;
  'get nodes'*) [ "$FORBIDDEN" = 1 ] && { echo 'nodes is forbidden' >&2; exit 1; }; printf 'apiVersion: v1\\nitems: []\\nkind: List\\n' ;;
  'get configmaps'*) ;;
  get*) printf 'apiVersion: v1\\nkind: List\\nitems:\\n- kind: %s\\n' "$2" ;;
esac
`;
const KNOWN = 'services nodes secrets widgets.example.com deployments.apps virtualservices.networking.istio.io';
const hasShell = spawnSync('sh', ['-c', 'true']).status === 0;

describe.skipIf(!hasShell)('the script of seatrial collect', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'seatrial-collect-'));
    mkdirSync(join(directory, '.bin'));
    writeFileSync(join(directory, '.bin/kubectl'), KUBECTL);
    chmodSync(join(directory, '.bin/kubectl'), 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function collect(out?: string, environment: Readonly<Record<string, string>> = {}) {
    const PATH = `${join(directory, '.bin')}${delimiter}${process.env.PATH}`;
    const env = { ...process.env, PATH, LOG: join(directory, '.log'), KNOWN, FORBIDDEN: '', ...environment };
    const words = out === undefined ? [] : [out];
    return spawnSync('sh', ['-s', '--', ...words], { cwd: directory, env, encoding: 'utf8', input: collectScript() });
  }
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');

  test('asks for the kinds that both know, and for no Secrets', () => {
    const { status, stderr } = collect();
    expect(status, stderr).toBe(0);
    const text = read('mesh.yaml');
    expect(text.startsWith(COLLECTED_MARK)).toBe(true);
    expect([...text.matchAll(/^- kind: (.*)$/gm)].map(([, kind]) => kind)).toEqual([
      'services',
      'deployments.apps',
      'virtualservices.networking.istio.io',
    ]);
    expect(read('.log')).not.toMatch(/secrets|widgets|gateways/);
  });

  test('one file a kind in a directory, and its own files again', () => {
    for (let round = 0; round < 2; round++) expect(collect('mesh/').status).toBe(0);
    expect(readdirSync(join(directory, 'mesh')).toSorted()).toEqual([
      'deployments.apps.yaml',
      'services.yaml',
      'virtualservices.networking.istio.io.yaml',
    ]);
  });

  test('replaces its own file and nothing else', () => {
    expect(collect().status).toBe(0);
    expect(collect().status).toBe(0);
    writeFileSync(join(directory, 'mesh.yaml'), 'mine\n');
    const { status, stderr } = collect();
    expect([status, read('mesh.yaml')]).toEqual([2, 'mine\n']);
    expect(stderr).toContain('help:');
    mkdirSync(join(directory, 'mesh'));
    writeFileSync(join(directory, 'mesh/services.yaml'), 'mine\n');
    expect([collect('mesh').status, read('mesh/services.yaml')]).toEqual([2, 'mine\n']);
    expect(readdirSync(join(directory, 'mesh'))).toEqual(['services.yaml']);
  });

  test('what may not be read is named: exit 4', () => {
    const { status, stderr } = collect('mesh.yaml', { FORBIDDEN: '1' });
    expect(status).toBe(4);
    expect(stderr).toContain('nodes is left out: nodes is forbidden');
    expect(read('mesh.yaml')).toContain('kind: services');
  });

  test('no kubectl, and a cluster that does not answer: exit 2', () => {
    expect(collect('mesh.yaml', { KUBECTL: 'no-such-kubectl' }).status).toBe(2);
    expect(collect('mesh.yaml', { KNOWN: '' }).status).toBe(2);
    expect(readdirSync(directory)).not.toContain('mesh.yaml');
  });
});
