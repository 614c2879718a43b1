// Nodes of the YAML: zones for pods without a place of their own, cores for pods without a CPU limit, unless the scenario says otherwise.

import { expect, test } from 'vitest';
import type { Affinity } from '../../../models/config/kinds/affinity.js';
import { coresOfNodes, zonesOfNodes } from '../../../models/plan/registry/cluster-nodes.js';
import { toPlanInput } from '../../../scenarios/reading/to-plan-input.js';
import { readSpec } from '../../scenarios/fixtures.js';
import { errors, load } from '../config/helpers.js';
import { CLUSTER, planOf, withCluster } from './support.js';

const node = (name: string, zone: string, cpu: string, spec = '', labels = ''): string =>
  `apiVersion: v1\nkind: Node\nmetadata: { name: ${name}, labels: { topology.kubernetes.io/region: r, topology.kubernetes.io/zone: ${zone}${labels} } }\n` +
  `spec: { podCIDR: 10.0.0.0/24${spec} }\nstatus: { capacity: { cpu: "99" }, allocatable: { cpu: ${cpu} } }\n`;

const NODES = [
  node('one', 'r-a', '7910m'),
  node('two', 'r-b', '15890m', '', ', pool: large'),
  node('master', 'r-c', '2', ', taints: [{ key: node-role.kubernetes.io/control-plane, effect: NoSchedule }]'),
  node('cordoned', 'r-d', '2', ', unschedulable: true'),
].join('---\n');

test('zones and whole cores of the nodes that take pods', () => {
  const { nodes, fidelity, diagnostics } = load(NODES);
  expect([fidelity, diagnostics]).toEqual([[], []]);
  expect(zonesOfNodes(nodes)).toEqual([
    { region: 'r', zone: 'r-a' },
    { region: 'r', zone: 'r-b' },
  ]);
  const cores = (nodeSelector: Readonly<Record<string, string>>, affinity: Affinity | null = null) =>
    coresOfNodes(nodes, { nodeSelector, affinity });
  expect(cores({})).toBe(7);
  expect(cores({ pool: 'large' })).toBe(15);
  expect(cores({ pool: 'none' })).toBeNull();
  const large = { key: 'pool', operator: 'Exists', values: [] } as const;
  expect(cores({}, { nodes: [[large]], near: [], apart: [] })).toBe(15);
});

test('a pod without a CPU limit has its node to itself, where nobody gave cores', () => {
  const cores = (nodeCoresAssumed: boolean): number => {
    const plan = planOf({ yaml: withCluster(NODES), input: { nodeCoresAssumed } });
    return plan.workloads.find(({ name }) => name === 'web-v1')!.app.cores;
  };
  expect([cores(true), cores(false)]).toEqual([7, 4]);
});

test('the scenario comes first', () => {
  const resources = load(`${CLUSTER}---\n${NODES}`);
  const read = (text: string) => {
    const { spec, reader } = readSpec(text);
    return toPlanInput(reader, spec, resources).input;
  };
  const traffic = '  traffic: [{ name: t, to: "http://web.b/", rate: 1/s }]\n';
  expect(read(traffic)).toMatchObject({ placement: [{ zone: 'r-a' }, { zone: 'r-b' }], nodeCoresAssumed: true });
  const given = read(`${traffic}  zones: [x/y]\n  nodeCores: 2\n`);
  expect([given.placement, given.nodeCores, given.nodeCoresAssumed]).toEqual([
    [{ region: 'x', zone: 'y' }],
    2,
    undefined,
  ]);
});

test('an amount that is none is an error with its place', () => {
  expect(errors(load(node('one', 'r-a', 'many')))).toEqual(['error wrong-type 5:56']);
});
