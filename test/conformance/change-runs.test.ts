// Changes, cases CH-12, CH-16, CH-19 and CH-35 to CH-37, as runs of a small mesh of YAML: what requests meet when endpoints go and come, when processes
// die, and when a node falls silent. A, B and C are the pods of `web` in their order. The sources are named in models/control-plane/endpoint-path.ts,
// models/control-plane/merge-window.ts, models/mesh/life/lives.ts and models/mesh/balancing/round-robin.ts.
import { describe, expect, test } from 'vitest';
import { type MembersChange, NO_CHANGE } from '../../models/mesh/balancing/assignments.js';
import type { Pod } from '../../models/mesh/state/pod.js';
import { ChangeRun, type ChangeWish, toLinks, toPods } from '../support/change-run.js';
import { MS, S } from '../support/plans.js';

const [A, B, C] = [0, 1, 2];

function at(...times: readonly number[]): number[] {
  return times.map((ms) => ms * MS);
}

/** So many requests to each of three pods, which are under way together: as many connections to each. */
function warmUp(connections: number): number[] {
  return at(...Array.from({ length: 3 * connections }, (_, ms) => ms));
}

/** An assignment reaches the proxy of the client now. */
function hear(run: ChangeRun, change: Partial<MembersChange>, pod: Pod): void {
  run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: pod.workload, ...change }]);
}

/** What the requests from number `first` on have met, and where their tries went. */
function since(run: ChangeRun, first: number): { readonly picks: readonly number[]; readonly ends: readonly string[] } {
  return { picks: run.picks.slice(first), ends: run.ends.slice(first) };
}

describe('CH-12: the index of a round robin survives changes of the hosts', () => {
  test('A B, then B goes: A C A', () => {
    const run = new ChangeRun({
      requestsNs: [...warmUp(1), ...at(1000, 1010, 1400, 1410, 1420)],
      workNs: MS,
      timeline: (plan) => [toPods(plan, { kind: 'kill' }, 1100 * MS, [B])],
    });
    run.until(990 * MS).turnTo(0);
    run.until(1500 * MS);
    expect(run.picks.slice(3)).toEqual([A, B, A, C, A]);
  });

  test('A C A of two, then B comes between them: A B C', () => {
    const run = new ChangeRun({
      requestsNs: [...warmUp(1), ...at(1300, 1310, 1320, 6000, 6010, 6020)],
      workNs: MS,
      timeline: (plan) => [toPods(plan, { kind: 'kill' }, 1000 * MS, [B])],
    });
    run.until(1290 * MS).turnTo(0);
    run.until(7 * S);
    expect(run.picks.slice(3)).toEqual([A, C, A, A, B, C]);
  });
});

describe('CH-16: A is removed', () => {
  test('while a stream runs and two connections are idle: these are closed, the stream finishes', () => {
    const run = new ChangeRun({ requestsNs: [...warmUp(3), ...at(1000, 1020, 1040, 1060)], workNs: 100 * MS });
    run.until(990 * MS).turnTo(0);
    run.until(1010 * MS);
    const [a] = run.web;
    expect(run.connections(a!)).toEqual({ idle: 2, busy: 1, connecting: 0 });
    hear(run, { removed: [a!] }, a!);
    expect(run.connections(a!)).toEqual({ idle: 0, busy: 1, connecting: 0 });
    run.until(1099 * MS);
    expect(run.connections(a!)).toEqual({ idle: 0, busy: 1, connecting: 0 });
    run.until(2 * S);
    expect(run.connections(a!)).toEqual({ idle: 0, busy: 0, connecting: 0 });
    expect(since(run, 9)).toEqual({ picks: [A, C, B, C], ends: ['200 -', '200 -', '200 -', '200 -'] });
  });

  test('while a request waits for a connection: served when that is there, which is closed then', () => {
    const run = new ChangeRun({ requestsNs: at(0, 1000, 2000, 3000), workNs: MS });
    run.until(MS / 10);
    const [first] = run.picks;
    const pod = run.web[first!]!;
    expect(run.connections(pod)).toEqual({ idle: 0, busy: 0, connecting: 1 });
    hear(run, { removed: [pod] }, pod);
    run.until(500 * MS);
    expect([run.ends[0], run.connections(pod)]).toEqual(['200 -', { idle: 0, busy: 0, connecting: 0 }]);
    run.until(4 * S);
    expect(run.picks.slice(1)).not.toContain(first);
    expect(run.ends).toEqual(['200 -', '200 -', '200 -', '200 -']);
  });
});

