// One list of laws for all balancers, and what each of them promises by itself (envoy: test/extensions/load_balancing_policies).
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Balancer } from '../../../../models/mesh/balancing/balancer.js';
import { Clusters } from '../../../../models/mesh/clusters/clusters.js';
import { Network } from '../../../../models/mesh/network/network.js';
import { Recorder } from '../../../../models/mesh/recording/recorder.js';
import { buildRuntimePlan } from '../../../../models/mesh/run/runtime-plan.js';
import { Call } from '../../../../models/mesh/state/call.js';
import type { ClusterState, HostState } from '../../../../models/mesh/state/cluster-state.js';
import { Pod } from '../../../../models/mesh/state/pod.js';
import type { BalancerPolicy } from '../../../../models/plan/contract/plan.js';
import { Calendar } from '../../../../sim/calendar.js';
import { Draws } from '../../../../sim/random/draws.js';
import { S, smallPlan } from '../../../support/plans.js';

const POLICIES: readonly BalancerPolicy[] = ['round_robin', 'least_request', 'random'];

/** A cluster of `pods` hosts at one proxy with `workers` worker threads. */
function cluster(policy: BalancerPolicy, pods: number, workers = 1, seed = 'balancer') {
  const plan = smallPlan({ pods, clientProxy: { workers }, cluster: { balancer: { policy, choiceCount: 2 } } });
  const calendar = new Calendar();
  const runtime = buildRuntimePlan(plan, calendar);
  const recorder = new Recorder(plan, calendar, 0, S, S);
  let id = 0;
  const podsOf = plan.workloads.map((workload, w) =>
    workload.podLocalities.map((_, ordinal) => new Pod(id++, w, ordinal, runtime, null, 0)),
  );
  const network = new Network(plan.network, calendar);
  const clusters = new Clusters(calendar, network, podsOf, plan.localities, recorder, seed, plan.envoy);
  const state = clusters.at(podsOf[0][0], runtime.sites[0].destinations[0])!;
  const balancer = new Balancer(clusters, new Draws(seed, 'balancer'));
  const call = new Call(0);
  const pick = (key: number, worker = 0, extraPicks = 0): HostState | null => {
    call.worker = worker;
    return balancer.pick(state, call, key, 0, extraPicks);
  };
  return { state, call, pick };
}

function shares(state: ClusterState, picks: readonly (HostState | null)[]): number[] {
  const counts = new Array<number>(state.endpoints.length).fill(0);
  for (const host of picks) if (host !== null) counts[host.index]++;
  return counts.map((count) => count / picks.length);
}

describe.each(POLICIES)('%s obeys the laws of every balancer:', (policy) => {
  const keys = Array.from({ length: 6000 }, (_, i) => i);

  it('no host, no pick', () => {
    expect(cluster(policy, 0).pick(1)).toBeNull();
    const { state, pick } = cluster(policy, 3);
    state.alike.choose(new Int32Array(0));
    expect(pick(1)).toBeNull();
  });

  test.prop([fc.integer({ min: 1, max: 12 }), fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), fc.string()], {
    numRuns: 50,
  })('picks candidates only, and is a function of seed and key', (pods, healthy, seed) => {
    const indices = healthy.slice(0, pods).flatMap((isHealthy, i) => (isHealthy ? [i] : []));
    const run = (): (number | undefined)[] => {
      const { state, pick } = cluster(policy, pods, 1, seed);
      state.alike.choose(Int32Array.from(indices));
      return keys.slice(0, 60).map((key) => pick(key)?.index);
    };
    const picked = run();
    for (const index of picked) {
      if (indices.length === 0) expect(index).toBeUndefined();
      else expect(indices).toContain(index);
    }
    expect(run()).toEqual(picked);
  });

  it('idle equal hosts get equal shares', () => {
    const { state, pick } = cluster(policy, 4);
    // 6,000 picks: a share of 25 % has a standard error of 0.56 points where picks are random; 2.6 points are 4.6 of them.
    for (const share of shares(
      state,
      keys.map((key) => pick(key)),
    ))
      expect(Math.abs(share - 0.25)).toBeLessThan(0.026);
  });

  it('a retry avoids the hosts tried before, if there is another', () => {
    const { call, pick } = cluster(policy, 3);
    for (const key of keys.slice(0, 200)) {
      call.triedCount = 0;
      const first = pick(key);
      if (first === null) throw new Error('no host');
      call.tried[0] = first;
      call.triedCount = 1;
      expect(pick(key, 0, 50)).not.toBe(first);
    }
  });

  it('the last pick counts, tried or not', () => {
    const { call, pick } = cluster(policy, 1);
    const only = pick(1);
    if (only === null) throw new Error('no host');
    call.tried[0] = only;
    call.triedCount = 1;
    expect(pick(1, 0, 5)).toBe(only);
  });
});

describe('round robin', () => {
  it('Envoy case 1: rotates from a random start, each worker by itself', () => {
    const { pick } = cluster('round_robin', 3, 2);
    const first = pick(0, 0)?.index ?? -1;
    const other = pick(0, 1)?.index ?? -1;
    for (let i = 1; i < 9; i++) {
      expect(pick(i, 0)?.index).toBe((first + i) % 3);
      expect(pick(i, 1)?.index).toBe((other + i) % 3);
    }
  });
});

describe('least request', () => {
  it('Envoy case 6: of one busy and one idle host the idle one is picked three times in four', () => {
    const { state, pick } = cluster('least_request', 2);
    pick(0);
    for (let key = 1; key < 50; key++) pick(key);
    const busy = state.hosts[0];
    if (busy === null) throw new Error('never picked');
    busy.active = 1;
    const share = shares(
      state,
      Array.from({ length: 20_000 }, (_, key) => pick(key)),
    );
    // Standard error 0.3 points; 4.5 of them.
    expect(Math.abs(share[1] - 0.75)).toBeLessThan(0.0138);
  });

  it('Envoy case 6: one busy host of three is picked once in nine', () => {
    const { state, pick } = cluster('least_request', 3);
    for (let key = 0; key < 50; key++) pick(key);
    const busy = state.hosts[0];
    if (busy === null) throw new Error('never picked');
    busy.active = 1;
    const share = shares(
      state,
      Array.from({ length: 20_000 }, (_, key) => pick(key)),
    );
    expect(Math.abs(share[0] - 1 / 9)).toBeLessThan(0.01);
  });
});
