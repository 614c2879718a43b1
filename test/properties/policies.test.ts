// Laws of the pure policy functions: bounds and monotonicity for any input, beside the known answers that stand next to each policy.
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { budgetedRetries } from '../../models/mesh/client/retry-budget.js';
import { ejectionNs, mayEject } from '../../models/mesh/clusters/outlier.js';
import { rejectionProbability } from '../../models/mesh/filters/admission-control.js';
import { nextLimit } from '../../models/mesh/filters/gradient-controller.js';
import { backoffMs, lowerBoundBackoffMs, nextIntervalMs } from '../../models/mesh/policies/backoff.js';
import { EdfScheduler } from '../../models/mesh/policies/edf-scheduler.js';
import { oftenFailing, seldomSuccessful, type Volume } from '../../models/mesh/policies/outlier-rates.js';
import { availability, inPanic, priorityLoads } from '../../models/mesh/policies/priority-load.js';
import { slowStartFactor } from '../../models/mesh/policies/slow-start.js';
import { WHOLE, zoneRouting } from '../../models/mesh/policies/zone-aware.js';
import { roundTrips } from '../../models/mesh/state/handshake-cost.js';
import { TokenBucket } from '../../sim/stations/token-bucket.js';
import { OUTLIER, S } from '../support/plans.js';

const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const count = fc.integer({ min: 0, max: 60 });
const ENFORCED = { enforcing: 100, enforcingLocalOrigin: 100 };

describe('back-off', () => {
  test.prop([fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), unit])(
    'waits within its interval, which never shrinks and ends at the maximum',
    (base, more, u) => {
      const max = base + more;
      let interval = base;
      for (let retry = 0; retry < 20; retry++) {
        expect(backoffMs(interval, u)).toBeGreaterThanOrEqual(0);
        expect(backoffMs(interval, u)).toBeLessThan(interval);
        const next = nextIntervalMs(interval, max);
        expect(next).toBeGreaterThanOrEqual(interval);
        expect(next).toBeLessThanOrEqual(max);
        interval = next;
      }
      expect(interval).toBe(max);
    },
  );

  test.prop([fc.integer({ min: 0, max: 100_000 }), unit])(
    'that a response asks for is at least what it says, and at most half as much again',
    (asked, u) => {
      const wait = lowerBoundBackoffMs(asked, u);
      expect(wait).toBeGreaterThanOrEqual(asked);
      expect(wait).toBeLessThanOrEqual(asked * 1.5);
    },
  );
});

describe('retry budgets', () => {
  test.prop([fc.double({ min: 0, max: 100, noNaN: true }), count, count, count, count])(
    'are never below their minimum and grow with the load',
    (percent, minConcurrency, active, pending, more) => {
      const budget = { percent, minConcurrency };
      const limit = budgetedRetries(budget, active, pending);
      expect(limit).toBeGreaterThanOrEqual(minConcurrency);
      expect(limit).toBeLessThanOrEqual(Math.max(minConcurrency, active + pending));
      expect(budgetedRetries(budget, active + more, pending)).toBeGreaterThanOrEqual(limit);
    },
  );
});

