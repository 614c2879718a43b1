// What was counted about a flow of calls (a traffic request, an edge, a service …), replication by replication. Summaries,
// thresholds and SLOs all read these tallies, so that they cannot disagree.
import type {
  CauseCount,
  EndsResult,
  OutcomeCount,
  ReplicationResult,
  RowResult,
  TrafficResult,
} from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { NONE } from '../../models/plan/contract/plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import { serviceNames } from '../reading/service-names.js';
import { refusalOf } from '../result/refusals.js';
import { clientBatches } from './batches.js';
import type { FlowPart, FlowTally } from './flow.js';

export interface EdgeTally extends FlowTally {
  readonly from: string;
  readonly to: string;
  /** Index of the plan's row, with its flow. */
  readonly rows: readonly { readonly row: number; readonly tally: FlowTally }[];
}

export interface RunTally {
  readonly all: FlowTally;
  /** Aligned with `plan.traffic`, and `requests` with its requests. */
  readonly traffic: readonly { readonly tally: FlowTally; readonly requests: readonly FlowTally[] }[];
  /** One per pair of names that something was called on. */
  readonly edges: readonly EdgeTally[];
  /** Calls that a service answered, or that were meant for it and reached no upstream; by its name. */
  readonly services: ReadonlyMap<string, FlowTally>;
  /** All calls on all edges. */
  readonly mesh: FlowTally;
}

export function tallyRun(plan: MeshPlan, results: readonly ReplicationResult[]): RunTally {
  const requests = plan.traffic.map((traffic, t) =>
    traffic.requests.map((_, r) =>
      clientTally(plan, results, (result) => result.traffic.filter((own) => own.traffic === t && own.request === r)),
    ),
  );
  const traffic = requests.map((own, t) => ({
    tally: clientTally(plan, results, (result) => result.traffic.filter((entry) => entry.traffic === t)),
    requests: own,
  }));
  const rows = plan.rows.map((_, row) => rowTally(plan, results, [row]));
  return {
    all: clientTally(plan, results, (result) => result.traffic),
    traffic,
    edges: edgeTallies(plan, results, rows),
    services: serviceTallies(plan, results),
    mesh: rowTally(
      plan,
      results,
      plan.rows.map((_, row) => row),
    ),
  };
}

/** All parts' latencies in one histogram. */
export function mergedLatency(parts: readonly FlowPart[], latencyOf: (part: FlowPart) => Histogram): Histogram {
  const [first] = parts;
  const merged = new Histogram(first === undefined ? undefined : latencyOf(first).resolution);
  for (const part of parts) merged.merge(latencyOf(part));
  return merged;
}

/** All parts' outcomes, sorted by status, then flags, the bad ones first. */
export function mergedOutcomes(lists: readonly (readonly OutcomeCount[])[]): OutcomeCount[] {
  const counts = new Map<string, OutcomeCount>();
  for (const outcome of lists.flat()) {
    const key = `${outcome.status}/${outcome.flags}/${outcome.good}`;
    counts.set(key, { ...outcome, count: outcome.count + (counts.get(key)?.count ?? 0) });
  }
  return [...counts.values()].sort(
    (a, b) => a.status - b.status || a.flags - b.flags || Number(a.good) - Number(b.good),
  );
}

/** All parts' causes, sorted. */
export function mergedCauses(lists: readonly (readonly CauseCount[])[]): CauseCount[] {
  const counts = new Map<string, CauseCount>();
  for (const cause of lists.flat()) {
    const key = `${cause.cause}/${cause.good}`;
    counts.set(key, { ...cause, count: cause.count + (counts.get(key)?.count ?? 0) });
  }
  return [...counts.values()].sort((a, b) => a.cause - b.cause || Number(a.good) - Number(b.good));
}

function clientTally(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  entriesOf: (result: ReplicationResult) => readonly TrafficResult[],
): FlowTally {
  const parts = results.map((result) => clientPart(plan, result, entriesOf(result)));
  return { parts, batches: results.length === 1 ? clientBatches(results[0], entriesOf(results[0])) : [] };
}

