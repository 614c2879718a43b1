// What a handshake costs: round trips, and the CPU that both proxies' workers spend on keys and certificates (RFC 8446: TLS 1.3 takes one round trip;
// RFC 5246: TLS 1.2 takes two, one if a session is resumed).
import type { ClusterPlan, ProxyPlan } from '../../plan/contract/plan.js';
import type { Pod } from './pod.js';

export const TLS12_ROUND_TRIPS = 2;

/** What a handshake between two pods costs; nanoseconds. */
export interface HandshakeCost {
  readonly thereNs: number;
  readonly backNs: number;
  /** Round trips of TLS after that of TCP; 0 = plaintext. */
  readonly tlsRoundTrips: number;
  /** CPU of the client's and of the server's proxy worker: in full, and with a session to resume. */
  readonly clientCpuNs: number;
  readonly clientResumedCpuNs: number;
  readonly serverCpuNs: number;
  readonly serverResumedCpuNs: number;
}

/** The cost between a caller and an endpoint of a cluster. CPU is charged where there is a proxy with workers, and only to who ends TLS. */
export function handshakeCost(
  tls: ClusterPlan['tls'],
  caller: Pod,
  server: Pod,
  thereNs: number,
  backNs: number,
): HandshakeCost {
  const secure = tls.mode !== 'none';
  const client = secure && caller.process !== null ? caller.plan.proxy : null;
  // Of plain TLS only a gateway is known to end it in the proxy. What passes through a gateway to another network costs what `relay.ts` says.
  const ends = server.plan.kind === 'gateway' || (tls.mode === 'mtls' && server.proxiesInbound);
  const accepting = secure && ends && server.process !== null ? server.plan.proxy : null;
  const resumed = (proxy: ProxyPlan | null) => proxy?.resumedHandshakeCpuNs ?? 0;
  return {
    thereNs,
    backNs,
    tlsRoundTrips: tls.roundTrips,
    // A client without a certificate signs nothing: what is left is about as dear as a resumption.
    clientCpuNs: tls.mode === 'mtls' ? (client?.handshakeCpuNs ?? 0) : resumed(client),
    clientResumedCpuNs: resumed(client),
    serverCpuNs: accepting?.handshakeCpuNs ?? 0,
    serverResumedCpuNs: resumed(accepting),
  };
}

/** Of an HBONE connection: mutual TLS 1.3, never resumed, between the proxies that the two pods are reached through. */
export function hboneCost(caller: Pod, server: Pod, thereNs: number, backNs: number): HandshakeCost {
  const cpuNs = (pod: Pod) => (pod.process === null ? 0 : (pod.proxyPlan?.handshakeCpuNs ?? 0));
  return {
    thereNs,
    backNs,
    tlsRoundTrips: 1,
    clientCpuNs: cpuNs(caller),
    clientResumedCpuNs: cpuNs(caller),
    serverCpuNs: cpuNs(server),
    serverResumedCpuNs: cpuNs(server),
  };
}

/** Whether a caller reaches a server through HBONE: Envoys where the server is ambient, ztunnels and waypoints wherever it has a proxy. */
export function speaksHbone(caller: Pod, server: Pod): boolean {
  const { kind } = caller.plan;
  const isTunneller = caller.ambient || kind === 'waypoint';
  if (server.ambient || server.plan.kind === 'waypoint') return isTunneller || caller.hasProxy;
  return isTunneller && server.hasProxy && server.plan.kind === 'app';
}

/** Round trips of a handshake, TCP's included. */
export function roundTrips(tlsRoundTrips: number, resumed: boolean): number {
  return 1 + (resumed && tlsRoundTrips === TLS12_ROUND_TRIPS ? 1 : tlsRoundTrips);
}
