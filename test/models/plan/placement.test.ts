// Affinities: zones that pods keep to, and how many of them find a place (kubernetes: pkg/scheduler/framework/plugins/nodeaffinity/
// node_affinity_test.go, interpodaffinity/filtering_test.go; cases without Nodes are ours).
import { describe, expect, test } from 'vitest';
import { compile, deployment, withCluster } from './support.js';

const PLACEMENT = ['a', 'b', 'c'].map((zone) => ({ region: 'r', zone: `r-${zone}` }));

function placed(affinity: string, replicas = 4, ...more: string[]) {
  const pods = deployment('extra', 'b', { app: 'extra' }, replicas, {
    spec: `{ containers: [{ name: app, image: app }], affinity: ${affinity} }`,
  });
  const { plan, diagnostics } = compile({ yaml: withCluster(pods, ...more), input: { placement: PLACEMENT } });
  const { podLocalities } = plan!.workloads.find(({ name }) => name === 'extra')!;
  return {
    zones: podLocalities.map((index) => plan!.localities[index]!.zone).join(' '),
    warnings: diagnostics.map(({ code }) => code),
  };
}

const NODE = 'nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [';
const nodes = (...terms: string[]): string =>
  `{ ${NODE}${terms.map((term) => `{ matchExpressions: [${term}] }`).join(', ')}] } } }`;
const zone = (operator: string, ...values: string[]): string =>
  `{ key: topology.kubernetes.io/zone, operator: ${operator}, values: [${values.join(', ')}] }`;

describe('nodes', () => {
  test.each([
    ['one zone', nodes(zone('In', 'r-b')), 'r-b r-b r-b r-b'],
    ['two zones', nodes(zone('In', 'r-c', 'r-a')), 'r-a r-c r-a r-c'],
    ['any of two terms', nodes(zone('In', 'r-a'), zone('In', 'r-c')), 'r-a r-c r-a r-c'],
    ['all but one', nodes(zone('NotIn', 'r-a')), 'r-b r-c r-b r-c'],
    ['a zone outside of the placement', nodes(zone('In', 'r-z')), 'r-z r-z r-z r-z'],
    ['a label that nobody knows of', nodes('{ key: disk, operator: In, values: [ssd] }'), 'r-a r-b r-c r-a'],
    ['requirements together', nodes(`${zone('NotIn', 'r-a')}, ${zone('In', 'r-a', 'r-b')}`), 'r-b r-b r-b r-b'],
  ])('%s', (_, affinity, expected) => {
    expect(placed(affinity)).toEqual({ zones: expected, warnings: [] });
  });

  test('none: they are simulated in all zones, with a warning', () => {
    expect(placed(nodes(`${zone('In', 'r-a')}, ${zone('NotIn', 'r-a')}`))).toEqual({
      zones: 'r-a r-b r-c r-a',
      warnings: ['pods-without-place'],
    });
  });

  const node = (name: string, inZone: string, labels: string): string =>
    `apiVersion: v1\nkind: Node\nmetadata: { name: ${name}, labels: { topology.kubernetes.io/region: r, topology.kubernetes.io/zone: ${inZone}, ${labels} } }\nspec: {}\n`;

  test('of the YAML: their own labels count', () => {
    const known = [node('one', 'r-a', 'disk: hdd, size: "4"'), node('two', 'r-b', 'disk: ssd, size: "16"')];
    const disk = nodes('{ key: disk, operator: In, values: [ssd] }');
    const size = nodes('{ key: size, operator: Gt, values: ["8"] }');
    // Of zone r-c nothing is known.
    expect(placed(disk, 4, ...known).zones).toBe('r-b r-c r-b r-c');
    expect(placed(size, 4, ...known).zones).toBe('r-b r-c r-b r-c');
  });
});

const pods = (kind: string, app: string, key: string, more = ''): string =>
  `{ ${kind}: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: ${app} } }, topologyKey: ${key}${more} }] } }`;
const ZONE = 'topology.kubernetes.io/zone';

describe('other pods', () => {
  const there = (inNamespace: string): string =>
    deployment('cache', inNamespace, { app: 'cache' }, 1, {
      spec: '{ containers: [{ name: app }], nodeSelector: { topology.kubernetes.io/zone: r-b } }',
    });

  test('near: the zones in which they are', () => {
    expect(placed(pods('podAffinity', 'cache', ZONE), 3, there('b'))).toEqual({ zones: 'r-b r-b r-b', warnings: [] });
  });

  test('near, in another namespace: by name or by label', () => {
    expect(placed(pods('podAffinity', 'cache', ZONE), 2, there('a')).warnings).toEqual(['pods-without-place']);
    expect(placed(pods('podAffinity', 'cache', ZONE, ', namespaces: [a]'), 2, there('a')).zones).toBe('r-b r-b');
    expect(placed(pods('podAffinity', 'cache', ZONE, ', namespaceSelector: {}'), 2, there('a')).zones).toBe('r-b r-b');
  });

  test('near their own kind: all in one zone', () => {
    expect(placed(pods('podAffinity', 'extra', ZONE), 3).zones).toBe('r-a r-a r-a');
  });

  test('apart from their own kind: one in each zone, the rest finds no place', () => {
    expect(placed(pods('podAntiAffinity', 'extra', ZONE), 3)).toEqual({ zones: 'r-a r-b r-c', warnings: [] });
    expect(placed(pods('podAntiAffinity', 'extra', ZONE), 5)).toEqual({
      zones: 'r-a r-b r-c',
      warnings: ['pods-without-place'],
    });
  });

  test('apart by zone where nobody has said which zones there are: no bound', () => {
    const yaml = withCluster(
      deployment('extra', 'b', { app: 'extra' }, 3, {
        spec: `{ containers: [{ name: app, image: app }], affinity: ${pods('podAntiAffinity', 'extra', ZONE)} }`,
      }),
    );
    const { plan, diagnostics } = compile({ yaml, input: { placement: PLACEMENT.slice(0, 1) } });
    expect(plan!.workloads.find(({ name }) => name === 'extra')!.podLocalities).toHaveLength(3);
    expect(diagnostics).toEqual([]);
  });

  test('apart from others, or by node where nodes are not known: no bound', () => {
    expect(placed(pods('podAntiAffinity', 'web', ZONE), 5).warnings).toEqual([]);
    expect(placed(pods('podAntiAffinity', 'extra', 'kubernetes.io/hostname'), 5).warnings).toEqual([]);
  });
});
