// What must hold at every station, whatever its discipline: one list of laws, run against each implementation by its own test file.
// A station declares what it can do (`StationTraits`) and the laws derive what to demand of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { REFUSED, type Station } from '../../sim/stations/station.js';

export const SERVICE = 1;
const ARRIVAL = 2;
const ABANDON = 3;

export interface StationTraits {
  readonly name: string;
  /** With `waitedNs` where it knows how long its jobs have waited. */
  readonly make: (calendar: Calendar) => Station & { waitedNs?(): number };
  /** Jobs end in the order in which they came. */
  readonly fifo: boolean;
  readonly canAbandon: boolean;
  readonly canRefuse: boolean;
  /** Servers that are busy with so many jobs in the system; null where a quota may hold them up. */
  readonly busyServers: ((inSystem: number) => number) | null;
  /** Ends are rounded up; this many busy servers may go on for up to 1 ns each time. 0 = exact. */
  readonly roundsUpServers: number;
}

interface Visit {
  readonly gapNs: number;
  readonly demandNs: number;
  readonly patienceNs: number | null;
}

interface Trace {
  /** By job; -1 = did not happen. */
  readonly arrivedNs: number[];
  readonly servedNs: number[];
  readonly abandonedNs: number[];
  readonly refused: boolean[];
  readonly ends: number[];
  /** At every event: time, jobs in the system by the station's own count and by ours, integral of busy servers. */
  readonly samples: {
    readonly atNs: number;
    readonly station: number;
    readonly counted: number;
    readonly busyNs: number;
  }[];
  readonly pending: number;
  /** At the end. */
  readonly waitedNs: number | undefined;
}

const visits = fc.array(
  fc.record({
    gapNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
    demandNs: fc.oneof(fc.constantFrom(0, 1, 250, 1000), fc.integer({ min: 0, max: 4000 })),
    patienceNs: fc.option(fc.integer({ min: 0, max: 6000 }), { nil: null }),
  }),
  { maxLength: 60 },
);

function play(traits: StationTraits, plan: readonly Visit[]): Trace {
  const calendar = new Calendar();
  const station = traits.make(calendar);
  const trace: Trace = {
    arrivedNs: plan.map(() => -1),
    servedNs: plan.map(() => -1),
    abandonedNs: plan.map(() => -1),
    refused: plan.map(() => false),
    ends: [],
    samples: [],
    pending: 0,
    waitedNs: undefined,
  };
  let atNs = 0;
  plan.forEach((visit, job) => {
    atNs += visit.gapNs;
    calendar.schedule(atNs, PHASE.arrival, ARRIVAL, job);
  });
  let counted = 0;
  while (calendar.advance(Number.MAX_SAFE_INTEGER - 1)) {
    if (calendar.fired > 100 * plan.length + 100) throw new Error('the station does not come to rest');
    const nowNs = calendar.nowNs;
    switch (calendar.kind) {
      case ARRIVAL: {
        const job = calendar.ref;
        trace.arrivedNs[job] = nowNs;
        if (station.arrive(job, plan[job].demandNs) === REFUSED) {
          trace.refused[job] = true;
        } else {
          counted++;
          const patienceNs = plan[job].patienceNs;
          if (patienceNs !== null) calendar.schedule(nowNs + patienceNs, PHASE.timer, ABANDON, job);
        }
        break;
      }
      case SERVICE: {
        const job = station.fire(calendar.ref);
        if (job < 0) break;
        if (trace.servedNs[job] >= 0 || trace.abandonedNs[job] >= 0) throw new Error(`job ${job} has ended twice`);
        trace.servedNs[job] = nowNs;
        trace.ends.push(job);
        counted--;
        break;
      }
      case ABANDON: {
        const job = calendar.ref;
        const mayStillBeThere = trace.servedNs[job] < 0;
        const gone = station.abandon(job);
        if (gone && !mayStillBeThere) throw new Error(`job ${job} was abandoned after its end`);
        if (gone) {
          if (station.abandon(job)) throw new Error(`job ${job} was abandoned twice`);
          trace.abandonedNs[job] = nowNs;
          counted--;
        } else if (traits.canAbandon && mayStillBeThere) {
          throw new Error(`job ${job} is in the system but cannot be abandoned`);
        }
        break;
      }
    }
    trace.samples.push({ atNs: nowNs, station: station.inSystem, counted, busyNs: station.busyNs() });
  }
  return { ...trace, pending: calendar.pending, waitedNs: station.waitedNs?.() };
}

