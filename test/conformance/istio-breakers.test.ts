// Circuit breakers and ejection from YAML to answers (istio: pilot/pkg/networking/core/cluster_traffic_policy.go; cluster_builder_test.go
// TestDisablePanicThresholdAsDefault).
import { expect, test } from 'vitest';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { ArrivalPlan, MeshPlan } from '../../models/plan/contract/plan.js';
import {
  deployment,
  destinationRule,
  namespace,
  planOf,
  service,
  type Wish,
  withCluster,
} from '../models/plan/support.js';
import { allOutcomes, S } from '../support/plans.js';

const MS = 1_000_000;

function outcomes(
  plan: MeshPlan,
  arrivals: readonly ArrivalPlan[],
  durationNs: number,
): Readonly<Record<string, number>> {
  const traffic = arrivals.map((arrival) => ({ ...plan.traffic[0]!, arrival }));
  return allOutcomes(
    simulate(
      { ...plan, traffic },
      { seed: 'breakers', replication: 0, warmupNs: 0, durationNs, intervalNs: S, maxEvents: 1e6 },
    ),
  );
}

/** So many calls at once. */
const burst = (connections: number, startNs: number): ArrivalPlan => ({
  kind: 'closed',
  connections,
  ratePerSecond: null,
  uniform: false,
  think: null,
  calls: connections,
  startNs,
});

const SLOW: NonNullable<Wish['services']> = {
  one: { steps: [{ kind: 'work', duration: { kind: 'constant', value: 100 * MS }, cpuShare: 0, retryWork: 'fresh' }] },
};

test('case 39: one connection and one waiting place: of three calls at once one is served, one waits, one gets 503 UO; cold two get it', () => {
  const limits = '{ tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } }';
  const plan = planOf({
    yaml: [
      namespace('a'),
      namespace('b'),
      deployment('client', 'a', { app: 'client' }, 1, { annotations: '"proxy.istio.io/config": "concurrency: 1"' }),
      deployment('one', 'b', { app: 'one' }, 1),
      service('one', 'b', ['{ name: http, port: 80 }']),
      destinationRule('one', 'b', `{ host: one, trafficPolicy: { connectionPool: ${limits} } }`),
    ].join('---\n'),
    to: 'http://one.b/',
    services: SLOW,
  });
  expect(outcomes(plan, [burst(1, 0), burst(3, S)], 3 * S)).toEqual({ '200 -': 3, '503 UO': 1 });
  expect(outcomes(plan, [burst(3, S)], 3 * S)).toEqual({ '200 -': 1, '503 UO': 2 });
});

test('case 40: all four pods fail once and are ejected: 503 UH until the first sweep 30 s later', () => {
  const plan = planOf({
    yaml: withCluster(
      destinationRule(
        'web',
        'b',
        '{ host: web, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 } } }',
      ),
    ),
    services: { web: { errors: [{ status: 500, probability: 1 }] } },
  });
  // A call every two seconds: the news of an ejection waits for up to one.
  const slow: ArrivalPlan = { kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 0.5 }] };
  // The fourth is ejected at about 6 s, the first comes back with a sweep from 30 s on.
  const early = outcomes(plan, [slow], 29 * S);
  expect(early['500 -']).toBe(4);
  expect(early['503 UH']).toBeGreaterThanOrEqual(9);
  expect(Object.keys(early).sort()).toEqual(['500 -', '503 UH']);
  const later = outcomes(plan, [slow], 60 * S);
  expect(later['500 -']).toBeGreaterThan(4);
});
