import { describe, expect, test } from 'vitest';
import { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { ProcessorSharing, type ProcessorSharingOptions } from '../../../sim/stations/processor-sharing.js';
import { SharingTable } from '../../../sim/stations/sharing-table.js';
import { SERVICE, stationLaws } from '../../support/station-laws.js';

const MS = 1e6;
const PERIOD_NS = 100 * MS;

for (const cores of [1, 2, 4]) {
  stationLaws({
    name: `processor sharing, ${cores} core(s)`,
    make: (calendar) => new ProcessorSharing(calendar, SERVICE, 0, { cores }),
    fifo: false,
    canAbandon: true,
    canRefuse: false,
    busyServers: (inSystem) => Math.min(inSystem, cores),
    roundsUpServers: cores,
  });
}

for (const [cores, limitCores] of [
  [1, 0.3],
  [2, 1],
  [4, 0.7],
] as const) {
  stationLaws({
    name: `processor sharing, ${cores} core(s), quota of ${limitCores}`,
    make: (calendar) =>
      new ProcessorSharing(calendar, SERVICE, 0, { cores, quota: { limitCores, periodNs: 1000, phaseNs: 250 } }),
    fifo: false,
    canAbandon: true,
    canRefuse: false,
    busyServers: null,
    roundsUpServers: cores,
  });
}

/** Jobs (demand in ms) that arrive together at the time 0; their ends in ms, by job. */
function endsOf(
  options: ProcessorSharingOptions,
  demandsMs: readonly number[],
): { ends: number[]; cpu: ProcessorSharing } {
  const calendar = new Calendar();
  const cpu = new ProcessorSharing(calendar, SERVICE, 0, options);
  for (const [job, demandMs] of demandsMs.entries()) cpu.arrive(job, demandMs * MS);
  const ends: number[] = [];
  while (calendar.advance(1e12)) ends[cpu.fire(calendar.ref)] = calendar.nowNs / MS;
  return { ends, cpu };
}

describe('processor sharing', () => {
  test('shares the cores equally', () => {
    expect(endsOf({ cores: 1 }, [10, 10, 10]).ends).toEqual([30, 30, 30]);
    expect(endsOf({ cores: 1 }, [10, 20, 30]).ends).toEqual([30, 50, 60]);
    expect(endsOf({ cores: 2 }, [10, 20, 30]).ends).toEqual([15, 25, 35]);
    expect(endsOf({ cores: 4 }, [10, 20, 30]).ends).toEqual([10, 20, 30]);
  });

  test('a newcomer slows the others from then on', () => {
    const calendar = new Calendar();
    const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores: 1 });
    cpu.arrive(0, 10);
    calendar.schedule(4, PHASE.arrival, 9, 0);
    calendar.advance(1000);
    cpu.arrive(1, 100);
    calendar.advance(1000);
    expect([cpu.fire(calendar.ref), calendar.nowNs]).toEqual([0, 16]);
    calendar.advance(1000);
    expect([cpu.fire(calendar.ref), calendar.nowNs]).toEqual([1, 110]);
    expect(cpu.busyNs()).toBe(110);
  });

  test('jobs that end together end in the order in which they came, one event each', () => {
    const calendar = new Calendar();
    const cpu = new ProcessorSharing(calendar, SERVICE, 7, { cores: 8 });
    for (const job of [5, 3, 4]) cpu.arrive(job, 10);
    const ends: number[] = [];
    while (calendar.advance(100)) {
      expect(calendar.ref).toBe(7);
      ends.push(cpu.fire(calendar.ref));
    }
    expect(ends).toEqual([5, 3, 4]);
    expect(calendar.fired).toBe(3);
  });

  test('a departure without an end speeds the others up and leaves no event behind', () => {
    const calendar = new Calendar();
    const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores: 1 });
    cpu.arrive(0, 10);
    cpu.arrive(1, 10);
    calendar.advance(10);
    expect(cpu.abandon(0)).toBe(true);
    expect(cpu.abandon(0)).toBe(false);
    expect(cpu.abandon(99_999)).toBe(false);
    calendar.advance(100);
    expect([cpu.fire(0), calendar.nowNs]).toEqual([1, 15]);
    cpu.arrive(2, 10);
    expect(cpu.abandon(2)).toBe(true);
    expect(calendar.pending).toBe(0);
  });

  test('stations of one table know nothing of each other', () => {
    const calendar = new Calendar();
    const table = new SharingTable(calendar, SERVICE);
    const one = table.add(1, null, 7);
    const two = table.add(1, null);
    table.arrive(one, 300, 10);
    table.arrive(two, 4, 10);
    expect(table.abandon(two, 300)).toBe(false);
    expect(table.abandon(one, 4)).toBe(false);
    expect([calendar.advance(100), calendar.ref]).toEqual([true, 7]);
    expect([table.fire(one), table.inSystem(one), table.inSystem(two)]).toEqual([300, 0, 1]);
    expect([calendar.advance(100), calendar.ref, table.fire(two)]).toEqual([true, two, 4]);
    expect([table.busyNs(one), table.busyNs(two), calendar.advance(100)]).toEqual([10, 10, false]);
  });

  test('a table has room for many jobs at many stations', () => {
    const calendar = new Calendar();
    const table = new SharingTable(calendar, SERVICE);
    const stations = Array.from({ length: 40 }, () => table.add(2, null));
    for (let job = 0; job < 800; job++) table.arrive(stations[job % 40], job, 1 + Math.floor(job / 40));
    const ended: number[] = [];
    while (calendar.advance(Number.POSITIVE_INFINITY)) ended.push(table.fire(calendar.ref));
    expect(ended).toEqual(Array.from({ length: 800 }, (_, job) => job));
  });

  test('days without an idle instant cost no precision: what follows is the same as after a start', () => {
    function endsAfter(historyNs: number): number[] {
      const calendar = new Calendar();
      const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores: 1 });
      cpu.arrive(0, 8e15);
      calendar.advance(historyNs);
      const ends: number[] = [];
      for (let job = 1; job <= 200; job++) {
        cpu.arrive(job, 1000 + ((job * 7919) % 500));
        const untilNs = calendar.nowNs + ((job * 104_729) % 3000);
        while (calendar.advance(untilNs)) ends.push(cpu.fire(0), calendar.nowNs - historyNs);
      }
      return ends;
    }
    expect(endsAfter(0).length).toBeGreaterThan(200);
    expect(endsAfter(4e15)).toEqual(endsAfter(0));
  });

  test('refuses nonsense', () => {
    const calendar = new Calendar();
    const quota = { limitCores: 1, periodNs: 100, phaseNs: 0 };
    expect(() => new ProcessorSharing(calendar, SERVICE, 0, { cores: 0 })).toThrow(RangeError);
    expect(() => new ProcessorSharing(calendar, SERVICE, 0, { cores: 1 }).arrive(0, -1)).toThrow(RangeError);
    expect(() => new ProcessorSharing(calendar, SERVICE, 0, { cores: 1 }).arrive(0, Number.NaN)).toThrow(RangeError);
    for (const wrong of [{ limitCores: 0 }, { periodNs: 0 }, { periodNs: 0.5 }, { phaseNs: 100 }, { phaseNs: -1 }]) {
      expect(() => new ProcessorSharing(calendar, SERVICE, 0, { cores: 1, quota: { ...quota, ...wrong } })).toThrow(
        RangeError,
      );
    }
  });
});

