// Changes, cases CH-14, CH-22 and CH-40, and what else balancers make of hosts that come and go, as runs of a small mesh of YAML. The sources are named
// in models/mesh/policies/{host-sets,ring-hash,maglev}.ts and models/mesh/linkerd/failfast.ts.
import { describe, expect, test } from 'vitest';
import { type MembersChange, NO_CHANGE } from '../../models/mesh/balancing/assignments.js';
import type { Pod } from '../../models/mesh/state/pod.js';
import { CallKeys } from '../../sim/random/draws.js';
import { ChangeRun, toPods } from '../support/change-run.js';
import { every, MS, S } from '../support/plans.js';

function at(...times: readonly number[]): number[] {
  return times.map((ms) => ms * MS);
}

function hear(run: ChangeRun, change: Partial<MembersChange>, pod: Pod): void {
  run.world.clusters.hear(run.client, [{ ...NO_CHANGE, workload: pod.workload, ...change }]);
}

describe('CH-22: three warm hosts and a new one, which warms up for 60 s', () => {
  test('its share is 0.1 of 3.1, 0.5 of 3.5 and, when it is warm, a quarter', () => {
    const D = 3;
    const run = new ChangeRun({
      pods: 4,
      loadBalancer: '{ simple: ROUND_ROBIN, warmup: { duration: 60s, minimumPercent: 10, aggression: 1 } }',
      requestsNs: [],
      load: every(5 * MS),
      workNs: MS,
      timeline: (plan) => [toPods(plan, { kind: 'kill' }, 70 * S, [D])],
    });
    run.until(140 * S);
    const back = run.tries.find(({ atMs, pod }) => pod === D && atMs > 71_000)!.atMs;
    const share = (fromS: number, toS: number): number => {
      const tries = run.tries.filter(({ atMs }) => atMs >= back + fromS * 1000 && atMs < back + toS * 1000);
      return tries.filter(({ pod }) => pod === D).length / tries.length;
    };
    // Before: all hosts are as old as their balancer.
    expect(run.tries.filter(({ atMs, pod }) => atMs < 70_000 && pod === D).length / (70_000 / 5)).toBeCloseTo(0.25, 2);
    expect(share(0.5, 5.5)).toBeCloseTo(0.1 / 3.1, 2);
    // A host reads its weight when it is picked, so that its share lags by a few picks.
    expect(share(28, 32)).toBeCloseTo(0.5 / 3.5, 2);
    expect(share(61, 64)).toBeCloseTo(0.25, 2);
  });
});

describe('CH-14: a schedule by weights begins again where metadata of a host change', () => {
  test('the same picks follow', () => {
    const picks = 6;
    const requestsNs = at(0, ...Array.from({ length: 3 * picks }, (_, i) => 100 + 10 * i));
    const run = new ChangeRun({ pods: 2, requestsNs, workNs: MS });
    run.until(50 * MS);
    const { clusters } = run.world;
    const [a, b] = run.cluster.endpoints;
    clusters.update(run.cluster, [{ ...b!, weight: 2 }], []);
    run.until((99 + 10 * picks) * MS);
    clusters.update(run.cluster, [a!], []);
    // One pick, and then again.
    run.until((99 + 10 * (picks + 1)) * MS);
    clusters.update(run.cluster, [a!], []);
    run.until(2 * S);
    const seen = run.picks.slice(1);
    const cycle = seen.slice(0, 3);
    expect(cycle.toSorted()).toEqual([0, 1, 1]);
    expect(seen.slice(0, picks)).toEqual([...cycle, ...cycle]);
    expect(seen[picks]).toBe(cycle[0]);
    expect(seen.slice(picks + 1, 2 * picks + 1)).toEqual([...cycle, ...cycle]);
  });
});

