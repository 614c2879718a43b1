// Where Istio sends requests by locality, from YAML to the pods that answer (istio: pilot/pkg/networking/core/cluster_test.go TestSidecarLocalityLB;
// pilot/pkg/networking/core/loadbalancer/loadbalancer_test.go).
import { describe, expect, test } from 'vitest';
import { simulate } from '../../models/mesh/run/simulation.js';
import { Histogram } from '../../sim/statistics/histogram.js';
import {
  compile,
  deployment,
  destinationRule,
  namespace,
  planOf,
  service,
  virtualService,
} from '../models/plan/support.js';
import { S } from '../support/plans.js';

/** A client in r1/z1; `web` with one workload in each of these localities. */
const LOCALITIES = ['r1/z1', 'r1/z2', 'r2/z3'];

/** @param spread three callers in r1/z1 and one in r1/z2 instead of one */
function mesh(policy: string, spread = false, http = ''): string {
  const at = (locality: string): string => locality.replace('/', '.');
  return [
    namespace('a'),
    namespace('b'),
    spread
      ? deployment('client', 'a', { app: 'client' }, 4)
      : deployment('client', 'a', { app: 'client', 'istio-locality': at('r1/z1') }, 1),
    ...LOCALITIES.map((locality, i) =>
      deployment(`web-${i}`, 'b', { app: 'web', version: `v${i}`, 'istio-locality': at(locality) }, 2),
    ),
    service('web', 'b', ['{ name: http, port: 80 }']),
    destinationRule('web', 'b', `{ host: web, trafficPolicy: { ${policy} } }`),
    ...(http === ''
      ? []
      : [virtualService('web', 'b', `{ hosts: [web], http: [{ route: [{ destination: { host: web } }], ${http} }] }`)]),
  ].join('---\n');
}

/** Shares of the requests by the workload that got them; the first one may answer with errors only. */
function shares(policy: string, broken = false, http = ''): number[] {
  return sent(policy, broken, false, http).shares;
}

function sent(policy: string, broken = false, spread = false, http = ''): { shares: number[]; meanMs: number } {
  const zones = ['z1', 'z1', 'z1', 'z2'].map((zone) => ({ region: 'r1', zone }));
  const plan = planOf({
    yaml: mesh(policy, spread, http),
    ...(broken ? { workloads: { 'web-0.b': { errors: [{ status: 500, probability: 1 }] } } } : {}),
    input: { placement: spread ? zones : zones.slice(0, 1) },
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
  const latency = Histogram.fromData(result.traffic[0]!.latency);
  return { shares: arrivals.map((count) => count / sum), meanMs: latency.mean / 1e6 };
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
    const { priorities } = plan.clusters[0]!.localityViews[at]!;
    expect(priorities.map((row) => Math.max(...row))).toEqual([0, 1, 2]);
    expect(shares(policy, true)[1]).toBeGreaterThan(0.99);
  });

  test('zones by the proxies themselves: the own zone as far as it carries its share, no other region while this one is healthy', () => {
    const zoneAware = (setting: string): string =>
      `loadBalancer: { simple: ROUND_ROBIN, zoneAwareLbSetting: ${setting} }`;
    const aware = sent(zoneAware('{ minClusterSize: 4 }'), false, true);
    const small = sent(zoneAware('{}'), false, true);
    // Either way each pod of the region gets as much, and none of another region anything: the three callers in z1 have half of the pods.
    for (const { shares: found } of [aware, small]) {
      expect(Math.abs(found[0]! - 0.5)).toBeLessThan(0.03);
      expect(found[2]).toBe(0);
    }
    // 4 pods are fewer than 6: zones are not told apart, half of the calls cross. Else 6,666 of 10,000 from z1 stay and all from z2: a quarter
    // crosses, which takes 0.65 ms more. 4,000 requests: standard error 0.005 ms; 4.5 of them.
    expect(Math.abs(small.meanMs - aware.meanMs - 0.1625)).toBeLessThan(0.0225);
  });

  test('zones: switched off, nothing is told apart', () => {
    const policy = 'loadBalancer: { simple: RANDOM, zoneAwareLbSetting: { enabled: false } }, outlierDetection: {}';
    for (const share of shares(policy)) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.034);
  });

  test('zones: a region that fails goes to the one that is named, the others come after', () => {
    const setting = 'zoneAwareLbSetting: { failover: [{ from: r1, to: r2 }], failoverPriority: [side] }';
    const plan = planOf({
      yaml: mesh(`loadBalancer: { ${setting} }, outlierDetection: {}`).replaceAll('"r1.z2"', '"r3.z2"'),
      input: { placement: [{ region: 'r1', zone: 'z1' }] },
    });
    const at = plan.localities.findIndex(({ zone }) => zone === 'z1');
    const view = plan.clusters[0]!.localityViews[at]!;
    expect(view.priorities.map((row) => Math.max(...row))).toEqual([0, 2, 1]);
    expect(view.weights).toBeNull();
    expect(plan.clusters[0]!.zoneAware).toEqual({ minClusterSize: 6 });
  });

  test('zones: before 1.31 nobody reads the setting, and a warning says so', () => {
    const yaml = mesh('loadBalancer: { zoneAwareLbSetting: {} }');
    const input = { istioVersion: '1.30', placement: [{ region: 'r1', zone: 'z1' }] };
    const { plan, diagnostics } = compile({ yaml, input });
    expect(diagnostics.map(({ code }) => code)).toContain('field-of-a-later-release');
    expect(plan!.clusters[0]!.zoneAware).toBeNull();
    expect(plan!.clusters[0]!.localityViews).toEqual([]);
  });

  test('case 57: distribution by weight, nothing for those that are not listed, no outlier detection needed', () => {
    const setting = 'distribute: [{ from: "r1/z1/*", to: { "r1/z1/*": 80, "r1/z2/*": 20 } }]';
    const [own, next, far] = shares(`loadBalancer: { localityLbSetting: { ${setting} } }`);
    // A rotation over the localities: exact but for the requests that straddle the end of the warm-up.
    expect(Math.abs(own! - 0.8)).toBeLessThan(0.002);
    expect(Math.abs(next! - 0.2)).toBeLessThan(0.002);
    expect(far).toBe(0);
  });

  test('retryRemoteLocalities: the third try leaves a zone that fails and is not ejected', () => {
    const policy = 'outlierDetection: { consecutive5xxErrors: 1000000 }';
    const retries = (remote: string): string => `retries: { attempts: 3, retryOn: 5xx${remote} }`;
    expect(shares(policy, true, retries(''))).toEqual([1, 0, 0]);
    const [own, next, far] = shares(policy, true, retries(', retryRemoteLocalities: true'));
    // Two tries there and one in the next zone of the region, but for those that straddle the ends of the run.
    expect(Math.abs(own! - 2 / 3)).toBeLessThan(0.002);
    expect(Math.abs(next! - 1 / 3)).toBeLessThan(0.002);
    expect(far).toBe(0);
  });
});
