// The application and the server's sidecar: workers held across calls, bounded queues, programs, CPU, the inbound cluster's limits.
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import { type CallStepPlan, type MeshPlan, NONE, type StepPlan } from '../../../../models/plan/contract/plan.js';
import {
  allOutcomes,
  burst,
  CLUSTER,
  expWork,
  MS,
  outcomes,
  poisson,
  S,
  type SmallPlan,
  smallPlan,
  US,
  work,
} from '../../../support/plans.js';

const options = { seed: 'application', replication: 0, warmupNs: 0, durationNs: 10 * S, intervalNs: S, maxEvents: 1e7 };

function run(plan: SmallPlan, durationNs = 10 * S) {
  return simulate(smallPlan({ oneWayNs: 0, ...plan }), { ...options, durationNs });
}

describe('workers and queue', () => {
  it('serves as many as it has workers, queues the next, refuses the rest', () => {
    const result = run({ arrivals: [burst(0, 5)], program: [work(S)], app: { workers: 2, queue: 1 } });
    expect(allOutcomes(result)).toEqual({ '200 -': 3, '503 -': 2 });
    expect(result.workloads[1]).toMatchObject({ arrivals: 5, completed: 3, overflowed: 2 });
    expect(result.traffic[0].latency.max).toBeGreaterThanOrEqual(2 * S - 5);
  });

  it('an overflow can reset: 503 from the sidecar, or UC to a caller that talks to the application itself', () => {
    const overflowing = {
      arrivals: [burst(0, 2)],
      program: [work(S)],
      app: { workers: 1, queue: 0, overflow: { kind: 'reset' } },
    } as const;
    expect(allOutcomes(run(overflowing))).toEqual({ '200 -': 1, '503 -': 1 });
    expect(allOutcomes(run({ ...overflowing, serverProxy: null }))).toEqual({ '200 -': 1, '503 UC': 1 });
    expect(allOutcomes(run({ ...overflowing, serverProxy: null, clientProxy: null }))).toEqual({
      '200 -': 1,
      '0 UC': 1,
    });
  });

  it('an overflow can drop: no answer until somebody’s time-out', () => {
    const dropping = {
      arrivals: [burst(0, 2)],
      program: [work(S)],
      app: { workers: 1, queue: 0, overflow: { kind: 'drop' } },
    } as const;
    expect(run(dropping).calls).toEqual({ started: 2, ended: 1, inFlight: 1 });
    expect(allOutcomes(run({ ...dropping, route: { timeoutNs: 2 * S } }))).toEqual({ '200 -': 1, '504 UT': 1 });
  });

  it('is an M/M/1 queue when one worker serves exponential work (rho 0.8)', () => {
    const result = run({ arrivals: [poisson(80)], program: [expWork(10 * MS)], app: { workers: 1 } }, 4000 * S);
    const { latency } = result.workloads[1];
    // W = 1 / (100 - 80) = 50 ms; asymptotic standard error of the mean over 320,000 customers 1.9 %: 4.5 of them (error probability 7e-6).
    expect(Math.abs(latency.sum / latency.count / (50 * MS) - 1)).toBeLessThan(0.086);
  });
});

describe('CPU', () => {
  it('is shared by the requests of a pod', () => {
    const result = run({ arrivals: [burst(0, 4)], program: [work(100 * MS, 1)], app: { cores: 2 } });
    expect(result.traffic[0].latency.max).toBeGreaterThan(199 * MS);
    expect(Math.abs(result.workloads[1].appCpuNs - 400 * MS)).toBeLessThan(10);
  });

  it('is throttled by its limit: 120 ms of work under 500m takes 220 ms or less, by the phase of the period', () => {
    const result = run({
      arrivals: [burst(S, 1)],
      program: [work(120 * MS, 1)],
      app: { cores: 1, cpuLimitMillis: 500 },
    });
    const tookNs = result.traffic[0].latency.max;
    expect(tookNs).toBeGreaterThanOrEqual(170 * MS);
    expect(tookNs).toBeLessThanOrEqual(270 * MS);
    expect(result.workloads[1].throttledNs).toBeGreaterThan(0);
  });

  it('only the CPU share of work contends', () => {
    const result = run({ arrivals: [burst(0, 2)], program: [work(100 * MS, 0.5)], app: { cores: 1 } });
    expect(Math.round(result.traffic[0].latency.max / MS)).toBe(150);
  });
});

