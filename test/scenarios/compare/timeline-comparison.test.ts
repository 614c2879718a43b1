// Which of two worlds gets over a timeline better: hand-made runs with known answers.
import { describe, expect, test } from 'vitest';
import { compareTimelines, type TimelineArm } from '../../../scenarios/compare/timeline-comparison.js';
import { summariseTimeline } from '../../../scenarios/summary/timeline.js';
import { smallPlan } from '../../support/plans.js';
import { entryOf, type FakeSecond, fakeTimelineRun, seconds } from '../timed-runs.js';

const S = 1e9;
const HANG = entryOf('hang web', [20], 5);
const SETTINGS = {
  confidenceLevel: 0.95,
  precisionShare: 0.02,
  marginLatencyShare: 0.02,
  marginErrorShare: 0.001,
  batch: 5,
  replicationsMax: 20,
  primaryFrom: 'default' as const,
};

/** Three replications: errors from 20 s on, a few more or less in each. */
function armWith(errors: number, untilS: number, timeline = [HANG], more: Partial<FakeSecond> = {}): TimelineArm {
  const plan = { ...smallPlan({}), timeline };
  const results = [0, 1, 2].map((r) =>
    fakeTimelineRun(
      timeline,
      seconds(60, (second) => (second >= 20 && second < untilS ? { errors: errors + r, ...more } : {})),
    ),
  );
  const { impacts = [] } = summariseTimeline({ plan, durationNs: 60 * S, slos: [], results });
  return { plan, results, impacts };
}

const compared = (base: TimelineArm, candidate: TimelineArm) => compareTimelines(base, candidate, 60 * S, SETTINGS);

describe('two worlds under a timeline', () => {
  test('without a timeline there is nothing to say', () => {
    expect(compared(armWith(0, 0, []), armWith(0, 0, []))).toBeNull();
  });

  test('that do the same are the same', () => {
    const both = compared(armWith(50, 25), armWith(50, 25));
    expect(both).toMatchObject({ verdict: 'same', decidedBy: null });
    expect(both?.phases.map(({ name, errorShare }) => [name, errorShare?.verdict])).toEqual([
      ['before', 'same'],
      ['hang web', 'same'],
      ['after hang web', 'same'],
    ]);
  });

  test('the one that recovers is better, whatever it loses', () => {
    const both = compared(armWith(20, 60), armWith(90, 30));
    expect(both).toMatchObject({ verdict: 'better', decidedBy: 'hang web' });
    expect(both?.events[0]).toMatchObject({
      verdict: 'better',
      by: 'recovery',
      base: { recovered: 0, notRecovered: 3 },
      candidate: { recovered: 3, notRecovered: 0 },
    });
  });

  test('else the one that loses less', () => {
    const both = compared(armWith(20, 25), armWith(60, 25));
    expect(both).toMatchObject({ verdict: 'worse', decidedBy: 'hang web' });
    expect(both?.events[0]).toMatchObject({ by: 'lost', lost: { base: 105, candidate: 305, verdict: 'worse' } });
    expect(both?.phases[1]).toMatchObject({ errorShare: { base: 0.21, candidate: 0.61, verdict: 'worse' } });
  });

  test('else the one that is back sooner', () => {
    const slow = (untilS: number) => armWith(0, untilS, [HANG], { errors: 0, ms: 900 });
    const both = compared(slow(45), slow(28));
    expect(both?.events[0]).toMatchObject({ by: 'seconds', verdict: 'better' });
  });

  test('what only one of them has is told, and decides nothing', () => {
    const other = entryOf('kill web', [20], 5);
    const both = compared(armWith(20, 25), armWith(20, 25, [other]));
    expect(
      both?.events.map(({ entry, base, candidate, by }) => [entry, base === null, candidate === null, by]),
    ).toEqual([
      ['hang web', false, true, null],
      ['kill web', true, false, null],
    ]);
    expect(both?.phases.map(({ name, base, candidate }) => [name, base === null, candidate === null])).toContainEqual([
      'hang web',
      false,
      true,
    ]);
  });
});
