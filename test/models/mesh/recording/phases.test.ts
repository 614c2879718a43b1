import { describe, expect, test } from 'vitest';
import { PHASES_MAX, type PhaseSpan, Phases, phasesOf } from '../../../../models/mesh/recording/phases.js';
import type { TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import { Calendar } from '../../../../sim/calendar.js';

const S = 1e9;

function entry(startsS: readonly number[], durationS: number | null): TimelineEntryPlan {
  return {
    name: 'an entry',
    position: null,
    startsNs: startsS.map((second) => second * S),
    durationNs: durationS === null ? null : durationS * S,
    rampNs: 0,
    action: { kind: 'traffic', traffic: [0], factor: 2 },
  };
}

/** `0-10`, `10-20 [0]`: seconds, and the entries that hold. */
function words(spans: readonly PhaseSpan[]): string[] {
  return spans.map(({ fromNs, toNs, active }) => {
    const holds = active.length === 0 ? '' : ` [${active.map((edge) => edge.entry).join(' ')}]`;
    return `${fromNs / S}-${toNs / S}${holds}`;
  });
}

describe('the phases of a run', () => {
  test('a run in which nothing begins has none: no entries, one from before the run, one after its end', () => {
    expect(phasesOf([], 60 * S)).toEqual([]);
    expect(phasesOf([entry([], null)], 60 * S)).toEqual([]);
    expect(phasesOf([entry([60], 5)], 60 * S)).toEqual([]);
  });

  test('phases are cut where an entry begins and where it ends', () => {
    expect(words(phasesOf([entry([10], 20)], 60 * S))).toEqual(['0-10', '10-30 [0]', '30-60']);
  });

  test('what is over at once makes one cut, at which it begins and ends', () => {
    const phases = phasesOf([entry([10], 0)], 60 * S);
    expect(words(phases)).toEqual(['0-10', '10-60']);
    expect(phases[1].begun).toEqual([{ entry: 0, time: 0, joined: 1 }]);
    expect(phases[1].ended).toEqual([{ entry: 0, time: 0, joined: 1 }]);
  });

  test('entries may overlap, begin at 0, and last until the run ends', () => {
    const timeline = [entry([0], 30), entry([20], null), entry([20], 10)];
    expect(words(phasesOf(timeline, 60 * S))).toEqual(['0-20 [0]', '20-30 [0 1 2]', '30-60 [1]']);
  });

  test('too many times of an entry become one, from the first beginning to the last end', () => {
    const every = Array.from({ length: 100 }, (_, i) => 10 + i / 2);
    const phases = phasesOf([entry(every, 0.1), entry([20], 5)], 90 * S);
    expect(words(phases)).toEqual(['0-10', '10-20 [0]', '20-25 [0 1]', '25-59.6 [0]', '59.6-90']);
    expect(phases[1].begun).toEqual([{ entry: 0, time: 0, joined: 100 }]);
  });

  test('too many entries: the shortest phases are joined with those before them', () => {
    const timeline = Array.from({ length: 40 }, (_, i) => entry([1 + i], 0));
    const phases = phasesOf(timeline, 60 * S);
    expect(phases).toHaveLength(PHASES_MAX);
    expect(phases[0].fromNs).toBe(0);
    expect(phases.at(-1)?.toNs).toBe(60 * S);
    expect(phases.every(({ toNs }, i) => toNs === (phases[i + 1]?.fromNs ?? 60 * S))).toBe(true);
    expect(phases.flatMap(({ begun }) => begun)).toHaveLength(40);
  });
});

test('of very many requests the histograms are coarser, so that they fit', () => {
  const spans = phasesOf([entry([10], 20)], 60 * S);
  const resolutionOf = (requests: number): number =>
    new Phases(spans, new Calendar(), 0, requests).toData()[0][0].goodLatency.resolution;
  expect([resolutionOf(600), resolutionOf(700)]).toEqual([128, 32]);
});

test('requests count in the phase of their arrival and of their end; what happens on a cut belongs to the later phase', () => {
  const calendar = new Calendar();
  const startNs = 5 * S;
  const counters = new Phases(phasesOf([entry([10], 20)], 60 * S), calendar, startNs, 2);
  const at = (second: number): void => {
    calendar.nowNs = startNs + second * S;
  };
  at(9);
  counters.offered(1);
  at(10);
  counters.answered(1, true, 1000);
  at(12);
  counters.offered(0);
  at(45);
  counters.answered(0, false, 2000);
  at(60);
  counters.answered(0, true, 3000);
  const numbers = counters.toData().map((flows) => flows.map((flow) => [flow.offered, flow.completed, flow.good]));
  expect(numbers).toEqual([
    [
      [0, 0, 0],
      [1, 0, 0],
    ],
    [
      [1, 0, 0],
      [0, 1, 1],
    ],
    [
      [0, 2, 1],
      [0, 0, 0],
    ],
  ]);
  expect(counters.toData()[1][1].goodLatency.sum).toBe(1000);
});
