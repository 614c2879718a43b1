// Envoy's load balancers pick by pick, against the sequences of its own tests (envoy: test/extensions/load_balancing_policies/*,
// test/common/upstream/edf_scheduler_test.cc, test/common/router/config_impl_test.cc).
import { describe, expect, test } from 'vitest';
import { chooseByWeight } from '../../models/mesh/client/weighted-cluster.js';
import { priorityLoads } from '../../models/mesh/policies/priority-load.js';
import { HashRing, ringEntries } from '../../models/mesh/policies/ring-hash.js';
import { slowStartFactor } from '../../models/mesh/policies/slow-start.js';
import { zoneRouting } from '../../models/mesh/policies/zone-aware.js';
import type { SiteRt } from '../../models/mesh/state/runtime.js';
import type { BalancerPlan } from '../../models/plan/contract/plan.js';
import { BalancerLab, type LabWish } from '../support/balancer-lab.js';
import { S } from '../support/plans.js';

const ROUND_ROBIN: BalancerPlan = { policy: 'round_robin', choiceCount: 2 };
const LEAST_REQUEST: BalancerPlan = { policy: 'least_request', choiceCount: 2 };

function lab(balancer: BalancerPlan, weights: readonly number[], seed = 0, more: Partial<LabWish> = {}): BalancerLab {
  return new BalancerLab({ weights, seeds: [seed], ...more, cluster: { balancer, ...more.cluster } });
}

describe('round robin', () => {
  test('case 1: equal hosts in turn, from the seed on', () => {
    expect(lab(ROUND_ROBIN, [1, 1, 1], 0).letters(7)).toBe('ABCABCA');
    expect(lab(ROUND_ROBIN, [1, 1, 1], 1).letters(4)).toBe('BCAB');
  });

  test('case 2: weights 1 and 2', () => {
    expect(lab(ROUND_ROBIN, [1, 2], 0).letters(6)).toBe('BABBAB');
    expect(lab(ROUND_ROBIN, [1, 2], 1).letters(6)).toBe('ABBABB');
  });

  test('case 3: weights 1, 2 and 3; any six picks hold each host as often as its weight', () => {
    const picks = lab(ROUND_ROBIN, [1, 2, 3]).letters(60);
    expect(picks.slice(0, 12)).toBe('CBCABCCBCABC');
    for (let from = 0; from + 6 <= picks.length; from++) {
      expect([...picks.slice(from, from + 6)].sort().join('')).toBe('ABBCCC');
    }
  });

  test('case 4: ten balancers with the seeds 0 to 9 begin with each host as often as its weight', () => {
    const first = Array.from({ length: 10 }, (_, seed) => lab(ROUND_ROBIN, [6, 3, 1], seed).letters(1));
    expect(first.sort().join('')).toBe('AAAAAABBBC');
  });

  test('case 5: a changed weight counts from the next pick of its host on', () => {
    const balancer = lab(ROUND_ROBIN, [1, 2]);
    expect(balancer.letters(6)).toBe('BABBAB');
    balancer.sets.weights.set([2, 1]);
    expect(balancer.letters(8)).toBe('BAABAABA');
  });

  test('two workers rotate by themselves', () => {
    const balancer = lab(ROUND_ROBIN, [1, 2], 0, { seeds: [0, 1] });
    expect(balancer.letters(3, 0) + balancer.letters(6, 1) + balancer.letters(3, 0)).toBe('BABABBABBBAB');
  });
});

describe('least request', () => {
  // Case 6, the draws among equal hosts, stands in test/models/mesh/balancer.test.ts; here it is met again among priorities.
  test('case 6: of a busy and an idle host the idle one is picked three times in four', () => {
    const balancer = lab(LEAST_REQUEST, [1, 1]);
    balancer.host(0).active = 1;
    // 20,000 picks: standard error 0.3 points; 4.5 of them.
    expect(Math.abs(balancer.counts(20_000)[1] / 20_000 - 0.75)).toBeLessThan(0.0138);
  });

  test('case 7: unequal weights are divided by the active requests', () => {
    const balancer = lab(LEAST_REQUEST, [1, 2]);
    expect(balancer.letters(6)).toBe('BABBAB');
    balancer.host(1).active = 1;
    expect(balancer.letters(5)).toBe('BABAB');
    balancer.host(0).active = 1;
    balancer.host(1).active = 0;
    expect(balancer.letters(10)).toBe('ABBBABBBBA');
  });

  test('a bias of 0 leaves the weights alone, one of 2 squares the active requests', () => {
    const fixed = lab({ ...LEAST_REQUEST, activeRequestBias: 0 }, [1, 2]);
    fixed.host(1).active = 5;
    expect(fixed.letters(6)).toBe('BABBAB');
    const square = lab({ ...LEAST_REQUEST, activeRequestBias: 2 }, [1, 4]);
    square.host(1).active = 1;
    const counts = square.counts(1000);
    expect(Math.abs(counts[0] - counts[1])).toBeLessThan(5);
  });
});

