// What a proxy reports, as a plan says it: access logs, spans, series of metrics.
import type { MetricPlan } from './standard-metrics.js';

/** What a proxy observes in one of its roles. */
export interface ObservationPlan {
  /** CPU after each response, in addition to what a proxy costs; negative where metrics are off. */
  readonly cpuNs: number;
  /** Lines of access logs for each request. */
  readonly logs: number;
  /** Share of the requests for which a span is reported, 0..1. */
  readonly sampledShare: number;
  /** Istio's own metrics; empty where all are off. */
  readonly metrics: readonly MetricPlan[];
}
