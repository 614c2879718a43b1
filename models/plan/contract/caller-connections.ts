// Where calls go by connections of their caller's own, each of which keeps to one endpoint for as long as it lives: on ports of which a proxy
// reads no HTTP (envoy: source/common/tcp_proxy/tcp_proxy.cc), and where the caller has no proxy, so that kube-proxy, or the balancer in
// front of a gateway, chooses for each connection (kubernetes: pkg/proxy/iptables/proxier.go, statistic mode random).
// The time-outs are Istio's: pilot/pkg/networking/core/networkfilter.go.
import type { ConnectionPoolSettings } from '../../config/kinds/destination-rule.js';

const SECOND_NS = 1_000_000_000;
/** As Go's http.DefaultTransport has it (net/http/transport.go, IdleConnTimeout): an assumption about the application. */
export const CALLER_IDLE_NS = 90 * SECOND_NS;
/** envoy: source/common/tcp_proxy/tcp_proxy.cc. */
const PROXY_IDLE_NS = 3600 * SECOND_NS;
/** Istio leaves max_connect_attempts to Envoy. */
const CONNECT_ATTEMPTS = 1;

export interface CallerConnectionsPlan {
  /** No proxy on the way reads HTTP: it passes bytes on, and knows neither requests nor statuses. */
  readonly opaque: boolean;
  /**
   * The caller's requests share its connections: one that is free, else another. Otherwise only the connections of closed loops keep to their
   * endpoints, and each request of an open loop comes from somebody else, whose connection may lead anywhere.
   */
  readonly shared: boolean;
  /** How long the caller keeps a connection without a request; 0 = for ever. */
  readonly idleNs: number;
  /** Silence after which the caller's proxy closes both sides, whatever waits for an answer; 0 = never. */
  readonly proxyIdleNs: number;
  /** Longest life of a connection through the caller's proxy; 0 = no limit. */
  readonly maxDurationNs: number;
  /** Endpoints that the proxy tries for a connection. */
  readonly connectAttempts: number;
}

/** Of a caller without a proxy. */
export function directConnections(opaque: boolean, isClient: boolean, idleNs: number): CallerConnectionsPlan {
  return {
    opaque,
    shared: opaque || !isClient,
    idleNs,
    proxyIdleNs: 0,
    maxDurationNs: 0,
    connectAttempts: CONNECT_ATTEMPTS,
  };
}

/** Through the proxy of the caller. @param pool the settings of the first destination's DestinationRule as a whole */
export function proxiedConnections(pool: ConnectionPoolSettings | null, idleNs: number): CallerConnectionsPlan {
  return {
    opaque: true,
    shared: true,
    idleNs,
    proxyIdleNs: pool?.tcp?.idleTimeoutNs ?? PROXY_IDLE_NS,
    maxDurationNs: pool?.tcp?.maxConnectionDurationNs ?? 0,
    connectAttempts: CONNECT_ATTEMPTS,
  };
}
