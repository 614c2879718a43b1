import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { periodAt, quotaNsPerPeriod } from '../../../sim/stations/cfs-quota.js';
import { FifoStation } from '../../../sim/stations/fifo.js';
import { QuotaFifo, QuotaThread } from '../../../sim/stations/fifo-quota.js';
import { SERVICE, stationLaws } from '../../support/station-laws.js';

const ARRIVAL = 2;
const BOUNDARY = 3;
const MS = 1e6;
const PERIOD_NS = 100 * MS;

for (const [workers, limitCores] of [
  [1, 0.3],
  [2, 0.5],
  [3, 1.7],
] as const) {
  stationLaws({
    name: `first-come, ${workers} worker(s), quota of ${limitCores}`,
    make: (calendar) => new QuotaFifo(calendar, SERVICE, workers, { limitCores, periodNs: 1000, phaseNs: 250 }),
    fifo: workers === 1,
    canAbandon: false,
    canRefuse: false,
    busyServers: null,
    roundsUpServers: 0,
  });
}

stationLaws({
  name: 'first-come, 2 workers, quota that never binds',
  make: (calendar) => new QuotaFifo(calendar, SERVICE, 2, { limitCores: 2, periodNs: 1000, phaseNs: 0 }),
  fifo: false,
  canAbandon: false,
  canRefuse: false,
  busyServers: (inSystem) => Math.min(inSystem, 2),
  roundsUpServers: 0,
});

