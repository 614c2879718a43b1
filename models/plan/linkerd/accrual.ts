// Circuit breaking that annotations of a Service ask of Linkerd's proxies.
// linkerd.io: reference/circuit-breaking; linkerd: policy-controller/k8s/index/src/outbound/index.rs (parse_accrual_config).
import { lookup } from '../../../sim/lookup.js';
import type { AccrualPlan } from '../contract/cluster-plan.js';
import type { FieldSource } from '../contract/sources.js';
import type { Service } from '../registry/service.js';
import type { Findings } from '../terms/findings.js';
import { durationNs, wrong } from './annotations.js';

export const ACCRUAL = 'balancer.linkerd.io/failure-accrual';
const SECOND_NS = 1_000_000_000;
const DEFAULT_FAILURES = 7;
const DEFAULT_JITTER = 0.5;
/** Of the mode `unified` alone. */
const SUCCESS_RATE = 'balancer.alpha.linkerd.io/failure-accrual-success-rate';
const DEFAULT_THRESHOLD = 0.8;
const DEFAULT_WINDOW_NS = 10 * SECOND_NS;
const DEFAULT_MIN_REQUESTS = 5;

/** Null where nothing is asked for, or nothing that Linkerd understands. */
export function accrualPlan(service: Service, grpc: boolean, findings: Findings): AccrualPlan | null {
  const annotations = service.linkerd?.balancer ?? {};
  const mode = annotations[ACCRUAL];
  if (mode === undefined) return null;
  const from = { resource: service.resource, annotations, at: (name: string) => service.linkerd?.at(name) ?? null };
  if (mode !== 'consecutive' && mode !== 'unified') {
    wrong(from, ACCRUAL, mode, findings, 'write consecutive or unified');
    return null;
  }
  const own = (name: string): string => `${ACCRUAL}-consecutive-${name}`;
  const number = (name: string, fallback: number): number => {
    const text = annotations[name];
    if (text === undefined) return fallback;
    if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
    wrong(from, name, text, findings, 'write a number');
    return fallback;
  };
  const minPenaltyNs = durationNs(from, own('min-penalty'), findings) || SECOND_NS;
  const threshold = Math.min(1, number(`${SUCCESS_RATE}-threshold`, DEFAULT_THRESHOLD));
  const windowNs = durationNs(from, `${SUCCESS_RATE}-window`, findings) || DEFAULT_WINDOW_NS;
  const minRequests = Math.floor(number(`${SUCCESS_RATE}-min-requests`, DEFAULT_MIN_REQUESTS));
  return {
    maxFailures: Math.max(mode === 'unified' ? 0 : 1, Math.floor(number(own('max-failures'), DEFAULT_FAILURES))),
    minPenaltyNs,
    maxPenaltyNs: Math.max(minPenaltyNs, durationNs(from, own('max-penalty'), findings) || 60 * SECOND_NS),
    jitterRatio: number(own('jitter-ratio'), DEFAULT_JITTER),
    grpc,
    ...(mode === 'unified' && threshold > 0 ? { successRate: { threshold, windowNs, minRequests } } : {}),
  };
}

/** Who asks for the circuit breaker of a service, and for the number of its failures. */
export function accrualSources({ resource, linkerd }: Service): {
  readonly outlierDetection: FieldSource | null;
  readonly consecutiveErrors: FieldSource | null;
} {
  const annotation = (field: string): FieldSource | null => {
    const value = linkerd === undefined ? undefined : lookup(linkerd.balancer, field);
    return value === undefined ? null : { object: resource, field, value, position: linkerd?.at(field) ?? null };
  };
  return {
    outlierDetection: annotation(ACCRUAL),
    consecutiveErrors: annotation(`${ACCRUAL}-consecutive-max-failures`),
  };
}
