// Circuit breaking that annotations of a Service ask of Linkerd's proxies.
// linkerd.io: reference/circuit-breaking; linkerd: policy-controller/k8s/index/src/outbound/index.rs (parse_accrual_config).
import type { AccrualPlan } from '../cluster-plan.js';
import type { Findings } from '../findings.js';
import type { Service } from '../registry.js';
import { durationNs, wrong } from './annotations.js';

export const ACCRUAL = 'balancer.linkerd.io/failure-accrual';
const SECOND_NS = 1_000_000_000;
const DEFAULT_FAILURES = 7;
const DEFAULT_JITTER = 0.5;

/** Null where nothing is asked for, or nothing that Linkerd understands. */
export function accrualPlan(service: Service, grpc: boolean, findings: Findings): AccrualPlan | null {
  const { resource, position } = service;
  const annotations = service.linkerd?.balancer ?? {};
  const mode = annotations[ACCRUAL];
  if (mode === undefined) return null;
  const from = { resource, position, annotations };
  if (mode !== 'consecutive' && mode !== 'unified') {
    wrong(from, ACCRUAL, mode, findings, 'write consecutive');
    return null;
  }
  if (mode === 'unified') {
    const path = `metadata.annotations.${ACCRUAL}`;
    findings.approximated(resource, path, position, 'failures in a row are counted, the rate of successes is not');
  }
  const own = (name: string): string => `${ACCRUAL}-consecutive-${name}`;
  const number = (name: string, fallback: number): number => {
    const text = annotations[own(name)];
    if (text === undefined) return fallback;
    if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
    wrong(from, own(name), text, findings, 'write a number');
    return fallback;
  };
  const minPenaltyNs = durationNs(from, own('min-penalty'), findings) || SECOND_NS;
  return {
    maxFailures: Math.max(1, Math.floor(number('max-failures', DEFAULT_FAILURES))),
    minPenaltyNs,
    maxPenaltyNs: Math.max(minPenaltyNs, durationNs(from, own('max-penalty'), findings) || 60 * SECOND_NS),
    jitterRatio: number('jitter-ratio', DEFAULT_JITTER),
    grpc,
  };
}
