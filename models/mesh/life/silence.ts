// A pod that is silent from one moment on: its node has lost its power or its network. Nobody is told: whoever waits for the pod has only time-outs and
// pings (peer-pings.ts), whoever connects to it sends SYNs that nobody answers, and a request that is sent to it is given up by the kernel after 15
// minutes (linux: Documentation/networking/ip-sysctl.rst, tcp_syn_retries, tcp_retries2).
import type { Calendar } from '../../../sim/calendar.js';
import { type Connection, STATE } from '../state/connection.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';
import type { Wire } from '../wire/wire.js';
import type { PeerPings } from './peer-pings.js';

export class Silence {
  constructor(
    private readonly calendar: Calendar,
    private readonly connections: ObjectPool<Connection>,
    private readonly wire: Wire,
    private readonly pings: PeerPings,
  ) {}

  /** Connections to a pod hear nothing of it any more. The pod has the life `silent` by now, and what it did itself has ended. */
  begin(pod: Pod): void {
    for (const connection of this.connections.all) {
      if (connection.state !== STATE.connecting) continue;
      const { end, relay } = connection;
      if (end.pod !== pod && relay?.gateway !== pod) continue;
      // Its handshake waits for an answer until its time is over.
      if (connection.step !== NOTHING) this.calendar.cancel(connection.step);
      this.wire.silence(connection);
    }
    this.pings.cut((_, server) => server === pod, Number.POSITIVE_INFINITY);
  }
}