describe('the sidecar’s workers', () => {
  it('spend CPU on requests and responses, and after the response', () => {
    const proxy = { requestCpuNs: 100 * US, responseCpuNs: 50 * US, afterResponseCpuNs: 70 * US, latencyNs: 10 * US };
    const alone = run({ arrivals: [burst(0, 1)], program: [work(MS)], clientProxy: proxy, serverProxy: proxy });
    expect(alone.traffic[0].latency.max).toBe(MS + 2 * 150 * US + 4 * 10 * US);
    const two = run({ arrivals: [burst(0, 2)], program: [work(MS)], clientProxy: { ...proxy, workers: 1 } });
    // The second request is routed at 200 us and back at the proxy at 1220; until 1240 the worker is at the first one's telemetry.
    expect(two.traffic[0].latency.max).toBe(1290 * US - 1);
    expect(two.workloads[0].proxyCpuNs).toBe(2 * 220 * US);
  });

  it('are throttled by the sidecar’s CPU limit', () => {
    const proxy = { requestCpuNs: 10 * MS, cpuLimitMillis: 100 };
    const result = run({ arrivals: [burst(0, 10)], program: [work(0)], serverProxy: proxy });
    expect(result.traffic[0].latency.max).toBeGreaterThan(800 * MS);
  });
});

describe('the inbound cluster', () => {
  it('queues above max_connections and refuses above max_pending_requests with a plain 503', () => {
    const result = run({
      arrivals: [burst(0, 4)],
      program: [work(S)],
      inbound: { maxConnections: 1, maxPendingRequests: 2 },
    });
    expect(allOutcomes(result)).toEqual({ '200 -': 3, '503 -': 1 });
  });

  it('a long queue that the application refuses at once unwinds without recursion', () => {
    const result = run({
      arrivals: [burst(0, 20_000)],
      program: [work(S)],
      app: { workers: 1, queue: 0 },
      inbound: { maxConnections: 2 },
    });
    expect(allOutcomes(result)).toMatchObject({ '503 -': expect.any(Number) });
    expect(result.calls.inFlight).toBe(0);
  });
});

/** Client → web → two more services, by a program of its own. */
function chain(
  program: (call: (site: 1 | 2, step?: Partial<CallStepPlan>) => CallStepPlan) => StepPlan[],
  backend: SmallPlan = {},
): MeshPlan {
  const base = smallPlan({ oneWayNs: 0, arrivals: [burst(0, 1)], program: [], ...backend });
  const call = (site: 1 | 2, step: Partial<CallStepPlan> = {}): CallStepPlan => ({
    kind: 'call',
    site,
    timeoutNs: 0,
    retries: 0,
    onError: 'fail',
    failStatus: 500,
    ...step,
  });
  const web = base.workloads[1];
  const backends = ['slow', 'broken'];
  return {
    ...base,
    workloads: [...base.workloads, ...backends.map((name) => ({ ...web, name, service: name }))],
    clusters: [
      ...base.clusters,
      ...backends.map((name, i) => ({ ...CLUSTER, name, groups: [{ workload: 2 + i, weight: 1 }] })),
    ],
    edges: [...base.edges, ...backends.map((toName) => ({ from: 1, fromName: 'web', toName }))],
    rows: [...base.rows, ...backends.map((_, i) => ({ edge: 1 + i, request: 'GET /', workload: 2 + i }))],
    sites: [
      ...base.sites,
      ...backends.map((clusterName, i) => ({
        ...base.sites[0],
        caller: 1,
        edge: 1 + i,
        route: {
          ...base.sites[0].route,
          action: {
            kind: 'forward' as const,
            destinations: [
              {
                weight: 1,
                cluster: 1 + i,
                clusterName,
                arrivals: [{ handler: 1 + i, row: 2 + i, chain: NONE }],
                localRow: 2 + i,
              },
            ],
            mirrors: [],
          },
        },
      })),
    ],
    handlers: [
      { ...base.handlers[0], program: program(call) },
      { workload: 2, request: 'GET /', operation: 'default', program: [work(100 * MS)], errors: [] },
      {
        workload: 3,
        request: 'GET /',
        operation: 'default',
        program: [work(10 * MS)],
        errors: [{ status: 503, probability: 1 }],
      },
    ],
  };
}

