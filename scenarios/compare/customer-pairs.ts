// The same customers in two worlds: a sample of them is kept by key in each (models/mesh/customers.ts), so that those who are answered well in both
// can be told from those who are not. Their latencies are compared where the share of good answers has changed: all good answers would
// then be other customers' (principal stratification: Frangakis and Rubin, Biometrics 58, 2002).
import type { CustomersResult } from '../../models/mesh/recording/customers.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import { trafficRequests } from '../../models/mesh/traffic/traffic.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { Histogram } from '../../sim/statistics/index.js';

/** What became of the customers of some requests that ended in both worlds. */
export interface CustomerPairs {
  /** Of those who are answered well in both; one histogram a replication. */
  readonly base: readonly Histogram[];
  readonly candidate: readonly Histogram[];
  /** All replications together: good in both, in the base alone, in the candidate alone, in neither. */
  readonly goodInBoth: number;
  readonly lost: number;
  readonly gained: number;
  readonly bad: number;
}

interface World {
  readonly plan: MeshPlan;
  readonly results: readonly ReplicationResult[];
}

/** A request of the traffic by its names, which both worlds share. */
export interface RequestName {
  readonly traffic: string;
  readonly request: string;
}

/** null where no customers were kept, or a world does not have one of the requests. */
export function pairCustomers(base: World, candidate: World, names: readonly RequestName[]): CustomerPairs | null {
  const own = names.map((name) => indexOf(base.plan, name));
  const other = names.map((name) => indexOf(candidate.plan, name));
  if (own.includes(-1) || other.includes(-1)) return null;
  const counts = { goodInBoth: 0, lost: 0, gained: 0, bad: 0 };
  const histograms = { base: [] as Histogram[], candidate: [] as Histogram[] };
  for (let r = 0; r < base.results.length; r++) {
    const before = base.results[r].customers;
    const after = candidate.results[r].customers;
    if (before === undefined || after === undefined) return null;
    const samples = own.map((index, i) => ({ base: before[index], candidate: after[other[i]] }));
    // A common bound, so that each request weighs as much as it has customers.
    const bound = Math.min(...samples.map((pair) => Math.min(pair.base.bound, pair.candidate.bound)));
    const both = { base: new Histogram(), candidate: new Histogram() };
    for (const pair of samples) followEach(pair.base, pair.candidate, bound, both, counts);
    histograms.base.push(both.base);
    histograms.candidate.push(both.candidate);
  }
  return { ...histograms, ...counts };
}

function indexOf(plan: MeshPlan, { traffic, request }: RequestName): number {
  return trafficRequests(plan).findIndex(
    (own) =>
      plan.traffic[own.traffic].name === traffic && plan.traffic[own.traffic].requests[own.request].name === request,
  );
}

interface Counts {
  goodInBoth: number;
  lost: number;
  gained: number;
  bad: number;
}

/** Both samples are sorted by key: one walk through both finds who is in both. */
function followEach(
  base: CustomersResult,
  candidate: CustomersResult,
  bound: number,
  both: { readonly base: Histogram; readonly candidate: Histogram },
  counts: Counts,
): void {
  let j = 0;
  for (let i = 0; i < base.keyLo.length && base.keyLo[i] < bound; i++) {
    while (j < candidate.keyLo.length && isBefore(candidate, j, base, i)) j++;
    if (j === candidate.keyLo.length) return;
    if (candidate.keyLo[j] !== base.keyLo[i] || candidate.keyHi[j] !== base.keyHi[i]) continue;
    if (base.good[i] === 1 && candidate.good[j] === 1) {
      counts.goodInBoth++;
      both.base.record(base.latencyNs[i]);
      both.candidate.record(candidate.latencyNs[j]);
    } else if (base.good[i] === 1) counts.lost++;
    else if (candidate.good[j] === 1) counts.gained++;
    else counts.bad++;
  }
}

function isBefore(a: CustomersResult, i: number, b: CustomersResult, j: number): boolean {
  return a.keyLo[i] < b.keyLo[j] || (a.keyLo[i] === b.keyLo[j] && a.keyHi[i] < b.keyHi[j]);
}
