// Folders that a tool has to render: what is left out, what is read as it is, and which command is named.
import { describe, expect, it } from 'vitest';
import { findTrees } from '../../../scenarios/gather/find-trees.js';
import { INTO_FILE, into } from '../../../scenarios/gather/tree.js';

function found(files: Readonly<Record<string, string>>, rendering = into('init')) {
  const listing = { files: Object.keys(files), textOf: (file: string) => files[file] ?? null };
  const isRead = (file: string): boolean => /\.(ya?ml|json)$/.test(file);
  const { diagnostics, isLeftOut } = findTrees(listing, isRead, rendering);
  return {
    said: diagnostics.map(({ severity, message, hint }) => `${severity}: ${message}; ${hint}`),
    read: listing.files.filter((file) => isRead(file) && !isLeftOut(file)),
  };
}

describe('Kustomize', () => {
  it('patches: nothing is left to read, and the command is named', () => {
    const { said, read } = found({
      'kustomization.yaml': 'resources: [base]\npatches: [{path: more.yaml}]\n',
      'more.yaml': '',
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': '',
    });
    expect(read).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(/^error: \. holds a Kustomize tree: .*`kubectl kustomize \. \| seatrial init -`/),
    ]);
  });

  it('overlays that share a base, and manifests beside them', () => {
    const { said, read } = found({
      'k8s/web.yaml': '',
      'k/base/kustomization.yml': 'resources: [web.yaml]\n',
      'k/base/web.yaml': '',
      'k/overlays/dev/kustomization.yaml': 'resources: [../../base]\n',
      'k/overlays/live/kustomization.yaml': 'bases: [../../base]\nimages: [{name: a, newTag: b}]\n',
    });
    expect(read).toEqual(['k8s/web.yaml']);
    expect(said[0]).toMatch(
      /^warning: .*2 overlays of one base.*kustomize k\/overlays\/dev .*kustomize k\/overlays\/live /,
    );
  });

  it.each([
    ['only lists its files', 'resources: [web.yaml, api.yaml]\n', 0],
    ['adds what files do not have', 'resources: [web.yaml]\nnamespace: shop\nconfigMapGenerator: [{name: a}]\n', 1],
    [
      'is an object of Flux',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {patches: [{}]}\n',
      0,
    ],
    ['is empty', '', 0],
  ])('a kustomization that %s is read as it is', (_name, text, warnings) => {
    const { said, read } = found({ 'a/kustomization.yaml': text, 'a/web.yaml': '' });
    expect(read).toEqual(['a/kustomization.yaml', 'a/web.yaml']);
    expect(said.filter((line) => line.startsWith('warning'))).toHaveLength(warnings);
  });

  it('an aggregate of folders is their union; one that needs what lies elsewhere is none', () => {
    const all = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'resources: [x.yaml]\n',
      'a/x.yaml': '',
    };
    const other = { 'b/kustomization.yaml': 'resources: [y.yaml]\n', 'b/y.yaml': '' };
    expect(found({ ...all, ...other }).said).toEqual([]);
    expect(found(all).said[0]).toContain('with others that lie elsewhere');
  });

  it('a component', () => {
    const { said, read } = found({
      'c/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n',
      'c/p.yaml': '',
      'web.yaml': '',
    });
    expect(read).toEqual(['web.yaml']);
    expect(said[0]).toContain('takes in this component');
  });
});

describe('Helm, Jsonnet, Terraform', () => {
  it('a chart is left out, with the charts inside it', () => {
    const { said, read } = found({
      'chart/Chart.yaml': 'apiVersion: v2\nname: shop\n',
      'chart/templates/web.yaml': '{{ x }}',
      'chart/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\n',
      'web.yaml': '',
    });
    expect(read).toEqual(['web.yaml']);
    expect(said).toEqual([
      expect.stringMatching(/^warning: chart holds a Helm chart: .*`helm template chart \| seatrial init -`$/),
    ]);
    expect(found({ 'a b/Chart.yaml': 'apiVersion: v1\n' }).said[0]).toMatch(/^error: .*helm template 'a b' /);
  });

  it('Jsonnet and Tanka', () => {
    expect(found({ 'main.jsonnet': '', 'lib/x.libsonnet': '' }).said[0]).toMatch(
      /^error: .*jsonnet -y -J vendor main\.jsonnet/,
    );
    expect(found({ 'e/main.jsonnet': '', 'e/spec.json': '{}' }).said[0]).toContain('tk show e ');
  });

  it('Terraform', () => {
    expect(found({ 'main.tf': '', 'k8s.yaml': '' }).said[0]).toMatch(/^warning: .*seatrial collect --run/);
  });
});

it.each([
  ['lint', into('lint'), '`kubectl kustomize k | seatrial lint -`'],
  ['run', into('run'), '`kubectl kustomize k | seatrial run -`'],
  ['two things that are compared', INTO_FILE, '`kubectl kustomize k > rendered.yaml`; then name that file instead'],
])('the hint is for who asks: %s', (_who, rendering, hint) => {
  const files = { 'k/kustomization.yaml': 'resources: [web.yaml]\nvars: [{}]\n', 'k/web.yaml': '' };
  expect(found(files, rendering).said[0]).toContain(hint);
});
