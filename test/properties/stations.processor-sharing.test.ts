// The fast processor-sharing station against exact fractions, period by period: every end must agree to the nanosecond.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { ProcessorSharing } from '../../sim/stations/processor-sharing.js';
import {
  type ReferenceOptions,
  type ReferenceVisit,
  simulateProcessorSharing,
} from '../support/processor-sharing-reference.js';

const SERVICE = 1;
const ARRIVAL = 2;
const ABANDON = 3;
const PERIOD_NS = 1000;

const visit = fc.record({
  arriveNs: fc.oneof(fc.constantFrom(0, 500, 1000), fc.integer({ min: 0, max: 6000 })),
  demandNs: fc.oneof(fc.constantFrom(0, 100, 250, 1000), fc.integer({ min: 0, max: 5000 })),
  patienceNs: fc.option(fc.integer({ min: 0, max: 8000 }), { nil: null }),
});
const visits = fc.array(visit, { minLength: 1, maxLength: 8 }).map((list) =>
  list.map(({ arriveNs, demandNs, patienceNs }): ReferenceVisit => {
    return { arriveNs, demandNs, abandonNs: patienceNs === null ? null : arriveNs + patienceNs };
  }),
);
const options = fc.record({
  cores: fc.constantFrom<1 | 2 | 4>(1, 2, 4),
  quotaNs: fc.option(fc.oneof(fc.constantFrom(100, 250, 500, 1000), fc.integer({ min: 50, max: 4200 })), { nil: null }),
  periodNs: fc.constant(PERIOD_NS),
  phaseNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: PERIOD_NS - 1 })),
});

function play(plan: readonly ReferenceVisit[], { cores, quotaNs, periodNs, phaseNs }: ReferenceOptions) {
  const calendar = new Calendar();
  const quota = quotaNs === null ? null : { limitCores: quotaNs / periodNs, periodNs, phaseNs };
  const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores, quota });
  const endsNs: (number | null)[] = plan.map(() => null);
  plan.forEach((each, job) => {
    calendar.schedule(each.arriveNs, PHASE.arrival, ARRIVAL, job);
  });
  while (calendar.advance(1e12)) {
    const { kind, ref } = calendar;
    if (kind === SERVICE) {
      endsNs[cpu.fire(ref)] = calendar.nowNs;
    } else if (kind === ARRIVAL) {
      cpu.arrive(ref, plan[ref].demandNs);
      const abandonNs = plan[ref].abandonNs;
      if (abandonNs !== null) calendar.schedule(abandonNs, PHASE.timer, ABANDON, ref);
    } else {
      cpu.abandon(ref);
    }
    if (cpu.inSystem === 0 && calendar.pending === 0) break;
  }
  return { endsNs, usedNs: cpu.busyNs(), throttledNs: cpu.throttledNs(), throttledPeriods: cpu.throttledPeriods() };
}

test('every end, the CPU used and the throttled time agree with the reference', () => {
  fc.assert(
    fc.property(visits, options, (plan, setup) => {
      const expected = simulateProcessorSharing(plan, setup);
      const actual = play(plan, setup);
      expect(actual.endsNs).toEqual(expected.endsNs);
      expect(actual.usedNs).toBeCloseTo(expected.usedNs, 1);
      expect(actual.throttledNs).toBeCloseTo(expected.throttledNs, 1);
      expect(actual.throttledPeriods).toBe(expected.throttledPeriods);
    }),
    { numRuns: 3000, seed: 42 },
  );
});
