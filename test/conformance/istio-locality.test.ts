// Where Istio sends requests by locality, from YAML to the pods that answer (istio: pilot/pkg/networking/core/cluster_test.go TestSidecarLocalityLB;
// pilot/pkg/networking/core/loadbalancer/loadbalancer_test.go).
import { describe, expect, test } from 'vitest';
import { simulate } from '../../models/mesh/simulation.js';
import { deployment, destinationRule, namespace, planOf, service } from '../models/plan/support.js';
import { S } from '../support/plans.js';

/** A client in r1/z1; `web` with one workload in each of these localities. */
const LOCALITIES = ['r1/z1', 'r1/z2', 'r2/z3'];

function mesh(policy: string): string {
  const at = (locality: string): string => locality.replace('/', '.');
  return [
    namespace('a'),
    namespace('b'),
    deployment('client', 'a', { app: 'client', 'istio-locality': at('r1/z1') }, 1),
    ...LOCALITIES.map((locality, i) =>
      deployment(`web-${i}`, 'b', { app: 'web', version: `v${i}`, 'istio-locality': at(locality) }, 2),
    ),
    service('web', 'b', ['{ name: http, port: 80 }']),
    destinationRule('web', 'b', `{ host: web, trafficPolicy: { ${policy} } }`),
  ].join('---\n');
}

/** Shares of the requests by the workload that got them; the first one may answer with errors only. */
function shares(policy: string, broken = false): number[] {
  const plan = planOf({
    yaml: mesh(policy),
    ...(broken ? { workloads: { 'web-0.b': { errors: [{ status: 500, probability: 1 }] } } } : {}),
    input: { placement: [{ region: 'r1', zone: 'z1' }] },
  });
  const traffic = plan.traffic.map((source) => ({
    ...source,
    arrival: { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: 200 }] } as const,
  }));
  const result = simulate(
    { ...plan, traffic },
    { seed: 'zones', replication: 0, warmupNs: 5 * S, durationNs: 20 * S, intervalNs: 5 * S, maxEvents: 1e7 },
  );
  const arrivals = LOCALITIES.map(
    (_, i) => result.workloads[plan.workloads.findIndex(({ name }) => name === `web-${i}`)]!.arrivals,
  );
  const sum = arrivals.reduce((a, b) => a + b, 0);
  return arrivals.map((count) => count / sum);
}

describe('Istio', () => {
  test('case 42: with outlier detection all requests stay in the zone while it is healthy; without it they go everywhere', () => {
    expect(shares('outlierDetection: {}')).toEqual([1, 0, 0]);
    // 4,000 requests: standard error 0.75 points; 4.5 of them.
    for (const share of shares('loadBalancer: { simple: RANDOM }')) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.034);
  });

  test('both endpoints of the zone ejected: the next zone of the region takes over', () => {
    const [own, next, far] = shares('outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 }', true);
    expect(own).toBeLessThan(0.01);
    expect(next).toBeGreaterThan(0.99);
    expect(far).toBe(0);
  });

  test('failover to another region skips the zones of third ones, not those of the own region', () => {
    const setting = 'localityLbSetting: { failover: [{ from: r1, to: r2 }] }';
    expect(shares(`loadBalancer: { ${setting} }, outlierDetection: {}`)).toEqual([1, 0, 0]);
  });

  test('case 56: priorities by labels', () => {
    const setting =
      'localityLbSetting: { failoverPriority: [topology.kubernetes.io/region, topology.kubernetes.io/zone] }';
    const policy = `loadBalancer: { ${setting} }, outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 }`;
    const plan = planOf({ yaml: mesh(policy), input: { placement: [{ region: 'r1', zone: 'z1' }] } });
    const at = plan.localities.findIndex(({ zone }) => zone === 'z1');
    const { priorities } = plan.clusters[0]!.localityViews![at]!;
    expect(priorities.map((row) => Math.max(...row))).toEqual([0, 1, 2]);
    expect(shares(policy, true)[1]).toBeGreaterThan(0.99);
  });

  test('case 57: distribution by weight, nothing for those that are not listed, no outlier detection needed', () => {
    const setting = 'distribute: [{ from: "r1/z1/*", to: { "r1/z1/*": 80, "r1/z2/*": 20 } }]';
    const [own, next, far] = shares(`loadBalancer: { localityLbSetting: { ${setting} } }`);
    // A rotation over the localities: exact but for the requests that straddle the end of the warm-up.
    expect(Math.abs(own! - 0.8)).toBeLessThan(0.002);
    expect(Math.abs(next! - 0.2)).toBeLessThan(0.002);
    expect(far).toBe(0);
  });
});
