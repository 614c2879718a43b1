// Fault injection of a route, applied by the caller's proxy before anything is forwarded.
// istio: pilot/pkg/networking/core/route/route.go (TranslateFault, translatePercentToFractionalPercent); envoy:
// source/extensions/filters/http/fault/fault_filter.cc.
import type { HttpFault } from '../../config/kinds/virtual-service.js';
import type { FaultPlan } from '../contract/plan.js';

/** Default of Envoy where the name of a gRPC status is not known: UNKNOWN. */
const UNKNOWN_GRPC_HTTP_STATUS = 500;

/** envoy: source/common/grpc/status.cc (grpcToHttpStatus); names as in google.rpc.Code. */
const GRPC_HTTP_STATUS: readonly (readonly [name: string, status: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];

/** The fault, or null where neither part can ever happen (a percentage that is not given is 0). */
export function faultPlan(fault: HttpFault | null): FaultPlan | null {
  if (fault === null) return null;
  const delayProbability = fault.delay === null ? 0 : probability(fault.delay.percent);
  const abortProbability = fault.abort === null ? 0 : probability(fault.abort.percent);
  if (delayProbability === 0 && abortProbability === 0) return null;
  return {
    delayNs: fault.delay?.fixedDelayNs ?? 0,
    delayProbability,
    abortStatus: fault.abort === null ? 0 : (fault.abort.httpStatus ?? grpcHttpStatus(fault.abort.grpcStatus)),
    abortProbability,
  };
}

/** Percent to a probability, cut to millionths as Istio does. */
export function probability(percent: number): number {
  return Math.min(1, Math.max(0, Math.floor(Math.round(percent * 1e8) / 1e4) / 1e6));
}

function grpcHttpStatus(status: string): number {
  const byNumber = /^\d+$/.test(status) ? GRPC_HTTP_STATUS[Number(status)] : undefined;
  const byName = GRPC_HTTP_STATUS.find(([name]) => name === status.toUpperCase());
  return (byNumber ?? byName)?.[1] ?? UNKNOWN_GRPC_HTTP_STATUS;
}
