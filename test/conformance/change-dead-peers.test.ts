// Changes, cases CH-37 and CH-39 and what else is told of dead and silent peers, as runs of a small mesh of YAML: pods that fall silent with their node.
// The sources are named in models/mesh/life/{silence,peer-pings}.ts, models/control-plane/{pings,ztunnel,kernel-timers}.ts.
import { describe, expect, test } from 'vitest';
import { NO_CHANGE } from '../../models/mesh/balancing/assignments.js';
import { ChangeRun, type ChangeWish, toLinks, toPods } from '../support/change-run.js';
import { MS, S } from '../support/plans.js';

const [A, B, C] = [0, 1, 2];

function at(...times: readonly number[]): number[] {
  return times.map((ms) => ms * MS);
}

/** The pod falls silent at that time. */
function silence(run: ChangeRun, atNs: number, ordinal: number): void {
  run.until(atNs);
  run.world.lives.fallSilent(run.web[ordinal]!);
}

/** So many requests to each of three pods, which are under way together: as many connections to each. */
function warmUp(connections: number): number[] {
  return at(...Array.from({ length: 3 * connections }, (_, ms) => ms));
}

describe('CH-37: the only pod falls silent with its node; requests time out after 1 s, connections after 10 s', () => {
  const run = (port: string, warm: readonly number[]) => {
    const one = new ChangeRun({
      pods: 1,
      port,
      timeout: '1s',
      policy: 'outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: 100 }',
      requestsNs: at(...warm, ...Array.from({ length: 9 }, (_, i) => 1000 + 4000 * i)),
      workNs: 50 * MS,
    });
    silence(one, 500 * MS, 0);
    one.until(40 * S);
    return one;
  };
  const UT = '504 UT';

  test('HTTP/2, warm: each request times out; ejected after the fifth', () => {
    const { ends, cluster } = run('http2', [0]);
    expect(ends.slice(1, 8)).toEqual([UT, UT, UT, UT, UT, '503 UH', '503 UH']);
    expect([cluster.counters.upstreamCxTotal, cluster.counters.ejectionsEnforced]).toEqual([1, 1]);
  });

  test('HTTP/1.1: a warm connection is closed by its first time-out; what waits for a connection counts for nothing', () => {
    const warm = run('http', [0, 1]);
    expect(warm.ends.slice(2)).toEqual([UT, UT, UT, UT, UT, UT, UT, UT, UT]);
    expect([warm.cluster.counters.ejectionsEnforced, warm.cluster.hosts[0]!.consecutive5xx]).toEqual([0, 2]);
    const cold = run('http', []);
    expect(cold.ends).toEqual([UT, UT, UT, UT, UT, UT, UT, UT, UT]);
    expect([cold.cluster.counters.upstreamCxConnectTimeout, cold.cluster.hosts[0]!.consecutive5xx]).toEqual([3, 0]);
  });
});

describe('sidecars ping nobody', () => {
  test('a request that is under way, and one that is sent after, wait until the kernel gives up: 15 minutes', () => {
    const run = new ChangeRun({ pods: 1, requestsNs: [...at(0, 1, 1000), 20 * S], workNs: 50 * MS });
    silence(run, 1010 * MS, 0);
    run.until(944 * S);
    // What was acknowledged waits for good; what was not is given up 924.6 s after it was sent.
    expect(run.ends).toEqual(['200 -', '200 -', '', '']);
    run.until(945 * S);
    expect(run.ends[3]).toBe('503 UC');
    run.until(2000 * S);
    expect(run.ends[2]).toBe('');
  });

  test('a handshake that is under way gets no answer either', () => {
    const run = new ChangeRun({ pods: 1, requestsNs: at(100), workNs: 50 * MS });
    silence(run, 100 * MS + 1000, 0);
    run.until(10.09 * S);
    expect(run.cluster.counters.upstreamCxConnectTimeout).toBe(0);
    run.until(10.11 * S);
    expect(run.cluster.counters.upstreamCxConnectTimeout).toBe(1);
  });

  test('nobody is told, so that the pod is picked until it is said to be unready', () => {
    const run = new ChangeRun({
      timeout: '1s',
      requestsNs: [...warmUp(1), ...at(1000, 1010, 1020, 5000, 5010)],
      workNs: MS,
    });
    const b = run.web[B]!;
    silence(run, 990 * MS, B);
    run.turnTo(A);
    run.until(4 * S);
    expect([run.picks.slice(3), run.ends.slice(3, 6)]).toEqual([
      [A, B, C],
      ['200 -', '504 UT', '200 -'],
    ]);
    run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: b.workload, unready: [b] }]);
    run.until(6 * S);
    expect(run.picks.slice(6)).not.toContain(B);
  });
});

