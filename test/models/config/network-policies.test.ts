// NetworkPolicies and Cilium's as their API servers read them (kubernetes: pkg/apis/networking/v1/defaults.go; cilium: pkg/policy/api/*.go).
import { describe, expect, it, test } from 'vitest';
import { errors, load } from './helpers.js';

const policy = (spec: string) =>
  load(
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {${spec}}\n`,
  );
const cilium = (spec: string) =>
  load(`apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {${spec}}\n`);

describe('a NetworkPolicy', () => {
  test.each([
    ['without types and rules restricts what comes in', 'podSelector: {}', [], null],
    ['with rules for egress restricts both', 'podSelector: {}, egress: [{}]', [], 1],
    ['with an empty list for egress does not', 'podSelector: {}, egress: []', [], null],
    ['says it by its types', 'podSelector: {}, policyTypes: [Egress], ingress: [{}]', null, 0],
  ])('%s', (_, spec, ingress, egress) => {
    const [read] = policy(spec).networkPolicies;
    expect(read!.spec.ingress).toEqual(ingress);
    expect(read!.spec.egress === null ? null : read!.spec.egress.length).toBe(egress);
  });

  test.each([
    ['a peer of nothing', 'ingress: [{from: [{}]}]', 'error rejected-by-kubernetes 4:26'],
    [
      'addresses and selectors in one peer',
      'ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]',
      'error rejected-by-kubernetes 4:27',
    ],
    ['an unknown type', 'policyTypes: [ingress]', 'error wrong-type 4:22'],
    ['a port out of range', 'ingress: [{ports: [{port: 70000}]}]', 'error wrong-type 4:34'],
  ])('refuses %s', (_, spec, found) => {
    expect(errors(policy(spec))).toEqual([found]);
  });
});

describe('a CiliumNetworkPolicy', () => {
  it('denies what no rule allows where it has one, unless it says otherwise', () => {
    const denies = (spec: string) => cilium(spec).ciliumPolicies[0]!.spec.rules[0]!.denies;
    expect(denies('endpointSelector: {}, ingress: [{}]')).toEqual({ ingress: true, egress: false });
    expect(denies('endpointSelector: {}, ingress: []')).toEqual({ ingress: false, egress: false });
    expect(denies('endpointSelector: {}, egressDeny: [{}]')).toEqual({ ingress: false, egress: true });
    expect(denies('endpointSelector: {}, ingress: [{}], enableDefaultDeny: {ingress: false}')).toEqual({
      ingress: false,
      egress: false,
    });
  });

  it('may hold several in specs', () => {
    const set = load(
      'apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: p}\nspecs: [{endpointSelector: {}}, {endpointSelector: {}}]\n',
    );
    expect(set.ciliumClusterwidePolicies[0]!.spec.rules).toHaveLength(2);
  });

  it.each([
    ['/api/*', ['pattern-in-expression']],
    ['/api/.*', []],
    ['/(a|b)/*', []],
    ['/public', []],
  ])('a path %s is warned of where it looks like a pattern', (path, found) => {
    const set = cilium(`ingress: [{toPorts: [{rules: {http: [{path: "${path}"}]}}]}]`);
    expect(set.diagnostics.map(({ code }) => code)).toEqual(found);
  });

  test.each([
    [
      'a path that is no expression',
      'ingress: [{toPorts: [{rules: {http: [{path: "("}]}}]}]',
      'error rejected-by-kubernetes 4:46',
    ],
    ['an unknown protocol', 'ingress: [{toPorts: [{ports: [{port: "80", protocol: HTTP}]}]}]', 'error wrong-type 4:61'],
    ['a port without a number', 'ingress: [{toPorts: [{ports: [{protocol: TCP}]}]}]', 'error missing-field 4:38'],
  ])('refuses %s', (_, spec, found) => {
    expect(errors(cilium(spec))).toEqual([found]);
  });
});
