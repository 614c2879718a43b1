// Small worlds for comparisons: one M/M/1 service behind two proxies, run on this thread.
import type { ReplicationResult } from '../../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import { type ArmRun, readArmRun } from '../../../scenarios/compare/arm-run.js';
import type { LoadedArm } from '../../../scenarios/compare/load-arms.js';
import type { PrimaryMetrics } from '../../../scenarios/compare/primary.js';
import type { DiffSettings, DiffSubject } from '../../../scenarios/result/diff-result.js';
import { runReplicationsInline } from '../../../scenarios/running/replicate.js';
import { expWork, MS, poisson, S, type SmallPlan, smallPlan } from '../../support/plans.js';

/** M/M/1 at 100 requests a second and a utilisation of `meanMs` / 10. */
export function queueWorld(meanMs: number, options: SmallPlan = {}): MeshPlan {
  return smallPlan({
    arrivals: [poisson(100)],
    program: [expWork(meanMs * MS)],
    app: { workers: 1 },
    oneWayNs: 0,
    ...options,
  });
}

export const GET: DiffSubject = { kind: 'request', traffic: 'load 0', request: 'get' };

export const PRIMARY: PrimaryMetrics = {
  from: 'default',
  guards: [],
  metrics: [
    { subject: GET, metric: 'p99', better: 'lower', probability: 0.99 },
    { subject: GET, metric: 'mean', better: 'lower', probability: null },
    { subject: GET, metric: 'errors', better: 'lower', probability: null },
  ],
};

export const SETTINGS: DiffSettings = {
  confidenceLevel: 0.95,
  precisionShare: 0.02,
  marginLatencyShare: 0.02,
  marginErrorShare: 0.001,
  batch: 5,
  replicationsMax: 20,
  primaryFrom: 'default',
};

/** Replications `first` .. `first + count − 1` with a warm-up of 2 s. */
export function replications(
  plan: MeshPlan,
  seed: string,
  count: number,
  durationNs = 10 * S,
  first = 0,
): ReplicationResult[] {
  const jobs = Array.from({ length: count }, (_, i) => ({
    seed,
    replication: first + i,
    warmupNs: 2 * S,
    durationNs,
    intervalNs: durationNs,
    maxEvents: 1e9,
  }));
  return runReplicationsInline(plan, jobs);
}

export function armRun(plan: MeshPlan, results: readonly ReplicationResult[], primary = PRIMARY): ArmRun {
  return readArmRun(plan, results, primary);
}

/** A world as if it had been loaded from files. */
export function loadedArm(name: string, plan: MeshPlan, seed = 'trial', durationNs = 10 * S): LoadedArm {
  return {
    name,
    revision: null,
    plan,
    sources: null,
    scenario: {
      name: 'trial',
      file: 'scenario.yaml',
      istioVersion: '1.31',
      run: { seed, durationNs, warmupNs: 2 * S, replications: 5, maxEvents: 1e9, intervalNs: durationNs },
      slos: [],
      thresholds: [],
    },
    objects: new Map(),
    diagnostics: [],
    fidelity: [],
    lint: () => Promise.resolve([]),
  };
}
