// Outlier detection against the cases that Envoy's own tests settle (envoy: test/common/upstream/outlier_detection_impl_test.cc). A detector is
// driven by hand, so that the sweeps stand where the cases have them: at multiples of the interval.
import { describe, expect, test } from 'vitest';
import { Clusters } from '../../models/mesh/clusters/clusters.js';
import { OutlierDetector } from '../../models/mesh/clusters/outlier.js';
import { Network } from '../../models/mesh/network/network.js';
import { Recorder } from '../../models/mesh/recording/recorder.js';
import { buildRuntimePlan } from '../../models/mesh/run/runtime-plan.js';
import type { ClusterState, HostState } from '../../models/mesh/state/cluster-state.js';
import { EVENT } from '../../models/mesh/state/events.js';
import { Pod } from '../../models/mesh/state/pod.js';
import type { DestinationRt } from '../../models/mesh/state/runtime.js';
import type { OutlierPlan } from '../../models/plan/contract/plan.js';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { OUTLIER, S, smallPlan } from '../support/plans.js';

/** One cluster of so many hosts at one proxy, and its detector. */
class Lab {
  readonly calendar = new Calendar();
  readonly detector = new OutlierDetector(this.calendar, 'outlier');
  readonly state: ClusterState;
  readonly hosts: HostState[] = [];

  constructor(count: number, outlier: Partial<OutlierPlan>) {
    const plan = smallPlan({ pods: count, cluster: { outlier: { ...OUTLIER, ...outlier } } });
    const config = buildRuntimePlan(plan, this.calendar);
    const pod = (workload: number, ordinal: number): Pod =>
      new Pod(workload + ordinal, workload, ordinal, config, null, 0);
    const pods = Array.from({ length: count }, (_, ordinal) => pod(1, ordinal));
    const recorder = new Recorder(plan, this.calendar, 0, S, S);
    const clusters = new Clusters(
      this.calendar,
      new Network(plan.network, this.calendar),
      [[], pods],
      plan.localities,
      recorder,
      'outlier',
      plan.envoy,
    );
    const destination = { cluster: plan.clusters[0], clusterIndex: 0, local: 0 } as unknown as DestinationRt;
    this.state = clusters.at(pod(0, 0), destination)!;
    this.state.sweepPhaseNs = 0;
    for (let i = 0; i < count; i++) this.hosts.push(clusters.host(this.state, i));
  }

  /** Lets the time pass to `second`, with the sweeps and updates on the way. */
  until(second: number): void {
    this.calendar.schedule(second * S, PHASE.sample, EVENT.sample, 0);
    while (this.calendar.advance(second * S)) {
      if (this.calendar.kind === EVENT.sweep) this.detector.sweep(this.state);
      else if (this.calendar.kind === EVENT.hostsUpdate) this.detector.updateHosts(this.state);
    }
  }

  respond(host: number, status: number, times = 1): void {
    for (let i = 0; i < times; i++) this.detector.response(this.hosts[host], status);
  }

  get ejected(): number[] {
    return this.hosts.flatMap((host, i) => (host.ejected ? [i] : []));
  }

  get counters() {
    return this.state.counters;
  }
}

