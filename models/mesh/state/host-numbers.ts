// What attempts read and write of hosts as whole numbers, for all hosts of a run in one typed array: those of a host lie in one or two lines of the
// processor's cache, and the hosts of a cluster one after the other, so that a balancer compares hosts without going to each of them.
import { intsFor } from '../../../sim/growing.js';
import { NOTHING } from './nothing.js';

/** What stands where among the numbers of a host. */
export const HOST = {
  /** Streams attached to a connection, over all workers (Envoy's rq_active). */
  active: 0,
  /** Why the balancer is not to pick it: a set of UNFIT. */
  unfit: 1,
  consecutive5xx: 2,
  consecutiveGateway: 3,
  consecutiveLocal: 4,
  /** Number of its circuit breaker of Linkerd's; NOTHING until its first request. */
  breaker: 5,
  /** By worker: number of its connection pool; NOTHING until first used. */
  pools: 6,
} as const;

export const UNFIT = {
  /** By outlier detection, or its breaker is shut. */
  ejected: 1,
  /** Active health checks have found it bad. */
  failedCheck: 2,
  /** The control plane says that it is not ready (envoy: FAILED_EDS_HEALTH). */
  unready: 4,
} as const;

/** Half a line of the cache. */
const UNIT = 8;
const FIRST_SIZE = 1024;

/** Numbers that each host of a proxy with so many workers has. */
export function hostStride(workers: number): number {
  return Math.ceil((HOST.pools + workers) / UNIT) * UNIT;
}

export class HostNumbers {
  all: Int32Array<ArrayBuffer>;
  private used = 0;
  /** Room that was given back, by the power of two that it has. */
  private readonly free: number[][] = [];

  constructor(size = FIRST_SIZE) {
    this.all = new Int32Array(size);
  }

  /** Room for so many numbers: where it begins. What stands there is anything. */
  take(length: number): number {
    const power = powerOf(length);
    const again = this.free[power]?.pop();
    if (again !== undefined) return again;
    const at = this.used;
    this.used += 1 << power;
    this.all = intsFor(this.used, this.all);
    return at;
  }

  /** Gives back what was taken for so many numbers. */
  give(at: number, length: number): void {
    const power = powerOf(length);
    while (this.free.length <= power) this.free.push([]);
    this.free[power].push(at);
  }

  /** A host that nothing is known of yet. */
  clear(at: number, stride: number): void {
    this.all.fill(0, at, at + HOST.breaker);
    this.all.fill(NOTHING, at + HOST.breaker, at + stride);
  }

  copy(from: number, to: number, stride: number): void {
    this.all.copyWithin(to, from, from + stride);
  }
}

function powerOf(length: number): number {
  return length <= 1 ? 0 : 32 - Math.clz32(length - 1);
}
