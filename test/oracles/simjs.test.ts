// The same arrivals and services through two engines: every departure must be the same.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { componentStream } from '../../sim/random/stream.js';
import { FifoStation } from '../../sim/stations/fifo.js';
import type { Station } from '../../sim/stations/station.js';
import { HeldStation } from '../support/held-station.js';
import { drawNs, exponential } from '../support/queue-lab.js';
import { simjsDepartures, simjsTimers } from '../support/simjs.js';

const ARRIVAL = 1;
const SERVICE = 2;

function departures(
  gaps: Float64Array,
  demands: Float64Array,
  makeStation: (calendar: Calendar, kind: number) => Station,
): Float64Array {
  const calendar = new Calendar();
  const station = makeStation(calendar, SERVICE);
  const left = new Float64Array(gaps.length);
  if (gaps.length > 0) calendar.schedule(gaps[0], PHASE.arrival, ARRIVAL, 0);
  while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
    const { kind, ref, nowNs } = calendar;
    if (kind === SERVICE) {
      left[station.fire(ref)] = nowNs;
    } else {
      station.arrive(ref, demands[ref]);
      if (ref + 1 < gaps.length) calendar.schedule(nowNs + gaps[ref + 1], PHASE.arrival, ARRIVAL, ref + 1);
    }
  }
  return left;
}

describe('departures agree with simjs', () => {
  test.each([
    [1, 0.8],
    [1, 1.2],
    [2, 0.8],
    [4, 0.95],
  ])('%d server(s) at %d', (servers, rho) => {
    const jobs = 20_000;
    const gapStream = componentStream('simjs', `gaps ${servers} ${rho}`);
    const demandStream = componentStream('simjs', `demands ${servers} ${rho}`);
    const gap = exponential(100 * servers * rho);
    const demand = exponential(100);
    const gaps = Float64Array.from({ length: jobs }, () => drawNs(gap, gapStream.next()));
    const demands = Float64Array.from({ length: jobs }, () => drawNs(demand, demandStream.next()));
    const expected = simjsDepartures(gaps, demands, servers);
    expect(departures(gaps, demands, (calendar, kind) => new FifoStation(calendar, kind, servers))).toEqual(expected);
    expect(departures(gaps, demands, (calendar, kind) => new HeldStation(calendar, kind, servers, null))).toEqual(
      expected,
    );
  });

  test('on any small case', () => {
    const visit = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 50 }));
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (visits, servers) => {
        const gaps = Float64Array.from(visits, (each, i) => (i === 0 ? each[0] + 1 : each[0]));
        const demands = Float64Array.from(visits, (each) => each[1]);
        const expected = simjsDepartures(gaps, demands, servers);
        expect(departures(gaps, demands, (calendar, kind) => new FifoStation(calendar, kind, servers))).toEqual(
          expected,
        );
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

test('timers ring at the same times and, when simultaneous, in the same order', () => {
  const delay = fc.nat({ max: 15 });
  const again = fc.integer({ min: -1, max: 15 });
  fc.assert(
    fc.property(fc.array(fc.tuple(delay, again), { maxLength: 25 }), (timers) => {
      const first = timers.map((each) => each[0]);
      const repeats = timers.map((each) => each[1]);
      const calendar = new Calendar();
      const fired: { timer: number; at: number }[] = [];
      first.forEach((delayNs, timer) => {
        calendar.schedule(delayNs, PHASE.timer, 0, timer);
      });
      while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
        const { ref: timer, nowNs: at } = calendar;
        fired.push({ timer, at });
        if (timer < first.length && repeats[timer] >= 0) {
          calendar.schedule(at + repeats[timer], PHASE.timer, 0, timer + first.length);
        }
      }
      expect(fired).toEqual(simjsTimers(first, repeats));
    }),
    { numRuns: 500, seed: 6 },
  );
});
