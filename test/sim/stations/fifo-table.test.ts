// Stations of a table and stations of their own do the same, whatever comes to them.
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { Calendar } from '../../../sim/calendar.js';
import { FifoStation } from '../../../sim/stations/fifo.js';
import { FifoTable } from '../../../sim/stations/fifo-table.js';
import { SERVICE } from '../../support/station-laws.js';

const STATIONS = 70;

const job = fc.record({
  station: fc.nat(STATIONS - 1),
  passesNs: fc.nat(50),
  demandNs: fc.double({ min: 0, max: 60, noNaN: true }),
  extends: fc.boolean(),
});

test.prop([fc.array(job, { maxLength: 200 })])('stations of a table do as stations of their own', (jobs) => {
  const calendar = new Calendar();
  const table = new FifoTable(calendar);
  const first = table.add(STATIONS);
  const own = Array.from({ length: STATIONS }, () => new FifoStation(calendar, SERVICE, 1));
  for (const { station, passesNs, demandNs, extends: goesOn } of jobs) {
    calendar.advance(calendar.nowNs + passesNs);
    if (goesOn) {
      table.extend(first + station, demandNs);
      own[station].extend(demandNs);
    } else {
      expect(table.book(first + station, demandNs)).toBe(own[station].book(demandNs));
    }
    expect(table.busyNs(first + station)).toBe(own[station].busyNs());
    expect(table.waitedNs(first + station)).toBe(own[station].waitedNs());
  }
});

test('a table grows, and what it holds stays', () => {
  const calendar = new Calendar();
  const table = new FifoTable(calendar);
  expect(table.add(2)).toBe(0);
  table.book(1, 10);
  expect(table.add(1000)).toBe(2);
  expect(table.add(1)).toBe(1002);
  expect(table.book(1, 5)).toBe(15);
  expect(table.book(1002, 5)).toBe(5);
  expect(() => table.book(0, -1)).toThrow(RangeError);
});
