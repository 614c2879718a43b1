// One proxy process: worker threads with a CPU cost. A downstream connection belongs to one worker and never moves, so each worker is a
// first-come queue of its own (envoy: source/docs/threading model; envoy.io blog "Envoy threading model"). With a CPU limit the workers
// share the CFS quota of the container.
import type { Calendar } from '../../sim/calendar.js';
import { type BookedStation, FifoStation } from '../../sim/stations/fifo.js';
import { QuotaFifo } from '../../sim/stations/fifo-quota.js';
import type { ProxyPlan } from '../plan/plan.js';
import { NOTHING } from './objects.js';

const CFS_PERIOD_NS = 100_000_000;

export class ProxyProcess {
  readonly workers: number;
  readonly requestCpuNs: number;
  readonly responseCpuNs: number;
  private readonly afterResponseCpuNs: number;
  private readonly observeOutboundNs: number;
  private readonly observeInboundNs: number;
  private readonly stations: BookedStation[] = [];

  /** @param phaseNs where the CFS period of this container stands */
  constructor(calendar: Calendar, plan: ProxyPlan, phaseNs: number) {
    this.workers = plan.workers;
    this.requestCpuNs = plan.requestCpuNs;
    this.responseCpuNs = plan.responseCpuNs;
    this.afterResponseCpuNs = plan.afterResponseCpuNs;
    this.observeOutboundNs = plan.observing?.outboundNs ?? 0;
    this.observeInboundNs = plan.observing?.inboundNs ?? 0;
    const limit = plan.cpuLimitMillis === null ? plan.workers : plan.cpuLimitMillis / 1000;
    if (limit < plan.workers) {
      const quota = { limitCores: limit, periodNs: CFS_PERIOD_NS, phaseNs };
      const shared = new QuotaFifo(calendar, NOTHING, plan.workers, quota);
      for (let i = 0; i < plan.workers; i++) this.stations.push(shared);
    } else {
      for (let i = 0; i < plan.workers; i++) this.stations.push(new FifoStation(calendar, NOTHING, 1));
    }
  }

  /** When the worker has handled a request that comes now; `filterCpuNs` is what its filters cost. */
  request(worker: number, filterCpuNs: number): number {
    return this.stations[worker].depart(this.requestCpuNs + filterCpuNs);
  }

  /** When the worker has sent on a response that comes now; what it does afterwards delays only what comes next. */
  response(worker: number): number {
    const station = this.stations[worker];
    const atNs = station.depart(this.responseCpuNs);
    if (this.afterResponseCpuNs > 0) station.extend(this.afterResponseCpuNs);
    return atNs;
  }

  /** Telemetry that only one direction has: more to do after the response of a call, or of the application (`inbound`). */
  observe(worker: number, inbound: boolean): void {
    const ns = inbound ? this.observeInboundNs : this.observeOutboundNs;
    if (ns > 0) this.stations[worker].extend(ns);
  }

  /** When the worker has done its part of a TLS handshake that comes now. */
  handshake(worker: number, cpuNs: number): number {
    return this.stations[worker].depart(cpuNs);
  }

  /** CPU used so far. */
  busyNs(): number {
    if (this.stations[0] === this.stations[1]) return this.stations[0].busyNs();
    let busy = 0;
    for (const station of this.stations) busy += station.busyNs();
    return busy;
  }
}
