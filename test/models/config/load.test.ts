import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { destinationRule, load, shown, virtualService } from './helpers.js';

const ROUTE = '{route: [{destination: {host: reviews}}]}';

function named(name: string, more = ''): string {
  return virtualService(ROUTE).replace('name: v', `name: ${name}${more}`);
}

describe('order', () => {
  it('is by name, then by namespace where there are no timestamps, in whatever documents and files the objects stand', () => {
    const elsewhere = named('m').replace('namespace: shop', 'namespace: early');
    const texts = [
      { name: 'b', text: `${named('z')}---\n${named('a')}` },
      { name: 'a', text: `${named('m')}---\n${elsewhere}` },
    ];
    const orderOf = (of: typeof texts) => loadResources(of).virtualServices.map((v) => `${v.namespace}/${v.name}`);
    expect(orderOf(texts)).toEqual(['shop/a', 'early/m', 'shop/m', 'shop/z']);
    expect(orderOf([...texts].reverse())).toEqual(orderOf(texts));
  });

  it('is creation time, then name, then namespace; without a time last', () => {
    const at = (time: string, namespace = 'shop') => `, creationTimestamp: "${time}", namespace: ${namespace}, uid: x`;
    const base = (name: string, more: string) => named(name, more).replace(', namespace: shop}', '}');
    const text = [
      named('none'),
      base('b', at('2024-01-02T00:00:00Z')),
      base('a', at('2024-01-02T00:00:00Z')),
      base('a', at('2024-01-02T00:00:00Z', 'early')),
      base('z', at('2024-01-02T00:30:00+01:00')),
    ].join('---\n');
    const set = load(text);
    expect(shown(set.diagnostics)).toEqual([]);
    expect(set.virtualServices.map(({ name, namespace }) => `${namespace}/${name}`)).toEqual([
      'shop/z',
      'early/a',
      'shop/a',
      'shop/b',
      'shop/none',
    ]);
    expect(set.virtualServices[0]!.createdAtMs).toBe(1704151800000);
  });
});

describe('lists', () => {
  it('are flattened, with positions', () => {
    const text = `apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
  - apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
  - apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: v}
    spec:
      hosts: [a]
      http:
        - timeout: 1
`;
    const set = load(text);
    expect(set.documents).toBe(1);
    expect(set.namespaces[0]!.source.at(['metadata', 'name'])).toEqual({ file: 'f.yaml', line: 8, column: 7 });
    expect(set.namespaces[0]!.source.at([])).toMatchObject({ line: 5, column: 5 });
    expect(shown(set.diagnostics)).toEqual(['error wrong-type 15:20']);
  });

  it('may have a type, whose items need not repeat it', () => {
    const item = '{metadata: {name: d}, spec: {host: a}}';
    const set = load(`apiVersion: networking.istio.io/v1\nkind: DestinationRuleList\nitems: [${item}]`);
    expect(set.destinationRules.map(({ name, apiVersion }) => [name, apiVersion])).toEqual([
      ['d', 'networking.istio.io/v1'],
    ]);
  });

  it('may be JSON', () => {
    const set = load(
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}]}',
    );
    expect(set.namespaces[0]!.source.at(['metadata'])).toMatchObject({ line: 1, column: 81 });
  });
});

describe('noise of real clusters', () => {
  it('is silent', () => {
    const text = destinationRule('{tls: {mode: DISABLE}}').replace(
      'metadata: {name: d, namespace: shop}',
      'metadata: {name: d, uid: x, resourceVersion: "1", generation: 2, managedFields: [{a: 1}], ownerReferences: [], finalizers: [], selfLink: /a, creationTimestamp: null}\nstatus: {conditions: []}',
    );
    const set = load(text);
    expect(set.diagnostics).toEqual([]);
    expect(set.fidelity).toEqual([]);
    expect(set.destinationRules[0]!.createdAtMs).toBeNull();
  });
});

