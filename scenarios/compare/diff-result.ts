// The result of a comparison: what `diff.json` holds and what every report of it is made of. Plain JSON with the unit in each name.
// A pure function of (plans, options, number of replications): no clock, host, absolute path or worker count.
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { PlainValue } from '../../models/config/document.js';
import type { Mesh } from '../../models/plan/plan.js';
import type { SeriesSummary, SloResult, ThresholdResult, Verdict } from '../run-result.js';

export const DIFF_SCHEMA = 'seatrial.diff/1';

/** The whole answer: one base, and each candidate compared with it under the same load and the same luck. */
export interface DiffResult {
  readonly schema: typeof DIFF_SCHEMA;
  /** `metadata.name` of the base's scenario. */
  readonly scenario: string;
  readonly seed: string;
  readonly durationNs: number;
  /** One length for all arms and replications. */
  readonly warmupNs: number;
  readonly warmup: 'auto' | 'fixed';
  /** Pairs that the numbers come from: replications 0 .. replications − 1 of each arm. */
  readonly replications: number;
  readonly stop: StopReason;
  readonly settings: DiffSettings;
  readonly base: ArmSummary;
  /** In the order of the command line. */
  readonly comparisons: readonly Comparison[];
  /** The gate over all candidates: `fail` = a regression; `inconclusive` = too little data, or the run is incomplete. */
  readonly verdict: Verdict;
  /** Reasons not to trust the numbers, of the comparison as a whole: `budget`, `interrupted`, `short-warm-up` … */
  readonly warnings: readonly Diagnostic[];
}

export type StopReason =
  /** All primary metrics are as precise as was wanted. */
  | 'precision'
  /** `replicationsMax` are done; some primary metric may be less precise than wanted. */
  | 'max-replications'
  /** A thread's heap was full. */
  | 'out-of-memory'
  /** The wall time was spent: how far it came differs from machine to machine; `replications` says how far. */
  | 'budget'
  /** As many as were asked for, whatever their precision. */
  | 'replications'
  | 'interrupted';

export interface DiffSettings {
  readonly confidenceLevel: number;
  /** Most that the whole interval of a primary latency or rate may span for a stop, as a share of the base's value. */
  readonly precisionShare: number;
  /** Changes of latencies and rates up to this share of the base's value do not matter. */
  readonly marginLatencyShare: number;
  /** Changes of shares of errors up to this do not matter; 0.001 = 0.1 points. */
  readonly marginErrorShare: number;
  readonly batch: number;
  readonly replicationsMax: number;
  /** Where the primary metrics come from. */
  readonly primaryFrom: 'default' | 'thresholds' | 'option';
}

/** One of the worlds that are compared. */
export interface ArmSummary {
  /** As on the command line, e.g. `before/`, `HEAD~1:mesh/`; an absolute path is cut down to its last name. */
  readonly name: string;
  /** The full hash of the commit that it was read from; null for files. */
  readonly revision: string | null;
  readonly scenario: string;
  readonly istioVersion: string;
  /** Of the proxies, where it is another than the release of Istio carries. */
  readonly envoyVersion?: string | undefined;
  /** Whose proxies play a part; empty: nobody's. */
  readonly meshes: readonly Mesh[];
  /** The one of them that some pods are taken to be in, without a word of it in the YAML; absent: none. */
  readonly assumedMesh?: Mesh | undefined;
  /** Simulated events, all replications. */
  readonly events: number;
  readonly slos: readonly SloResult[];
  readonly thresholds: readonly ThresholdResult[];
  readonly warnings: readonly Diagnostic[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  /** Values over the measured time, as a run of this world alone would have them. */
  readonly series: SeriesSummary;
}

export interface Comparison {
  readonly candidate: ArmSummary;
  /** Both arms compile to the same plan: no number can differ. */
  readonly isSamePlan: boolean;
  /** By group, kind, namespace, name. */
  readonly changes: readonly ResourceChange[];
  /** What exists in one of the worlds only: it has no difference to show. */
  readonly entities: readonly EntityChange[];
  /** Most important first: by verdict (worse, better, changed, inconclusive, same), then primary metrics, then size in margins. */
  readonly metrics: readonly MetricDifference[];
  /** How many metrics have which verdict. */
  readonly counts: Readonly<Record<MetricVerdict, number>>;
  readonly gate: Gate;
  /** Latency distributions of each traffic request, one curve an arm. */
  readonly curves: readonly QuantileCurve[];
}

export type ChangeKind = 'added' | 'removed' | 'changed';

export interface ResourceChange {
  readonly change: ChangeKind;
  /** `` for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Where the resource begins in the base (null if added) and in the candidate (null if removed). */
  readonly base: SourcePosition | null;
  readonly candidate: SourcePosition | null;
  /** By path, in the order of the documents; empty unless `changed`. */
  readonly fields: readonly FieldChange[];
}

export interface FieldChange {
  readonly change: ChangeKind;
  /**
   * e.g. `spec.http[0].retries.attempts`; elements of a list of named things by name: `spec.subsets[name=v2].labels.version`. The
   * path of such a list itself, with the names as values: their order changed.
   */
  readonly path: string;
  /** null where the field is not there; `(hidden)` in a Secret. */
  readonly base: PlainValue;
  readonly candidate: PlainValue;
  /** Of the field, or of what would hold it. */
  readonly basePosition: SourcePosition;
  readonly candidatePosition: SourcePosition;
}

/** What a metric is about. Names are the result's: services as they are called, `name.namespace` for workloads. */
export type DiffSubject =
  | { readonly kind: 'all' }
  | { readonly kind: 'traffic'; readonly traffic: string }
  | { readonly kind: 'request'; readonly traffic: string; readonly request: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'workload'; readonly workload: string }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string }
  | { readonly kind: 'edge-request'; readonly from: string; readonly to: string; readonly request: string }
  /** A service as its clients' proxies hold it: host and subset (`` for none). */
  | { readonly kind: 'cluster'; readonly cluster: string };

