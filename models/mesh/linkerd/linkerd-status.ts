// What callers see of failures that a proxy of Linkerd's answers itself (linkerd2-proxy: linkerd/app/outbound/src/http/server.rs,
// linkerd/app/core/src/errors/respond.rs): 504 where there is no endpoint in time or a time-out is over, 502 where a connection failed.
import { FLAG } from '../recording/flags.js';
import type { Attempt } from '../state/attempt.js';

const BAD_GATEWAY = 502;
const GATEWAY_TIMEOUT = 504;
const UNAVAILABLE = 503;

/** The status in the place of Envoy's `status`. Statuses of gRPC are told by the HTTP code that they stand for. */
export function linkerdReply(status: number, flag: number, grpc: boolean): number {
  // A connection that is not read has no statuses.
  if (status <= 0) return 0;
  if ((flag & (FLAG.UH | FLAG.UT | FLAG.SI)) !== 0) return GATEWAY_TIMEOUT;
  if ((flag & (FLAG.UF | FLAG.UC | FLAG.UR)) !== 0) return grpc ? UNAVAILABLE : BAD_GATEWAY;
  return status;
}

/** What the proxy of a server answers where the application has closed the connection under a request. */
export function lostStatus({ pod, host }: Attempt): number {
  return pod.linkerd && host.proxied && host.cluster.plan.appProtocol === 'http1' ? BAD_GATEWAY : UNAVAILABLE;
}
