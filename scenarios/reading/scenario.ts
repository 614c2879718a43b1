// What a scenario says beside the plan's input: how long and how often to run, and what the answer is held against.
import type { SourcePosition } from '../../models/config/diagnostic.js';

export interface RunSettings {
  readonly seed: string;
  /** Measured time of a replication, > 0. */
  readonly durationNs: number;
  /** null = found in a pilot run. */
  readonly warmupNs: number | null;
  readonly replications: number;
  /** Bound of events of a replication. */
  readonly maxEvents: number;
  /** Width of the intervals of the time series. */
  readonly intervalNs: number;
}

/** What a threshold or an SLO looks at. */
export type Subject =
  | { readonly kind: 'all' }
  | { readonly kind: 'traffic'; readonly traffic: number }
  | { readonly kind: 'request'; readonly traffic: number; readonly request: number }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string };

export interface SloSpec {
  readonly name: string;
  /** As written; `` for all traffic. */
  readonly subjectText: string;
  readonly subject: Subject;
  readonly position: SourcePosition | null;
  /** Good calls end within this time; null: good calls have a status of 1..499. */
  readonly latencyNs: number | null;
  /** 0..1 */
  readonly objectiveShare: number;
}

export type Metric =
  | { readonly kind: 'quantile'; readonly probability: number }
  | {
      readonly kind:
        | 'mean'
        | 'good'
        | 'errors'
        | 'refused'
        | 'availability'
        | 'goodput'
        | 'offered'
        | 'served'
        | 'retries';
    };

export interface ThresholdSpec {
  readonly text: string;
  readonly position: SourcePosition | null;
  readonly subjectText: string;
  readonly subject: Subject;
  readonly metricText: string;
  readonly metric: Metric;
  readonly comparison: '<' | '<=' | '>' | '>=';
  /** Nanoseconds, a share of 0..1 or a rate per second, as the metric has it. */
  readonly limit: number;
}

export interface Scenario {
  readonly name: string;
  /** As given by the caller; the results hold only its base name. */
  readonly file: string;
  readonly istioVersion: string;
  /** Of the proxies, where it is another than the release of Istio carries. */
  readonly envoyVersion?: string | undefined;
  readonly run: RunSettings;
  readonly slos: readonly SloSpec[];
  readonly thresholds: readonly ThresholdSpec[];
}
