// Worlds that compile to the same plan: whatever load met them, nothing could differ, so that nothing is simulated.
import { leftOutIn } from '../../models/config/left-out.js';
import { meshesOf } from '../../models/plan/contract/meshes.js';
import { samePlan } from '../../models/plan/contract/same-plan.js';
import {
  type ArmSummary,
  type Comparison,
  DIFF_SCHEMA,
  type DiffResult,
  type DiffSettings,
} from '../result/diff-result.js';
import { countVerdicts } from './compare-arms.js';
import { diffConfig } from './config-diff.js';
import { newLintFindings } from './lint-changes.js';
import type { LoadedArm } from './load-arms.js';
import { untriedWarnings } from './untried.js';

/** Whether all candidates compile to what the base compiles to. */
export function isSameThroughout([base, ...candidates]: readonly LoadedArm[]): boolean {
  return candidates.every(({ plan }) => samePlan(base.plan, plan));
}

/** The result without any replication: the changes of the YAML, and a gate that passes. */
export async function sameResult(arms: readonly LoadedArm[], settings: DiffSettings): Promise<DiffResult> {
  const [base, ...candidates] = arms;
  const { run, name } = base.scenario;
  const comparisons = await Promise.all(candidates.map((candidate) => sameComparison(base, candidate)));
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
    comparisons,
    verdict: 'pass',
    warnings: comparisons.some(({ changes }) => changes.length > 0) ? untriedWarnings(base.plan) : [],
  };
}

async function sameComparison(base: LoadedArm, candidate: LoadedArm): Promise<Comparison> {
  const changes = diffConfig(base.objects, candidate.objects);
  return {
    candidate: armSummary(candidate),
    changes,
    isSamePlan: true,
    headline: { kind: 'same', success: null },
    success: [],
    facts: [],
    findings: [],
    lint: changes.length === 0 ? [] : await newLintFindings(base, candidate),
    entities: [],
    metrics: [],
    counts: countVerdicts([]),
    gate: { verdict: 'pass', metrics: [], notComparable: [], missing: [], brokenThresholds: [] },
    curves: [],
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
    warnings: leftOutIn(diagnostics),
    diagnostics,
    fidelity,
    services: [],
    series: { intervalSeconds: 0, intervals: 0, traffic: [], workloads: [], clusters: [] },
  };
}
