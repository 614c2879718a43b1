// The scheduler, nodes that are lost, and hints of zones, by their sources (k8s: pkg/scheduler/framework/plugins,
// pkg/controller/nodelifecycle, pkg/controller/tainteviction, staging/src/k8s.io/endpointslice/topologycache,
// pkg/proxy/topology.go).
import { describe, expect, test } from 'vitest';
import { autoHints, followedHints, preferHints, zoneShares } from '../../models/kubernetes/endpoints/hints.js';
import { NodeMonitor } from '../../models/kubernetes/nodes/node-monitor.js';
import { DEFAULT_TOLERATION_SECONDS, TaintEviction } from '../../models/kubernetes/nodes/taint-eviction.js';
import { NodeState, type NodeView, PLAIN_POD, type PodView } from '../../models/kubernetes/scheduling/cluster.js';
import { Scheduler } from '../../models/kubernetes/scheduling/scheduler.js';
import { balancedAllocation, leastAllocated } from '../../models/kubernetes/scheduling/scores.js';
import { matchLabels } from '../../models/kubernetes/scheduling/selectors.js';
import { defaultConstraints, HOSTNAME, spreadScores, ZONE } from '../../models/kubernetes/scheduling/spread.js';
import { SECOND_NS } from '../../models/kubernetes/units.js';

const S = SECOND_NS;
const Gi = 1024 * 1024 * 1024;

const nodeOf = (name: string, zone: string): NodeView => ({
  name,
  labels: new Map([
    [HOSTNAME, name],
    [ZONE, zone],
  ]),
  taints: [],
  unschedulable: false,
  allocatable: new Map([
    ['cpu', 4000],
    ['memory', 8 * Gi],
    ['pods', 110],
  ]),
});

describe('DY-58: scores of the scheduler', () => {
  test('DY-58: a node of 4 CPU and 8 Gi with 1 CPU and 4 Gi requested', () => {
    const pod: PodView = {
      ...PLAIN_POD,
      requests: new Map([
        ['cpu', 1000],
        ['memory', 4 * Gi],
      ]),
      scored: { cpuMilli: 1000, memoryBytes: 4 * Gi },
    };
    const state = new NodeState(nodeOf('n', 'a'));
    expect(leastAllocated(pod, state)).toBe(62);
    expect(balancedAllocation(pod, state)).toBe(87);
  });

  test('DY-58: three nodes in two zones: the node without a pod of the set wins', () => {
    const labels = new Map([['app', 'web']]);
    const spread = defaultConstraints(matchLabels(labels));
    const pod: PodView = { ...PLAIN_POD, labels, spread, spreadByDefault: true };
    const nodes = [nodeOf('n1', 'a'), nodeOf('n2', 'a'), nodeOf('n3', 'b')];
    const states = nodes.map((node) => new NodeState(node));
    states[0]!.add({ ...pod });
    states[2]!.add({ ...pod });
    expect(spreadScores(pod, states, states)).toEqual([77, 100, 77]);

    const scheduler = new Scheduler(() => 0);
    for (const node of nodes) scheduler.setNode(node);
    scheduler.bind({ ...pod }, 'n1');
    scheduler.bind({ ...pod }, 'n3');
    expect(scheduler.place(pod)).toEqual({ kind: 'placed', node: 'n2' });
  });
});

describe('DY-59: hints of zones', () => {
  const nodes = ['a', 'b', 'c'].map((zone) => ({ zone, cpuMilli: 4000, ready: true, controlPlane: false }));

  test.each([
    [2, false],
    [4, false],
    [5, false],
    [6, true],
    [7, true],
    [9, true],
  ])('DY-59: Auto, three zones of equal CPU, %i endpoints: hints %s', (count, expected) => {
    const endpoints = Array.from({ length: count }, (_, at) => ({ zone: 'abc'[at % 3]!, node: null }));
    expect(autoHints(zoneShares(nodes), endpoints) !== null).toBe(expected);
  });

  test('DY-59: PreferSameZone: the one pod of a zone gets all of its traffic', () => {
    const endpoints = ['a', ...Array.from({ length: 9 }, () => 'b')].map((zone) => ({ zone, node: null }));
    const hints = preferHints('PreferSameZone', endpoints);
    const share = (zone: string, endpoint: number): number => {
      const used = followedHints(hints, { zone, node: null });
      return used.includes(endpoint) ? 1 / used.length : 0;
    };
    expect((share('a', 0) + share('b', 0)) / 2).toBe(0.5);
  });
});

test('DY-59: a node is lost: Unknown after the grace period, pods deleted 300 s after the taint', () => {
  const monitor = new NodeMonitor();
  const eviction = new TaintEviction();
  for (const name of ['n1', 'n2']) {
    monitor.add(0, name, 'a');
    monitor.reported(name, true);
  }
  const log: [second: number, what: string][] = [];
  const note = (nowNs: number, what: string): void => {
    log.push([Math.round(nowNs / (S / 10)) / 10, what]);
  };
  // Passes are strictly more than 5 s apart; the last renewal of n1 comes at 95 and is seen at 97.5.
  const periodNs = 5 * S + 1000;
  let wasRenewed = 0;
  for (let nowNs = 97.5 * S - 19 * periodNs; nowNs < 600 * S; nowNs += periodNs) {
    for (; wasRenewed * 10 * S + 5 * S <= nowNs; wasRenewed++) {
      if (wasRenewed <= 9) monitor.renewed('n1');
      monitor.renewed('n2');
    }
    const pass = monitor.pass(nowNs);
    for (const name of pass.lost) note(nowNs, `${name} unknown`);
    for (const name of pass.podsNotReady) note(nowNs, `pods of ${name} not ready`);
    for (const { node, taint } of pass.tainted) {
      note(nowNs, `${node} ${taint}`);
      eviction.observe(nowNs, { name: 'pod', tolerations: [DEFAULT_TOLERATION_SECONDS] });
    }
    const { nextNs } = eviction;
    if (nextNs !== null && nextNs <= nowNs + periodNs)
      for (const name of eviction.due(nextNs)) note(nextNs, `delete ${name}`);
  }
  expect(log).toEqual([
    [147.5, 'n1 unknown'],
    [147.5, 'pods of n1 not ready'],
    [147.5, 'n1 unreachable'],
    [447.5, 'delete pod'],
  ]);
  expect(monitor.readyOf('n2')).toBe('True');
});
