// Lookup and merging of DestinationRules (istio: pilot/pkg/model/push_context_test.go TestSetDestinationRuleMerging,
// TestSetDestinationRuleWithWorkloadSelector, TestSetDestinationRuleWithExportTo).
import { describe, expect, test } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { DestinationRules, type MergedRule } from '../../../models/plan/settings/destination-rule.js';
import { destinationRule } from './support.js';

const HOST = 'web.b.svc.cluster.local';
const SELECTOR = 'workloadSelector: { matchLabels: { app: client } }';

function rules(...documents: readonly (readonly [name: string, namespace: string, spec: string])[]): DestinationRules {
  const text = documents.map(([name, namespace, spec]) =>
    destinationRule(name, namespace, `{ host: ${HOST}, ${spec} }`),
  );
  return new DestinationRules(loadResources([{ name: 'rules.yaml', text: text.join('---\n') }]));
}

function find(from: DestinationRules, client: string, labels = {}): MergedRule | null {
  return from.lookup(HOST, 'b', client, labels);
}

function subsets(rule: MergedRule | null): string[] {
  return rule?.subsets.map(({ value }) => value.name) ?? [];
}

describe('which namespace', () => {
  test("the client's, else the service's, else the root's; never a third", () => {
    const all = rules(
      ['own', 'a', 'subsets: [{ name: own }]'],
      ['service', 'b', 'subsets: [{ name: service }]'],
      ['root', 'istio-system', 'subsets: [{ name: root }]'],
      ['third', 'c', 'subsets: [{ name: third }]'],
    );
    expect(subsets(find(all, 'a'))).toEqual(['own']);
    expect(subsets(find(all, 'd'))).toEqual(['service']);
    const rootOnly = rules(
      ['root', 'istio-system', 'subsets: [{ name: root }]'],
      ['third', 'c', 'subsets: [{ name: t }]'],
    );
    expect(subsets(find(rootOnly, 'a'))).toEqual(['root']);
  });

  test('a rule that is exported to others only is not used at home; a private one not elsewhere', () => {
    const elsewhere = rules(['x', 'a', 'exportTo: [c], subsets: [{ name: x }]']);
    expect(find(elsewhere, 'a')).toBeNull();
    const owned = rules(['x', 'b', 'exportTo: ["."], subsets: [{ name: x }]']);
    expect(find(owned, 'a')).toBeNull();
    expect(subsets(find(owned, 'b'))).toEqual(['x']);
  });

  test('clients in the root namespace use only its private rules at the first level', () => {
    const all = rules(
      ['root', 'istio-system', 'subsets: [{ name: root }]'],
      ['service', 'b', 'subsets: [{ name: service }]'],
    );
    expect(subsets(find(all, 'istio-system'))).toEqual(['service']);
  });
});

describe('several rules for one host', () => {
  test('subsets are united, the first traffic policy stays, the first of a name stays', () => {
    const merged = find(
      rules(
        ['one', 'b', 'subsets: [{ name: v1, labels: { version: a } }]'],
        [
          'two',
          'b',
          'trafficPolicy: { loadBalancer: { simple: RANDOM } }, subsets: [{ name: v1, labels: { version: b } }, { name: v2 }]',
        ],
        ['zzz', 'b', 'trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }'],
      ),
      'a',
    )!;
    expect(subsets(merged)).toEqual(['v1', 'v2']);
    expect(merged.subsets[0]!.value.labels).toEqual({ version: 'a' });
    expect(merged.policy!.value.loadBalancer!.simple).toBe('RANDOM');
  });

  test('a rule with a selector is for the pods that it selects; the others use the one without', () => {
    const all = rules(
      ['plain', 'a', 'subsets: [{ name: plain }]'],
      ['selecting', 'a', `${SELECTOR}, subsets: [{ name: selected }]`],
    );
    expect(subsets(find(all, 'a', { app: 'client' }))).toEqual(['selected']);
    expect(subsets(find(all, 'a', { app: 'other' }))).toEqual(['plain']);
  });

  test('a private rule without selector is folded into one with a selector and not kept', () => {
    const all = rules(
      ['plain', 'a', 'exportTo: ["."], subsets: [{ name: plain }]'],
      ['selecting', 'a', `${SELECTOR}, subsets: [{ name: selected }]`],
    );
    expect(subsets(find(all, 'a', { app: 'client' }))).toEqual(['selected', 'plain']);
    expect(find(all, 'a', { app: 'other' })).toBeNull();
  });

  test('one that is exported more widely is copied into rules with selectors, and kept', () => {
    const all = rules(
      ['plain', 'a', 'exportTo: [".", "x"], subsets: [{ name: plain }]'],
      ['selecting', 'a', `${SELECTOR}, subsets: [{ name: selected }]`],
    );
    expect(subsets(find(all, 'a', { app: 'client' }))).toEqual(['selected', 'plain']);
    expect(subsets(find(all, 'a', { app: 'other' }))).toEqual(['plain']);
  });
});