describe('programs', () => {
  const sail = (plan: MeshPlan) => simulate(plan, options);

  it('sequence adds, parallel takes the longest', () => {
    const sequence = sail(chain((call) => [work(MS), call(1), call(1)]));
    expect(sequence.traffic[0].latency.max).toBe(201 * MS);
    const parallel = sail(
      chain((call) => [work(MS), { kind: 'parallel', branches: [[call(1)], [call(1)], [work(30 * MS)]] }]),
    );
    expect(parallel.traffic[0].latency.max).toBe(101 * MS);
  });

  it('a failed call ends the handler, is ignored, or passes its status', () => {
    expect(allOutcomes(sail(chain((call) => [call(2), call(1)])))).toEqual({ '500 -': 1 });
    const ignored = sail(chain((call) => [call(2, { onError: 'ignore' }), call(1)]));
    expect(allOutcomes(ignored)).toEqual({ '200 -': 1 });
    expect(ignored.traffic[0].latency.max).toBe(110 * MS);
    expect(allOutcomes(sail(chain((call) => [call(2, { onError: 'pass' }), call(1)])))).toEqual({ '503 -': 1 });
  });

  it('the application retries by itself, each time as a call of its own', () => {
    const result = sail(chain((call) => [call(2, { retries: 2 })]));
    expect(result.rows[3]).toMatchObject({ calls: 3, attempts: 3, retries: 0 });
  });

  it('the application’s own time-out ends the call, not the work behind it', () => {
    const result = sail(chain((call) => [call(1, { timeoutNs: 30 * MS, onError: 'ignore' })]));
    expect(result.traffic[0].latency.max).toBe(30 * MS);
    expect(outcomes(result.rows[2].outcomes)).toEqual({ '0 DC': 1 });
    expect(result.workloads[2]).toMatchObject({ completed: 1, wasted: 1 });
  });

  it('a failing branch fails the handler when all branches have ended', () => {
    const result = sail(chain((call) => [{ kind: 'parallel', branches: [[call(2)], [call(1)]] }, work(S)]));
    expect(allOutcomes(result)).toEqual({ '500 -': 1 });
    expect(result.traffic[0].latency.max).toBe(100 * MS);
  });

  it('a step with a probability is done that often', () => {
    const plan = chain((call) => [{ kind: 'maybe', probability: 0.3, steps: [call(1)] }], {
      arrivals: [poisson(1000)],
    });
    const result = sail(plan);
    // 10,000 draws, standard error 0.46 points: 2 points are 4.4 of them (error probability 1e-5).
    expect(Math.abs(result.rows[2].calls / result.traffic[0].completed - 0.3)).toBeLessThan(0.02);
  });

  it('the mean of the longest of ten exponential calls is H(10) times the mean', () => {
    const branches = Array.from({ length: 10 }, () => [expWork(10 * MS)]);
    const plan = chain(() => [{ kind: 'parallel', branches }], { arrivals: [poisson(500)] });
    const { latency } = simulate(plan, { ...options, durationNs: 60 * S }).traffic[0];
    // H(10) = 2.928968; 30,000 draws, standard deviation 1.245 means: standard error 0.0072; 4.5 of them.
    expect(Math.abs(latency.sum / latency.count / (10 * MS) - 2.928968)).toBeLessThan(0.033);
  });
});

describe('retry amplification', () => {
  it('multiplies through layers: two retries at each of three hops make 27 calls at the leaf', () => {
    const layers = 3;
    const base = smallPlan({ oneWayNs: 0, arrivals: [burst(0, 1)] });
    const retry = {
      retries: 2,
      statuses: [500, 503],
      onConnectFailure: true,
      onReset: true,
      onResetBeforeRequest: false,
      onRefusedStream: true,
      perTryTimeoutNs: 0,
      backoffBaseNs: 25 * MS,
      backoffMaxNs: 250 * MS,
      avoidPreviousHosts: false,
      hostSelectionAttempts: 0,
      onEnvoyRateLimited: false,
      perTryIdleTimeoutNs: 0,
      hedgeOnPerTryTimeout: false,
      rateLimitedMaxNs: 0,
    };
    const web = base.workloads[1];
    const plan: MeshPlan = {
      ...base,
      workloads: [base.workloads[0], ...Array.from({ length: layers }, (_, i) => ({ ...web, name: `layer-${i}` }))],
      clusters: Array.from({ length: layers }, (_, i) => ({
        ...CLUSTER,
        name: `layer-${i}`,
        groups: [{ workload: 1 + i, weight: 1 }],
      })),
      edges: Array.from({ length: layers }, (_, i) => ({ from: i, fromName: `${i}`, toName: `${i + 1}` })),
      rows: Array.from({ length: layers }, (_, i) => ({ edge: i, request: 'GET /', workload: 1 + i })),
      sites: Array.from({ length: layers }, (_, i) => ({
        ...base.sites[0],
        caller: i,
        edge: i,
        route: {
          ...base.sites[0].route,
          retry,
          action: {
            kind: 'forward' as const,
            destinations: [
              { weight: 1, cluster: i, clusterName: '', arrivals: [{ handler: i, row: i, chain: NONE }], localRow: i },
            ],
            mirrors: [],
          },
        },
      })),
      handlers: Array.from({ length: layers }, (_, i) => ({
        workload: 1 + i,
        request: 'GET /',
        operation: 'default',
        program:
          i + 1 < layers
            ? [
                {
                  kind: 'call' as const,
                  site: i + 1,
                  timeoutNs: 0,
                  retries: 0,
                  onError: 'fail' as const,
                  failStatus: 503,
                },
              ]
            : [],
        errors: i + 1 < layers ? [] : [{ status: 503, probability: 1 }],
      })),
    };
    const result = simulate(plan, options);
    expect(result.rows.map((row) => row.attempts)).toEqual([3, 9, 27]);
    expect(allOutcomes(result)).toEqual({ '503 URX': 1 });
  });
});
