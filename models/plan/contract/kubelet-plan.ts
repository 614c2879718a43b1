// What the kubelet does for the application container of each pod of a workload while a run goes on: its start, its probes, its restarts.
import type { DistributionSpec } from '../../../sim/distributions/spec.js';
import type { ProbeSpec } from '../../kubernetes/kubelet/probe.js';

export interface ProbePlan extends ProbeSpec {
  /** `request`: the application has to answer within the time-out, and without an error that the timeline injects; `connection`: it has to listen (tcpSocket). */
  readonly asks: 'request' | 'connection';
}

export interface KubeletPlan {
  readonly startup: ProbePlan | null;
  readonly readiness: ProbePlan | null;
  readonly liveness: ProbePlan | null;
  /** From SIGTERM to SIGKILL of a container that its probe condemns, where the probe says nothing else. */
  readonly graceNs: number;
  /** From the start of the container until the application listens, ns; null: at once. */
  readonly bootNs: DistributionSpec | null;
}