describe('outlier detection', () => {
  test.prop([fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 50 })])(
    'ejects for longer each time, up to the longest',
    (base, max, ejections) => {
      const plan = { ...OUTLIER, baseEjectionNs: base * S, maxEjectionNs: max * S };
      expect(ejectionNs(plan, ejections)).toBeLessThanOrEqual(plan.maxEjectionNs);
      expect(ejectionNs(plan, ejections + 1)).toBeGreaterThanOrEqual(ejectionNs(plan, ejections));
    },
  );

  test.prop([fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 60 }), fc.boolean()])(
    'never has more than its share ejected, but for the one that may always be',
    (maxEjectionPercent, hosts, alwaysEjectOne) => {
      const plan = { ...OUTLIER, maxEjectionPercent, alwaysEjectOne };
      let ejected = 0;
      while (ejected < hosts && mayEject(plan, ejected, hosts)) ejected++;
      const share = Math.floor((maxEjectionPercent * hosts) / 100);
      expect(ejected).toBe(alwaysEjectOne ? Math.max(1, share) : share);
    },
  );

  const volumes = fc.array(
    fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 500 }), unit)
        .map(([total, rate]): Volume => ({ total, successes: Math.floor(total * rate) })),
    ),
    { maxLength: 12 },
  );

  test.prop([volumes, fc.integer({ min: 0, max: 4000 })])(
    'by success rate judges those with enough requests, and never the best of them',
    (hosts, stdevFactor) => {
      const plan = { minimumHosts: 3, requestVolume: 100, stdevFactor, ...ENFORCED };
      const found = seldomSuccessful(hosts, plan);
      const rate = (volume: Volume | null): number => (volume === null ? -1 : volume.successes / volume.total);
      const judged = hosts.filter((volume) => volume !== null && volume.total >= 100);
      if (judged.length < 3) expect(found).toEqual([]);
      for (const position of found) {
        expect(hosts[position]?.total).toBeGreaterThanOrEqual(100);
        expect(rate(hosts[position])).toBeLessThan(Math.max(...judged.map(rate)));
      }
    },
  );

  test.prop([volumes, fc.integer({ min: 0, max: 100 })])(
    'by failures finds fewer with a higher threshold',
    (hosts, threshold) => {
      const plan = { minimumHosts: 1, requestVolume: 50, threshold, ...ENFORCED };
      const found = oftenFailing(hosts, plan);
      for (const position of oftenFailing(hosts, { ...plan, threshold: threshold + 1 })) {
        expect(found).toContain(position);
      }
    },
  );
});

describe('priorities', () => {
  const priorities = fc.array(
    fc.tuple(count, count).map(([healthy, others]) => ({ healthy, total: healthy + others })),
    { minLength: 1, maxLength: 5 },
  );

  test.prop([priorities, fc.integer({ min: 0, max: 100 })])('carry all the load together', (levels, threshold) => {
    const total = levels.map((level) => level.total);
    const { loads } = priorityLoads(
      levels.map(({ healthy }) => healthy),
      total,
      threshold,
    );
    const sum = loads.reduce((a, b) => a + b, 0);
    const anyHost = total.some((hosts) => hosts > 0);
    expect(sum).toBe(anyHost || threshold === 0 ? 100 : 0);
    for (const load of loads) expect(load).toBeGreaterThanOrEqual(0);
  });

  test.prop([count, count])('are more available with every healthy host', (healthy, others) => {
    const now = availability(healthy, healthy + others);
    expect(availability(healthy + 1, healthy + others + 1)).toBeGreaterThanOrEqual(now);
    expect(now).toBeLessThanOrEqual(100);
  });

  test.prop([count, count, fc.integer({ min: 0, max: 99 })])(
    'panic sooner with a higher threshold',
    (healthy, others, threshold) => {
      if (inPanic(healthy, healthy + others, threshold))
        expect(inPanic(healthy, healthy + others, threshold + 1)).toBe(true);
    },
  );

  test.prop([fc.array(count, { minLength: 2, maxLength: 4 }), fc.array(count, { minLength: 2, maxLength: 4 })])(
    'and zones: a share at home, and no room beyond what there is',
    (upstream, callers) => {
      const routing = zoneRouting(upstream, callers, 0, 1);
      if (routing === null) return;
      expect(routing.local).toBeGreaterThanOrEqual(0);
      expect(routing.local).toBeLessThanOrEqual(WHOLE);
      routing.residualBelow.forEach((below, zone) => {
        expect(below).toBeGreaterThanOrEqual(zone === 0 ? 0 : routing.residualBelow[zone - 1]);
        expect(below).toBeLessThanOrEqual(WHOLE);
      });
    },
  );
});

