import { describe, expect, test } from 'vitest';
import { NodeState, type PodView, type SpreadConstraint } from '../../../../models/kubernetes/scheduling/cluster.js';
import { matchLabels } from '../../../../models/kubernetes/scheduling/selectors.js';
import { HOSTNAME, SpreadFilter, spreadScores, ZONE } from '../../../../models/kubernetes/scheduling/spread.js';
import { nodeOf, podOf } from '../../../support/scheduling.js';

const WEB = matchLabels(new Map([['app', 'web']]));
const hard = (fields: Partial<SpreadConstraint> = {}): SpreadConstraint => ({
  maxSkew: 1,
  topologyKey: ZONE,
  whenUnsatisfiable: 'DoNotSchedule',
  selector: WEB,
  minDomains: 1,
  honorAffinity: true,
  honorTaints: false,
  ...fields,
});

/** Nodes by zone, with so many pods of the set each. */
function nodes(...list: readonly (readonly [zone: string, pods: number])[]): NodeState[] {
  return list.map(([zone, pods], index) => {
    const state = new NodeState(nodeOf(`n${index}`, zone));
    for (let at = 0; at < pods; at++) state.add(podOf('web'));
    return state;
  });
}

function allowed(pod: PodView, states: readonly NodeState[]): boolean[] {
  const filter = new SpreadFilter(pod, states);
  return states.map(({ node }) => filter.allows(node));
}

describe('hard constraints', () => {
  const states = nodes(['a', 2], ['a', 0], ['b', 1]);

  test('keep the skew over zones', () => {
    expect(allowed(podOf('web', 1, { spread: [hard()] }), states)).toEqual([false, false, true]);
    expect(allowed(podOf('web', 1, { spread: [hard({ maxSkew: 2 })] }), states)).toEqual([true, true, true]);
  });

  test('are all to hold', () => {
    const spread = [hard({ maxSkew: 2 }), hard({ topologyKey: HOSTNAME })];
    expect(allowed(podOf('web', 1, { spread }), states)).toEqual([false, true, false]);
  });

  test('a pod that does not match its own selector adds nothing', () => {
    expect(allowed(podOf('api', 1, { spread: [hard()] }), states)).toEqual([true, true, true]);
  });

  test('fewer domains than are asked for count as one that is empty', () => {
    expect(allowed(podOf('web', 1, { spread: [hard({ minDomains: 3 })] }), states)).toEqual([false, false, false]);
  });

  test('nodes without the key take no pod', () => {
    const bare = new NodeState(nodeOf('bare', 'a', { labels: new Map() }));
    expect(allowed(podOf('web', 1, { spread: [hard()] }), [...states, bare])).toEqual([false, false, true, false]);
  });

  test('pods on their way out, and pods of other namespaces, do not count', () => {
    const state = new NodeState(nodeOf('n', 'a'));
    state.add(podOf('web', 1, { terminating: true }));
    state.add(podOf('web', 1, { namespace: 'other' }));
    const pod = podOf('web', 1, { spread: [hard()] });
    expect(allowed(pod, [state, ...nodes(['b', 0])])).toEqual([true, true]);
  });

  test('by policy, nodes that the pod may not run on are no domains', () => {
    const spread = [hard()];
    const nodeSelector = matchLabels(new Map([[ZONE, 'a']]));
    const both = nodes(['a', 3], ['b', 0]);
    expect(allowed(podOf('web', 1, { spread, nodeSelector }), both)[0]).toBe(true);
    const loose = [hard({ honorAffinity: false })];
    expect(allowed(podOf('web', 1, { spread: loose, nodeSelector }), both)[0]).toBe(false);
    const tainted = [
      nodes(['a', 3])[0]!,
      new NodeState(nodeOf('t', 'b', { taints: [{ key: 'k', value: '', effect: 'NoSchedule' }] })),
    ];
    expect(allowed(podOf('web', 1, { spread }), tainted)[0]).toBe(false);
    expect(allowed(podOf('web', 1, { spread: [hard({ honorTaints: true })] }), tainted)[0]).toBe(true);
  });
});

describe('soft constraints', () => {
  const soft = hard({ whenUnsatisfiable: 'ScheduleAnyway' });

  test('prefer domains with fewer pods; without pods all are alike', () => {
    const pod = podOf('web', 1, { spread: [soft] });
    const states = nodes(['a', 4], ['b', 2], ['b', 0]);
    expect(spreadScores(pod, states, states)).toEqual([50, 100, 100]);
    const empty = nodes(['a', 0], ['b', 0]);
    expect(spreadScores(pod, empty, empty)).toEqual([100, 100]);
    expect(spreadScores(podOf('web'), states, states)).toBe(null);
  });

  test('nodes without the key get nothing, but for constraints of the cluster', () => {
    const bare = new NodeState(nodeOf('bare', 'a', { labels: new Map() }));
    const states = [...nodes(['a', 1]), bare];
    expect(spreadScores(podOf('web', 1, { spread: [soft] }), states, states)).toEqual([100, 0]);
    expect(spreadScores(podOf('web', 1, { spread: [soft], spreadByDefault: true }), states, states)).toEqual([0, 100]);
  });
});