describe('slow start', () => {
  const linear = { windowNs: 60 * S, aggression: 1, minWeightPercent: 10 };

  test('case 8: a host of 12 seconds gets a fifth, one of 20 seconds a third', () => {
    const balancer = lab({ ...ROUND_ROBIN, slowStart: linear }, [1, 1]);
    const { sets } = balancer;
    sets.sinceNs.set([0, 70 * S]);
    balancer.waitUntil(82 * S);
    sets.update(82 * S);
    expect(balancer.letters(5)).toBe('AAAAB');
    balancer.waitUntil(90 * S);
    sets.update(90 * S);
    expect(balancer.letters(3)).toBe('AAB');
  });

  test('case 9: aggression bends the curve, the least weight bounds it', () => {
    const bent = { windowNs: 10 * S, aggression: 2, minWeightPercent: 10 };
    expect(4 * slowStartFactor(bent, 2.5 * S)).toBeCloseTo(2, 12);
    expect(4 * slowStartFactor(bent, 0.05 * S)).toBeCloseTo(0.4, 12);
    expect(slowStartFactor(bent, 10 * S)).toBe(1);
  });

  test('least request stays a rotation after the window, until the hosts change', () => {
    const balancer = lab({ ...LEAST_REQUEST, slowStart: linear }, [1, 1, 1]);
    balancer.waitUntil(100 * S);
    balancer.letters(30);
    expect([...balancer.letters(3)].sort().join('')).toBe('ABC');
    expect(balancer.sets.priorities[0].healthy.schedulers).not.toBeNull();
    balancer.sets.update(100 * S);
    expect(balancer.sets.priorities[0].healthy.schedulers).toBeNull();
  });
});

describe('priorities', () => {
  test.each([
    { healthy: [1, 1], total: [2, 2], loads: [70, 30], panic: false },
    { healthy: [1, 2], total: [4, 2], loads: [35, 65], panic: false },
    { healthy: [1, 1], total: [4, 4], loads: [50, 50], panic: true },
    { healthy: [1, 1, 1], total: [5, 5, 5], loads: [34, 33, 33], panic: true },
  ])('case 10: $healthy of $total healthy: $loads', ({ healthy, total, loads, panic }) => {
    expect(priorityLoads(healthy, total, 50)).toEqual({ loads, panic: total.map(() => panic) });
  });

  test('total panic goes by all hosts; without a panic threshold the first priority gets what nobody can take', () => {
    expect(priorityLoads([0, 0], [3, 1], 50)).toEqual({ loads: [75, 25], panic: [true, true] });
    expect(priorityLoads([0, 0], [3, 1], 0)).toEqual({ loads: [100, 0], panic: [false, false] });
    expect(priorityLoads([1, 4], [10, 4], 50)).toEqual({ loads: [14, 86], panic: [false, false] });
  });

  test('case 10 by picks: 35 and 65 percent', () => {
    const balancer = lab(ROUND_ROBIN, [1, 1, 1, 1, 1, 1], 0, {
      priorities: [0, 0, 0, 0, 1, 1],
    });
    balancer.eject(1, 2, 3);
    const counts = balancer.counts(20_000);
    // Standard error 0.34 points; 4.5 of them.
    expect(Math.abs(counts[0] / 20_000 - 0.35)).toBeLessThan(0.0152);
    expect(counts.slice(1, 4)).toEqual([0, 0, 0]);
    expect(Math.abs(counts[4] - counts[5])).toBeLessThanOrEqual(1);
  });
});