describe('balancers', () => {
  test.prop([
    fc.integer({ min: 1, max: 600 }),
    fc.integer({ min: 0, max: 600 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 0, max: 100 }),
  ])('slow start: the weight grows from its floor to all of it', (windowS, elapsedS, aggression, minWeightPercent) => {
    const plan = { windowNs: windowS * S, aggression, minWeightPercent };
    const factor = slowStartFactor(plan, elapsedS * S);
    expect(factor).toBeGreaterThanOrEqual(minWeightPercent / 100);
    expect(factor).toBeLessThanOrEqual(1);
    expect(slowStartFactor(plan, (elapsedS + 1) * S)).toBeGreaterThanOrEqual(factor);
    expect(slowStartFactor(plan, windowS * S)).toBe(1);
  });

  test.prop([
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 0, max: 1000 }),
  ])(
    'earliest deadline first: a round of picks has each entry by its weight, wherever it begins',
    (weights, prepicks) => {
      const scheduler = new EdfScheduler(weights, prepicks);
      const round = weights.reduce((a, b) => a + b, 0);
      const picks = weights.map(() => 0);
      for (let pick = 0; pick < 3 * round; pick++) {
        const entry = scheduler.next();
        picks[entry]++;
        scheduler.requeue(weights[entry]);
      }
      picks.forEach((times, entry) => {
        expect(Math.abs(times - 3 * weights[entry])).toBeLessThanOrEqual(1);
      });
    },
  );
});

describe('limits', () => {
  test.prop([
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 1, max: 1000 }),
    fc.array(fc.integer({ min: 0, max: S }), { maxLength: 200 }),
  ])('a bucket lets no more through than it held and was given', (maxTokens, perSecond, gaps) => {
    const bucket = new TokenBucket(maxTokens, perSecond);
    let nowNs = 0;
    let taken = 0;
    for (const gap of gaps) {
      nowNs += gap;
      if (bucket.take(nowNs)) taken++;
      expect(taken).toBeLessThanOrEqual(maxTokens + (perSecond * nowNs) / S + 1e-6);
    }
  });

  test.prop([
    fc.integer({ min: 0, max: 1000 }),
    unit,
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.double({ min: 1, max: 5, noNaN: true }),
    unit,
  ])(
    'admission control refuses less the more succeed, and never above its bound',
    (requests, rate, threshold, aggression, bound) => {
      const curve = { successThreshold: threshold, aggression, maxRejectionProbability: bound };
      const successes = Math.floor(requests * rate);
      const probability = rejectionProbability(requests, successes, curve);
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(bound);
      expect(rejectionProbability(requests, Math.min(requests, successes + 1), curve)).toBeLessThanOrEqual(probability);
    },
  );

  test.prop([
    fc.integer({ min: 1, max: 1000 }),
    fc.double({ min: 0.001, max: 10, noNaN: true }),
    fc.double({ min: 0.001, max: 10, noNaN: true }),
  ])('adaptive concurrency: within its bounds, and lower for slower answers', (limit, minRtt, sampleRtt) => {
    const bounds = { minRttBuffer: 0.25, minConcurrency: 3, maxConcurrency: 1000 };
    const next = nextLimit(limit, minRtt, sampleRtt, bounds);
    expect(next).toBeGreaterThanOrEqual(3);
    expect(next).toBeLessThanOrEqual(1000);
    expect(nextLimit(limit, minRtt, sampleRtt * 1.5, bounds)).toBeLessThanOrEqual(next);
  });
});

test.prop([fc.integer({ min: 0, max: 2 }), fc.boolean()])(
  'handshakes: TCP takes one round trip, and resuming never adds any',
  (tls, resumed) => {
    expect(roundTrips(tls, resumed)).toBeGreaterThanOrEqual(1);
    expect(roundTrips(tls, true)).toBeLessThanOrEqual(roundTrips(tls, false));
  },
);
