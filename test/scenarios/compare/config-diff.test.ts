// What changed between two sets of manifests, and where.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlainValue } from '../../../models/config/document.js';
import { diffConfig, diffValues } from '../../../scenarios/compare/config-diff.js';
import { configObjects } from '../../../scenarios/compare/objects.js';

const RULE = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec:
  host: cart
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100 } }
  subsets:
    - name: v1
      labels: { version: v1 }
    - name: v2
      labels: { version: v2 }
`;

function diff(base: string, candidate: string) {
  const objects = (name: string, text: string) => configObjects([{ name, text }]);
  return diffConfig(objects('old.yaml', base), objects('new.yaml', candidate));
}

/** `path base candidate baseLine candidateLine` of each field. */
function fields(base: string, candidate: string): string[] {
  return diff(base, candidate).flatMap((change) =>
    change.fields.map((field) =>
      [
        field.change,
        field.path,
        JSON.stringify(field.base),
        JSON.stringify(field.candidate),
        `${field.basePosition.file}:${field.basePosition.line}`,
        `${field.candidatePosition.file}:${field.candidatePosition.line}`,
      ].join(' '),
    ),
  );
}

describe('diffConfig', () => {
  it('names the field, both values and both places', () => {
    expect(fields(RULE, `# a comment\n${RULE.replace('100', '10')}`)).toEqual([
      'changed spec.trafficPolicy.connectionPool.tcp.maxConnections 100 10 old.yaml:7 new.yaml:8',
    ]);
  });

  it('finds elements of a list by name', () => {
    const without = RULE.replace('    - name: v1\n      labels: { version: v1 }\n', '');
    expect(fields(RULE, without)).toEqual([
      'removed spec.subsets[name=v1] {"name":"v1","labels":{"version":"v1"}} null old.yaml:9 new.yaml:8',
    ]);
  });

  it('tells when named elements change their order, which routes depend on', () => {
    const swapped = RULE.replace(/( +- name: v1\n.*\n)( +- name: v2\n.*\n)/, '$2$1');
    expect(fields(RULE, swapped)[0]).toBe('changed spec.subsets ["v1","v2"] ["v2","v1"] old.yaml:8 new.yaml:8');
  });

  it('compares other lists by index', () => {
    const list = (items: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { hosts: ${items} }`;
    expect(fields(list('[a, b]'), list('[a, c, d]'))).toEqual([
      'changed spec.hosts[1] "b" "c" old.yaml:4 new.yaml:4',
      'added spec.hosts[2] null "d" old.yaml:4 new.yaml:4',
    ]);
  });

  it('passes over what the server writes, the order of keys and nulls', () => {
    const plain = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { x: 1, y: 2 }';
    const live = `apiVersion: v1
kind: Service
metadata:
  name: a
  uid: 1-2
  resourceVersion: "7"
  generation: 3
  creationTimestamp: "2024-01-01T00:00:00Z"
  managedFields: [{ manager: kubectl }]
  annotations: { kubectl.kubernetes.io/last-applied-configuration: "{}" }
spec: { y: 2, x: 1, z: null }
status: { loadBalancer: {} }`;
    expect(diff(plain, live)).toEqual([]);
  });

  it('lists objects that came and went by group, kind, namespace and name, also from a List', () => {
    const list = `apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: b } }
  - { apiVersion: v1, kind: Namespace, metadata: { name: sea } }`;
    const changes = diff(RULE, list).map(
      ({ change, group, kind, namespace, name, base, candidate }) =>
        `${change} ${group}/${kind} ${namespace}/${name} ${base?.line ?? '-'} ${candidate?.line ?? '-'}`,
    );
    expect(changes).toEqual([
      'added /Namespace /sea - 5',
      'added /Service default/b - 4',
      'removed networking.istio.io/DestinationRule shop/cart 1 -',
    ]);
  });

  it('takes an object without a namespace for one in `default`, and another API version for a change', () => {
    const one = 'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: a }';
    const two = 'apiVersion: networking.istio.io/v1beta1\nkind: Gateway\nmetadata: { name: a, namespace: default }';
    expect(diff(one, two).map(({ change, fields: own }) => [change, own.map(({ path }) => path)])).toEqual([
      ['changed', ['apiVersion', 'metadata.namespace']],
    ]);
  });

  it('hides what is in a Secret', () => {
    const secret = (value: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { key: ${value} }`;
    const text = JSON.stringify(diff(secret('c2VjcmV0'), secret('b3RoZXI=')));
    expect(text).toContain('"(hidden)"');
    expect(text).not.toMatch(/c2VjcmV0|b3RoZXI/);
  });
});

describe('diffValues', () => {
  const plain = fc.letrec<{ value: PlainValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<PlainValue>(null, true, 0, 1, 'a', 'b'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('name', 'x', '__proto__', 'constructor'), tie('value'), { maxKeys: 3 }),
    ),
  })).value;

  it('finds nothing between a value and itself', () => {
    fc.assert(fc.property(plain, (value) => diffValues(value, structuredClone(value)).length === 0));
  });

  it('finds the same places the other way round', () => {
    const paths = (a: PlainValue, b: PlainValue): string[] =>
      diffValues(a, b)
        .map(({ path }) => path)
        .sort();
    fc.assert(fc.property(plain, plain, (a, b) => void expect(paths(a, b)).toEqual(paths(b, a))));
  });
});