export interface EntityChange {
  readonly change: 'added' | 'removed';
  readonly subject: DiffSubject;
}

export type DiffMetric =
  | 'offered'
  | 'served'
  | 'goodput'
  | 'mean'
  | 'p50'
  | 'p90'
  | 'p99'
  | 'p99.9'
  | 'errors'
  /** What proxies refused, expected or not. */
  | 'refused'
  /** The share of one kind of outcome: `outcome` says which. */
  | 'outcome'
  | 'retries'
  | 'attempts'
  | 'cpu'
  | 'workers'
  | 'proxy'
  | 'ejections'
  /** A quantile that a threshold or `--primary` names and that is not among the usual ones, e.g. `p(95)`. */
  | `p(${number})`;

export type DiffUnit = 'ms' | 'share' | 'perSecond' | 'perMinute' | 'perCall';

/**
 * The paired 95 % interval against the margin that matters. `worse`, `better`: all of it beyond the margin, and no fluke of looking
 * at many numbers; `changed`: the same for a quantity of which neither more nor less is better; `same`: all of it within the margin;
 * `inconclusive`: neither, or too little data.
 */
export type MetricVerdict = 'worse' | 'better' | 'changed' | 'same' | 'inconclusive';

export interface MetricDifference {
  readonly subject: DiffSubject;
  readonly metric: DiffMetric;
  /** For `outcome` e.g. `503 UO`, else ``. */
  readonly outcome: string;
  readonly unit: DiffUnit;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Declared primary: the gate looks at it. */
  readonly isPrimary: boolean;
  /** Means over the replications (of the quantile of each, for a quantile); null: see `reason`. */
  readonly base: number | null;
  readonly candidate: number | null;
  /** candidate − base, in `unit`; `low`..`high` is the paired 95 % interval. null: see `reason`. */
  readonly difference: Difference | null;
  /** The same as shares of the base's value; null where that is 0 or missing. */
  readonly relative: Difference | null;
  /** In `unit`. */
  readonly margin: number;
  /** |difference| / margin; null without a difference. */
  readonly sizeInMargins: number | null;
  readonly verdict: MetricVerdict;
  /** Why there is no number or no verdict: `too few samples`, `no data`; null else. */
  readonly reason: 'too few samples' | 'no data' | null;
  /** Replication by replication, for the primary metrics only; else null. */
  readonly pairs: { readonly base: readonly number[]; readonly candidate: readonly number[] } | null;
}

export interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What decides about the exit code. */
export interface Gate {
  /** `fail`: a primary metric is worse by more than its margin, or a threshold fails that the base passes. */
  readonly verdict: Verdict;
  readonly metrics: readonly GateMetric[];
  /** Primary metrics that one of the worlds does not have: nothing to compare, so that the gate cannot pass. */
  readonly missing: readonly { readonly subject: DiffSubject; readonly metric: DiffMetric }[];
  /** Thresholds that fail in the candidate and did not in the base. */
  readonly brokenThresholds: readonly ThresholdResult[];
}

export interface GateMetric {
  /** Index in `metrics` of the comparison. */
  readonly index: number;
  /** One-sided p-value of "worse by no more than the margin", and the same after Holm's correction; null: too little data. */
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
  /** `fail`: worse; `pass`: the interval excludes "worse by more than the margin". */
  readonly verdict: Verdict;
}

/** Quantiles of the latency that clients saw, all replications together, in milliseconds; null = too few samples. */
export interface QuantileCurve {
  readonly traffic: string;
  readonly request: string;
  /** 0..1, ascending. */
  readonly probabilities: readonly number[];
  readonly baseMs: readonly (number | null)[];
  readonly candidateMs: readonly (number | null)[];
}
