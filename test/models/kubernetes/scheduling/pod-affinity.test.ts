import { describe, expect, test } from 'vitest';
import { NodeState, type PodTerm, type PodView } from '../../../../models/kubernetes/scheduling/cluster.js';
import { PodAffinityFilter, podAffinityScores } from '../../../../models/kubernetes/scheduling/pod-affinity.js';
import { matchLabels } from '../../../../models/kubernetes/scheduling/selectors.js';
import { ZONE } from '../../../../models/kubernetes/scheduling/spread.js';
import { nodeOf, podOf } from '../../../support/scheduling.js';

const term = (app: string, fields: Partial<PodTerm> = {}): PodTerm => ({
  selector: matchLabels(new Map([['app', app]])),
  topologyKey: ZONE,
  namespaces: 'own',
  ...fields,
});

/** Two nodes in zone a, one in b; pods on the first. */
function zones(...pods: readonly PodView[]): NodeState[] {
  const states = [nodeOf('n1', 'a'), nodeOf('n2', 'a'), nodeOf('n3', 'b')].map((node) => new NodeState(node));
  for (const pod of pods) states[0]!.add(pod);
  return states;
}

function reasons(pod: PodView, states: readonly NodeState[]): (string | null)[] {
  const filter = new PodAffinityFilter(pod, states);
  return states.map(({ node }) => filter.unfit(node));
}

describe('required terms', () => {
  test('affinity keeps to domains where such pods are', () => {
    const pod = podOf('web', 1, { affinity: [term('cache')] });
    expect(reasons(pod, zones(podOf('cache')))).toEqual([null, null, 'pod affinity']);
    expect(reasons(pod, zones())).toEqual(['pod affinity', 'pod affinity', 'pod affinity']);
  });

  test('the first pod of its kind may run anywhere', () => {
    const pod = podOf('web', 1, { affinity: [term('web')] });
    expect(reasons(pod, zones())).toEqual([null, null, null]);
    expect(reasons(pod, zones(podOf('web')))).toEqual([null, null, 'pod affinity']);
  });

  test('anti-affinity keeps away from such pods, and such pods keep the pod away', () => {
    const pod = podOf('web', 1, { antiAffinity: [term('web')] });
    expect(reasons(pod, zones(podOf('web')))).toEqual(['pod anti-affinity', 'pod anti-affinity', null]);
    const guarded = podOf('db', 1, { antiAffinity: [term('web')] });
    expect(reasons(podOf('web'), zones(guarded))).toEqual(['pod anti-affinity', 'pod anti-affinity', null]);
  });

  test('namespaces', () => {
    const elsewhere = podOf('web', 1, { namespace: 'other' });
    const first = (namespaces: PodTerm['namespaces']): string | null =>
      reasons(podOf('web', 1, { antiAffinity: [term('web', { namespaces })] }), zones(elsewhere))[0]!;
    expect(first('own')).toBe(null);
    expect(first('all')).toBe('pod anti-affinity');
    expect(first(['other'])).toBe('pod anti-affinity');
    expect(first(['third'])).toBe(null);
  });

  test('nodes without the key have no company, and nobody to avoid', () => {
    const bare = new NodeState(nodeOf('bare', 'a', { labels: new Map() }));
    bare.add(podOf('web'));
    expect(reasons(podOf('web', 1, { affinity: [term('web')] }), [bare])).toEqual(['pod affinity']);
    expect(reasons(podOf('web', 1, { antiAffinity: [term('web')] }), [bare])).toEqual([null]);
  });
});

describe('preferred terms', () => {
  const scores = (pod: PodView, states: readonly NodeState[]) => podAffinityScores(pod, states, states);

  test('draw near, or drive away', () => {
    const near = podOf('web', 1, { preferred: [{ weight: 50, term: term('cache') }] });
    expect(scores(near, zones(podOf('cache')))).toEqual([100, 100, 0]);
    const away = podOf('web', 1, { preferred: [{ weight: -50, term: term('cache') }] });
    expect(scores(away, zones(podOf('cache')))).toEqual([0, 0, 100]);
    expect(scores(near, zones())).toBe(null);
  });

  test('terms of pods that run count for those that come', () => {
    const fond = podOf('cache', 1, { preferred: [{ weight: 10, term: term('web') }] });
    expect(scores(podOf('web'), zones(fond))).toEqual([100, 100, 0]);
    const bound = podOf('cache', 1, { affinity: [term('web')] });
    expect(scores(podOf('web'), zones(bound))).toEqual([100, 100, 0]);
  });
});