describe('consecutive errors', () => {
  test('case 31: ejected at 0, still out after the sweep at 20 s, back with the sweep at 30 s', () => {
    const lab = new Lab(10, {});
    lab.respond(0, 503, 5);
    expect(lab.ejected).toEqual([0]);
    lab.until(29.999);
    expect(lab.ejected).toEqual([0]);
    lab.until(30);
    expect(lab.ejected).toEqual([]);
    // The ejection time is over only at the first sweep after it.
    lab.until(31);
    lab.respond(0, 503, 5);
    lab.until(99);
    expect(lab.ejected).toEqual([0]);
    lab.until(100);
    expect(lab.ejected).toEqual([]);
  });

  test('case 32: a success in between: never; 4 × 500 and 1 × 503: ejected; gateway errors are counted apart', () => {
    const lab = new Lab(10, {});
    for (let i = 0; i < 20; i++) {
      lab.respond(0, 503, 4);
      lab.respond(0, 200);
    }
    expect(lab.counters.ejectionsDetected).toBe(0);
    lab.respond(1, 500, 4);
    lab.respond(1, 503);
    expect(lab.ejected).toEqual([1]);
    const gateway = new Lab(10, { consecutive5xx: 0, consecutiveGatewayErrors: 3 });
    gateway.respond(0, 503, 2);
    gateway.respond(0, 500);
    gateway.respond(0, 503, 2);
    expect(gateway.ejected).toEqual([]);
    gateway.respond(0, 504);
    expect(gateway.ejected).toEqual([0]);
  });

  test.each([
    [9, 10, 0],
    [10, 10, 1],
    [20, 10, 2],
    [3, 50, 1],
  ])('case 33: of %i hosts, all failing, with at most %i %% out: %i', (count, maxEjectionPercent, ejected) => {
    const lab = new Lab(count, { maxEjectionPercent });
    for (let host = 0; host < count; host++) lab.respond(host, 503, 5);
    expect(lab.ejected).toHaveLength(ejected);
    expect(lab.counters).toMatchObject({
      ejectionsDetected: count,
      ejectionsEnforced: ejected,
      ejectionsOverflow: count - ejected,
    });
  });

  test('case 34: ejections in a row take 10, 20, 30 s; two calm sweeps take two of them back: 20 s', () => {
    const lab = new Lab(10, { baseEjectionNs: 10 * S });
    const ejectAndWait = (): number => {
      const fromS = lab.calendar.nowNs / S;
      lab.respond(0, 503, 5);
      expect(lab.ejected).toEqual([0]);
      let second = fromS;
      while (lab.ejected.length > 0) lab.until(++second);
      return second - fromS;
    };
    expect([ejectAndWait(), ejectAndWait(), ejectAndWait()]).toEqual([10, 20, 30]);
    lab.until(lab.calendar.nowNs / S + 20);
    expect(ejectAndWait()).toBe(20);
  });

  test('the ejection time grows to its bound and no further', () => {
    const lab = new Lab(10, { baseEjectionNs: 10 * S, maxEjectionNs: 20 * S });
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const fromNs = lab.calendar.nowNs;
      lab.respond(0, 503, 5);
      let second = fromNs / S;
      while (lab.ejected.length > 0) lab.until(++second);
      times.push(second - fromNs / S);
    }
    expect(times).toEqual([10, 20, 20, 20, 20]);
    // base × 3 is the first that is not below max + base.
    expect(lab.hosts[0].ejections).toBe(3);
  });

  test('failures of local origin count as 503 and 504, or apart where they are split off', () => {
    const together = new Lab(10, {});
    for (let i = 0; i < 4; i++) together.detector.localOrigin(together.hosts[0], 504);
    together.respond(0, 500);
    expect(together.ejected).toEqual([0]);
    const apart = new Lab(10, { splitLocalOriginErrors: true, consecutive5xx: 2 });
    for (let i = 0; i < 4; i++) apart.detector.localOrigin(apart.hosts[0], 503);
    apart.respond(0, 200);
    expect(apart.ejected).toEqual([]);
    apart.detector.localOrigin(apart.hosts[0], 503);
    expect(apart.ejected).toEqual([0]);
    for (let i = 0; i < 8; i++) {
      apart.detector.localOrigin(apart.hosts[1], 503);
      if (i === 3) apart.detector.connected(apart.hosts[1]);
    }
    expect(apart.counters.ejectionsDetected).toBe(1);
  });

  test('what is detected and not enforced ejects nobody; half enforced ejects about half', () => {
    const enforcing = { consecutive5xx: 0, consecutiveGatewayErrors: 100, consecutiveLocalOriginFailures: 100 };
    const never = new Lab(10, { enforcing });
    never.respond(0, 503, 25);
    expect(never.counters).toMatchObject({ ejectionsDetected: 5, ejectionsEnforced: 0 });
    const half = new Lab(400, { enforcing: { ...enforcing, consecutive5xx: 50 }, maxEjectionPercent: 100 });
    for (let host = 0; host < 400; host++) half.respond(host, 503, 5);
    // Standard deviation 10: 4.5 of them are allowed (error probability 1e-5), with one seed.
    expect(Math.abs(half.ejected.length - 200)).toBeLessThanOrEqual(45);
  });

  test('jitter: each ejection lasts up to so much longer', () => {
    const lab = new Lab(100, { maxEjectionPercent: 100, maxEjectionJitterNs: 20 * S });
    for (let host = 0; host < 100; host++) lab.respond(host, 503, 5);
    lab.until(30);
    // Back are those without jitter, to the millisecond.
    expect(lab.ejected.length).toBeGreaterThan(90);
    lab.until(40);
    expect(lab.ejected.length).toBeGreaterThan(25);
    expect(lab.ejected.length).toBeLessThan(75);
    lab.until(50);
    expect(lab.ejected).toEqual([]);
  });
});

