// What an endpoint is to a proxy, as long as the proxy knows the endpoint.
import type { ClusterPlan } from '../../plan/contract/plan.js';
import type { NetworkPath } from '../network/network.js';
import type { PeakEwma } from '../policies/peak-ewma.js';
import type { Endpoint } from './endpoint.js';
import type { HandshakeCost } from './handshake-cost.js';
import type { ClusterUseRt } from './runtime.js';

/** The application of a host closes connections: after so long without a stream (Infinity = never), after so many streams (Infinity = never). */
export interface KeepAlive {
  readonly idleNs: number;
  readonly requests: number;
}

export interface HostTraits {
  readonly endpoint: Endpoint;
  /** To the server's application (through its proxy), to the server's proxy only, and back. */
  readonly toApp: NetworkPath;
  readonly toProxy: NetworkPath;
  readonly back: NetworkPath;
  /** Between the server's proxy and its application. */
  readonly serverLatencyNs: number;
  readonly handshake: HandshakeCost;
  /** Null where its application closes no connections that this proxy has. */
  readonly keepAlive: KeepAlive | null;
  /** Its connections are streams of HBONE. */
  readonly tunnelled: boolean;
  /** It is a gateway of another network: what that chooses from for each connection. */
  readonly passage: ClusterUseRt | null;
  /** Its proxy takes what comes from this cluster. */
  readonly proxied: boolean;
  /** What a connection to it meets. */
  readonly reachable: ClusterPlan['reachable'];
  /** Null unless the balancer goes by an estimate of the load. */
  readonly load: PeakEwma | null;
}
