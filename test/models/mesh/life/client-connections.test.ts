// Connections of clients that end at once, or come and go.
import { describe, expect, test } from 'vitest';
import { World } from '../../../../models/mesh/run/world.js';
import { STATE } from '../../../../models/mesh/state/connection.js';
import type { ClientsActionPlan, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { burst, MS, poisson, S, type SmallPlan, smallPlan, work } from '../../../support/plans.js';

function entry(atNs: number, durationNs: number, sharePerSecond: number | null, rampNs = 0): TimelineEntryPlan {
  const action: ClientsActionPlan = { kind: 'clients', traffic: [0], sharePerSecond };
  return { name: 'clients', position: null, startsNs: [atNs], durationNs, rampNs, action };
}

class Run {
  readonly world: World;

  constructor(small: SmallPlan, timeline: readonly TimelineEntryPlan[]) {
    const plan = { ...smallPlan(small), timeline };
    const options = { seed: 'clients', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S, maxEvents: 1e7 };
    this.world = new World(plan, options);
    this.world.recorder.begin();
  }

  until(atNs: number): this {
    const { calendar } = this.world;
    while (calendar.advance(atNs)) {
      this.world.handle(calendar.kind, calendar.ref);
      this.world.settle();
    }
    return this;
  }

  get made(): number {
    return this.world.clusters.states[0]!.counters.upstreamCxTotal;
  }

  states(): Record<'connecting' | 'idle' | 'busy', number> {
    const open = this.world.connections.all.filter(({ state }) => state !== STATE.closed);
    return {
      connecting: open.filter(({ state }) => state === STATE.connecting).length,
      idle: open.filter(({ state, active }) => state !== STATE.connecting && active === 0).length,
      busy: open.filter(({ active }) => active > 0).length,
    };
  }
}

describe('all connections end at once', () => {
  test('with what they carry, and as many are made', () => {
    // Ten requests together make ten connections; then one is under way.
    const run = new Run({ arrivals: [burst(0, 10), burst(2 * S, 1)], program: [work(100 * MS)] }, [
      entry(2050 * MS, 0, null),
    ]);
    run.until(2049 * MS);
    expect([run.states(), run.made]).toEqual([{ connecting: 0, idle: 9, busy: 1 }, 10]);
    run.until(2050 * MS);
    expect([run.states(), run.made]).toEqual([{ connecting: 10, idle: 0, busy: 0 }, 20]);
    run.until(3 * S);
    expect([run.states(), run.made]).toEqual([{ connecting: 0, idle: 10, busy: 0 }, 20]);
    const { calls, recorder } = run.world;
    expect([calls.inUse, recorder.started]).toEqual([0, 11]);
  });

  test('those of a caller without a proxy are made with their next request', () => {
    const own = { opaque: true, shared: true, idleNs: 0, proxyIdleNs: 0, maxDurationNs: 0, connectAttempts: 1 };
    const run = new Run(
      { arrivals: [burst(0, 3), burst(3 * S, 1)], program: [work(100 * MS)], route: { connections: own } },
      [entry(2 * S, 0, null)],
    );
    run.until(1.9 * S);
    expect(run.states()).toEqual({ connecting: 0, idle: 3, busy: 0 });
    run.until(2.1 * S);
    expect(run.world.connections.inUse).toBe(0);
    run.until(4 * S);
    expect([run.world.connections.inUse, run.made]).toEqual([1, 4]);
  });
});

describe('connections come and go', () => {
  test('a share of them each second, as far as they are free; nobody loses a request', () => {
    const plain = new Run({ arrivals: [poisson(200)], program: [work(50 * MS)] }, []).until(30 * S);
    const run = new Run({ arrivals: [poisson(200)], program: [work(50 * MS)] }, [entry(10 * S, 10 * S, 0.5)]).until(
      30 * S,
    );
    // About ten connections are there: half of them each second for ten seconds are 50. Error probability of the bounds below 1e-5 (Poisson).
    const more = run.made - plain.made;
    expect(more).toBeGreaterThan(25);
    expect(more).toBeLessThan(130);
    const { calls, recorder } = run.world;
    expect(recorder.started).toBe(plain.world.recorder.started);
    expect(calls.inUse).toBe(plain.world.calls.inUse);
    expect(run.world.clusters.states[0]!.counters.upstreamCxConnectFail).toBe(0);
  });

  test('none before it begins to grow, and none when it is over', () => {
    const run = new Run({ arrivals: [burst(0, 100)], program: [work(MS)] }, [entry(10 * S, 2 * S, 1, 2 * S)]);
    run.until(10 * S);
    expect(run.states().idle).toBe(100);
    const left = [0.5, 1, 1.5, 2].map((afterS) => run.until((10 + afterS) * S).states().idle);
    // exp(-t * t / 4) of 100 are left: 94, 78, 57, 37.
    for (const [i, expected] of [94, 78, 57, 37].entries()) expect(Math.abs(left[i]! - expected)).toBeLessThan(22);
    run.until(20 * S);
    expect(run.states().idle).toBe(left[3]);
  });
});
