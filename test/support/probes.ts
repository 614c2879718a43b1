// Probes as most tests of kubelets have them.
import type { KubeletPlan, ProbePlan } from '../../models/plan/contract/kubelet-plan.js';
import { S } from './plans.js';

/** With Kubernetes' defaults. */
export const PROBE: ProbePlan = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
  graceSeconds: null,
  asks: 'request',
};

/** A container that nobody probes. */
export const UNPROBED: KubeletPlan = { startup: null, readiness: null, liveness: null, graceNs: 30 * S, bootNs: null };
