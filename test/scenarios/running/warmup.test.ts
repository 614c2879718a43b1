// How long the warm-up is, from hand-made pilot runs.
import { describe, expect, it } from 'vitest';
import type { TimelineEntryPlan } from '../../../models/plan/contract/timeline-plan.js';
import { chooseWarmup, pilotOptions, pilotPlan, warmupFromPilots } from '../../../scenarios/running/warmup.js';
import { smallPlan } from '../../support/plans.js';
import { fakeReplication } from '../results.js';

const INTERVALS = 200;
/** Pilot runs whose calls in interval i take `latencyMs(i)`; an interval is a second. */
function pilot(latencyMs: (interval: number) => number) {
  const latenciesMs = Array.from({ length: INTERVALS * 4 }, (_, call) => latencyMs(call % INTERVALS));
  return fakeReplication({ latenciesMs, intervals: INTERVALS });
}

/** Deterministic noise of ±1. */
function noise(i: number): number {
  return (((i * 7919) % 101) - 50) / 50;
}

const RUN = { seed: 's', durationNs: 200e9, warmupNs: null, replications: 5, maxEvents: 1e6, intervalNs: 1e9 };

describe('warm-up', () => {
  it('ends after a start that differs', () => {
    const { warmupNs, reliable, kind } = warmupFromPilots(
      [pilot((i) => (i < 30 ? 10 + 3 * i : 100) + noise(i))],
      200e9,
    );
    expect([kind, reliable]).toEqual(['auto', true]);
    expect(warmupNs).toBeGreaterThanOrEqual(25e9);
    expect(warmupNs).toBeLessThanOrEqual(40e9);
  });

  it('is at least 5 % of the run or a second, and at most the run', () => {
    const flat = [pilot((i) => 100 + noise(i))];
    expect(warmupFromPilots(flat, 200e9).warmupNs).toBeLessThanOrEqual(15e9);
    expect(warmupFromPilots(flat, 200e9).warmupNs).toBeGreaterThanOrEqual(10e9);
    expect(warmupFromPilots(flat, 0.5e9).warmupNs).toBe(0.5e9);
  });

  it('says so where nothing settles', () => {
    const { reliable, reason } = warmupFromPilots([pilot((i) => 10 * i)], 200e9);
    expect(reliable).toBe(false);
    expect(reason).toContain('does not settle');
    const stopped = fakeReplication({ latenciesMs: [1, 2], stopped: 'max-events' });
    expect(warmupFromPilots([stopped], 10e9)).toMatchObject({
      reliable: false,
      reason: expect.stringContaining('bound of events'),
    });
  });

  it('is what the scenario says where it says something', () => {
    const fixed = { ...RUN, warmupNs: 3e9 };
    expect(pilotOptions(fixed)).toEqual([]);
    expect(chooseWarmup(fixed, [])).toEqual({ kind: 'fixed', warmupNs: 3e9, reliable: true, reason: '' });
  });

  it('is found with a seed of its own and the load of t = 0', () => {
    expect(pilotOptions(RUN).map(({ seed, durationNs, warmupNs }) => [seed, durationNs, warmupNs])).toEqual([
      ['s/pilot', 60e9, 0],
      ['s/pilot', 60e9, 0],
    ]);
    const profile = [
      { atNs: 0, ratePerSecond: 10 },
      { atNs: 5e9, ratePerSecond: 500 },
    ];
    const plan = smallPlan({ arrivals: [{ kind: 'open', process: 'poisson', profile }] });
    expect(pilotPlan(plan).traffic[0].arrival).toEqual({ kind: 'open', process: 'poisson', profile: [profile[0]] });
  });

  it('knows of the timeline what has begun before the run, and nothing of what is to come', () => {
    const old: TimelineEntryPlan = {
      name: 'old',
      position: null,
      startsNs: [],
      durationNs: null,
      rampNs: 0,
      action: { kind: 'traffic', traffic: [0], factor: 2 },
    };
    const plan = { ...smallPlan({}), timeline: [old, { ...old, name: 'new', startsNs: [5e9] }] };
    expect(pilotPlan(plan).timeline).toEqual([old]);
  });
});
