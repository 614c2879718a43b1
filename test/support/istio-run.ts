// From YAML to what the requests of a short run got: `{ '200 -': 2000 }`.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { simulate } from '../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { compile, type Wish } from '../models/plan/support.js';
import { allOutcomes, S } from './plans.js';

export interface IstioRun {
  readonly plan: MeshPlan;
  readonly result: ReplicationResult;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Tries for each call of the traffic's first site. */
  readonly triesPerCall: number;
}

/** Requests 10 ms apart for two seconds. */
export function runIstio(wish: Wish): IstioRun {
  const { plan, diagnostics } = compile(wish);
  if (plan === null) throw new Error(`no plan: ${JSON.stringify(diagnostics)}`);
  const traffic = plan.traffic.map((source) => ({
    ...source,
    arrival: { kind: 'open', process: 'constant', profile: [{ atNs: 0, ratePerSecond: 100 }] } as const,
  }));
  const result = simulate(
    { ...plan, traffic },
    { seed: 'istio', replication: 0, warmupNs: S, durationNs: 2 * S, intervalNs: S, maxEvents: 1e6 },
  );
  const site = plan.sites[plan.traffic[0]!.requests[0]!.site]!;
  const ofSite = result.rows.filter((_, row) => plan.rows[row]!.edge === site.edge);
  const attempts = ofSite.reduce((sum, row) => sum + row.attempts, 0);
  const calls = ofSite.flatMap((row) => row.outcomes).reduce((sum, { count }) => sum + count, 0);
  return { plan, result, outcomes: allOutcomes(result), triesPerCall: calls === 0 ? 0 : attempts / calls };
}

/** The only outcome of a run, or all of them where there are several. */
export function onlyOutcome(wish: Wish): string {
  const { outcomes } = runIstio(wish);
  return Object.keys(outcomes).sort().join(' | ');
}

/** An object that was created in this year, as the API server writes it: of two that contradict one another, Istio takes the older. */
export function createdIn(year: number, object: string): string {
  return object.replace('metadata: {', `metadata: { creationTimestamp: "${year}-01-01T00:00:00Z",`);
}