describe('panic', () => {
  const half = { panicThresholdPercent: 50 };

  test('case 11: with a third of the hosts healthy all are used, and each pick is counted', () => {
    const balancer = lab(ROUND_ROBIN, [1, 1, 1, 1, 1, 1], 0, { cluster: half });
    balancer.eject(2, 3, 4, 5);
    expect(balancer.letters(6)).toBe('ABCDEF');
    expect(balancer.state.counters.lbHealthyPanic).toBe(6);
    balancer.eject(4, 5);
    expect(new Set(balancer.letters(12))).toEqual(new Set('ABCD'));
    balancer.eject(3, 4, 5);
    expect(new Set(balancer.letters(12))).toEqual(new Set('ABC'));
    expect(balancer.state.counters.lbHealthyPanic).toBe(6);
  });

  test('case 11 among hosts that are alike', () => {
    const balancer = lab(ROUND_ROBIN, [1, 1, 1, 1, 1, 1], 0, { cluster: half, alike: true });
    balancer.eject(2, 3, 4, 5);
    expect(new Set(balancer.letters(6))).toEqual(new Set('ABCDEF'));
    expect(balancer.state.counters.lbHealthyPanic).toBe(6);
    balancer.eject(3, 4, 5);
    expect(new Set(balancer.letters(6))).toEqual(new Set('ABC'));
  });

  test('case 12: or no host is used', () => {
    const balancer = lab(ROUND_ROBIN, [1, 1, 1, 1, 1, 1], 0, { cluster: { ...half, failTrafficOnPanic: true } });
    balancer.eject(2, 3, 4, 5);
    expect(balancer.pick()).toBeNull();
    balancer.eject(5);
    expect(balancer.pick()).not.toBeNull();
  });

  test('all hosts ejected and no panic: no host', () => {
    const balancer = lab(ROUND_ROBIN, [1, 2]);
    balancer.eject(0, 1);
    expect(balancer.pick()).toBeNull();
  });
});

describe('zones', () => {
  test('case 13: 60 percent stay in the zone, the rest is split by what the others can spare', () => {
    const routing = zoneRouting([1, 2, 2], [1, 1, 1], 0, 5);
    expect(routing).toEqual({ local: 6000, residualBelow: [0, 667, 1334] });
  });

  test('case 13 by picks', () => {
    const balancer = lab(ROUND_ROBIN, [1, 1, 1, 1, 1], 0, {
      cluster: { zoneAware: { minClusterSize: 5 } },
      localities: [0, 1, 1, 2, 2],
      callers: [1, 1, 1],
    });
    const counts = balancer.counts(20_000);
    // Standard errors 0.35 and 0.28 points; 4.5 of them.
    expect(Math.abs(counts[0] / 20_000 - 0.6)).toBeLessThan(0.0158);
    expect(Math.abs((counts[1] + counts[2]) / 20_000 - 0.2)).toBeLessThan(0.0128);
  });

  test('off for small clusters, for one zone, and where nobody calls from elsewhere', () => {
    expect(zoneRouting([1, 2, 2], [1, 1, 1], 0, 6)).toBeNull();
    expect(zoneRouting([6], [3], 0, 6)).toBeNull();
    expect(zoneRouting([3, 3], [2, 0], 0, 6)).toBeNull();
    expect(zoneRouting([4, 2], [1, 1], 0, 6)).toEqual({ local: 10_000, residualBelow: [0, 0] });
  });
});

describe('consistent hashes', () => {
  test('case 14: 342 entries for each of three hosts; 256 and 768 for weights 1 and 3', () => {
    expect(ringEntries([1 / 3, 1 / 3, 1 / 3], 1024)).toEqual([342, 342, 342]);
    expect(ringEntries([0.25, 0.75], 1024)).toEqual([256, 768]);
    const hosts = ['a', 'b', 'c'].map((address) => ({ address, share: 1 / 3 }));
    expect(new HashRing(hosts, 1024).size).toBe(1026);
  });
});

describe('weighted clusters', () => {
  test('case 15: the value modulo the weights', () => {
    const site = { weightBelow: Float64Array.from([30, 60, 100]) } as unknown as SiteRt;
    expect([115, 445, 560].map((value) => chooseByWeight(site, value) + 1)).toEqual([1, 2, 3]);
  });
});

describe('localities by weight', () => {
  test('get requests by their weights, and less where hosts are missing', () => {
    const balancer = lab(ROUND_ROBIN, [1, 1, 1, 1, 1], 0, {
      localityWeights: [[1, 3]],
      localities: [0, 0, 0, 0, 1],
      callers: [1, 0],
    });
    const counts = balancer.counts(4000);
    expect(counts[4]).toBe(3000);
    expect(counts.slice(0, 4)).toEqual([250, 250, 250, 250]);
    // Half of the first locality: its weight shrinks to 0.7.
    balancer.eject(0, 1);
    expect(Math.abs(balancer.counts(3700)[4] - 3000)).toBeLessThanOrEqual(2);
  });
});
