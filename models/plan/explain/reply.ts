// The status in which the client of a proxy sees an answer that the proxy gives itself.
// envoy: source/common/http/utility.cc (sendLocalReply); linkerd2-proxy: linkerd/app/outbound/src/http/server.rs.
import { grpcLocalReply } from '../grpc-status.js';
import type { RequestClass } from '../request-class.js';
import type { Workload } from '../workload.js';

/** 0 where the caller has no proxy, so that nobody answers: its connection fails. */
export function ownReply(status: number, caller: Workload, { grpc }: RequestClass): number {
  if (caller.linkerd !== undefined) return status;
  const hasProxy = caller.hasSidecar || caller.kind === 'gateway' || caller.kind === 'waypoint';
  if (!hasProxy) return 0;
  return grpc ? grpcLocalReply(status) : status;
}

/** Of a connection that was not made or was lost: 502 by Linkerd's proxies. */
export function lostReply(caller: Workload, request: RequestClass): number {
  if (caller.linkerd === undefined) return ownReply(503, caller, request);
  return request.grpc ? 503 : 502;
}
