// How fast the kernel is: the event calendar by the hold model (take the next event, put one back; R. Brown, "Calendar queues", 1988), and
// whole queues in customers a second beside simjs, the same customers through both.
import { Calendar } from '../sim/calendar.js';
import { PHASE } from '../sim/phases.js';
import { componentStream } from '../sim/random/stream.js';
import type { CfsQuota } from '../sim/stations/cfs-quota.js';
import { FifoStation } from '../sim/stations/fifo.js';
import { ProcessorSharing } from '../sim/stations/processor-sharing.js';
import type { Station } from '../sim/stations/station.js';
import { simjsDepartures } from '../test/support/simjs.js';
import type { BenchRow } from './mesh.js';

const HOLDS = 2_000_000;
const ARRIVAL = 1;
const SERVICE = 2;
const PENDING = [1e2, 1e4, 1e6];

/** Nanoseconds for one pop and one push, with so many events pending, in the heap and in lanes of constant delay. */
export function benchCalendar(): BenchRow[] {
  return PENDING.flatMap((pending) => [
    {
      name: `calendar, heap, ${count(pending)} pending`,
      value: best(() => holdInHeap(pending)),
      unit: 'ns a pop + push',
    },
    {
      name: `calendar, 10 lanes, ${count(pending)} pending`,
      value: best(() => holdInLanes(pending)),
      unit: 'ns a pop + push',
    },
  ]);
}

/** Customers a second through one queue. Both engines are fed from the same arrays: no draws are timed. */
export function benchQueues(): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const servers of [1, 4]) {
    for (const rho of [0.8, 0.95, 1.2]) {
      // In overload the opponent slows down as its queue grows, so one run of it has to do.
      const customers = rho < 1 ? 500_000 : 250_000;
      const { gaps, demands } = load(servers, rho, customers);
      const name = `M/M/${servers} at ${rho}`;
      const kernel = best(() => perSecond(customers, () => firstCome(gaps, demands, servers)), Math.max);
      const other = best(
        () => perSecond(customers, () => simjsDepartures(gaps, demands, servers)),
        Math.max,
        rho < 1 ? 2 : 1,
      );
      rows.push({ name: `${name}, kernel`, value: kernel, unit: 'customers/s' });
      rows.push({ name: `${name}, simjs`, value: other, unit: 'customers/s' });
      rows.push({ name: `${name}, kernel / simjs`, value: kernel / other, unit: 'times' });
    }
  }
  const { gaps, demands } = load(4, 0.8, 500_000);
  const quota = { limitCores: 3.5, periodNs: 1e8, phaseNs: 0 };
  rows.push({
    name: 'processor sharing on 4 cores at 0.8',
    value: best(() => perSecond(gaps.length, () => shared(gaps, demands, null)), Math.max),
    unit: 'customers/s',
  });
  rows.push({
    name: 'the same under a CPU quota of 3.5 cores',
    value: best(() => perSecond(gaps.length, () => shared(gaps, demands, quota)), Math.max),
    unit: 'customers/s',
  });
  return rows;
}

function holdInHeap(pending: number): number {
  const calendar = new Calendar();
  const stream = componentStream('bench', 'hold');
  const delays = new Float64Array(65_536).map(() => Math.ceil(-Math.log(stream.next()) * 1e9));
  for (let i = 0; i < pending; i++) calendar.schedule(delays[i & 65_535], PHASE.completion, 0, i);
  return nanosecondsEach(HOLDS, (i) => {
    calendar.advance(Number.MAX_SAFE_INTEGER);
    calendar.schedule(calendar.nowNs + delays[i & 65_535], PHASE.completion, 0, i);
  });
}

function holdInLanes(pending: number): number {
  const calendar = new Calendar();
  const lanes = Array.from({ length: 10 }, (_unused, i) => calendar.lane(1e8 * (i + 1), PHASE.timer));
  // Spread over the first delay, so that not all are due at once.
  for (let i = 0; i < pending; i++) {
    calendar.advance(Math.floor((i * 1e8) / pending));
    calendar.scheduleIn(lanes[i % 10], 0, i);
  }
  return nanosecondsEach(HOLDS, (i) => {
    calendar.advance(Number.MAX_SAFE_INTEGER);
    calendar.scheduleIn(lanes[i % 10], 0, i);
  });
}

function load(servers: number, rho: number, customers: number) {
  const stream = componentStream('bench', `queue ${servers} ${rho}`);
  const draw = (ratePerSecond: number) => Math.ceil((-Math.log(stream.next()) / ratePerSecond) * 1e9);
  return {
    gaps: Float64Array.from({ length: customers }, () => draw(100 * servers * rho)),
    demands: Float64Array.from({ length: customers }, () => draw(100)),
  };
}

function firstCome(gaps: Float64Array, demands: Float64Array, servers: number): Float64Array {
  const calendar = new Calendar();
  return drive(calendar, new FifoStation(calendar, SERVICE, servers), gaps, demands);
}

function shared(gaps: Float64Array, demands: Float64Array, quota: CfsQuota | null) {
  const calendar = new Calendar();
  return drive(calendar, new ProcessorSharing(calendar, SERVICE, 0, { cores: 4, quota }), gaps, demands);
}

function drive(calendar: Calendar, station: Station, gaps: Float64Array, demands: Float64Array): Float64Array {
  const departures = new Float64Array(gaps.length);
  calendar.schedule(gaps[0], PHASE.arrival, ARRIVAL, 0);
  while (calendar.advance(Number.MAX_SAFE_INTEGER)) {
    const ref = calendar.ref;
    if (calendar.kind === SERVICE) {
      departures[station.fire(ref)] = calendar.nowNs;
    } else {
      station.arrive(ref, demands[ref]);
      if (ref + 1 < gaps.length) calendar.schedule(calendar.nowNs + gaps[ref + 1], PHASE.arrival, ARRIVAL, ref + 1);
    }
  }
  return departures;
}

function nanosecondsEach(times: number, step: (i: number) => void): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) step(i);
  return Number(process.hrtime.bigint() - start) / times;
}

function perSecond(customers: number, run: () => unknown): number {
  return (1e9 * customers) / nanosecondsEach(1, run);
}

/** The best of some runs: the first also warms the code up. */
function best(run: () => number, pick: (a: number, b: number) => number = Math.min, runs = 3): number {
  let value = run();
  for (let i = 1; i < runs; i++) value = pick(value, run());
  return value;
}

function count(pending: number): string {
  return pending.toLocaleString('en');
}
