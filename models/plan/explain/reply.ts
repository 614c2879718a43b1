// The status in which the client of a proxy sees an answer that the proxy gives itself.
// envoy: source/common/http/utility.cc (sendLocalReply); linkerd2-proxy: linkerd/app/outbound/src/http/server.rs.
import { grpcLocalReply } from '../contract/grpc-status.js';
import type { Workload } from '../registry/workload.js';
import type { RequestClass } from '../terms/request-class.js';

/** Whether a caller has a proxy that reads requests. */
export function hasProxy({ hasSidecar, kind, linkerd }: Workload): boolean {
  return linkerd !== undefined || hasSidecar || kind === 'gateway' || kind === 'waypoint';
}

/** 0 where the caller has no proxy, so that nobody answers: its connection fails. */
export function ownReply(status: number, flag: string, caller: Workload, { grpc }: RequestClass): number {
  if (caller.linkerd !== undefined) return status;
  if (!hasProxy(caller)) return 0;
  // As models/mesh/client-proxy.ts has it: an injected abort has the status that a gRPC client is to see already.
  return grpc && flag !== 'FI' ? grpcLocalReply(status) : status;
}

/** Of a connection that was not made or was lost: 502 by Linkerd's proxies. */
export function lostReply(caller: Workload, request: RequestClass): number {
  if (caller.linkerd === undefined) return ownReply(503, '', caller, request);
  return request.grpc ? 503 : 502;
}
