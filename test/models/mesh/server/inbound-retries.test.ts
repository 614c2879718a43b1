// An application that refuses connections: the proxy beside it tries again twice by itself (Istio since 1.24), but not for gRPC.
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import { allOutcomes, burst, MS, PROXY, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const OPTIONS = {
  seed: 'refused',
  replication: 0,
  warmupNs: 0,
  durationNs: 10 * S,
  intervalNs: 10 * S,
  maxEvents: 1e6,
};

/** One worker that is busy for so long, nobody may wait. */
function full(workNs: number, more: SmallPlan = {}, count = 2, grpc = false): MeshPlan {
  const plan = smallPlan({
    arrivals: [burst(0, 2)],
    program: [work(workNs)],
    app: { workers: 1, queue: 0, overflow: { kind: 'refuse' } },
    serverProxy: PROXY,
    ...more,
  });
  return {
    ...plan,
    workloads: plan.workloads.map((one) => (one.proxy === null ? one : { ...one, inboundRetries: { count, grpc } })),
  };
}

describe('a refused connection', () => {
  it('is tried again within 0 to 73 ms: an application that is free by then answers', () => {
    const outcomes = [...Array(20).keys()].map((replication) =>
      allOutcomes(simulate(full(MS), { ...OPTIONS, replication })),
    );
    // Both back-offs are over within a millisecond with a probability of 1 / 625: by far most are answered.
    expect(outcomes.filter((one) => one['200 -'] === 2).length).toBeGreaterThanOrEqual(19);
  });

  it('is a plain 503 after two more tries, of which the caller knows nothing', () => {
    const result = simulate(full(S), OPTIONS);
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 -': 1 });
    expect(result.workloads[1].overflowed).toBe(3);
    const { latency } = result.rows[0];
    expect(latency.count).toBe(2);
  });

  it('is one at once for gRPC (since Istio 1.26), and before Istio 1.24', () => {
    const grpc = simulate(full(S, { grpc: true }), OPTIONS);
    expect(grpc.workloads[1].overflowed).toBe(1);
    expect(simulate(full(S, {}, 0), OPTIONS).workloads[1].overflowed).toBe(1);
    expect(simulate(full(S, { grpc: true }, 2, true), OPTIONS).workloads[1].overflowed).toBe(3);
  });

  it('without a proxy is a lost connection of the caller', () => {
    const result = simulate(full(S, { serverProxy: null }), OPTIONS);
    expect(allOutcomes(result)).toEqual({ '200 -': 1, '503 UC': 1 });
  });

  it.each([false, true])('is not tried again for a caller that has gone (the application cancels: %s)', (cancels) => {
    const app = { workers: 1, queue: 0, overflow: { kind: 'refuse' }, cancels } as const;
    const result = simulate(full(S, { clientTimeoutNs: MS, app }), OPTIONS);
    expect(result.workloads[1].overflowed).toBe(1);
    expect(result.workloads[1].wasted).toBe(2);
  });
});