describe('CH-39: ambient, the node of B is lost under a stream', () => {
  const stream = (wish: Partial<ChangeWish>, silentNs = 0) => {
    const run = new ChangeRun({
      mesh: 'ambient',
      port: 'tcp',
      pods: 1,
      requestsNs: at(0),
      workNs: 600 * S,
      ...wish,
    });
    if (silentNs > 0) silence(run, silentNs, 0);
    return run;
  };
  /** When the only request has ended, in seconds, looked at each 100 ms. */
  const endedAt = (run: ChangeRun, untilS: number): number => {
    for (let tenth = 0; tenth <= untilS * 10; tenth++) {
      run.until((tenth / 10) * S);
      if (run.ends[0] !== '') return tenth / 10;
    }
    return Number.POSITIVE_INFINITY;
  };

  test('it is reset 20 to 30 s later, by the first ping that is not answered', () => {
    // Pings leave 10, 20, 30 ... s after the tunnel was made, and are given 20 s.
    for (const [silentS, deadS] of [
      [1, 30],
      [9, 30],
      [12, 40],
      [25, 50],
    ] as const) {
      const ended = endedAt(stream({}, silentS * S), 60);
      expect(ended).toBeGreaterThanOrEqual(deadS);
      expect(ended).toBeLessThan(deadS + 0.2);
    }
  });

  test('likewise where the way is cut, unless the cut ends before', () => {
    const cut = (durationNs: number) =>
      stream({ timeline: (plan) => [{ ...toLinks(plan, { kind: 'partition' }, 5 * S), durationNs }] });
    expect(endedAt(cut(60 * S), 60)).toBeCloseTo(30, 0);
    expect(endedAt(cut(10 * S), 60)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("Linkerd's proxies ping each other each 10 s, and wait for 3 s", () => {
  test('a request on a connection whose server falls silent fails after 3 to 13 s', () => {
    const run = new ChangeRun({ mesh: 'linkerd', pods: 1, requestsNs: at(0, 5000), workNs: 100 * S });
    silence(run, 6 * S, 0);
    const [first] = run.ends;
    expect(first).toBe('');
    run.until(12.9 * S);
    expect(run.ends).toEqual(['', '']);
    run.until(13.1 * S);
    expect(run.ends[0]).toMatch(/^50[24]/);
  });

  test('the endpoint takes no requests from then on, though the controller still names it', () => {
    const later = Array.from({ length: 20 }, (_, i) => 20_000 + 500 * i);
    const run = new ChangeRun({
      mesh: 'linkerd',
      pods: 2,
      requestsNs: at(...Array.from({ length: 8 }, (_, i) => i), ...later),
      workNs: MS,
    });
    silence(run, 2 * S, 0);
    run.until(40 * S);
    expect(run.picks.slice(0, 8)).toContain(0);
    expect(new Set(run.picks.slice(8))).toEqual(new Set([1]));
    expect(run.ends.slice(8).every((end) => end.startsWith('200'))).toBe(true);
  });

  test('behind a cut it is connected to again when that is over, after a back-off of up to 60 s', () => {
    const later = Array.from({ length: 40 }, (_, i) => 100_000 + 100 * i);
    const run = new ChangeRun({
      mesh: 'linkerd',
      pods: 2,
      requestsNs: at(...Array.from({ length: 8 }, (_, i) => i), 25_000, 25_100, 25_200, ...later),
      workNs: MS,
      timeline: (plan) => [{ ...toLinks(plan, { kind: 'partition' }, 2 * S), durationNs: 25 * S }],
    });
    // All endpoints are behind the cut: requests wait for one, and fail after 3 s.
    run.until(29 * S);
    expect(run.ends.slice(8, 11).map((end) => end.slice(0, 3))).toEqual(['504', '504', '504']);
    run.until(110 * S);
    const picks = run.picks.slice(8);
    expect(new Set(picks)).toEqual(new Set([0, 1]));
    expect(run.ends.slice(11).every((end) => end.startsWith('200'))).toBe(true);
  });

  test('where a pod is killed its endpoint takes none before the controller has said so', () => {
    const run = new ChangeRun({
      mesh: 'linkerd',
      pods: 2,
      requestsNs: at(...Array.from({ length: 8 }, (_, i) => i), 1002, 1003, 1004, 1005),
      workNs: MS,
      timeline: (plan) => [toPods(plan, { kind: 'kill' }, S, [0])],
    });
    run.until(2 * S);
    expect([run.picks.slice(8), run.ends.slice(8).map((end) => end.slice(0, 3))]).toEqual([
      [1, 1, 1, 1],
      ['200', '200', '200', '200'],
    ]);
  });
});

describe('callers without a proxy, through kube-proxy', () => {
  const requestsNs = at(0, 1, 2, 1000, 1001, 1002, 4000, 4001, 4002);

  test('connections stay with a silent pod, whatever the rules say by now; new ones go elsewhere', () => {
    const run = new ChangeRun({ mesh: 'none', requestsNs, workNs: 50 * MS });
    run.until(500 * MS);
    const [silent, ...others] = new Set(run.picks.slice(0, 3));
    const pod = run.web[silent!]!;
    silence(run, 600 * MS, silent!);
    run.until(3 * S);
    const stuck = run.ends.slice(3, 6).filter((end) => end === '').length;
    // Each of the three connections is taken by one of the three requests: those to the silent pod get no answer.
    expect(stuck).toBe(run.picks.slice(0, 3).filter((pick) => pick === silent).length);
    expect(others.every((pick) => pick !== silent)).toBe(true);
    run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: pod.workload, removed: [pod] }]);
    run.until(60 * S);
    expect(run.ends.slice(3, 6).filter((end) => end === '').length).toBe(stuck);
    expect(run.picks.slice(6)).not.toContain(silent);
    expect(run.ends.slice(6)).toEqual(['200 -', '200 -', '200 -']);
  });

  test('connections to a pod that is killed end with what they carry, and nobody tries again', () => {
    const run = new ChangeRun({
      mesh: 'none',
      pods: 1,
      requestsNs: at(0, 1000, 1100),
      workNs: 50 * MS,
      timeline: (plan) => [toPods(plan, { kind: 'kill' }, 1010 * MS, [0])],
    });
    run.until(1.2 * S);
    // The second loses its connection, the third is refused: no answer, as its application sees both.
    expect(run.ends.map((end) => end.slice(0, 1))).toEqual(['2', '0', '0']);
  });
});
