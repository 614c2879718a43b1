// The connections of a pod's application to the proxy beside it. The kernel hashes a new connection to a worker thread of the proxy (SO_REUSEPORT;
// envoy: source/docs/listener.md, api/envoy/config/listener/v3/listener.proto, enable_reuse_port), where it stays: the threads get unequal shares,
// other ones in each replication. An application has a pool of them for each service that it calls: the one that was free last comes first, one more
// is opened where none is free, and one whose answer nobody waits for any more is closed. Over HTTP/2 there is one.

import { intsFor } from '../../../sim/growing.js';
import { Draws } from '../../../sim/random/draws.js';
import type { CallSitePlan, MeshPlan } from '../../plan/contract/plan.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';
import { keyWithin, type Pod, textKey } from '../state/pod.js';
import type { DownstreamRt } from '../state/runtime.js';

/** @param group number of the edge among those of its caller */
export function downstreamRt(
  plan: MeshPlan,
  { edge, grpc, route: { action } }: CallSitePlan,
  group: number,
): DownstreamRt {
  const { fromName, toName } = plan.edges[edge];
  const cluster = action.kind === 'forward' ? plan.clusters[action.destinations[0].cluster] : undefined;
  const multiplexed = grpc || cluster?.appProtocol === 'http2';
  return { group, key: textKey(`${fromName} to ${toName}`), multiplexed };
}

/** Numbers of a pool, the connections of a pod to one service: the free one that was used last, the first one made (or NOTHING), how often one was dealt. */
const POOL_STRIDE = 4;
const FIRST = 1;
const DEALT = 2;
/** Numbers of a connection: the worker that it is dealt to; of a free one, the free one that comes after it. */
const CONNECTION_STRIDE = 2;
const NEXT = 1;

export class DownstreamConnections {
  private readonly dealing: Draws;
  /** By pod: number of its first pool, NOTHING before its first call. */
  private readonly firstPool: number[] = [];
  private pools = new Int32Array(64 * POOL_STRIDE);
  private poolCount = 0;
  private connections = new Int32Array(64 * CONNECTION_STRIDE);
  private connectionCount = 0;

  constructor(
    seed: string,
    /** By workload: to how many services its pods have calls. */
    private readonly groupsOf: readonly { readonly size: number }[],
  ) {
    this.dealing = new Draws(seed, 'downstream worker');
  }

  /** The worker that a connection of a pod is dealt to. @param key of what it serves @param number counts such connections */
  worker(pod: Pod, key: number, number: number): number {
    if (pod.workers === 1) return 0;
    this.dealing.pair(keyWithin(pod, number), key);
    return this.dealing.first(pod.workers);
  }

  /** A call of a pod with several workers leaves its application. */
  take(call: Call): void {
    const { pod, site } = call;
    const { group, multiplexed } = site.downstream;
    const pool = this.poolOf(pod, group);
    const { pools } = this;
    let connection = multiplexed ? pools[pool + FIRST] : pools[pool];
    if (connection === NOTHING) connection = this.open(pool, call);
    else if (!multiplexed) pools[pool] = this.connections[connection + NEXT];
    if (!multiplexed) call.connection = connection;
    call.worker = this.connections[connection];
  }

  /** @param kept the call has its answer: only then can HTTP/1.1 go on with the connection; else the next one is another */
  release(call: Call, kept: boolean): void {
    const { connection } = call;
    if (connection === NOTHING) return;
    call.connection = NOTHING;
    const pool = this.poolOf(call.pod, call.site.downstream.group);
    if (!kept) this.connections[connection] = this.deal(pool, call);
    this.connections[connection + NEXT] = this.pools[pool];
    this.pools[pool] = connection;
  }

  private open(pool: number, call: Call): number {
    const connection = CONNECTION_STRIDE * this.connectionCount++;
    this.connections = intsFor(connection + CONNECTION_STRIDE, this.connections);
    this.connections[connection] = this.deal(pool, call);
    if (this.pools[pool + FIRST] === NOTHING) this.pools[pool + FIRST] = connection;
    return connection;
  }

  private deal(pool: number, { pod, site }: Call): number {
    return this.worker(pod, site.downstream.key, this.pools[pool + DEALT]++);
  }

  /** Where the numbers of a pool stand; those of one pod stand together. */
  private poolOf(pod: Pod, group: number): number {
    while (this.firstPool.length <= pod.id) this.firstPool.push(NOTHING);
    if (this.firstPool[pod.id] === NOTHING) this.firstPool[pod.id] = this.addPools(this.groupsOf[pod.workload].size);
    return (this.firstPool[pod.id] + group) * POOL_STRIDE;
  }

  private addPools(count: number): number {
    const first = this.poolCount;
    this.poolCount += count;
    this.pools = intsFor(this.poolCount * POOL_STRIDE, this.pools);
    for (let pool = first; pool < this.poolCount; pool++) {
      this.pools[pool * POOL_STRIDE] = NOTHING;
      this.pools[pool * POOL_STRIDE + FIRST] = NOTHING;
    }
    return first;
  }
}
