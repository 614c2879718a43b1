// What a call is to its caller's side: the proxy that it goes through, the row and the expectation that it counts for, and what the caller sees of an
// answer that Envoy makes itself (envoy: source/common/http/utility.cc, sendLocalReply).
import { grpcLocalReply } from '../../plan/contract/grpc-status.js';
import { FLAG } from '../recording/flags.js';
import type { Call } from '../state/call.js';
import { NOTHING } from '../state/nothing.js';
import type { ProxyProcess } from '../state/proxy-process.js';
import { RESPOND_NOTHING } from '../state/runtime.js';

/** The row of its last try, or of its route. */
export function rowOf({ row, site }: Call): number {
  return row === NOTHING ? site.row : row;
}

/** The request of the traffic whose expectation holds for the call: its own, or the one whose answer a gateway passes through; or NOTHING. */
export function expecting({ trafficRequest, pod, mirror, origin }: Call): number {
  return trafficRequest !== NOTHING || (pod.passesThrough && !mirror) ? origin : NOTHING;
}

/** The proxy that a call goes through, where it has threads. */
export function processOf({ pod, site }: Call): ProxyProcess | null {
  return site.skipsProxy ? null : pod.process;
}

export function hasProxy({ pod, site }: Call): boolean {
  return pod.hasProxy && !site.skipsProxy;
}

export function isLinkerds({ pod, site }: Call): boolean {
  return pod.linkerd && !site.skipsProxy;
}

/** What the caller sees of an answer that Envoy makes itself. */
export function envoyReply(status: number, flag: number, grpc: boolean): number {
  if (status === RESPOND_NOTHING) return 0;
  // An injected abort has the status that the gRPC client is to see already.
  return grpc && flag !== FLAG.FI ? grpcLocalReply(status) : status;
}
