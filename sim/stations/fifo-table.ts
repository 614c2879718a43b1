// Many first-come first-served stations of one server each (fifo.ts), side by side in one table: a station is half a cache line, and the stations of
// one owner that are added one after the other share it. Worth it where there are thousands of them and each job meets another one.

import type { Calendar } from '../calendar.js';
import { floatsFor } from '../growing.js';
import { wholeDemand } from './fifo.js';

/** Numbers of a station: when it has done all that is booked on it, the work booked so far, the time that work has waited; one is not used. */
const STRIDE = 4;
const BOOKED = 1;
const WAITED = 2;

export class FifoTable {
  private cells = new Float64Array(64 * STRIDE);
  private size = 0;

  constructor(private readonly calendar: Calendar) {}

  /** Adds so many stations; the number of the first, the others follow it. */
  add(stations: number): number {
    const first = this.size;
    this.size += stations;
    this.cells = floatsFor(this.size * STRIDE, this.cells);
    return first;
  }

  /** Books `demandNs` (>= 0) of work from now on or from when the station is free; how long it takes until the work is done. */
  book(station: number, demandNs: number): number {
    const { cells } = this;
    const at = station * STRIDE;
    const workNs = wholeDemand(demandNs);
    const { nowNs } = this.calendar;
    let startNs = cells[at];
    if (startNs < nowNs) startNs = nowNs;
    else cells[at + WAITED] += startNs - nowNs;
    const endNs = startNs + workNs;
    cells[at + BOOKED] += workNs;
    cells[at] = endNs;
    return endNs - nowNs;
  }

  /** Work that nobody waits for but the jobs behind it. */
  extend(station: number, demandNs: number): void {
    const { cells } = this;
    const at = station * STRIDE;
    const workNs = wholeDemand(demandNs);
    cells[at + BOOKED] += workNs;
    cells[at] = Math.max(cells[at], this.calendar.nowNs) + workNs;
  }

  /** Work done so far. */
  busyNs(station: number): number {
    const at = station * STRIDE;
    return this.cells[at + BOOKED] - Math.max(0, this.cells[at] - this.calendar.nowNs);
  }

  /** Time that all work booked by `book` so far waits before it is done. */
  waitedNs(station: number): number {
    return this.cells[station * STRIDE + WAITED];
  }
}
