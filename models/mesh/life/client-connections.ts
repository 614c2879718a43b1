// Clients that come back: their connections end, all at once or a share of them each second, and others take their place, whose handshakes cost what
// handshakes cost. What ends at once (a load balancer in between is exchanged, a phone changes its network) takes the requests that it carries with it,
// and is made anew at once; what comes and goes ends when nothing is under way on it, and the next one is made when it is needed.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { TrafficPlan } from '../../plan/contract/plan.js';
import { type Connection, type ConnectionHome, STATE } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';

/** How often connections that come and go are looked at. */
const LOOK_NS = 100_000_000;
const LOOKS_PER_SECOND = 10;
/** Multiples of odd numbers differ in all 32 bits. */
const BY_CONNECTION = 0x9e3779b1;
const BY_CHOICE = 0x85ebca6b;

/** One time that connections come and go. */
export interface Churn {
  readonly number: number;
  readonly traffic: readonly number[];
  readonly sharePerSecond: number;
  readonly beginNs: number;
  readonly rampNs: number;
  /** Keys its draws. */
  readonly choice: number;
  looks: number;
  isOver: boolean;
}

export class ClientConnections {
  private readonly draws: Draws;
  private readonly churns: Churn[] = [];

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly traffic: readonly TrafficPlan[],
    private readonly podsOf: readonly (readonly Pod[])[],
    private readonly connections: ObjectPool<Connection>,
  ) {
    this.draws = new Draws(seed, 'connections that come and go');
  }

  /** All connections of the pods that send these sources end now, with all that they carry, and as many are made. */
  reconnect(traffic: readonly number[]): void {
    const ended = new Map<ConnectionHome, number>();
    for (const { connection, life } of this.openOf(traffic).map((one) => ({ connection: one, life: one.life }))) {
      if (connection.life !== life || connection.state === STATE.closed) continue;
      const { pool } = connection;
      ended.set(pool, (ended.get(pool) ?? 0) + 1);
      pool.lost(connection);
    }
    for (const [pool, count] of ended) pool.restore(count);
  }

  /** From now on a share of the connections of the pods that send these sources ends each second. */
  beginChurn(
    traffic: readonly number[],
    sharePerSecond: number,
    { beginNs, rampNs, choice }: Pick<Churn, 'beginNs' | 'rampNs' | 'choice'>,
  ): Churn {
    const number = this.churns.length;
    const churn = { number, traffic, sharePerSecond, beginNs, rampNs, choice, looks: 0, isOver: false };
    this.churns.push(churn);
    this.lookLater(churn);
    return churn;
  }

  endChurn(churn: Churn): void {
    churn.isOver = true;
  }

  /** Connections are looked at. @param number of what makes them come and go */
  look(number: number): void {
    const churn = this.churns[number];
    if (churn.isOver) return;
    const { traffic, sharePerSecond, beginNs, rampNs, choice } = churn;
    const grown = rampNs === 0 ? 1 : Math.min(1, (this.calendar.nowNs - beginNs) / rampNs);
    const share = (sharePerSecond * grown) / LOOKS_PER_SECOND;
    const look = churn.looks++;
    const seen = new Map<Pod, number>();
    for (const connection of this.openOf(traffic)) {
      const { caller } = connection.pool.host.cluster;
      const place = seen.get(caller) ?? 0;
      seen.set(caller, place + 1);
      const hi = (caller.key + Math.imul(place, BY_CONNECTION) + Math.imul(choice, BY_CHOICE)) | 0;
      if (this.draws.uniform(hi, look) < share) connection.pool.retireEarly(connection);
    }
    this.lookLater(churn);
  }

  private lookLater({ number }: Churn): void {
    this.calendar.schedule(this.calendar.nowNs + LOOK_NS, PHASE.control, EVENT.churn, number);
  }

  /** Connections that are up, in the order of their objects. */
  private openOf(traffic: readonly number[]): Connection[] {
    const pods = new Set(traffic.flatMap((source) => this.podsOf[this.traffic[source].client]));
    return this.connections.all.filter(
      ({ state, pool }) => (state === STATE.ready || state === STATE.busy) && pods.has(pool.host.cluster.caller),
    );
  }
}
