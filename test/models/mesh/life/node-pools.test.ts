// The Cluster Autoscaler in runs: pools get nodes for pods that wait, never too many, and lose what nobody needs.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { ReplicationResult } from '../../../../models/mesh/recording/result.js';
import { simulate } from '../../../../models/mesh/run/simulation.js';
import type { NodesPlan } from '../../../../models/plan/contract/node-plan.js';
import type { TimelineAction, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { controller } from '../../../support/controllers.js';
import { growingPool } from '../../../support/nodes.js';
import { MS, poisson, S, smallPlan, work } from '../../../support/plans.js';

const WEB = 1;
const BOOTS = 90 * S;

function entry(atNs: number, action: TimelineAction, durationNs: number | null = 0): TimelineEntryPlan {
  return { name: 'entry', position: null, startsNs: [atNs], durationNs, rampNs: 0, action };
}

function scale(atSeconds: number, replicas: number): TimelineEntryPlan {
  return entry(atSeconds * S, { kind: 'scale', workloads: [WEB], replicas });
}

function run(nodes: NodesPlan, timeline: readonly TimelineEntryPlan[], seconds: number, seed = 'pools') {
  const pods = nodes.pods[0]!.atStart.length;
  const plan = smallPlan({ arrivals: [poisson(2)], program: [work(5 * MS)], pods, clientTimeoutNs: S });
  const controllers = [controller({ replicas: pods })];
  const { network: one } = plan;
  const twice = ([[value]]: readonly (readonly number[])[]) => [0, 1].map(() => [value!, value!]);
  const network = {
    ...one,
    oneWayNs: twice(one.oneWayNs),
    jitter: twice(one.jitter),
    loss: twice(one.loss),
    bytesPerSecond: twice(one.bytesPerSecond),
  };
  return simulate(
    { ...plan, network, nodes, controllers, timeline },
    { seed, replication: 0, warmupNs: 0, durationNs: seconds * S, intervalNs: S, maxEvents: 3e6 },
  );
}

function times({ happenings = [] }: ReplicationResult, kind: string): number[] {
  return happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs / S);
}

describe('pods that wait', () => {
  // Nodes of 1 CPU hold two pods of half a CPU each.
  const full = growingPool(2, 5, 4, BOOTS, { cpuMilli: 1000 });
  const result = run(full, [scale(10, 7)], 200);

  it('get as many nodes as they need, at one scan, after the boot', () => {
    const added = times(result, 'node added');
    expect(added).toHaveLength(2);
    expect(added[0]).toBe(added[1]);
    expect(added[0]! - 90 - 10).toBeGreaterThan(0);
    expect(added[0]! - 90 - 10).toBeLessThanOrEqual(10);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(7);
  });

  it('wait for ever where the pool is as large as it may be', () => {
    const more = run(full, [scale(10, 20)], 400);
    expect(times(more, 'node added')).toHaveLength(3);
    expect(more.series.replicas![WEB]!.at(-1)).toBe(10);
  });

  it('get none where a node would not help them', () => {
    const picky = growingPool(
      2,
      5,
      4,
      BOOTS,
      { cpuMilli: 1000 },
      {
        nodeSelector: [{ key: 'disk', operator: 'In', values: ['ssd'] }],
      },
    );
    expect(times(run(picky, [scale(10, 7)], 200), 'node added')).toEqual([]);
  });

  it('in two zones: each new node is in the zone that has fewer', () => {
    const zones = growingPool(2, 6, 4, BOOTS, { cpuMilli: 1000 });
    const apart = {
      ...zones,
      nodes: zones.nodes.map((node, index) => ({ ...node, locality: index < 2 || index > 3 ? 0 : 1 })),
    };
    const { happenings = [] } = run(apart, [scale(10, 8)], 200);
    expect(happenings.filter(({ kind }) => kind === 'node added').map(({ pod }) => pod)).toEqual([2, 3]);
  });
});

describe('nodes that nobody needs', () => {
  const pool = growingPool(2, 5, 4, BOOTS, { cpuMilli: 1000 });

  it('go ten minutes later, one by one where they have pods, and the pool keeps what it began with', () => {
    const result = run(pool, [scale(10, 10), scale(300, 4)], 2400);
    expect(times(result, 'node added')).toHaveLength(3);
    const removed = times(result, 'node removed');
    expect(removed).toHaveLength(3);
    // The last pod goes within its grace period of 30 s; scans are 10 s apart.
    expect(removed[0]!).toBeGreaterThanOrEqual(900);
    expect(removed[0]!).toBeLessThanOrEqual(960);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(4);
    expect(result.calls.started).toBe(result.calls.ended + result.calls.inFlight);
  });

  it('come again when pods wait again', () => {
    const result = run(pool, [scale(10, 10), scale(300, 4), scale(2000, 10)], 2400);
    expect(times(result, 'node added')).toHaveLength(6);
    expect(result.series.replicas![WEB]!.at(-1)).toBe(10);
  });
});

describe('a node that is not there', () => {
  it('cannot be lost, and one that has come can', () => {
    const lose: TimelineAction = { kind: 'nodes', nodes: [2], count: { kind: 'all' }, fault: { kind: 'lose' } };
    const pool = growingPool(2, 3, 4, BOOTS, { cpuMilli: 1000 });
    const timeline = (at: number) => [scale(10, 6), entry(at * S, lose, null)];
    expect(times(run(pool, timeline(50), 400), 'node unknown')).toEqual([]);
    expect(times(run(pool, timeline(200), 400), 'node unknown')).toHaveLength(1);
  });
});

describe('every pool', () => {
  const steps = fc.array(fc.record({ at: fc.integer({ min: 1, max: 1500 }), to: fc.integer({ min: 0, max: 14 }) }), {
    minLength: 1,
    maxLength: 5,
  });
  const losses = fc.array(fc.record({ at: fc.integer({ min: 1, max: 1500 }), node: fc.integer({ min: 0, max: 5 }) }), {
    maxLength: 2,
  });

  test.prop([fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }), steps, losses], { numRuns: 20 })(
    'has never more nodes than it may, nor fewer than at its start',
    (count, more, sizes, lost) => {
      const max = count + more;
      const pool = growingPool(count, max, count * 2, BOOTS, { cpuMilli: 1000 });
      const timeline = [
        ...sizes.map(({ at, to }) => scale(at, to)),
        ...lost.flatMap(({ at, node }) =>
          node >= max
            ? []
            : [
                entry(
                  at * S,
                  { kind: 'nodes', nodes: [node], count: { kind: 'all' }, fault: { kind: 'lose' } },
                  60 * S,
                ),
              ],
        ),
      ];
      const { happenings = [], calls } = run(pool, timeline, 2000);
      let size = count;
      for (const { kind } of happenings) {
        if (kind === 'node added') size++;
        if (kind === 'node removed') size--;
        expect(size).toBeLessThanOrEqual(max);
        expect(size).toBeGreaterThanOrEqual(count);
      }
      expect(calls.started).toBe(calls.ended + calls.inFlight);
    },
  );
});
