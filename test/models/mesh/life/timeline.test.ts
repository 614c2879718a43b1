// What the entries of a timeline do, where the answer is known.
import { describe, expect, test } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../../../models/plan/contract/plan.js';
import type { LinkFaultPlan, PodFaultPlan, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { MS, outcomes, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

const CLIENT = 0;
const WEB = 1;

/** Ten requests a second, evenly spaced. */
const STEADY: SmallPlan = {
  arrivals: [{ kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 10 }] }],
  program: [work(20 * MS)],
  oneWayNs: MS,
};

function entry(
  startNs: number,
  durationNs: number | null,
  action: TimelineEntryPlan['action'],
  rampNs = 0,
): TimelineEntryPlan {
  return { name: action.kind, position: null, startsNs: [startNs], durationNs, rampNs, action };
}

function onPods(startNs: number, durationNs: number | null, fault: PodFaultPlan, rampNs = 0): TimelineEntryPlan {
  const target = { workloads: [WEB], localities: null, ordinals: null, pods: { kind: 'count' as const, count: 1 } };
  return entry(startNs, durationNs, { kind: 'pods', target, fault }, rampNs);
}

function onLink(fault: LinkFaultPlan, bothWays: boolean, from = CLIENT, to = WEB): TimelineEntryPlan {
  const end = (workload: number) => ({ workloads: [workload], localities: null });
  return entry(2 * S, 2 * S, { kind: 'link', from: end(from), to: end(to), bothWays, fault });
}

function run(
  timeline: readonly TimelineEntryPlan[],
  small: SmallPlan = {},
  more: Partial<MeshPlan> = {},
): ReplicationResult {
  const plan = { ...smallPlan({ ...STEADY, ...small }), ...more, timeline };
  return simulate(plan, {
    seed: 'timeline',
    replication: 0,
    warmupNs: S,
    durationNs: 10 * S,
    intervalNs: S,
    maxEvents: 1e6,
  });
}

/** Mean latency of the good answers in each second, in ms. */
function latencies({ series }: ReplicationResult): (number | null)[] {
  const { completed, errors, latencySumNs } = series.traffic[0]!;
  return completed.map((count, second) => {
    const good = count - errors[second]!;
    return good === 0 ? null : Math.round(latencySumNs[second]! / good / MS);
  });
}

const errorsOf = ({ series }: ReplicationResult): readonly number[] => series.traffic[0]!.errors;

