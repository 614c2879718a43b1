import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calendar } from '../../../sim/calendar.js';
import { CountedPool } from '../../../sim/stations/counted-pool.js';
import { JobPlaces } from '../../../sim/stations/job-places.js';
import { ADMITTED, NO_JOB, QUEUED, REFUSED } from '../../../sim/stations/station.js';
import { HeldStation } from '../../support/held-station.js';
import { SERVICE, stationLaws } from '../../support/station-laws.js';

for (const [servers, queue] of [
  [1, null],
  [1, 0],
  [2, 3],
  [null, null],
] as const) {
  stationLaws({
    name: `counted pool, ${servers ?? 'unlimited'} places, queue of ${queue ?? 'unlimited'} length`,
    make: (calendar) => new HeldStation(calendar, SERVICE, servers, queue),
    fifo: servers === 1,
    canAbandon: true,
    canRefuse: queue !== null,
    busyServers: (inSystem) => Math.min(inSystem, servers ?? inSystem),
    roundsUpServers: 0,
  });
}

describe('counted pool', () => {
  test('gives places, then queues, then refuses; a freed place goes to the first in the queue', () => {
    const pool = new CountedPool(new Calendar(), 1, 2);
    expect([7, 8, 9, 10].map((job) => pool.arrive(job))).toEqual([ADMITTED, QUEUED, QUEUED, REFUSED]);
    expect([pool.busy, pool.queued, pool.inSystem]).toEqual([1, 2, 3]);
    expect([pool.release(), pool.release(), pool.release()]).toEqual([8, 9, NO_JOB]);
    expect([pool.busy, pool.queued]).toEqual([0, 0]);
  });

  test('a waiting job can leave; one that holds a place cannot', () => {
    const pool = new CountedPool(new Calendar(), 1, null);
    for (let job = 0; job < 4; job++) pool.arrive(job);
    expect(pool.abandon(0)).toBe(false);
    expect(pool.abandon(2)).toBe(true);
    expect(pool.abandon(2)).toBe(false);
    expect(pool.abandon(1_000_000)).toBe(false);
    expect([pool.release(), pool.release(), pool.release()]).toEqual([1, 3, NO_JOB]);
  });

  test('a departed job leaves room in the queue', () => {
    const pool = new CountedPool(new Calendar(), 1, 1);
    pool.arrive(0);
    pool.arrive(1);
    expect(pool.arrive(2)).toBe(REFUSED);
    pool.abandon(1);
    expect(pool.arrive(2)).toBe(QUEUED);
  });

  test('integrals of places and queue over time', () => {
    const calendar = new Calendar();
    const pool = new CountedPool(calendar, 1, null);
    pool.arrive(0);
    pool.arrive(1);
    calendar.advance(10);
    pool.release();
    calendar.advance(15);
    expect([pool.busyNs(), pool.queuedNs()]).toEqual([15, 10]);
    pool.release();
    calendar.advance(20);
    expect([pool.busyNs(), pool.queuedNs()]).toEqual([15, 10]);
  });

  test('churn in a queue whose head never moves does not grow memory without end', () => {
    const pool = new CountedPool(new Calendar(), 1, null);
    pool.arrive(0);
    pool.arrive(1);
    for (let i = 0; i < 100_000; i++) {
      const job = 2 + (i % 5);
      pool.arrive(job);
      pool.abandon(job);
    }
    expect(pool.queued).toBe(1);
    expect(Reflect.get(pool, 'ring')).toHaveLength(16);
    expect(pool.release()).toBe(1);
  });

  test('pools may share one table of places', () => {
    const places = new JobPlaces();
    const calendar = new Calendar();
    const one = new CountedPool(calendar, 0, null, places);
    const two = new CountedPool(calendar, 0, null, places);
    one.arrive(500);
    two.arrive(3);
    expect(two.abandon(500)).toBe(false);
    expect(one.abandon(500)).toBe(true);
    expect(two.abandon(3)).toBe(true);
  });

  test('behaves as a plain list does', () => {
    const command = fc.oneof(fc.constant('arrive'), fc.constant('release'), fc.nat({ max: 30 }));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
        const pool = new CountedPool(new Calendar(), 2, 20);
        const waiting: number[] = [];
        let busy = 0;
        let nextJob = 0;
        for (const step of commands) {
          if (step === 'arrive') {
            const job = nextJob++ % 97;
            if (waiting.includes(job)) continue;
            const expected = busy < 2 ? ADMITTED : waiting.length < 20 ? QUEUED : REFUSED;
            expect(pool.arrive(job)).toBe(expected);
            if (expected === ADMITTED) busy++;
            if (expected === QUEUED) waiting.push(job);
          } else if (step === 'release') {
            if (busy === 0) continue;
            const next = waiting.splice(0, 1)[0] ?? NO_JOB;
            expect(pool.release()).toBe(next);
            if (next === NO_JOB) busy--;
          } else {
            const at = waiting.indexOf(step);
            expect(pool.abandon(step)).toBe(at >= 0);
            if (at >= 0) waiting.splice(at, 1);
          }
          expect([pool.busy, pool.queued]).toEqual([busy, waiting.length]);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test('refuses nonsense', () => {
    expect(() => new CountedPool(new Calendar(), -1, null)).toThrow(RangeError);
    expect(() => new CountedPool(new Calendar(), 1, Number.NaN)).toThrow(RangeError);
  });
});