const RATES = { enforcing: 100, enforcingLocalOrigin: 100, minimumHosts: 5 };

describe('rates', () => {
  const successRate = { ...RATES, requestVolume: 100, stdevFactor: 1900 };
  const failurePercentage = { ...RATES, requestVolume: 50, threshold: 85 };

  test.each([
    [100, [4]],
    [99, []],
  ])('case 35: success rates 100, 100, 100, 100, 50 of %i requests: mean 90, threshold 52', (volume, ejected) => {
    const lab = new Lab(5, { successRate, consecutive5xx: 0, maxEjectionPercent: 100 });
    for (let host = 0; host < 4; host++) lab.respond(host, 200, volume);
    lab.respond(4, 200, Math.ceil(volume / 2));
    lab.respond(4, 503, Math.floor(volume / 2));
    expect(lab.ejected).toEqual([]);
    lab.until(10);
    expect(lab.ejected).toEqual(ejected);
  });

  test('case 36: 300 of 350 failed is 85.7 %: ejected; 250 of 300 is 83.3 %: not', () => {
    const lab = new Lab(5, { failurePercentage, consecutive5xx: 0, maxEjectionPercent: 100 });
    for (let host = 2; host < 5; host++) lab.respond(host, 200, 100);
    lab.respond(0, 200, 50);
    lab.respond(0, 503, 300);
    lab.respond(1, 200, 50);
    lab.respond(1, 503, 250);
    lab.until(10);
    expect(lab.ejected).toEqual([0]);
    // The next interval starts from nothing.
    lab.until(20);
    expect(lab.counters.ejectionsDetected).toBe(1);
  });

  test('four hosts are too few to judge', () => {
    const lab = new Lab(4, { failurePercentage, successRate, consecutive5xx: 0, maxEjectionPercent: 100 });
    for (let host = 0; host < 3; host++) lab.respond(host, 200, 200);
    lab.respond(3, 503, 200);
    lab.until(10);
    expect(lab.counters.ejectionsDetected).toBe(0);
  });

  test('failures of local origin are judged apart where they are split off', () => {
    const lab = new Lab(5, {
      failurePercentage,
      splitLocalOriginErrors: true,
      consecutiveLocalOriginFailures: 0,
      maxEjectionPercent: 100,
    });
    for (const host of lab.hosts) for (let i = 0; i < 100; i++) lab.detector.connected(host);
    for (let i = 0; i < 600; i++) lab.detector.localOrigin(lab.hosts[2], 503);
    lab.until(10);
    expect(lab.ejected).toEqual([2]);
  });
});

test('the phase of the sweeps is a proxy’s own, and the same in every run of a seed', () => {
  const phaseOf = (seed: string, ordinal: number): number => {
    const lab = new Lab(10, {});
    lab.state.sweepPhaseNs = -1;
    Object.assign(lab.state.caller, { ordinal });
    const detector = new OutlierDetector(lab.calendar, seed);
    for (let i = 0; i < 5; i++) detector.response(lab.hosts[0], 503);
    return lab.state.sweepPhaseNs;
  };
  const phases = [phaseOf('a', 0), phaseOf('a', 1), phaseOf('b', 0)];
  expect(new Set(phases).size).toBe(3);
  for (const phase of phases) expect(phase).toBeGreaterThanOrEqual(0);
  for (const phase of phases) expect(phase).toBeLessThan(10 * S);
  expect(phaseOf('a', 0)).toBe(phases[0]);
});
