// Chaos tools, cases DY-26 to DY-28, DY-33 to DY-35 and DY-37: what the timeline does where these tools have rules of their own, as runs of a small mesh. The rules of
// the tools: chaos-mesh pkg/selector/generic/mode.go, controllers/schedule/cron; litmus-go pkg/utils/common/pods.go; what is ours stands in docs/timeline.md.
import { describe, expect, it, test } from 'vitest';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { PodFaultPlan, PodTargetPlan, TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { one, read } from '../scenarios/timeline.js';
import { ChangeRun, toLinks, toPods } from '../support/change-run.js';
import { MS, poisson, S, smallPlan, work } from '../support/plans.js';

const WEB = 1;

function entry(startsNs: readonly number[], fault: PodFaultPlan, pods: PodTargetPlan['pods']): TimelineEntryPlan {
  return {
    name: fault.kind,
    position: null,
    startsNs,
    durationNs: 0,
    rampNs: 0,
    action: { kind: 'pods', target: { workloads: [WEB], localities: null, ordinals: null, pods }, fault },
  };
}

function run(timeline: readonly TimelineEntryPlan[], pods: number): ReplicationResult {
  const plan = smallPlan({ arrivals: [poisson(20)], program: [work(5 * MS)], pods });
  const options = { seed: 'chaos', replication: 0, warmupNs: 0, durationNs: 10 * S, intervalNs: S, maxEvents: 1e6 };
  return simulate({ ...plan, timeline }, options);
}

function killed(share: number, pods: number): number {
  const { happenings = [] } = run([entry([S], { kind: 'kill' }, { kind: 'share', share })], pods);
  return happenings.filter(({ kind }) => kind === 'pod killed').length;
}

describe('how many pods a share means', () => {
  it('DY-26: 50 % of 3 pods are 2, as of fixed-percent in Chaos Mesh (Litmus would take 1)', () => {
    expect(killed(0.5, 3)).toBe(2);
  });

  it('DY-27: 7 pods: no share at all is no entry here, where Litmus takes one pod: `pods: 1` says that', () => {
    const { said } = read('{ at: 1m, kill: { workload: cart, pods: 0% } }');
    expect(said).not.toEqual([]);
    expect(one('{ at: 1m, kill: { workload: cart, pods: 1 } }').action).toMatchObject({
      target: { pods: { kind: 'count', count: 1 } },
    });
  });

  it('DY-28: a share is what it says: there is no random-max-percent, whose 50 % of 4 pods may be none', () => {
    expect(killed(0.5, 4)).toBe(2);
  });
});

describe('DY-33: a partition in one direction', () => {
  test('breaks TCP both ways: who connects has its time-out and no reset', () => {
    const wish = { requestsNs: [3 * S], workNs: MS, pods: 1 };
    const silent = new ChangeRun({ ...wish, timeline: (plan) => [{ ...toLinks(plan, { kind: 'partition' }, S) }] });
    const oneWay = new ChangeRun({
      ...wish,
      timeline: (plan) => {
        const link = toLinks(plan, { kind: 'partition' }, S);
        return [{ ...link, action: { ...link.action, bothWays: false } as TimelineEntryPlan['action'] }];
      },
    });
    for (const world of [silent, oneWay]) {
      world.until(12_900 * MS);
      expect(world.ends).toEqual(['']);
      // connect time-outs of 10 s, three tries.
      world.until(40 * S);
      expect(world.ends.join()).toMatch(/^503 /);
    }
  });
});

describe('DY-34: units', () => {
  it('a jitter of 0.5ms is one, however it is written: durations are no strings here', () => {
    const jitter = (text: string) =>
      one(`{ at: 1m, for: 30s, delay: { from: workload cart, by: 100ms, jitter: ${text} } }`).action;
    expect(jitter('0.5ms')).toEqual(jitter('500us'));
    expect(jitter('0.5ms')).toMatchObject({ fault: { kind: 'delay', addNs: 100 * MS, jitterNs: 500_000 } });
  });
});

describe('DY-35: a pod is deleted with a grace period of 0', () => {
  test('at once its endpoint is out, its process is gone, and its replacement is created', () => {
    const fault: PodFaultPlan = { kind: 'stop', graceSeconds: 0 };
    const world = new ChangeRun({
      requestsNs: [S],
      workNs: 5 * S,
      pods: 1,
      timeline: (plan) => [toPods(plan, fault, 2 * S, [0])],
    });
    world.until(2 * S + 10 * MS);
    expect(world.ends).toEqual(['503 UC']);
    const { happenings = [] } = run([entry([2 * S], fault, { kind: 'count', count: 1 })], 3);
    const times = (kind: string) => happenings.filter((one) => one.kind === kind).map(({ atNs }) => atNs);
    expect([times('pod killed'), times('pod created')]).toEqual([[2 * S], [2 * S]]);
  });
});

describe('DY-37: every 5 min for 6 min', () => {
  it('is refused here: one time ends before the next begins, so that nothing is missed or overlaps', () => {
    expect(read('{ every: 5m, for: 6m, hang: { workload: cart } }').said.join()).toContain('longer than from one time');
  });
});