describe('first-come workers under a CPU quota (linux: Documentation/scheduler/sched-bwc.rst)', () => {
  // T = n * P + S - n * Q with n = ceil(S / Q) - 1, for one thread and a full pool at a boundary.
  test.each([
    [0.1, 30, 210],
    [0.25, 30, 105],
    [0.25, 120, 420],
    [0.5, 30, 30],
    [0.5, 60, 110],
    [0.5, 120, 220],
  ])('limit %d, one worker, %d ms of work: %d ms', (limitCores, workMs, endMs) => {
    const station = new QuotaFifo(new Calendar(), SERVICE, 1, { limitCores, periodNs: PERIOD_NS, phaseNs: 0 });
    expect(station.book(workMs * MS)).toBe(endMs * MS);
    expect(station.stoppedNs).toBe((endMs - workMs) * MS);
  });

  test('workers draw on one pool, in order of arrival', () => {
    const station = new QuotaFifo(new Calendar(), SERVICE, 2, { limitCores: 0.5, periodNs: PERIOD_NS, phaseNs: 0 });
    expect(station.book(30 * MS)).toBe(30 * MS);
    expect(station.book(30 * MS)).toBe(110 * MS);
    expect(station.book(1 * MS)).toBe(101 * MS);
  });

  test('boundaries have a phase of their own', () => {
    const quota = { limitCores: 0.5, periodNs: PERIOD_NS, phaseNs: 10 * MS };
    expect(new QuotaFifo(new Calendar(), SERVICE, 1, quota).book(60 * MS)).toBe(60 * MS);
    expect(new QuotaFifo(new Calendar(), SERVICE, 1, quota).book(61 * MS)).toBe(111 * MS);
  });

  test('work after the response uses quota too', () => {
    const station = new QuotaFifo(new Calendar(), SERVICE, 1, { limitCores: 0.5, periodNs: PERIOD_NS, phaseNs: 0 });
    expect(station.book(20 * MS)).toBe(20 * MS);
    station.extend(30 * MS);
    expect(station.book(5 * MS)).toBe(105 * MS);
  });

  test('after a long rest the quota of one period is there, no more', () => {
    const calendar = new Calendar();
    const station = new QuotaFifo(calendar, SERVICE, 1, { limitCores: 0.5, periodNs: PERIOD_NS, phaseNs: 0 });
    station.book(120 * MS);
    calendar.advance(1e12);
    expect(station.book(60 * MS)).toBe(110 * MS);
    expect(station.busyNs()).toBe(120 * MS);
  });

  const jobs = fc.array(
    fc.record({ gapNs: fc.integer({ min: 0, max: 1500 }), demandNs: fc.integer({ min: 0, max: 2500 }) }),
    { maxLength: 40 },
  );
  const setup = fc.record({
    workers: fc.integer({ min: 1, max: 4 }),
    quotaNs: fc.integer({ min: 50, max: 4500 }),
    phaseNs: fc.integer({ min: 0, max: 999 }),
  });

  test('no period gives out more than its quota, and all work is done in the end', () => {
    fc.assert(
      fc.property(jobs, setup, (plan, { workers, quotaNs, phaseNs }) => {
        const calendar = new Calendar();
        const quota = { limitCores: quotaNs / 1000, periodNs: 1000, phaseNs };
        const station = new QuotaFifo(calendar, SERVICE, workers, quota);
        const most = Math.min(quotaNs, workers * 1000);
        let totalNs = 0;
        let atNs = 0;
        plan.forEach(({ gapNs, demandNs }, job) => {
          atNs += gapNs;
          totalNs += demandNs;
          calendar.schedule(atNs, PHASE.arrival, ARRIVAL, job);
        });
        let usedNs = 0;
        calendar.schedule(phaseNs, PHASE.completion, BOUNDARY, 0);
        while (calendar.advance(1e12)) {
          if (calendar.kind === ARRIVAL) {
            station.book(plan[calendar.ref].demandNs);
            continue;
          }
          const grownNs = station.busyNs() - usedNs;
          expect(grownNs).toBeGreaterThanOrEqual(0);
          expect(grownNs).toBeLessThanOrEqual(most);
          usedNs += grownNs;
          const waits = calendar.pending > 0 || usedNs < totalNs;
          if (waits) calendar.schedule(calendar.nowNs + 1000, PHASE.completion, BOUNDARY, 0);
        }
        expect(usedNs).toBe(totalNs);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  test('without a binding quota it is the plain first-come station', () => {
    fc.assert(
      fc.property(jobs, setup, (plan, { workers, phaseNs }) => {
        const calendar = new Calendar();
        const plain = new FifoStation(calendar, SERVICE, workers);
        const limited = new QuotaFifo(calendar, SERVICE, workers, { limitCores: workers, periodNs: 1000, phaseNs });
        for (const { gapNs, demandNs } of plan) {
          calendar.advance(calendar.nowNs + gapNs);
          expect(limited.book(demandNs)).toBe(plain.book(demandNs));
          expect(limited.busyNs()).toBe(plain.busyNs());
        }
        expect(limited.stoppedNs).toBe(0);
      }),
      { numRuns: 300, seed: 12 },
    );
  });

  test('a backlog is served at the limit', () => {
    const station = new QuotaFifo(new Calendar(), SERVICE, 4, { limitCores: 1.5, periodNs: PERIOD_NS, phaseNs: 0 });
    let endNs = 0;
    for (let job = 0; job < 3000; job++) endNs = Math.max(endNs, station.book(7 * MS));
    expect(endNs / MS).toBeGreaterThan((3000 * 7) / 1.5 - 100);
    expect(endNs / MS).toBeLessThanOrEqual((3000 * 7) / 1.5 + 100);
  });

  test('work that is bound to a worker waits for it, though another is free', () => {
    const station = new QuotaFifo(new Calendar(), SERVICE, 3, { limitCores: 2, periodNs: PERIOD_NS, phaseNs: 0 });
    const [a, b] = [0, 1].map((worker) => new QuotaThread(station, worker));
    expect(a.book(60 * MS)).toBe(60 * MS);
    expect(a.book(60 * MS)).toBe(120 * MS);
    expect(b.book(10 * MS)).toBe(10 * MS);
    expect(station.waitedNs()).toBe(60 * MS);
    a.extend(5 * MS);
    expect(a.book(0)).toBe(125 * MS);
  });

  test('what each worker has done adds up to all of it, at any time', () => {
    const calendar = new Calendar();
    const station = new QuotaFifo(calendar, SERVICE, 3, { limitCores: 0.7, periodNs: 1000, phaseNs: 250 });
    const threads = [0, 1, 2].map((worker) => new QuotaThread(station, worker));
    for (let job = 0; job < 300; job++) {
      calendar.advance(calendar.nowNs + ((job * 137) % 900));
      threads[(job * job) % 3].book((job * 71) % 500);
      const busy = threads.map((thread) => thread.busyNs());
      expect(busy[0] + busy[1] + busy[2]).toBe(station.busyNs());
    }
    calendar.advance(1e9);
    expect(threads[2].busyNs()).toBe(0);
    expect(station.busyNs()).toBe(Array.from({ length: 300 }, (_, job) => (job * 71) % 500).reduce((a, b) => a + b));
  });

  test('refuses nonsense', () => {
    const quota = { limitCores: 1, periodNs: 1000, phaseNs: 0 };
    expect(() => new QuotaFifo(new Calendar(), SERVICE, 0, quota)).toThrow(RangeError);
    expect(() => new QuotaFifo(new Calendar(), SERVICE, 1, { ...quota, limitCores: 0 })).toThrow(RangeError);
    expect(() => new QuotaFifo(new Calendar(), SERVICE, 1, quota).book(Number.NaN)).toThrow(RangeError);
  });
});

describe('arithmetic of quotas', () => {
  test('CPU time of a period', () => {
    expect(quotaNsPerPeriod({ limitCores: 0.25, periodNs: PERIOD_NS, phaseNs: 0 })).toBe(25 * MS);
    expect(quotaNsPerPeriod({ limitCores: 0.1, periodNs: PERIOD_NS, phaseNs: 0 })).toBe(10 * MS);
  });

  test('periods start at their phase, up to the end of time', () => {
    expect(periodAt(0, 100, 30)).toBe(-1);
    expect(periodAt(29, 100, 30)).toBe(-1);
    expect(periodAt(30, 100, 30)).toBe(0);
    for (let k = 9e7; k < 9e7 + 1000; k++) {
      expect(periodAt(k * PERIOD_NS - 1, PERIOD_NS, 0)).toBe(k - 1);
      expect(periodAt(k * PERIOD_NS, PERIOD_NS, 0)).toBe(k);
    }
  });
});
