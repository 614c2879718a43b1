// The connections of a pod's application to the proxy beside it. The kernel hashes a new connection to a worker thread of the proxy (SO_REUSEPORT;
// envoy: source/docs/listener.md, api/envoy/config/listener/v3/listener.proto, enable_reuse_port), where it stays: the threads get unequal shares,
// other ones in each replication. An application has a pool of them for each service that it calls: the one that was free last comes first, one more
// is opened where none is free, and one whose answer nobody waits for any more is closed. Over HTTP/2 there is one.

import { Draws } from '../../../sim/random/draws.js';
import type { CallSitePlan, MeshPlan } from '../../plan/contract/plan.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';
import { keyWithin, type Pod, textKey } from '../state/pod.js';
import type { DownstreamRt } from '../state/runtime.js';

export function downstreamRt(plan: MeshPlan, { edge, grpc, route: { action } }: CallSitePlan): DownstreamRt {
  const { fromName, toName } = plan.edges[edge];
  const cluster = action.kind === 'forward' ? plan.clusters[action.destinations[0].cluster] : undefined;
  const multiplexed = grpc || (cluster?.appProtocol ?? cluster?.protocol) === 'http2';
  return { group: edge, key: textKey(`${fromName} to ${toName}`), multiplexed };
}

/** The connections of a pod to one service. */
interface Pool {
  /** By number: the worker that each is dealt to. */
  readonly workers: number[];
  /** Numbers of the free ones, the last first. */
  readonly free: number[];
  made: number;
}

export class DownstreamConnections {
  private readonly dealing: Draws;
  /** By pod and by group of the site; they come into being on first use. */
  private readonly pools: (Pool | undefined)[][] = [];

  constructor(seed: string) {
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
    const { group, key, multiplexed } = site.downstream;
    const pool = this.poolOf(pod, group);
    let number = multiplexed ? (pool.made > 0 ? 0 : undefined) : pool.free.pop();
    if (number === undefined) {
      number = pool.workers.length;
      pool.workers.push(this.worker(pod, key, pool.made++));
    }
    if (!multiplexed) call.connection = number;
    call.worker = pool.workers[number];
  }

  /** @param kept the call has its answer: only then can HTTP/1.1 go on with the connection; else the next one is another */
  release(call: Call, kept: boolean): void {
    const { pod, site, connection } = call;
    if (connection === NOTHING) return;
    call.connection = NOTHING;
    const { group, key } = site.downstream;
    const pool = this.poolOf(pod, group);
    if (!kept) pool.workers[connection] = this.worker(pod, key, pool.made++);
    pool.free.push(connection);
  }

  private poolOf(pod: Pod, group: number): Pool {
    while (this.pools.length <= pod.id) this.pools.push([]);
    const ofPod = this.pools[pod.id];
    let pool = ofPod[group];
    if (pool === undefined) {
      pool = { workers: [], free: [], made: 0 };
      ofPod[group] = pool;
    }
    return pool;
  }
}
