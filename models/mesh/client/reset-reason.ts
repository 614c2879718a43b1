// How a try ended that brought no response: which retry conditions name it, and what the caller is told if there is no other try
// (envoy: source/common/router/retry_state_impl.cc wouldRetryFromReset, router.cc streamResetReasonToResponseFlag).
import type { RetryPlan } from '../../plan/contract/plan.js';
import { causeOf, REASONS } from '../recording/cause.js';
import { FLAG } from '../recording/flags.js';
import { RESET } from '../state/attempt.js';
import type { HostState } from '../state/cluster-state.js';
import { LIFE } from '../state/pod.js';

/** Resets that a policy retries, as a set of bits by RESET. Overflow is no such reset: it is never retried. */
export function retriedResets(retry: RetryPlan, requestStarted: boolean): number {
  const any = retry.onReset || (retry.onResetBeforeRequest && !requestStarted);
  let set = 0;
  for (const reset of Object.values(RESET)) {
    if (reset !== RESET.none && (any || namedReset(retry, reset))) set |= 1 << reset;
  }
  return set;
}

function namedReset(retry: RetryPlan, reset: number): boolean {
  switch (reset) {
    case RESET.connectFailure:
      return retry.onConnectFailure;
    case RESET.refusedStream:
      return retry.onRefusedStream;
    case RESET.localReset:
      // Linkerd's retries by annotation take a time-out of a try for a failure.
      return retry.linkerd !== undefined && retry.linkerd.budget === null;
    default:
      return false;
  }
}

/** The response flag of a call that ends with this reset. */
export function resetFlag(reset: number): number {
  switch (reset) {
    case RESET.connectFailure:
      return FLAG.UF;
    case RESET.localReset:
      return FLAG.LR;
    case RESET.remoteReset:
    case RESET.refusedStream:
      return FLAG.UR;
    default:
      return FLAG.UC;
  }
}

/** Where a connection to a host fails that does not come up; `slow`: it has not come up yet. */
export function connectCause({ cluster, meets, pod }: HostState, slow = false): number {
  if (pod.life !== LIFE.here) return causeOf(REASONS['pod killed'], pod.workload);
  if (!pod.listens) return causeOf(REASONS['application down'], pod.workload);
  const otherwise = slow ? REASONS['waited for a new connection'] : REASONS['connect failure'];
  return causeOf(unreachable(meets) ?? otherwise, cluster.index);
}

/** Where a stream fails whose connection was lost. @param meets what the connection met at its server */
export function lostCause({ cluster, reachable }: HostState, meets = reachable): number {
  return causeOf(unreachable(meets) ?? REASONS['connection lost'], cluster.index);
}

function unreachable(reachable: HostState['reachable']) {
  switch (reachable) {
    case 'yes':
      return null;
    case 'reset':
    case 'tls-failure':
      return REASONS['TLS mismatch'];
    case 'dropped':
    case 'denied':
      return REASONS['connection refused by policy'];
  }
}