function law(name: string, traits: StationTraits, check: (trace: Trace, plan: readonly Visit[]) => void): void {
  test(name, () => {
    fc.assert(
      fc.property(visits, (plan) => check(play(traits, plan), plan)),
      { numRuns: 300, seed: 20250101 },
    );
  });
}

/** Declares the laws as tests. */
export function stationLaws(traits: StationTraits): void {
  describe(`laws of a station: ${traits.name}`, () => {
    law(
      'each admitted job ends exactly once, a refused one never, and the station comes to rest',
      traits,
      (trace, plan) => {
        plan.forEach((_visit, job) => {
          const ends = Number(trace.servedNs[job] >= 0) + Number(trace.abandonedNs[job] >= 0);
          expect(ends).toBe(trace.refused[job] ? 0 : 1);
        });
        expect(trace.pending).toBe(0);
        if (trace.samples.length > 0) expect(trace.samples.at(-1)?.station).toBe(0);
        if (!traits.canRefuse) expect(trace.refused).not.toContain(true);
        if (!traits.canAbandon) expect(trace.abandonedNs.every((at) => at < 0)).toBe(true);
      },
    );

    law('counts the jobs that are there', traits, (trace) => {
      for (const sample of trace.samples) expect(sample.station).toBe(sample.counted);
    });

    law('nobody is served in less time than the work takes', traits, (trace, plan) => {
      plan.forEach((visit, job) => {
        if (trace.servedNs[job] < 0) return;
        expect(trace.servedNs[job] - trace.arrivedNs[job]).toBeGreaterThanOrEqual(visit.demandNs);
      });
    });

    law(
      "Little's law holds exactly: the integral of the number in the system is the sum of the times in it",
      traits,
      (trace) => {
        let integralNs = 0;
        for (let i = 1; i < trace.samples.length; i++) {
          integralNs += trace.samples[i - 1].station * (trace.samples[i].atNs - trace.samples[i - 1].atNs);
        }
        let sumNs = 0;
        trace.arrivedNs.forEach((arrivedNs, job) => {
          const leftNs = Math.max(trace.servedNs[job], trace.abandonedNs[job]);
          if (leftNs >= 0) sumNs += leftNs - arrivedNs;
        });
        expect(integralNs).toBe(sumNs);
      },
    );

    law('work is conserved: busy time is the work of all who were served', traits, (trace, plan) => {
      let servedNs = 0;
      let allNs = 0;
      let ends = 0;
      plan.forEach((visit, job) => {
        if (trace.servedNs[job] >= 0) servedNs += visit.demandNs;
        if (trace.servedNs[job] >= 0 || trace.abandonedNs[job] >= 0) allNs += visit.demandNs;
        if (trace.servedNs[job] >= 0) ends++;
      });
      const busyNs = trace.samples.at(-1)?.busyNs ?? 0;
      const noiseNs = traits.roundsUpServers === 0 ? 0 : 0.01 * ends + 1e-3;
      expect(busyNs).toBeGreaterThanOrEqual(servedNs - noiseNs);
      expect(busyNs).toBeLessThanOrEqual(allNs + ends * traits.roundsUpServers + noiseNs);
    });

    law('what jobs wait is the time that they are there less the time that they are served', traits, (trace) => {
      if (trace.waitedNs === undefined) return;
      let thereNs = 0;
      trace.arrivedNs.forEach((arrivedNs, job) => {
        const leftNs = Math.max(trace.servedNs[job], trace.abandonedNs[job]);
        if (leftNs >= 0) thereNs += leftNs - arrivedNs;
      });
      const busyNs = trace.samples.at(-1)?.busyNs ?? 0;
      expect(Math.abs(trace.waitedNs - (thereNs - busyNs))).toBeLessThan(1e-3);
    });

    law('busy time never shrinks, and grows as the jobs in the system say', traits, (trace) => {
      for (let i = 1; i < trace.samples.length; i++) {
        const before = trace.samples[i - 1];
        const grownNs = trace.samples[i].busyNs - before.busyNs;
        expect(grownNs).toBeGreaterThanOrEqual(0);
        if (traits.busyServers === null) continue;
        const dueNs = traits.busyServers(before.station) * (trace.samples[i].atNs - before.atNs);
        expect(Math.abs(grownNs - dueNs)).toBeLessThan(1e-6);
      }
    });

    if (traits.fifo) {
      law('first come, first served', traits, (trace) => {
        for (let i = 1; i < trace.ends.length; i++) expect(trace.ends[i]).toBeGreaterThan(trace.ends[i - 1]);
      });
    }

    law('the same visits give the same trace', traits, (trace, plan) => {
      expect(play(traits, plan)).toEqual(trace);
    });
  });
}
