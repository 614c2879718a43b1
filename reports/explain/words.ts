// Settings of routes and clusters as short sentences.
import { isChangeFile } from '../../models/config/change.js';
import type { SourcePosition } from '../../models/config/diagnostic.js';
import { type Decision, decisionText } from '../../models/plan/contract/decision.js';
import { NO_LIMIT, type RetryPlan } from '../../models/plan/contract/plan.js';
import type {
  Answer,
  ClusterSettings,
  FilterView,
  Origin,
  Outcome,
  Place,
  PodsView,
  RouteView,
} from '../../models/plan/explain/index.js';
import { formatDurationMs, formatShare } from '../numbers.js';

const NS_PER_MS = 1e6;

export function duration(ns: number): string {
  return formatDurationMs(ns / NS_PER_MS);
}

export function placeText(position: SourcePosition | null): string {
  if (position === null) return '';
  return isChangeFile(position.file) ? position.file : `${position.file}:${position.line}`;
}

/** `VirtualService shop/cart  routes.yaml:12` */
export function objectText({ resource, position }: Place): string {
  return [resource, placeText(position)].filter((part) => part !== '').join('  ');
}

export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'yaml':
      return [
        ...(origin.field === undefined ? [] : [`${origin.field} of ${origin.resource}`]),
        origin.position === null ? (origin.field === undefined ? origin.resource : '') : placeText(origin.position),
      ]
        .filter((part) => part !== '')
        .join(', ');
    case 'istio':
      return `default of Istio ${origin.release}`;
    case 'request':
      return `asked by the request's ${origin.header}`;
    case 'none':
      return origin.why;
  }
}

/** Where a default of Istio is written down; '' for everything else. */
export function sourceText(origin: Origin): string {
  return origin.kind === 'istio' ? origin.source : '';
}

export function timeoutText({ timeout }: RouteView): string {
  return `${timeout.ns === 0 ? 'none' : duration(timeout.ns)}  (${originText(timeout.origin)})`;
}

export function retryLines({ retry }: RouteView): string[] {
  const { policy, origin } = retry;
  if (policy === null || policy.retries === 0) return [`none  (${originText(origin)})`];
  const { budget = null } = policy.linkerd ?? {};
  if (budget !== null) {
    const { retryRatio, minRetriesPerSecond } = budget;
    const bound = `up to ${retryRatio} of the calls and ${minRetriesPerSecond} a second`;
    return [`${bound}, on ${conditions(policy).join(', ')}  (${originText(origin)})`, 'at once, at any pod'];
  }
  const lines = [`${policy.retries} on ${conditions(policy).join(', ')}  (${originText(origin)})`];
  const details = [
    policy.perTryTimeoutNs > 0
      ? `each try${policy.linkerd === undefined ? '' : ' but the last'} ends after ${duration(policy.perTryTimeoutNs)}`
      : '',
    `back-off ${duration(policy.backoffBaseNs)}, at most ${duration(policy.backoffMaxNs)}`,
    policy.avoidPreviousHosts ? 'another pod if there is one' : '',
    policy.hedgeOnPerTryTimeout ? 'hedged' : '',
  ];
  lines.push(details.filter((part) => part !== '').join('; '));
  return lines;
}

/** `5xx never fires: ...` */
export function inertText({ token, never, why }: RouteView['retry']['inert'][number]): string {
  return never ? `${token} never fires: ${why}` : `${token} means ${why}`;
}

function conditions(policy: RetryPlan): string[] {
  const words = policy.onReset
    ? ['connection failures and resets']
    : [
        ...(policy.onConnectFailure ? ['connect-failure'] : []),
        ...(policy.onRefusedStream ? ['refused-stream'] : []),
        ...(policy.onResetBeforeRequest ? ['reset-before-request'] : []),
      ];
  const statuses = ranges(policy.statuses);
  return [...words, ...statuses, ...(policy.onEnvoyRateLimited ? ['envoy-ratelimited'] : [])];
}

/** `500-599` for a hundred codes in a row, the others one by one. */
function ranges(codes: readonly number[]): string[] {
  const words: string[] = [];
  for (let first = 0; first < codes.length; ) {
    let last = first;
    while (codes[last + 1] === codes[last] + 1) last++;
    words.push(last - first > 1 ? `${codes[first]}-${codes[last]}` : codes.slice(first, last + 1).join(', '));
    first = last + 1;
  }
  return words;
}

export function faultLines({ fault }: RouteView): string[] {
  if (fault === null) return [];
  const { delayNs, delayProbability, abortStatus, abortProbability, origin } = fault;
  const lines = [
    ...(delayProbability > 0
      ? [`${duration(delayNs)} delay for ${formatShare(delayProbability)} of the requests`]
      : []),
    ...(abortProbability > 0 ? [`${abortStatus} for ${formatShare(abortProbability)} of the requests`] : []),
  ];
  return lines.map((line) => `${line}  (${originText(origin)})`);
}

/** A filter, what it does with the request, and the policy that says so. */
export function filterText({ kind, name, status, decidedBy }: FilterView): string {
  if (status === null) return `${kind} ${name}: decided in the run`;
  const verdict = status === 0 ? 'lets it pass' : `answers ${status}`;
  if (decidedBy === null) return `${kind} ${name}: ${verdict}`;
  if (decidedBy.reason === 'linkerd') return `${kind} ${name}: ${verdict}${decisionPlaces(decidedBy)}`;
  return `${kind} ${name}: ${verdict}: ${decisionText(decidedBy)}${decisionPlaces(decidedBy)}`;
}