function clientPart(plan: MeshPlan, result: ReplicationResult, entries: readonly TrafficResult[]): FlowPart {
  const calls = total(entries, (entry) => entry.completed);
  return {
    ...endsOf(plan, entries, calls),
    measuredNs: result.measuredNs,
    offered: total(entries, (entry) => entry.offered),
    attempts: calls,
    retries: 0,
    intendedLatency: mergeData(entries.map((entry) => entry.intendedLatency)),
  };
}

function rowTally(plan: MeshPlan, results: readonly ReplicationResult[], rows: readonly number[]): FlowTally {
  return {
    parts: results.map((result) =>
      rowPart(
        plan,
        result,
        rows.map((row) => result.rows[row]),
      ),
    ),
    batches: [],
  };
}

function rowPart(plan: MeshPlan, result: ReplicationResult, rows: readonly RowResult[]): FlowPart {
  const calls = total(rows, (row) => row.calls);
  const ends = endsOf(plan, rows, calls);
  return {
    ...ends,
    measuredNs: result.measuredNs,
    offered: calls,
    attempts: total(rows, (row) => row.attempts),
    retries: total(rows, (row) => row.retries),
    intendedLatency: ends.latency,
  };
}

type Ends = Omit<FlowPart, 'measuredNs' | 'offered' | 'attempts' | 'retries' | 'intendedLatency'>;

function endsOf(plan: MeshPlan, entries: readonly EndsResult[], calls: number): Ends {
  const good = total(entries, (entry) => entry.good);
  const causes = mergedCauses(entries.map((entry) => entry.causes));
  return {
    calls,
    good,
    errors: calls - good,
    refused: total(causes, ({ cause, count }) => (refusalOf(plan, cause) === null ? 0 : count)),
    outcomes: mergedOutcomes(entries.map((entry) => entry.outcomes)),
    causes,
    latency: mergeData(entries.map((entry) => entry.latency)),
    goodLatency: mergeData(entries.map((entry) => entry.goodLatency)),
  };
}

function edgeTallies(plan: MeshPlan, results: readonly ReplicationResult[], rows: readonly FlowTally[]): EdgeTally[] {
  const rowsOf = new Map<string, number[]>();
  plan.rows.forEach(({ edge }, row) => {
    const { fromName, toName } = plan.edges[edge];
    addTo(rowsOf, JSON.stringify([fromName, toName]), row);
  });
  return [...rowsOf.values()].map((own) => {
    const { fromName, toName } = plan.edges[plan.rows[own[0]].edge];
    const called = own.filter((row) => rows[row].parts.some((part) => part.calls > 0 || part.attempts > 0));
    return {
      from: fromName,
      to: toName,
      ...rowTally(plan, results, own),
      rows: called.map((row) => ({ row, tally: rows[row] })),
    };
  });
}

function serviceTallies(plan: MeshPlan, results: readonly ReplicationResult[]): Map<string, FlowTally> {
  const names = serviceNames(plan);
  const rowsOf = new Map<string, number[]>();
  plan.rows.forEach(({ edge, workload }, row) => {
    const answering = workload === NONE ? meantFor(plan, edge) : workload;
    addTo(rowsOf, answering === NONE ? plan.edges[edge].toName : names[answering], row);
  });
  return new Map([...rowsOf].map(([name, rows]) => [name, rowTally(plan, results, rows)]));
}

/** The first workload that answers on an edge; NONE where none ever can. */
function meantFor(plan: MeshPlan, edge: number): number {
  return plan.rows.find((row) => row.edge === edge && row.workload !== NONE)?.workload ?? NONE;
}

function addTo(rowsOf: Map<string, number[]>, key: string, row: number): void {
  const known = rowsOf.get(key);
  if (known === undefined) rowsOf.set(key, [row]);
  else known.push(row);
}

function mergeData(list: readonly Parameters<typeof Histogram.fromData>[0][]): Histogram {
  const merged = new Histogram(list[0]?.resolution);
  for (const data of list) merged.merge(Histogram.fromData(data));
  return merged;
}

function total<T>(entries: readonly T[], of: (entry: T) => number): number {
  let sum = 0;
  for (const entry of entries) sum += of(entry);
  return sum;
}
