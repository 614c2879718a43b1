// What findings are made of: sums over all replications, by the indices of the plan.
import { type Cause, readCause, TIMEOUTS } from '../../models/mesh/recording/cause.js';
import type { ClusterResult, ReplicationResult, WorkloadResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import { serviceNames } from '../reading/service-names.js';
import { mergedLatency, type RunTally } from '../tally/tally.js';

const NS_PER_MS = 1e6;

export interface FindingInput {
  readonly plan: MeshPlan;
  /** With files as results name them; null: findings name no lines. */
  readonly sources: PlanSources | null;
  readonly results: readonly ReplicationResult[];
  readonly tally: RunTally;
}

/** Calls on a row, all replications. */
export interface RowFacts {
  readonly calls: number;
  readonly attempts: number;
  /** Of the attempts. */
  readonly retries: number;
  /** By cause (models/mesh/cause.ts), those that were expected left out. */
  readonly bad: ReadonlyMap<number, number>;
  /** By TIMEOUT. */
  readonly timeouts: readonly number[];
  /** Calls that an injected delay has held. */
  readonly delayed: number;
}

export class Facts {
  readonly plan: MeshPlan;
  readonly sources: PlanSources | null;
  readonly results: readonly ReplicationResult[];
  readonly tally: RunTally;
  /** Display name by workload. */
  readonly names: readonly string[];
  /** Requests of the clients that ended, and those of them that were no good. */
  readonly calls: number;
  readonly bad: number;
  /** Requests of the clients that were under way when the run ended, by what they waited for. */
  readonly waiting: ReadonlyMap<number, number>;
  readonly waitingCount: number;
  /** Mean latency of the clients' requests, all answers; 0 without any. */
  readonly meanMs: number;
  readonly measuredNs: number;
  readonly rows: readonly RowFacts[];

  constructor({ plan, sources, results, tally }: FindingInput, delayFlag: number) {
    this.plan = plan;
    this.sources = sources;
    this.results = results;
    this.tally = tally;
    this.names = serviceNames(plan);
    const { parts } = tally.all;
    this.calls = parts.reduce((sum, part) => sum + part.calls, 0);
    this.bad = parts.reduce((sum, part) => sum + part.errors, 0);
    const waiting = new Map<number, number>();
    for (const { cause, count } of results.flatMap((result) => result.traffic.flatMap((own) => own.waiting)))
      waiting.set(cause, (waiting.get(cause) ?? 0) + count);
    this.waiting = waiting;
    this.waitingCount = [...waiting.values()].reduce((sum, count) => sum + count, 0);
    const latency = mergedLatency(parts, (part) => part.latency);
    this.meanMs = latency.count === 0 ? 0 : latency.mean / NS_PER_MS;
    this.measuredNs = results.reduce((sum, result) => sum + result.measuredNs, 0);
    this.rows = plan.rows.map((_, row) => rowFacts(results, row, delayFlag));
  }

  /** What of a wait the clients can have felt: stations that fill up owe waits that nobody has lived to see the end of. */
  feltMs(latencyMs: number): number {
    return Math.min(latencyMs, this.meanMs);
  }

  workload(index: number, of: (result: WorkloadResult) => number): number {
    return this.results.reduce((sum, result) => sum + of(result.workloads[index]), 0);
  }

  cluster(index: number, of: (result: ClusterResult) => number): number {
    return this.results.reduce((sum, result) => sum + of(result.clusters[index]), 0);
  }

  /** Mean over replications of the highest of the pods. */
  fullest(index: number, of: (pod: WorkloadResult['pods'][number]) => number): number {
    const highest = this.results.map(({ workloads }) => Math.max(0, ...workloads[index].pods.map(of)));
    return highest.reduce((sum, value) => sum + value, 0) / highest.length;
  }

  /** Calls on the rows that a test takes, and those of them that are bad for a cause that another takes. */
  badOn(
    takes: (row: number) => boolean,
    causes: ReadonlySet<number>,
  ): { readonly calls: number; readonly bad: number } {
    let calls = 0;
    let bad = 0;
    this.rows.forEach((facts, row) => {
      if (!takes(row)) return;
      calls += facts.calls;
      for (const [cause, count] of facts.bad) if (causes.has(cause)) bad += count;
    });
    return { calls, bad };
  }

  /** `cart`, or `cart (version v2)` where several workloads stand behind the service. */
  workloadName(index: number): string {
    const name = this.names[index];
    const { version, name: own } = this.plan.workloads[index];
    const others = this.names.filter((other) => other === name).length;
    if (others < 2) return name;
    const { workloads } = this.plan;
    const isTold =
      version !== '' && workloads.filter((one, i) => this.names[i] === name && one.version === version).length === 1;
    return isTold ? `${name} (version ${version})` : `${name} (workload ${own})`;
  }

  edgeName(row: number): string {
    const { fromName, toName } = this.plan.edges[this.plan.rows[row].edge];
    return `${fromName} -> ${toName}`;
  }

  /** Sites whose calls can end on a row. */
  sitesOf(row: number): number[] {
    const { edge, request } = this.plan.rows[row];
    return this.plan.sites.flatMap((site, i) => (site.edge === edge && site.request === request ? [i] : []));
  }
}

/** The causes of bad answers of the clients' requests, most first. */
export function clientCauses(
  facts: Facts,
): { readonly number: number; readonly cause: Cause; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const { causes } of facts.tally.all.parts) {
    for (const { cause, good, count } of causes) if (!good) counts.set(cause, (counts.get(cause) ?? 0) + count);
  }
  return [...counts]
    .map(([number, count]) => ({ number, cause: readCause(number), count }))
    .sort((a, b) => b.count - a.count || a.number - b.number);
}

function rowFacts(results: readonly ReplicationResult[], row: number, delayFlag: number): RowFacts {
  const bad = new Map<number, number>();
  const timeouts = new Array<number>(TIMEOUTS).fill(0);
  let calls = 0;
  let attempts = 0;
  let retries = 0;
  let delayed = 0;
  for (const { rows } of results) {
    const own = rows[row];
    calls += own.calls;
    attempts += own.attempts;
    retries += own.retries;
    for (const { cause, good, count } of own.causes) if (!good) bad.set(cause, (bad.get(cause) ?? 0) + count);
    own.timeouts.forEach((count, kind) => {
      timeouts[kind] += count;
    });
    for (const { flags, count } of own.outcomes) if ((flags & delayFlag) !== 0) delayed += count;
  }
  return { calls, attempts, retries, bad, timeouts, delayed };
}
