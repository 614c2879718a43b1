// When the balancer of a cluster hears of changes of health (envoy: test/common/upstream/cluster_manager_impl_test.cc, MergedUpdates).
import { describe, expect, test } from 'vitest';
import { World } from '../../../../models/mesh/run/world.js';
import type { ClusterState } from '../../../../models/mesh/state/cluster-state.js';
import { EVENT } from '../../../../models/mesh/state/events.js';
import { PHASE } from '../../../../sim/phases.js';
import { burst, MS, S, smallPlan } from '../../../support/plans.js';

/** A cluster of four hosts after its first request, which is at 0. */
class Lab {
  private readonly world: World;
  readonly state: ClusterState;

  constructor() {
    const plan = smallPlan({ pods: 4, arrivals: [burst(0, 1)] });
    const options = { seed: 's', replication: 0, warmupNs: 0, durationNs: 60 * S, intervalNs: S, maxEvents: 1e6 };
    this.world = new World(plan, options);
    this.until(MS);
    this.state = this.world.clusters.states[0];
  }

  until(atNs: number): void {
    const { calendar } = this.world;
    calendar.schedule(atNs, PHASE.sample, EVENT.sample, 0);
    while (calendar.advance(atNs)) {
      if (calendar.kind !== EVENT.sample) this.world.handle(calendar.kind, calendar.ref);
      this.world.settle();
    }
  }

  /** The control plane says that a host is not ready any more. */
  unready(place: number): void {
    const { clusters } = this.world;
    clusters.host(this.state, place).unready = true;
    clusters.readinessChanged(this.state);
  }

  /** How many hosts the balancer chooses among. */
  get candidates(): number {
    return this.state.alike.count;
  }
}

describe('changes of health', () => {
  test('the first after a quiet second is heard at once, the next after a whole window', () => {
    const lab = new Lab();
    lab.unready(0);
    expect(lab.candidates).toBe(3);
    lab.until(501 * MS);
    lab.unready(1);
    lab.until(1500 * MS);
    expect(lab.candidates).toBe(3);
    lab.until(1502 * MS);
    expect(lab.candidates).toBe(2);
  });

  test('one that comes more than a window after the last post is heard at once, with all that has waited', () => {
    const lab = new Lab();
    lab.unready(0);
    lab.until(501 * MS);
    lab.unready(1);
    lab.until(1201 * MS);
    lab.unready(2);
    expect([lab.candidates, lab.state.merging.cancelled]).toEqual([1, 1]);
  });

  test('a window is longer than its last whole millisecond', () => {
    const lab = new Lab();
    lab.unready(0);
    lab.until(1001 * MS + MS / 2);
    lab.unready(1);
    expect(lab.candidates).toBe(3);
    lab.until(2001 * MS + MS / 2);
    expect(lab.candidates).toBe(2);
  });
});
