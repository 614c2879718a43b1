// Worlds that compile to the same plan: whatever load met them, nothing could differ, so that nothing is simulated.
import { meshesOf } from '../../models/plan/meshes.js';
import { samePlan } from '../../models/plan/same-plan.js';
import { diffConfig } from './config-diff.js';
import { type ArmSummary, DIFF_SCHEMA, type DiffResult, type DiffSettings } from './diff-result.js';
import type { LoadedArm } from './load-arms.js';

/** Whether all candidates compile to what the base compiles to. */
export function isSameThroughout([base, ...candidates]: readonly LoadedArm[]): boolean {
  return candidates.every(({ plan }) => samePlan(base.plan, plan));
}

/** The result without any replication: the changes of the YAML, and a gate that passes. */
export function sameResult(arms: readonly LoadedArm[], settings: DiffSettings): DiffResult {
  const [base, ...candidates] = arms;
  const { run, name } = base.scenario;
  return {
    schema: DIFF_SCHEMA,
    scenario: name,
    seed: run.seed,
    durationNs: run.durationNs,
    warmupNs: run.warmupNs ?? 0,
    warmup: run.warmupNs === null ? 'auto' : 'fixed',
    replications: 0,
    stop: 'same-plan',
    settings,
    base: armSummary(base),
    comparisons: candidates.map((candidate) => ({
      candidate: armSummary(candidate),
      changes: diffConfig(base.objects, candidate.objects),
      isSamePlan: true,
      entities: [],
      metrics: [],
      counts: { worse: 0, better: 0, changed: 0, inconclusive: 0, same: 0 },
      gate: { verdict: 'pass', metrics: [], missing: [], brokenThresholds: [] },
      curves: [],
    })),
    verdict: 'pass',
    warnings: [],
  };
}

function armSummary({ name, revision, plan, scenario, diagnostics, fidelity }: LoadedArm): ArmSummary {
  return {
    name,
    revision,
    scenario: scenario.name,
    istioVersion: scenario.istioVersion,
    ...(scenario.envoyVersion === undefined ? {} : { envoyVersion: scenario.envoyVersion }),
    meshes: meshesOf(plan),
    ...(plan.assumedMesh === undefined ? {} : { assumedMesh: plan.assumedMesh }),
    events: 0,
    slos: [],
    thresholds: [],
    warnings: [],
    diagnostics,
    fidelity,
    services: [],
    series: { intervalSeconds: 0, intervals: 0, traffic: [], workloads: [], clusters: [] },
  };
}
