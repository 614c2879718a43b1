// The simulated side of a case.

import { MeshSimulation, type ReplicationResult } from '../models/mesh/index.js';
import { formatFlags } from '../models/mesh/recording/flags.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { Histogram } from '../sim/statistics/histogram.js';
import type { LabCase } from './case.js';
import { Driver, withFaults } from './changes/drive.js';
import { sumCounters } from './counters.js';
import { loadEndMs } from './load-plan.js';
import { letterOf, simulatedPlan } from './mesh.js';
import { type Calibration, type Observation, PICKS_MAX, SAMPLE } from './observation.js';

const MS = 1_000_000;
const DRAIN_MS = 1000;
const STEP_NS = MS / 2;

/** The mean over the case's replications. */
export function simulateCase(lab: LabCase, calibration: Calibration): Observation {
  return simulateRuns(lab, calibration).together;
}

/** All replications together, and each by itself. */
export function simulateRuns(
  lab: LabCase,
  calibration: Calibration,
): { readonly together: Observation; readonly each: readonly Observation[] } {
  const plan = withFaults(simulatedPlan(lab, calibration), lab);
  const count = lab.replications ?? 1;
  const runs = Array.from({ length: count }, (_, replication) => simulateOnce(plan, lab, replication));
  return { together: observed(plan, runs), each: runs.map((run) => observed(plan, [run])) };
}

type Run = ReturnType<typeof simulateOnce>;

function observed(plan: MeshPlan, runs: readonly Run[]): Observation {
  const count = runs.length;
  const latency = new Histogram();
  for (const { result } of runs) latency.merge(Histogram.fromData(result.traffic[0].intendedLatency));
  return {
    outcomes: meanOf(runs.map(({ result }) => outcomes(result))),
    hosts: meanOf(runs.map(({ result }) => hosts(plan, result))),
    picks: runs[0].picks,
    ...(runs[0].parts.length === 0
      ? {}
      : { parts: runs[0].parts.map((_, i) => meanOf(runs.map(({ parts }) => parts[i]))) }),
    counters: meanOf(runs.map(({ result }) => sumCounters(result.clusters.map((counters) => ({ ...counters }))))),
    latency: {
      count: latency.count / count,
      meanMs: latency.mean / MS,
      p50Ms: latency.quantile(0.5) / MS,
      p90Ms: latency.quantile(0.9) / MS,
      p99Ms: latency.quantile(0.99) / MS,
      sampleMs:
        latency.count === 0 ? [] : Array.from({ length: SAMPLE }, (_, i) => latency.quantile((i + 0.5) / SAMPLE) / MS),
    },
  };
}

function simulateOnce(plan: MeshPlan, lab: LabCase, replication: number) {
  const { load } = lab;
  const endMs = loadEndMs(load) + (load.kind === 'closed' ? 0 : (lab.drainMs ?? DRAIN_MS));
  const durationNs = Math.ceil(endMs * MS);
  const simulation = new MeshSimulation(plan, {
    seed: lab.name,
    replication,
    warmupNs: 0,
    durationNs,
    intervalNs: durationNs,
    maxEvents: 50_000_000,
  });
  const driver = new Driver(simulation, plan, lab);
  const seen = new Parts(
    lab.partsMs ?? [],
    (tNs) => driver.until(tNs),
    () => hosts(plan, simulation.result()),
  );
  const picks = replication === 0 ? followPicks(simulation, seen, durationNs) : '';
  return { picks, parts: seen.end(durationNs), result: simulation.result() };
}

/** Lets the time pass and counts requests by the parts of the load. */
class Parts {
  private readonly counts: Record<string, number>[] = [];

  constructor(
    private readonly partsMs: readonly number[],
    private readonly until: (tNs: number) => void,
    readonly hosts: () => Record<string, number>,
  ) {}

  /** The counts of the parts, at the end. */
  end(tNs: number): readonly Record<string, number>[] {
    this.pass(tNs);
    if (this.partsMs.length === 0) return [];
    const marks = [...this.counts, this.hosts()];
    return marks.map((mark, i) => difference(mark, marks[i - 1] ?? {}));
  }

  pass(tNs: number): void {
    while (this.counts.length < this.partsMs.length && this.partsMs[this.counts.length] * MS <= tNs) {
      this.until(this.partsMs[this.counts.length] * MS);
      this.counts.push(this.hosts());
    }
    this.until(tNs);
  }
}

function difference(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  const rest = Object.entries(now).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(rest.filter(([, count]) => count > 0));
}

/** Looks at the hosts every half millisecond: picks that are closer stand in the order of the hosts. */
function followPicks(simulation: MeshSimulation, parts: Parts, durationNs: number): string {
  let picks = '';
  let before: Record<string, number> = {};
  for (let tNs = STEP_NS; tNs < durationNs && picks.length <= PICKS_MAX; tNs += STEP_NS) {
    const { events } = simulation;
    parts.pass(tNs);
    if (simulation.events === events) continue;
    const now = parts.hosts();
    for (const letter of Object.keys(now).sort()) picks += letter.repeat(now[letter] - (before[letter] ?? 0));
    before = now;
  }
  return picks.length > PICKS_MAX ? '' : picks;
}

function outcomes(result: ReplicationResult): Record<string, number> {
  const [traffic] = result.traffic;
  return Object.fromEntries(
    traffic.outcomes.map(({ status, flags, count }) => [`${status} ${formatFlags(flags, status === 0)}`, count]),
  );
}

/** What reached each host: where hosts are checked, without the checks. */
function hosts(plan: MeshPlan, { workloads, rows }: ReplicationResult): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (workload: number, count: number): void => {
    const letter = letterOf(plan.workloads[workload]);
    if (letter !== null && count > 0) counts[letter] = (counts[letter] ?? 0) + count;
  };
  if (plan.clusters.some(({ healthCheck }) => healthCheck !== null)) {
    for (const [i, { attempts }] of rows.entries())
      if (plan.rows[i].workload >= 0) add(plan.rows[i].workload, attempts);
  } else {
    for (const [i, { arrivals }] of workloads.entries()) add(i, arrivals);
  }
  return counts;
}

function meanOf(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all) for (const [name, value] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + value;
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / all.length]));
}
