import { describe, expect, test } from 'vitest';
import { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { FifoStation } from '../../../sim/stations/fifo.js';
import { SERVICE, stationLaws } from '../../support/station-laws.js';

for (const servers of [1, 2, 5]) {
  stationLaws({
    name: `first-come, ${servers} server(s)`,
    make: (calendar) => new FifoStation(calendar, SERVICE, servers),
    fifo: servers === 1,
    canAbandon: false,
    canRefuse: false,
    busyServers: (inSystem) => Math.min(inSystem, servers),
    roundsUpServers: 0,
  });
}

describe('first-come station', () => {
  test('a job starts when a server is free and not before it comes (Kiefer-Wolfowitz)', () => {
    const calendar = new Calendar();
    const station = new FifoStation(calendar, SERVICE, 2);
    expect([10, 20, 30, 5].map((demandNs) => station.book(demandNs))).toEqual([10, 20, 40, 25]);
    calendar.advance(100);
    expect(station.book(7)).toBe(7);
    expect(station.busyNs()).toBe(65);
  });

  test('a booked departure fires no event', () => {
    const calendar = new Calendar();
    const station = new FifoStation(calendar, SERVICE, 1);
    station.book(10);
    expect(calendar.pending).toBe(0);
    expect(station.inSystem).toBe(0);
  });

  test('work after the response delays the next job only', () => {
    const calendar = new Calendar();
    const station = new FifoStation(calendar, SERVICE, 1);
    expect(station.book(10)).toBe(10);
    station.extend(5);
    expect(station.book(10)).toBe(25);
    calendar.advance(12);
    expect(station.busyNs()).toBe(12);
    calendar.advance(100);
    expect(station.busyNs()).toBe(25);
    station.extend(3);
    expect(station.book(1)).toBe(4);
    expect(station.busyNs()).toBe(25);
  });

  test('fractions of a demand are rounded up', () => {
    expect(new FifoStation(new Calendar(), SERVICE, 1).book(0.25)).toBe(1);
  });

  test('the event of a visit carries the job', () => {
    const calendar = new Calendar();
    const station = new FifoStation(calendar, SERVICE, 1);
    calendar.schedule(3, PHASE.arrival, 9, 0);
    calendar.advance(10);
    station.arrive(42, 4);
    expect(calendar.advance(10)).toBe(true);
    expect([calendar.nowNs, calendar.kind, station.fire(calendar.ref)]).toEqual([7, SERVICE, 42]);
  });

  test('refuses nonsense', () => {
    expect(() => new FifoStation(new Calendar(), SERVICE, 0)).toThrow(RangeError);
    expect(() => new FifoStation(new Calendar(), SERVICE, 1.5)).toThrow(RangeError);
    expect(() => new FifoStation(new Calendar(), SERVICE, 1).book(-1)).toThrow(RangeError);
    expect(() => new FifoStation(new Calendar(), SERVICE, 1).book(Number.NaN)).toThrow(RangeError);
    expect(() => new FifoStation(new Calendar(), SERVICE, 1).extend(-1)).toThrow(RangeError);
  });
});