describe('pods', () => {
  test('that are slow take as much longer, while it lasts and no longer', () => {
    expect(latencies(run([onPods(3 * S, 2 * S, { kind: 'slow', factor: 1, addNs: 40 * MS })]))).toEqual([
      22, 22, 22, 62, 62, 22, 22, 22, 22, 22,
    ]);
    expect(latencies(run([onPods(3 * S, null, { kind: 'slow', factor: 3, addNs: 0 })])).slice(2)).toEqual([
      22, 62, 62, 62, 62, 62, 62, 62,
    ]);
  });

  test('that grow slow do so evenly', () => {
    const grown = latencies(run([onPods(0, null, { kind: 'slow', factor: 1, addNs: 100 * MS }, 10 * S)])) as number[];
    for (const [second, latency] of grown.entries()) {
      expect(Math.abs(latency - (22 + 10 * (second + 0.45)))).toBeLessThanOrEqual(3);
    }
  });

  test('from which others take CPU are slower by what is left', () => {
    const busy = { program: [work(20 * MS, 1)], app: { cores: 1 } };
    expect(latencies(run([onPods(3 * S, 2 * S, { kind: 'steal', share: 0.75 })], busy))).toEqual([
      22, 22, 22, 82, 82, 22, 22, 22, 22, 22,
    ]);
    // Of eight cores one request needs one: it notices nothing while that one is left.
    const wide = { program: [work(20 * MS, 1)], app: { cores: 8 } };
    expect(new Set(latencies(run([onPods(3 * S, 2 * S, { kind: 'steal', share: 0.75 })], wide)))).toEqual(
      new Set([22]),
    );
  });

  test('that fail answer with the status, a share of the requests', () => {
    const result = run([onPods(3 * S, 2 * S, { kind: 'fail', share: 1, status: 502 })]);
    expect(errorsOf(result)).toEqual([0, 0, 0, 10, 10, 0, 0, 0, 0, 0]);
    expect(outcomes(result.traffic[0]!.outcomes)).toEqual({ '200 -': 80, '502 -': 20 });
    // Error probability of the bounds below 1e-6 (binomial, 100 requests).
    const half = run([onPods(0, null, { kind: 'fail', share: 0.5, status: 500 })]);
    const sum = errorsOf(half).reduce((all, count) => all + count, 0);
    expect(sum).toBeGreaterThan(25);
    expect(sum).toBeLessThan(75);
  });

  test('that hang answer when they come back', () => {
    const result = run([onPods(3 * S, S, { kind: 'hang' })]);
    expect(result.series.traffic[0]!.completed).toEqual([10, 10, 10, 0, 20, 10, 10, 10, 10, 10]);
    expect(errorsOf(result)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // Nobody waits longer than the client does.
    const impatient = run([onPods(3 * S, S, { kind: 'hang' })], { clientTimeoutNs: 300 * MS });
    expect(errorsOf(impatient)[3]).toBe(7);
  });

  test('that pause hold up what comes and what is there', () => {
    const result = run([onPods(3 * S, S, { kind: 'pause', lengthNs: 50 * MS, everyNs: 100 * MS })], {
      program: [work(20 * MS, 1)],
      app: { cores: 1 },
    });
    const seconds = latencies(result);
    expect(seconds[2]).toBe(22);
    expect(seconds[3]).toBeGreaterThan(30);
    expect(seconds[3]).toBeLessThanOrEqual(72);
  });

  test('that refuse are one connection that does not come up', () => {
    const result = run([onPods(3 * S, S, { kind: 'refuse' })]);
    expect(errorsOf(result)).toEqual([0, 0, 0, 10, 0, 0, 0, 0, 0, 0]);
    expect(outcomes(result.traffic[0]!.outcomes)).toEqual({ '200 -': 90, '503 -': 10 });
  });

  test('that are killed are replaced, and their clients hear of it', () => {
    const { happenings, ...result } = run([onPods(3 * S, 0, { kind: 'kill' })], { pods: 2 });
    const kinds = happenings!.map(({ kind }) => kind);
    expect(kinds).toEqual(['began', 'pod killed', 'pod created', 'endpoints known', 'pod ready', 'endpoints known']);
    const ready = happenings!.find(({ kind }) => kind === 'pod ready')!;
    expect(ready.atNs).toBeGreaterThan(3.3 * S);
    expect(ready.atNs).toBeLessThan(6.5 * S);
    const known = happenings!.find(({ kind }) => kind === 'endpoints known')!;
    expect(known.atNs - 3 * S).toBeGreaterThanOrEqual(110 * MS);
    expect(known.atNs - 3 * S).toBeLessThan(1.1 * S);
    // From then on the other pod answers everything.
    expect(errorsOf(result as ReplicationResult).slice(5)).toEqual([0, 0, 0, 0, 0]);
    expect(result.workloads[WEB]!.pods).toHaveLength(2);
  });

  test('that differ from the start do so in the warm-up too', () => {
    const always = { ...onPods(0, null, { kind: 'slow', factor: 1, addNs: 10 * MS }), startsNs: [] };
    expect(new Set(latencies(run([always])))).toEqual(new Set([32]));
  });
});

describe('links', () => {
  test('a delay to a server is paid by requests alone, one both ways by answers too', () => {
    const fault: LinkFaultPlan = { kind: 'delay', addNs: 100 * MS, jitterNs: 0 };
    const before = 1;
    const during = 3;
    const after = 5;
    for (const [bothWays, from, to, expected] of [
      [false, CLIENT, WEB, 122],
      [true, CLIENT, WEB, 222],
      [false, WEB, CLIENT, 122],
    ] as const) {
      const seconds = latencies(run([onLink(fault, bothWays, from, to)]));
      expect([seconds[before], seconds[during], seconds[after]]).toEqual([22, expected, 22]);
    }
  });

  test('DY-29: a delay to the server is paid once by a new connection and once by its request', () => {
    const first = (bothWays: boolean, keep: boolean): number => {
      const { traffic } = run(
        [
          {
            ...onLink({ kind: 'delay', addNs: 100 * MS, jitterNs: 0 }, bothWays),
            startsNs: [],
            durationNs: null,
          },
        ],
        {
          program: [work(10 * MS)],
          arrivals: [{ kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 1 }] }],
          cluster: { maxRequestsPerConnection: keep ? 0 : 1 },
        },
      );
      return traffic[0]!.latency.min / MS;
    };
    expect(first(false, false)).toBeCloseTo(214, 3);
    expect(first(false, true)).toBeCloseTo(112, 3);
    expect(first(true, false)).toBeCloseTo(414, 3);
    expect(first(true, true)).toBeCloseTo(212, 3);
  });

  test('DY-33: a partition one way is enough: nothing is answered, and nobody is told', () => {
    for (const [from, to] of [
      [CLIENT, WEB],
      [WEB, CLIENT],
    ] as const) {
      const result = run([onLink({ kind: 'partition' }, false, from, to)], { clientTimeoutNs: 500 * MS });
      expect(result.series.traffic[0]!.completed.slice(1, 3)).toEqual([10, 5]);
      expect(outcomes(result.traffic[0]!.outcomes)).toHaveProperty(['0 DC']);
      expect(errorsOf(result).slice(5)).toEqual([0, 0, 0, 0, 0]);
    }
  });

  test('what was sent into a partition is sent again when it has healed, the later the longer it waited', () => {
    // Sent at 2.0 s, transmitted again 0.2, 0.6, 1.4 and 3.0 s later: the link is back at 4.0 s.
    const result = run([onLink({ kind: 'partition' }, true)], {
      arrivals: [{ kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 1 }] }],
    });
    const { max } = result.traffic[0]!.latency;
    expect(max / S).toBeGreaterThan(1.4);
    expect(max / S).toBeLessThan(3.1);
    expect(result.calls.inFlight).toBeLessThanOrEqual(1);
  });

  test('packets are lost with the probability that is asked for', () => {
    // Twenty requests and answers at 40 %: none is lost with a probability below 1e-8.
    const result = run([onLink({ kind: 'loss', probability: 0.4 }, true)]);
    expect(Math.max(...(latencies(result).slice(2, 6) as number[]))).toBeGreaterThan(60);
    expect(latencies(result)[9]).toBe(22);
  });

  test('a body takes its time on a thin line', () => {
    const small = { requestBytes: 0, responseBytes: 100_000 };
    const result = run([onLink({ kind: 'bandwidth', bytesPerSecond: 1e6 }, true)], small);
    expect([1, 3, 5].map((second) => latencies(result)[second])).toEqual([22, 122, 22]);
  });
});