describe('documents that are not objects', () => {
  it.each([
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}', 'warning no-kind 1:1'],
    ['no apiVersion', '\nkind: Service', 'warning no-kind 2:1'],
    ['a Prometheus rule file', 'groups: [{name: a, rules: []}]', 'info not-a-manifest 1:1'],
    ['groups of something else', 'groups: [{name: a, rules: [{path: /a}]}]', 'warning no-kind 1:1'],
    ['a policy of ztunnel', 'action: DENY\ngroups: [{rules: [{}]}]\nname: a\nscope: GLOBAL', 'info not-a-manifest 1:1'],
    ['a dump of ztunnel', 'workloads: {}\npolicies: []\nservices: [{name: a}]', 'info not-a-manifest 1:1'],
    ['a filter of Envoy', 'name: a\ntypedConfig: {"@type": type.googleapis.com/envoy.x.A}', 'info not-a-manifest 1:1'],
    ['resources of Envoy', 'resources: [{"@type": type.googleapis.com/envoy.x.A}]', 'info not-a-manifest 1:1'],
    ['a list of services without names', 'services: [{image: x}]', 'warning no-kind 1:1'],
    ['Helm values', 'image: {tag: x}\nreplicaCount: 1', 'info not-a-manifest 1:1'],
    ['a Compose file', 'services: {web: {image: x}}', 'info not-a-manifest 1:1'],
    ['a list', '- a', 'info not-a-manifest 1:1'],
    ['a text', 'hello', 'info not-a-manifest 1:1'],
  ])('%s', (_, text, expected) => {
    const set = load(text);
    expect(shown(set.diagnostics)).toEqual([expected]);
    expect(set.documents).toBe(1);
  });

  it('are ours where the group is ours', () => {
    const set = load('apiVersion: seatrial.dev/v1alpha1\nkind: Scenario\nanything: goes');
    expect(set.diagnostics).toEqual([]);
    expect(set.scenarios.map(({ value }) => value)).toEqual([
      { apiVersion: 'seatrial.dev/v1alpha1', kind: 'Scenario', anything: 'goes' },
    ]);
  });
});

describe('kinds', () => {
  it('that are not read give one fidelity entry', () => {
    const set = load('apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, namespace: ns}\nspec: {}');
    expect(set.diagnostics).toEqual([]);
    expect(set.fidelity).toEqual([
      {
        status: 'not-modelled',
        resource: 'Job ns/a',
        path: '',
        position: { file: 'f.yaml', line: 1, column: 1 },
        meaning: expect.stringContaining('its pods are left out'),
      },
    ]);
    expect(set.other[0]!.spec).toBeNull();
  });

  it('that Istio has removed name their successor', () => {
    const set = load('apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: a}');
    expect(shown(set.diagnostics)).toEqual(['warning removed-kind 1:1']);
    expect(set.diagnostics[0]!.hint).toContain('PeerAuthentication');
  });

  it('of a version that does not exist are left out, with a warning', () => {
    const set = load(virtualService(ROUTE).replace('io/v1', 'io/v2'));
    expect(shown(set.diagnostics)).toEqual(['warning unknown-version 1:1']);
    expect(set.virtualServices).toEqual([]);
  });

  it('without a name are refused', () => {
    const set = load('apiVersion: v1\nkind: Service\nmetadata: {}\nspec: {}');
    expect(shown(set.diagnostics)).toEqual(['error missing-field 3:1']);
    expect(set.rejected).toHaveLength(1);
  });
});

describe('two objects of one identity', () => {
  it('the later counts, in the place of the earlier', () => {
    const text = [named('a'), named('b'), named('a').replace('[reviews]', '[ratings]')].join('---\n');
    const set = load(text);
    expect(shown(set.diagnostics)).toEqual(['warning duplicate-object 15:1']);
    expect(set.diagnostics[0]!.message).toContain('f.yaml:1');
    expect(set.virtualServices.map(({ name, spec }) => [name, ...spec.hosts])).toEqual([
      ['a', 'ratings'],
      ['b', 'reviews'],
    ]);
    expect(set.virtualServices[0]!.source.at(['spec', 'hosts'])).toMatchObject({ line: 19 });
  });

  it('that say the same are a remark', () => {
    const { diagnostics } = load(`${named('a')}---\n${named('a')}`);
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['info duplicate-object']);
  });
});

describe('broken documents', () => {
  it('do not keep the others from being read', () => {
    const set = loadResources([
      { name: 'bad.yaml', text: `a: [\n---\n${named('v')}` },
      { name: 'good.yaml', text: named('w') },
    ]);
    expect(set.diagnostics.map(({ code, position }) => [code, position!.file])).toEqual([['yaml-syntax', 'bad.yaml']]);
    expect(set.virtualServices.map(({ name }) => name)).toEqual(['v', 'w']);
  });
});

describe('much input', () => {
  it('is read document by document', () => {
    const text = Array.from({ length: 3000 }, (_, index) => named(`v${String(index).padStart(4, '0')}`)).join('---\n');
    const set = load(text);
    expect(set.virtualServices).toHaveLength(3000);
    expect(set.virtualServices[2999]!.source.at(['spec', 'http', 0])).toMatchObject({ line: 2999 * 7 + 6, column: 10 });
  });

  it('with many findings in one object is not quadratic', () => {
    const fields = Array.from({ length: 20_000 }, (_, index) => `  f${index}: 1`).join('\n');
    const items = Array.from({ length: 20_000 }, () => '    - 1').join('\n');
    const set = load(`${named('v')}${fields}\n  exportTo:\n${items}\n`);
    expect(set.diagnostics).toHaveLength(40_000);
  });
});
