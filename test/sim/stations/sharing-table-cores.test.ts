import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { SharingTable } from '../../../sim/stations/sharing-table.js';

const MS = 1e6;
const END = 0;
const CHANGE = 1;

/** Jobs that come at 0, and changes of the cores (ms, cores); the ends of the jobs in ms. */
function endsOf(
  cores: number,
  demandsMs: readonly number[],
  changes: readonly (readonly [number, number])[],
): number[] {
  const calendar = new Calendar();
  const table = new SharingTable(calendar, END);
  const station = table.add(cores, null);
  demandsMs.forEach((demandMs, job) => {
    table.arrive(station, job, demandMs * MS);
  });
  changes.forEach(([atMs], number) => {
    calendar.schedule(atMs * MS, PHASE.control, CHANGE, number);
  });
  const ends: number[] = [];
  while (calendar.advance(1e15)) {
    if (calendar.kind === CHANGE) table.setCores(station, changes[calendar.ref]![1]);
    else ends[table.fire(calendar.ref)] = calendar.nowNs / MS;
  }
  return ends;
}

describe('cores that change', () => {
  it('speed up and slow down what is there', () => {
    expect(endsOf(1, [10], [[4, 0.5]])).toEqual([16]);
    expect(endsOf(1, [10, 10], [[10, 2]])).toEqual([15, 15]);
    expect(endsOf(2, [10, 30], [[5, 0.2]])).toEqual([55, 155]);
  });

  it('may be none for a while: all jobs stand still', () => {
    expect(
      endsOf(
        1,
        [10],
        [
          [4, 0],
          [50, 1],
        ],
      ),
    ).toEqual([56]);
    expect(endsOf(1, [10], [[4, 0]])).toEqual([]);
  });

  it('are a number of at least 0', () => {
    const table = new SharingTable(new Calendar(), END);
    const station = table.add(1, null);
    expect(() => table.setCores(station, -1)).toThrow(RangeError);
    expect(() => table.setCores(station, Number.NaN)).toThrow(RangeError);
  });

  const changes = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.constantFrom(0, 0.25, 1, 3)), {
    maxLength: 5,
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), changes], { numRuns: 200 })(
    'do as much work as a loop in small steps does',
    (demandsMs, unsorted) => {
      const all = [...unsorted].sort((a, b) => a[0] - b[0]);
      // The last change lets everything end.
      const sorted = [...all, [101, 2] as const];
      const left = [...demandsMs];
      const ends: number[] = [];
      const step = 0.005;
      let cores = 1;
      let next = 0;
      for (let tick = 0; left.some((rest) => rest > 1e-9); tick++) {
        const at = tick * step;
        while (next < sorted.length && sorted[next]![0] <= at + 1e-9) cores = sorted[next++]![1];
        const jobs = left.filter((rest) => rest > 1e-9).length;
        const speed = Math.min(1, cores / jobs);
        left.forEach((rest, job) => {
          if (rest <= 1e-9) return;
          left[job] = rest - speed * step;
          if (left[job]! <= 1e-9) ends[job] = at + step;
        });
      }
      endsOf(1, demandsMs, sorted).forEach((end, job) => {
        expect(Math.abs(end - ends[job]!)).toBeLessThan(0.2);
      });
    },
  );
});