describe('keys of a consistent hash', () => {
  const KEYS = 20_000;
  /** Ordinals of the pods that keys go to. */
  const places = (run: ChangeRun): number[] => {
    const { cluster } = run;
    const set = cluster.sets!.priorities[0]!;
    const keys = new CallKeys();
    return Array.from({ length: KEYS }, (_, key) => {
      keys.derive(7, 11, key, 0);
      const index = set.candidates[set.table!.lookup(keys.hi, keys.lo, 0)]!;
      return cluster.endpoints[index]!.pod.ordinal;
    });
  };
  const churn = (consistentHash: string) => {
    const run = new ChangeRun({
      pods: 5,
      loadBalancer: `{ consistentHash: ${consistentHash} }`,
      requestsNs: [0],
      workNs: MS,
    });
    run.until(10 * MS);
    const gone = run.web[2]!;
    const before = places(run);
    hear(run, { removed: [gone] }, gone);
    const without = places(run);
    hear(run, { added: [gone] }, gone);
    const others = before.filter((pod) => pod !== gone.ordinal).length;
    const moved = before.filter((pod, key) => pod !== gone.ordinal && pod !== without[key]).length;
    return {
      share: 1 - others / KEYS,
      movedShare: moved / others,
      isBack: places(run).every((pod, key) => pod === before[key]),
    };
  };

  test('a ring of one point for each host: only those of the host that has gone move, and all are back with it', () => {
    const { movedShare, isBack } = churn('{ httpHeaderName: x-user, minimumRingSize: 1 }');
    expect([movedShare, isBack]).toEqual([0, true]);
  });

  test('a ring of a least size: fewer hosts have more points each, which take keys from one another', () => {
    const { share, movedShare, isBack } = churn('{ httpHeaderName: x-user, minimumRingSize: 1024 }');
    expect(isBack).toBe(true);
    // 205 points of each host divide the ring evenly but for a standard deviation of about 1/sqrt(205) of their part.
    expect(Math.abs(share / 0.2 - 1)).toBeLessThan(5 / Math.sqrt(205));
    // Of the 1024 points that four hosts have together 204 are new: a key's next point is one of them for a fifth of the keys, and another host's in
    // three of four cases. Five standard deviations of 204 points.
    expect(Math.abs(movedShare / 0.15 - 1)).toBeLessThan(5 / Math.sqrt(204));
  });

  test('Maglev: nearly even, and a few of the others move, too', () => {
    const { share, movedShare, isBack } = churn('{ httpHeaderName: x-user, maglev: { tableSize: 65537 } }');
    expect(isBack).toBe(true);
    // Binomial of 20,000 keys: five standard errors.
    expect(Math.abs(share - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / KEYS));
    expect(movedShare).toBeGreaterThan(0);
    expect(movedShare).toBeLessThan(0.1);
  });
});

test('where the last host has gone there is none (503 UH), until one comes', () => {
  const run = new ChangeRun({ pods: 1, requestsNs: at(0, 1000, 2000), workNs: MS });
  run.until(500 * MS);
  const [pod] = run.web;
  hear(run, { removed: [pod!] }, pod!);
  run.until(1.5 * S);
  hear(run, { added: [pod!] }, pod!);
  run.until(3 * S);
  expect(run.ends).toEqual(['200 -', '503 UH', '200 -']);
});

describe('CH-40: Linkerd loses its only endpoint at 1 s', () => {
  const lose = (backNs: number) => {
    const run = new ChangeRun({ mesh: 'linkerd', pods: 1, requestsNs: at(0, 1500, 5000, 6100), workNs: MS });
    run.until(S);
    const [pod] = run.web;
    hear(run, { removed: [pod!] }, pod!);
    run.until(backNs - 1);
    const before = run.ends;
    run.until(backNs);
    hear(run, { added: [pod!] }, pod!);
    run.until(backNs + 100 * MS);
    const after = run.ends;
    run.until(10 * S);
    return { before, after, ends: run.ends };
  };

  test('who waits fails 3 s after it began, who follows is shed, who comes when another is there goes to it', () => {
    const { before, ends } = lose(6 * S);
    expect(before.slice(0, 3).map((end) => end.slice(0, 3))).toEqual(['200', '504', '503']);
    expect(ends[3]).toMatch(/^200/);
  });

  test('with another one after 2 s who waits goes to it', () => {
    const { before, after } = lose(3 * S);
    expect(before[1]).toBe('');
    expect(after[1]).toMatch(/^200/);
  });
});