describe('traffic', () => {
  /** What comes at the very end of a second may count for the next. */
  const near = (found: readonly number[], expected: readonly number[]): void => {
    expect(found).toHaveLength(expected.length);
    for (const [second, count] of found.entries()) expect(Math.abs(count - expected[second]!)).toBeLessThanOrEqual(1);
  };

  test('an open source sends as many times as many, a closed one has as many more connections', () => {
    const traffic = entry(3 * S, 2 * S, { kind: 'traffic', traffic: [0], factor: 3 });
    near(run([traffic]).series.traffic[0]!.offered.slice(1), [10, 10, 30, 30, 10, 10, 10, 10, 10]);
    const closed: SmallPlan = {
      arrivals: [
        {
          kind: 'closed',
          connections: 2,
          ratePerSecond: 20,
          uniform: true,
          calls: null,
          startNs: null,
          think: null,
        },
      ],
    };
    const offered = run([traffic], closed).series.traffic[0]!.offered;
    near(offered.slice(0, 3), [20, 20, 20]);
    near(offered.slice(4, 5), [60]);
    near(offered.slice(6), [20, 20, 20, 20]);
  });

  test('none comes at a factor of 0', () => {
    const none = entry(3 * S, 2 * S, { kind: 'traffic', traffic: [0], factor: 0 });
    near(run([none]).series.traffic[0]!.offered.slice(1), [10, 10, 0, 0, 10, 10, 10, 10, 10]);
  });
});
