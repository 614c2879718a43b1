// What happens between proxies and their peers while a run lasts: pings that nobody answers, connections of clients that come and go, names that resolve
// otherwise, endpoints that Linkerd's proxies connect to again.
import type { Calendar } from '../../../sim/calendar.js';
import type { TrafficPlan } from '../../plan/contract/plan.js';
import type { Clusters } from '../clusters/clusters.js';
import type { Connection } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';
import type { Wire } from '../wire/wire.js';
import { ClientConnections } from './client-connections.js';
import { DnsClusters } from './dns-clusters.js';
import { LinkerdEndpoints } from './linkerd-endpoints.js';
import { PeerPings } from './peer-pings.js';

export class Peers {
  readonly endpoints: LinkerdEndpoints;
  readonly pings: PeerPings;
  readonly clients: ClientConnections;
  readonly dns: DnsClusters;

  /** @param podsOf by workload: the pods that are there */
  constructor(
    seed: string,
    calendar: Calendar,
    traffic: readonly TrafficPlan[],
    podsOf: readonly (readonly Pod[])[],
    connections: ObjectPool<Connection>,
    clusters: Clusters,
    wire: Wire,
  ) {
    this.endpoints = new LinkerdEndpoints(seed, calendar, clusters, wire);
    this.pings = new PeerPings(calendar, connections, this.endpoints);
    this.clients = new ClientConnections(seed, calendar, traffic, podsOf, connections);
    this.dns = new DnsClusters(seed, calendar, clusters, podsOf);
  }

  /** An event, if it is one of these. */
  handle(kind: number, ref: number): boolean {
    switch (kind) {
      case EVENT.peerDead:
        this.pings.fire(ref);
        return true;
      case EVENT.churn:
        this.clients.look(ref);
        return true;
      case EVENT.dnsQuery:
        this.dns.query(ref);
        return true;
      case EVENT.endpointTry:
        this.endpoints.fire(ref);
        return true;
      default:
        return false;
    }
  }
}
