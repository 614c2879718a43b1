// The way of one connection through a gateway of another network (connections/relay.ts).
import type { NetworkPath } from '../network/network.js';
import type { HostState } from './cluster-state.js';
import type { HandshakeCost } from './handshake-cost.js';
import type { Pod } from './pod.js';

export interface Relay {
  readonly gateway: Pod;
  /** The thread of the gateway's proxy that has it. */
  readonly worker: number;
  /** Keys its draws: whose connection it is, and which of theirs. */
  readonly hi: number;
  readonly lo: number;
  /** Between the client's proxy and that of the gateway. */
  readonly there: NetworkPath;
  readonly back: NetworkPath;
  /** The endpoint as the gateway sees it; null until it has chosen. */
  far: HostState | null;
  /** Of TLS from the client to that endpoint; null until then. */
  cost: HandshakeCost | null;
}