describe('processor sharing under a CPU quota (linux: Documentation/scheduler/sched-bwc.rst)', () => {
  // T = n * P + (S - n * Q) / k with n = ceil(S / Q) - 1, for S over k equal threads and a full pool at a boundary.
  test.each([
    [0.1, 1, 30, 210],
    [0.25, 1, 30, 105],
    [0.25, 1, 120, 420],
    [0.5, 1, 30, 30],
    [0.5, 1, 60, 110],
    [0.5, 1, 120, 220],
    [0.5, 4, 160, 302.5],
    [1, 4, 160, 115],
    [1, 4, 400, 325],
    [2, 4, 160, 40],
    [2, 4, 400, 150],
  ])('limit %d, %d threads, %d ms of work: %d ms', (limitCores, threads, workMs, endMs) => {
    const quota = { limitCores, periodNs: PERIOD_NS, phaseNs: 0 };
    const { ends, cpu } = endsOf({ cores: threads, quota }, new Array(threads).fill(workMs / threads));
    expect(ends).toEqual(new Array(threads).fill(endMs));
    expect(cpu.busyNs()).toBeCloseTo(workMs * MS, 3);
    expect(cpu.throttledNs()).toBeCloseTo((endMs - workMs / threads) * MS, 3);
    expect(cpu.throttledPeriods()).toBe(Math.ceil(workMs / (limitCores * 100)) - 1);
  });

  test('boundaries have a phase of their own', () => {
    const quota = { limitCores: 0.5, periodNs: PERIOD_NS, phaseNs: 10 * MS };
    // 0..10 ms in the period before the first boundary, which has a pool too; then 50 ms from there.
    expect(endsOf({ cores: 1, quota }, [60]).ends).toEqual([60]);
    expect(endsOf({ cores: 1, quota }, [61]).ends).toEqual([111]);
  });

  test('a long-throttled job costs one event', () => {
    const calendar = new Calendar();
    const quota = { limitCores: 0.01, periodNs: PERIOD_NS, phaseNs: 0 };
    const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores: 1, quota });
    cpu.arrive(0, 1e9);
    expect(calendar.advance(1e12)).toBe(true);
    expect(calendar.nowNs).toBe(999 * PERIOD_NS + 1 * MS);
    expect(calendar.fired).toBe(1);
  });

  test('who comes to an empty pool waits for the boundary', () => {
    const calendar = new Calendar();
    const quota = { limitCores: 0.2, periodNs: PERIOD_NS, phaseNs: 0 };
    const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores: 4, quota });
    for (let job = 0; job < 4; job++) cpu.arrive(job, 5 * MS);
    for (let job = 0; job < 4; job++) {
      calendar.advance(1e9);
      cpu.fire(0);
    }
    expect(calendar.nowNs).toBe(5 * MS);
    calendar.advance(7 * MS);
    cpu.arrive(9, 1 * MS);
    calendar.advance(1e9);
    expect([cpu.fire(0), calendar.nowNs]).toEqual([9, 101 * MS]);
    expect([cpu.throttledNs(), cpu.throttledPeriods()]).toEqual([93 * MS, 1]);
  });

  test('idle time is not throttled time, and nothing is carried over', () => {
    const calendar = new Calendar();
    const quota = { limitCores: 0.5, periodNs: PERIOD_NS, phaseNs: 0 };
    const cpu = new ProcessorSharing(calendar, SERVICE, 0, { cores: 1, quota });
    calendar.advance(1000 * MS);
    cpu.arrive(0, 60 * MS);
    calendar.advance(1e12);
    expect([cpu.fire(0), calendar.nowNs]).toEqual([0, 1110 * MS]);
    expect(cpu.throttledNs()).toBe(50 * MS);
  });

  test('a limit at or above the cores never throttles', () => {
    const quota = { limitCores: 2, periodNs: PERIOD_NS, phaseNs: 0 };
    const { ends, cpu } = endsOf({ cores: 2, quota }, [500, 500, 500]);
    expect(ends).toEqual([750, 750, 750]);
    expect([cpu.throttledNs(), cpu.throttledPeriods()]).toEqual([0, 0]);
  });
});
