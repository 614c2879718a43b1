// The result of a comparison: what `diff.json` holds and what every report of it is made of. Plain JSON with the unit in each name.
// A pure function of (plans, options, number of replications): no clock, host, absolute path or worker count.

import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { PlainValue } from '../../models/config/document.js';
import type { LintFinding } from '../../models/lint/rule.js';
import type { Mesh } from '../../models/plan/contract/plan.js';
import type { Finding } from './findings-result.js';
import type { RefusalReason } from './refusals.js';
import type { SeriesSummary, ServiceSummary, SloResult, ThresholdResult, Verdict } from './run-result.js';
import type { TimelineComparison } from './timeline-diff-result.js';

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
  /** All worlds compile to the same plan: nothing was simulated. */
  | 'same-plan'
  /** All primary metrics are decided, or as precise as was wanted. */
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
  /** What its services are and where they run, for maps. */
  readonly services: readonly ArmService[];
}

export interface ArmService {
  /** As in DiffSubject. */
  readonly name: string;
  readonly kind: ServiceSummary['kind'];
  /** Of its workloads; `` without any. */
  readonly namespace: string;
}

export interface Comparison {
  readonly candidate: ArmSummary;
  /** Both arms compile to the same plan: no number can differ. */
  readonly isSamePlan: boolean;
  /** By group, kind, namespace, name. */
  readonly changes: readonly ResourceChange[];
  /** What exists in one of the worlds only: it has no difference to show. */
  readonly entities: readonly EntityChange[];
  /** What it comes to, success first. */
  readonly headline: Headline;
  /** What became of the requests of the traffic that both worlds have. */
  readonly success: readonly SuccessChange[];
  /** The changes that matter, a row a fact, most important first. */
  readonly facts: readonly DiffFact[];
  /** Findings of the candidate that the base does not have, those that are gone, those that weigh more or less. */
  readonly findings: readonly FindingChange[];
  /** What the linter finds in the candidate's YAML and not in the base's. */
  readonly lint: readonly LintFinding[];
  /** Most important first: by verdict (as MetricVerdict lists them), then primary metrics, then size in margins. */
  readonly metrics: readonly MetricDifference[];
  /** How many metrics have which verdict. */
  readonly counts: Readonly<Record<MetricVerdict, number>>;
  readonly gate: Gate;
  /** Only where something of a timeline begins inside the run. */
  readonly timeline?: TimelineComparison | undefined;
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

/** `DestinationRule shop/cart`; without a namespace where the kind has none. */
export function objectName({ kind, namespace, name }: Pick<ResourceChange, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
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
 * at many numbers; `changed`: the same for a quantity of which neither more nor less is better; `new`, `gone`: one of the worlds sends no calls
 * there; `not-comparable`: a latency of other calls than before, because the share of good answers is another; `inconclusive`: the interval
 * reaches over the margin, or there is too little data; `same`: all of it within the margin.
 */
export type MetricVerdict =
  | 'worse'
  | 'better'
  | 'changed'
  | 'new'
  | 'gone'
  | 'not-comparable'
  | 'inconclusive'
  | 'same';

/** Why a metric has no difference, or none that means something. */
export type MetricReason =
  | 'too few samples'
  | 'no data'
  /** In one of the worlds nothing is sent there. */
  | 'no calls'
  /** In one of the worlds not one call is answered well. */
  | 'no good answers'
  /** Another share of the calls is answered well: other ones. */
  | 'other good answers'
  /** The same, and too few customers are answered well in both worlds to compare those. */
  | 'too few good in both'
  /** Another number of calls comes here, because success has changed elsewhere. */
  | 'other calls';

export interface MetricDifference {
  readonly subject: DiffSubject;
  readonly metric: DiffMetric;
  /** For `outcome` e.g. `503 UO`, else ``. */
  readonly outcome: string;
  readonly unit: DiffUnit;
  readonly better: 'lower' | 'higher' | 'neither';
  /** The gate looks at it. */
  readonly isPrimary: boolean;
  /**
   * Whose latency it is where the share of good answers has changed: that of the customers who are answered well in both worlds, of a sample that
   * is the same in both. null: of all good answers.
   */
  readonly among: 'good in both' | null;
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
  /** Why there is no number or no verdict; null else. */
  readonly reason: MetricReason | null;
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
  /** Indices of primary latencies that cannot be compared: the errors of the same calls decide in their place. */
  readonly notComparable: readonly number[];
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

export type HeadlineKind =
  /** Of some request at least half of the good answers are lost. */
  | 'outage'
  /** The gate fails. */
  | 'regression'
  | 'inconclusive'
  /** The opposite of an outage, and the gate passes. */
  | 'recovery'
  | 'no-regression'
  /** Both compile to the same plan. */
  | 'same';

export interface Headline {
  readonly kind: HeadlineKind;
  /** The requests whose share of good answers has changed most, and in one way; null: success is as it was. */
  readonly success: SuccessHeadline | null;
}

export interface SuccessHeadline {
  readonly direction: 'lost' | 'gained';
  /** Of the requests that were good (lost) or bad (gained) in the base, 0..1. */
  readonly share: number;
  /** As `traffic.request`, or one name where they agree; empty: all requests of the traffic. */
  readonly requests: readonly string[];
  /** What stands behind most of them: in the candidate (lost) or in the base (gained). */
  readonly cause: ErrorCause | null;
}

/** Where bad answers come from. */
export interface ErrorCause {
  /** models/mesh/cause.ts, REASONS. */
  readonly reason: string;
  /** The service, edge, cluster or policy. */
  readonly place: string;
  /** Of the policy, where it is known. */
  readonly position: SourcePosition | null;
  /** How most of them end, e.g. `403`, `503 UO`. */
  readonly outcome: string;
  /** Not null: a proxy refuses. */
  readonly refusal: RefusalReason | null;
}

/** Shares of the completed calls of a request; null: there were none. */
export interface SuccessShares {
  readonly good: number | null;
  readonly refused: number | null;
  /** By reason, in the order of reports. */
  readonly refusals: readonly { readonly reason: RefusalReason; readonly share: number }[];
}

export interface SuccessChange {
  readonly traffic: string;
  readonly request: string;
  readonly base: SuccessShares;
  readonly candidate: SuccessShares;
  /** Verdict on the share of errors. */
  readonly verdict: MetricVerdict;
  /** Of those that are good in the base the share that is bad in the candidate; of those that are bad, the share that is good: customer by customer. */
  readonly lost: number | null;
  readonly gained: number | null;
  /** What stands behind the errors that came, or went. */
  readonly cause: ErrorCause | null;
}

/** One thing that has changed, with all metrics that say so. */
export interface DiffFact {
  readonly verdict: MetricVerdict;
  /** Indices in `metrics` of the comparison. The first one speaks for all; errors begin with the deepest place. */
  readonly metrics: readonly number[];
  /** Of errors: where they come from. */
  readonly cause: ErrorCause | null;
}

export interface FindingChange {
  readonly change: 'new' | 'gone' | 'changed';
  /** The candidate's; the base's where it is gone. */
  readonly finding: Finding;
  /** The base's, where it has changed. */
  readonly before: Finding | null;
  readonly causedBy: readonly CausingChange[];
  /** How sure that is: fields that act in it were changed; their objects were; it is the only change; it is one of these. null: cannot be told. */
  readonly basis: 'field' | 'object' | 'only change' | 'one of several' | null;
}

/** A change of the YAML that stands behind a finding. */
export interface CausingChange {
  readonly change: ChangeKind;
  /** e.g. `DestinationRule shop/cart` */
  readonly object: string;
  /** Those of its fields that matter, e.g. `spec.http[0].retries.attempts`; empty: the whole object. */
  readonly fields: readonly string[];
  /** In the candidate; in the base where the object is gone. */
  readonly position: SourcePosition | null;
}