describe('CH-19: A is unready at 300 ms and ready at 800 ms, with five idle connections', () => {
  const START = 2000;
  const flip = (istioVersion: string) => {
    const run = new ChangeRun({
      istioVersion,
      // Three requests while A is not ready, three when it is again, and three after another second.
      requestsNs: [...warmUp(5), ...[310, 320, 330, 810, 820, 1790, 1810, 1820, 1830].map((ms) => (START + ms) * MS)],
      workNs: 20 * MS,
    });
    const [a] = run.web;
    run.until((START + 300) * MS);
    expect(run.connections(a!).idle).toBe(5);
    hear(run, { unready: [a!] }, a!);
    const idle = run.connections(a!).idle;
    run.until((START + 800) * MS);
    hear(run, { ready: [a!] }, a!);
    run.turnTo(0);
    run.until((START + 1800) * MS);
    return { run, idle, pod: a! };
  };

  test('Istio 1.31: not picked from 300 ms to 1800 ms; its connections stay', () => {
    const { run, idle, pod } = flip('1.31');
    expect(idle).toBe(5);
    expect(run.picks.slice(15)).not.toContain(A);
    run.turnTo(0);
    run.until(5 * S);
    expect(run.picks.slice(-3)).toEqual([A, B, C]);
    expect([run.connections(pod).idle, run.cluster.counters.upstreamCxTotal]).toEqual([5, 15]);
  });

  test('Istio 1.30: closed at 300 ms, picked from 800 ms on by a new connection', () => {
    const { run, idle, pod } = flip('1.30');
    expect(idle).toBe(0);
    expect(run.picks.slice(15, 18)).not.toContain(A);
    expect(run.picks.slice(18)).toEqual([A, B, C]);
    run.until(5 * S);
    expect([run.connections(pod).idle, run.cluster.counters.upstreamCxTotal]).toEqual([1, 16]);
  });
});

describe('CH-35: the application of B is killed, its proxy lives', () => {
  const crash = (wish: Partial<ChangeWish>) => {
    const run = new ChangeRun({
      requestsNs: [...warmUp(1), ...at(1000, 1080)],
      workNs: 50 * MS,
      timeline: (plan) => [toPods(plan, { kind: 'crash' }, 1010 * MS, [B])],
      ...wish,
    });
    run.until(990 * MS).turnTo(B);
    run.until(1070 * MS).turnTo(B);
    return run;
  };

  test('HTTP: 503 of its proxy for what is in flight and for what is new, without another try', () => {
    const run = crash({});
    // Two more connects of its proxy, after back-offs of up to 24 and up to 49 ms (or 74 together).
    run.until(1155 * MS);
    expect(since(run, 3)).toEqual({ picks: [B, B], ends: ['503 -', '503 -'] });
    const web = run.plan.workloads.find(({ name }) => name === 'web');
    expect(web?.inboundRetries).toEqual({ count: 2, grpc: false });
    expect(run.cluster.counters.upstreamRqRetry).toBe(0);
  });

  test('gRPC: UNAVAILABLE, so that the caller tries another pod', () => {
    const run = crash({ port: 'grpc', grpc: true });
    run.until(1075 * MS);
    const inFlight = run.picks.slice(3);
    expect([inFlight.length, inFlight[0], run.cluster.counters.upstreamRqRetry]).toEqual([2, B, 1]);
    run.until(1300 * MS);
    const fresh = run.picks.slice(5);
    expect([fresh.length, fresh[0], run.cluster.counters.upstreamRqRetry]).toEqual([2, B, 2]);
    expect(since(run, 3).ends).toEqual(['200 -', '200 -']);
    for (const again of [inFlight[1], fresh[1]]) expect(again).not.toBe(B);
  });
});

