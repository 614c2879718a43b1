// Replications → the result of the run, folded in the order of replication numbers.
import type { Diagnostic, FidelityEntry } from '../../models/config/diagnostic.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { meshesOf } from '../../models/plan/contract/meshes.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { NONE } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import { findFindings } from '../findings/findings.js';
import type { Scenario } from '../reading/scenario.js';
import {
  type EdgeSummary,
  RESULT_SCHEMA,
  type RowSummary,
  type RunResult,
  type TrafficSummary,
} from '../result/run-result.js';
import type { RecoveryBounds } from '../running/until-recovered.js';
import type { WarmupChoice } from '../running/warmup.js';
import { type EdgeTally, type RunTally, tallyRun } from '../tally/tally.js';
import { summariseTelemetry } from '../telemetry/summarise-telemetry.js';
import { summariseClusters } from './clusters.js';
import { combineVerdicts, evaluateSlo, evaluateThreshold } from './evaluate.js';
import { orderedDiagnostics, orderedFidelity } from './findings-order.js';
import { summariseCalls, summariseClient } from './flow.js';
import { summariseSeries } from './series.js';
import { summariseServices } from './services.js';
import { summariseTimeline } from './timeline.js';
import { summariseUntilRecovered } from './until-recovered.js';
import { collectWarnings } from './warnings.js';

export interface SummaryInput {
  readonly plan: MeshPlan;
  readonly scenario: Scenario;
  /** Replications 0 .. n − 1, n >= 1. */
  readonly results: readonly ReplicationResult[];
  readonly warmup: WarmupChoice;
  /** Findings about the input, with file names relative to the scenario. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  /** Who wrote what acts, in files as results name them; absent: findings name no lines. */
  readonly sources?: PlanSources | null | undefined;
  /** There would be more replications, had the memory sufficed. */
  readonly isOutOfMemory?: boolean;
  /** Replications went on until requests were as before, and at the latest until the bound. */
  readonly bounds?: RecoveryBounds | null;
}

/** @throws RangeError without any replication. */
export function summarise(input: SummaryInput): RunResult {
  const { plan, scenario, results, warmup } = input;
  if (results.length === 0) throw new RangeError('no replication to summarise');
  const tally = tallyRun(plan, results);
  const traffic = summariseTraffic(plan, tally);
  const thresholds = scenario.thresholds.map((spec) => evaluateThreshold(spec, tally));
  const bounds = input.bounds ?? null;
  const { run } = scenario;
  const reachedNs = results.reduce((most, { measuredNs }) => Math.max(most, measuredNs), 0);
  const durationNs = bounds === null ? run.durationNs : reachedNs;
  const until = bounds === null ? null : summariseUntilRecovered(plan, run.durationNs, bounds, results);
  const isComplete = results.length === scenario.run.replications && results.every((result) => result.stopped === null);
  return {
    schema: RESULT_SCHEMA,
    scenario: scenario.name,
    seed: scenario.run.seed,
    istioVersion: scenario.istioVersion,
    ...(scenario.envoyVersion === undefined ? {} : { envoyVersion: scenario.envoyVersion }),
    meshes: meshesOf(plan),
    ...(plan.assumedMesh === null ? {} : { assumedMesh: plan.assumedMesh }),
    replications: results.length,
    replicationsRequested: scenario.run.replications,
    durationNs,
    ...(until === null ? {} : { untilRecovered: until }),
    warmupNs: warmup.warmupNs,
    warmup: warmup.kind,
    events: results.reduce((sum, { events }) => sum + events, 0),
    totals: summariseClient(plan, tally.all),
    traffic,
    services: summariseServices(plan, results, tally),
    edges: tally.edges.map((edge) => summariseEdge(plan, edge)),
    clusters: summariseClusters(plan, results),
    telemetry: summariseTelemetry(plan, results, tally),
    series: summariseSeries(plan, results),
    ...summariseTimeline({
      plan,
      durationNs: bounds?.boundNs ?? durationNs,
      reachedNs: durationNs,
      slos: scenario.slos,
      results,
    }),
    slos: scenario.slos.map((spec) => evaluateSlo(spec, tally)),
    thresholds,
    findings: findFindings({ plan, sources: input.sources ?? null, results, tally }),
    verdict: combineVerdicts([
      ...thresholds.map(({ verdict }) => verdict),
      isComplete ? 'pass' : 'inconclusive',
      ...(until === null ? [] : [until.verdict]),
    ]),
    warnings: collectWarnings({
      plan,
      results,
      replicationsRequested: scenario.run.replications,
      isOutOfMemory: input.isOutOfMemory ?? false,
      warmup,
      traffic,
      diagnostics: input.diagnostics,
    }),
    diagnostics: orderedDiagnostics(input.diagnostics),
    fidelity: orderedFidelity(input.fidelity),
  };
}

function summariseTraffic(plan: MeshPlan, tally: RunTally): TrafficSummary[] {
  return plan.traffic.map(({ name, arrival, requests }, i) => ({
    name,
    kind: arrival.kind,
    ...summariseClient(plan, tally.traffic[i].tally),
    requests: requests.map((request, r) => ({
      name: request.name,
      ...summariseClient(plan, tally.traffic[i].requests[r]),
    })),
  }));
}

function summariseEdge(plan: MeshPlan, edge: EdgeTally): EdgeSummary {
  const rows = edge.rows.map(({ row, tally }): RowSummary => {
    const { request, workload } = plan.rows[row];
    const upstream = workload === NONE ? null : plan.workloads[workload];
    const name = upstream === null ? null : `${upstream.name}.${upstream.namespace}`;
    return { request, workload: name, version: upstream?.version ?? '', ...summariseCalls(plan, tally) };
  });
  return { from: edge.from, to: edge.to, ...summariseCalls(plan, edge), rows };
}
