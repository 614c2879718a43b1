// One proxy process: worker threads with a CPU cost. A downstream connection belongs to one worker and never moves, so each worker is a
// first-come queue of its own (envoy: source/docs/threading model; envoy.io blog "Envoy threading model"); the threads of a ztunnel take from one
// queue. With a CPU limit below their number the workers share the CFS quota of the container, and each keeps to its connections. What a request
// costs holds for bodies of up to 1 KiB; every byte above costs more.
import type { Calendar } from '../../../sim/calendar.js';
import { type BookedStation, type BookedThread, FifoStation } from '../../../sim/stations/fifo.js';
import { QuotaFifo, QuotaThread } from '../../../sim/stations/fifo-quota.js';
import type { FifoTable } from '../../../sim/stations/fifo-table.js';
import { DEFAULT_BODY_BYTES, type ProxyPlan } from '../../plan/contract/plan.js';
import { NOTHING } from './nothing.js';

const CFS_PERIOD_NS = 100_000_000;
/**
 * What passing bytes on costs, of what it costs to read HTTP: no parsing, no filters, no telemetry by request, but the same system calls (an
 * estimate; Zhu et al., "Dissecting Overheads of Service Mesh Sidecars", SoCC 2023, find parsing to dominate HTTP, and IPC and writes TCP).
 */
const TCP_SHARE = 0.4;

/** Whether a proxy uses any CPU; one that does not needs no threads. */
export function takesTime({ requestCpuNs, responseCpuNs, afterResponseCpuNs, cpuPerKiBNs }: ProxyPlan): boolean {
  return requestCpuNs + responseCpuNs + afterResponseCpuNs + cpuPerKiBNs > 0;
}

export class ProxyProcess {
  readonly workers: number;
  readonly requestCpuNs: number;
  readonly responseCpuNs: number;
  private readonly afterResponseCpuNs: number;
  private readonly cpuPerByteNs: number;
  private readonly observeOutboundNs: number;
  private readonly observeInboundNs: number;
  /** Threads that keep to their connections and have all the CPU they want: stations of this table from the first one on. Else NOTHING. */
  private readonly firstThread: number;
  /** Otherwise by worker, and what they are parts of. */
  private readonly threads: readonly BookedThread[];
  private readonly whole: BookedStation | null;
  private readonly isShared: boolean;
  /** CPU that it may use, in cores: its threads, or its limit. And that of one of its queues. */
  readonly cores: number;
  readonly coresOfThread: number;

  /** @param table for threads @param phaseNs where the CFS period of this container stands */
  constructor(
    calendar: Calendar,
    private readonly table: FifoTable,
    plan: ProxyPlan,
    phaseNs: number,
  ) {
    this.workers = plan.workers;
    this.requestCpuNs = plan.requestCpuNs;
    this.responseCpuNs = plan.responseCpuNs;
    this.afterResponseCpuNs = plan.afterResponseCpuNs;
    this.observeOutboundNs = plan.observing.outboundNs;
    this.observeInboundNs = plan.observing.inboundNs;
    this.cpuPerByteNs = plan.cpuPerKiBNs / 1024;
    const limit = plan.cpuLimitMillis === null ? plan.workers : plan.cpuLimitMillis / 1000;
    this.cores = Math.min(plan.workers, limit);
    this.isShared = plan.sharedQueue;
    this.coresOfThread = this.isShared ? this.cores : Math.min(1, this.cores);
    const workers = Array.from({ length: plan.workers }, (_, worker) => worker);
    if (limit < plan.workers) {
      const quota = { limitCores: limit, periodNs: CFS_PERIOD_NS, phaseNs };
      const all = new QuotaFifo(calendar, NOTHING, plan.workers, quota);
      this.whole = all;
      this.threads = workers.map((worker) => (this.isShared ? all : new QuotaThread(all, worker)));
    } else if (this.isShared) {
      const all = new FifoStation(calendar, NOTHING, plan.workers);
      this.whole = all;
      this.threads = workers.map(() => all);
    } else {
      this.whole = null;
      this.threads = [];
    }
    this.firstThread = this.whole === null ? table.add(plan.workers) : NOTHING;
  }

  private book(worker: number, demandNs: number): number {
    return this.firstThread === NOTHING
      ? this.threads[worker].book(demandNs)
      : this.table.book(this.firstThread + worker, demandNs);
  }

  private extend(worker: number, demandNs: number): void {
    if (this.firstThread === NOTHING) this.threads[worker].extend(demandNs);
    else this.table.extend(this.firstThread + worker, demandNs);
  }

  /** How long it takes until the worker has handled a request that comes now, its body with it; `filterCpuNs` is what its filters cost. */
  request(worker: number, filterCpuNs: number, bodyBytes: number): number {
    return this.book(worker, this.requestCpuNs + filterCpuNs + this.bodyCpuNs(bodyBytes));
  }

  /** As `request`, until a response is sent on; what it does afterwards delays only what comes next. */
  response(worker: number, bodyBytes: number): number {
    const tookNs = this.book(worker, this.responseCpuNs + this.bodyCpuNs(bodyBytes));
    if (this.afterResponseCpuNs > 0) this.extend(worker, this.afterResponseCpuNs);
    return tookNs;
  }

  /** How long it takes until the worker has passed on the bytes of a request, and of a response. */
  tcpRequest(worker: number, bodyBytes: number): number {
    return this.book(worker, this.requestCpuNs * TCP_SHARE + this.bodyCpuNs(bodyBytes));
  }

  tcpResponse(worker: number, bodyBytes: number): number {
    return this.book(worker, this.responseCpuNs * TCP_SHARE + this.bodyCpuNs(bodyBytes));
  }

  /** Telemetry that only one direction has: more to do after the response of a call, or of the application (`inbound`). */
  observe(worker: number, inbound: boolean): void {
    const ns = inbound ? this.observeInboundNs : this.observeOutboundNs;
    if (ns > 0) this.extend(worker, ns);
  }

  /** How long it takes until the worker has done its part of a TLS handshake that comes now. */
  handshake(worker: number, cpuNs: number): number {
    return this.book(worker, cpuNs);
  }

  private bodyCpuNs(bytes: number): number {
    return bytes <= DEFAULT_BODY_BYTES ? 0 : (bytes - DEFAULT_BODY_BYTES) * this.cpuPerByteNs;
  }

  /** Time that requests and responses have waited for a thread, or for its share of the CPU limit, so far. */
  waitedNs(): number {
    if (this.whole !== null) return this.whole.waitedNs();
    let waited = 0;
    for (let worker = 0; worker < this.workers; worker++) waited += this.table.waitedNs(this.firstThread + worker);
    return waited;
  }

  /** CPU used so far by each thread; by all together where they take from one queue. */
  threadsBusyNs(): number[] {
    if (this.isShared) return [this.threads[0].busyNs()];
    return Array.from({ length: this.workers }, (_, worker) =>
      this.firstThread === NOTHING ? this.threads[worker].busyNs() : this.table.busyNs(this.firstThread + worker),
    );
  }

  /** CPU used so far. */
  busyNs(): number {
    if (this.whole !== null) return this.whole.busyNs();
    let busy = 0;
    for (let worker = 0; worker < this.workers; worker++) busy += this.table.busyNs(this.firstThread + worker);
    return busy;
  }
}