describe('CH-36: the whole pod B is killed, with a request in flight and three idle connections', () => {
  test('in flight 503 UC; who picks B is refused and tries again, until its proxy has heard', () => {
    const run = new ChangeRun({
      requestsNs: [...warmUp(4), ...at(1000, 1080, 1400, 1410, 1420)],
      workNs: 50 * MS,
      timeline: (plan) => [toPods(plan, { kind: 'kill' }, 1010 * MS, [B])],
    });
    run.until(990 * MS).turnTo(B);
    const b = run.web[B]!;
    run.until(1009 * MS);
    expect(run.connections(b)).toEqual({ idle: 3, busy: 1, connecting: 0 });
    run.until(1011 * MS);
    expect(run.connections(b)).toEqual({ idle: 0, busy: 0, connecting: 0 });
    expect([run.ends[12], run.picks.length]).toEqual(['503 UC', 13]);
    run.until(1070 * MS).turnTo(B);
    run.until(1200 * MS);
    const [refused, again] = run.tries.slice(13);
    expect([refused!.pod, again!.pod === B, run.ends[13]]).toEqual([B, false, '200 -']);
    // A round trip, and a back-off of up to 24 ms.
    expect(again!.atMs - refused!.atMs).toBeGreaterThanOrEqual(0.24);
    expect(again!.atMs - refused!.atMs).toBeLessThan(25);
    run.until(2 * S);
    expect(run.picks.slice(15)).not.toContain(B);
    expect([run.picks.length, run.cluster.counters.upstreamRqRetry]).toEqual([18, 1]);
  });
});

describe('CH-37: the only pod falls silent; requests time out after 1 s, connections after 10 s', () => {
  const silence = (port: string, warm: readonly number[]) =>
    new ChangeRun({
      pods: 1,
      port,
      timeout: '1s',
      policy: 'outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: 100 }',
      requestsNs: at(...warm, ...Array.from({ length: 9 }, (_, i) => 1000 + 4000 * i)),
      workNs: 50 * MS,
      timeline: (plan) => [toLinks(plan, { kind: 'partition' }, 500 * MS)],
    });
  const UT = '504 UT';
  const counters = ({ cluster }: ChangeRun) => [
    cluster.counters.upstreamCxTotal,
    cluster.counters.upstreamCxConnectTimeout,
    cluster.counters.ejectionsEnforced,
    cluster.hosts[0]!.consecutive5xx,
  ];

  test('HTTP/2, warm: each request times out and counts; ejected after the fifth', () => {
    const run = silence('http2', [0]);
    const [pod] = run.web;
    run.until(17.9 * S);
    expect(counters(run)).toEqual([1, 0, 0, 4]);
    run.until(18.1 * S);
    expect(counters(run)).toEqual([1, 0, 1, 0]);
    expect(run.connections(pod!)).toEqual({ idle: 0, busy: 0, connecting: 0 });
    run.until(18.9 * S);
    expect(run.ends.slice(1, 6)).toEqual([UT, UT, UT, UT, UT]);
    run.until(27 * S);
    expect(run.ends.slice(6, 8)).toEqual(['503 UH', '503 UH']);
  });

  test('HTTP/1.1, warm: the first on each connection counts and closes the connection, then as cold', () => {
    const run = silence('http', [0, 1]);
    const [pod] = run.web;
    run.until(8 * S);
    expect([counters(run), run.connections(pod!)]).toEqual([[2, 0, 0, 2], { idle: 0, busy: 0, connecting: 0 }]);
    run.until(20 * S);
    expect(counters(run)).toEqual([3, 1, 0, 2]);
    run.until(40 * S);
    expect(run.ends.slice(2)).toEqual([UT, UT, UT, UT, UT, UT, UT, UT, UT]);
    expect(counters(run)[2]).toBe(0);
  });

  test('HTTP/1.1, cold: connects begin after 0, 12 and 24 s and end 10 s later; nothing counts', () => {
    const run = silence('http', []);
    const [pod] = run.web;
    const seen: string[] = [];
    for (let second = 0; second < 36; second++) {
      // Half a second into each second after the first request.
      run.until((1.5 + second) * S);
      const isConnecting = run.connections(pod!).connecting;
      expect(isConnecting).toBe(second % 12 < 10 ? 1 : 0);
      seen.push(counters(run).join(' '));
    }
    expect([...new Set(seen)]).toEqual(['1 0 0 0', '1 1 0 0', '2 1 0 0', '2 2 0 0', '3 2 0 0', '3 3 0 0']);
    run.until(40 * S);
    expect(run.ends).toEqual([UT, UT, UT, UT, UT, UT, UT, UT, UT]);
  });
});