export function answerText({ status, flag, why, decidedBy }: Answer): string {
  return `${statusText(status, flag === '' ? [] : [flag])}: ${why}${decisionPlaces(decidedBy)}`;
}

function statusText(status: number, flags: readonly string[]): string {
  return [status === 0 ? 'none' : String(status), ...(flags.length === 0 ? [] : [flags.join(',')])].join(' ');
}

/** `  (policies.yaml:12, policies.yaml:30)`; '' without places. */
function decisionPlaces(decision: Decision | null): string {
  const places = (decision?.policies ?? []).map(({ position }) => placeText(position)).filter((text) => text !== '');
  return places.length === 0 ? '' : ` (${places.join(', ')})`;
}

/** What becomes of a share of the requests: `403 by web.shop: rule 1 of ... denies it`. */
export function outcomeText({ status, flags, by, why, decidedBy, unless }: Outcome): string {
  const first =
    status === null ? `${by} answers` : `${statusText(status, flags)} by ${by}: ${why}${decisionPlaces(decidedBy)}`;
  return unless.length === 0 ? first : `${first}, unless ${[...new Set(unless)].join(', or ')}`;
}

export function balancerText({ balancer }: ClusterSettings): string {
  const { policy, tableSize, slowStart, failureBias, origin } = balancer;
  const size = tableSize === undefined ? '' : `, table of ${tableSize}`;
  const warmup = slowStart === undefined ? '' : `, new pods warm up for ${duration(slowStart.windowNs)}`;
  const bias = failureBias === undefined ? '' : `, failures count as ${duration(failureBias.penaltyNs)}`;
  return `${policy.toUpperCase()}${size}${warmup}${bias}  (${originText(origin)})`;
}

export function limitsText({ limits }: ClusterSettings): string {
  const parts = (
    [
      ['connections', limits.maxConnections],
      ['pending', limits.maxPendingRequests],
      ['requests', limits.maxRequests],
      ['retries', limits.maxRetries],
    ] as const
  ).flatMap(([name, limit]) => (limit === NO_LIMIT ? [] : [`${name} ${limit}`]));
  return `${parts.length === 0 ? 'none' : parts.join(', ')}  (${originText(limits.origin)})`;
}

/** `inbound: pending 5 (cart.yaml:12), from all callers together; more is 503` */
export function inboundText(limits: NonNullable<PodsView['inboundLimits']>): string {
  const parts = (
    [
      ['connections', limits.maxConnections],
      ['pending', limits.maxPendingRequests],
      ['requests', limits.maxRequests],
    ] as const
  ).flatMap(([name, limit]) => (limit === NO_LIMIT ? [] : [`${name} ${limit}`]));
  return `its sidecar takes of all callers together: ${parts.join(', ')}; what is more gets 503  (${originText(limits.origin)})`;
}

export function connectionsText({ connections, protocol }: ClusterSettings): string {
  const { connectTimeoutNs, idleTimeoutNs, maxRequests, maxDurationNs } = connections;
  return [
    protocol === 'http2' ? 'HTTP/2' : 'HTTP/1.1',
    `${duration(connectTimeoutNs)} to connect`,
    idleTimeoutNs > 0 ? `closed after ${duration(idleTimeoutNs)} idle` : 'kept',
    ...(maxRequests > 0 ? [`${maxRequests} requests each`] : []),
    ...(maxDurationNs > 0 ? [`${duration(maxDurationNs)} at most`] : []),
  ].join(', ');
}

export function outlierText({ outlier, outlierOrigin }: ClusterSettings): string {
  if (outlier === null) return `off  (${originText(outlierOrigin)})`;
  const { consecutive5xx, consecutiveGatewayErrors, enforcing } = outlier;
  const triggers = [
    ...(consecutive5xx > 0 ? [`${consecutive5xx} × 5xx`] : []),
    ...(consecutiveGatewayErrors > 0 && enforcing.consecutiveGatewayErrors > 0
      ? [`${consecutiveGatewayErrors} × gateway error`]
      : []),
    ...(outlier.splitLocalOriginErrors && outlier.consecutiveLocalOriginFailures > 0
      ? [`${outlier.consecutiveLocalOriginFailures} × local failure`]
      : []),
  ];
  const ejection = `${duration(outlier.baseEjectionNs)} out, at most ${outlier.maxEjectionPercent} % of the pods`;
  return `${triggers.join(' or ')} in a row: ${ejection}  (${originText(outlierOrigin)})`;
}

/** Linkerd's circuit breaker. */
export function accrualText({ accrual, accrualOrigin }: ClusterSettings): string {
  if (accrual === null) return `off  (${originText(accrualOrigin)})`;
  const { maxFailures, minPenaltyNs, maxPenaltyNs, successRate } = accrual;
  const triggers = [
    ...(maxFailures > 0 ? [`${maxFailures} failures in a row`] : []),
    ...(successRate === undefined
      ? []
      : [`below ${formatShare(successRate.threshold)} good answers in ${duration(successRate.windowNs)}`]),
  ];
  const shut = `a pod is shut for ${duration(minPenaltyNs)}, doubling up to ${duration(maxPenaltyNs)}`;
  return `${triggers.join(' or ')}: ${shut}  (${originText(accrualOrigin)})`;
}

export function tlsText({ tls }: ClusterSettings): string {
  const name = { none: 'plain text', mtls: 'mTLS', tls: 'TLS', hbone: 'HBONE' }[tls.mode];
  const where = tls.origin.kind === 'yaml' ? `  (${originText(tls.origin)})` : '';
  return `${name}: ${tls.why}${where}`;
}
