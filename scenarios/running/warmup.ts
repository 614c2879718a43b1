// How long the warm-up has to be: pilot runs from the empty mesh, cut where MSER-5 says that the start no longer shows.
// White, Cobb and Spratt, Proc. Winter Simulation Conference 2000 (MSER-5); Welch's averaging over runs before it.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { RunOptions } from '../../models/mesh/run/run-options.js';
import type { MeshPlan, TrafficPlan } from '../../models/plan/contract/plan.js';
import { mser5 } from '../../sim/statistics/index.js';
import type { RunSettings } from '../reading/scenario.js';

export interface WarmupChoice {
  readonly kind: 'auto' | 'fixed';
  readonly warmupNs: number;
  /** False: the pilot runs did not settle; `reason` says so. */
  readonly reliable: boolean;
  readonly reason: string;
}

const PILOTS = 2;
const INTERVALS = 200;
const LEAST_NS = 1e9;
const LEAST_SHARE = 0.05;
/** A pilot run lasts this long or this share of the run, whichever is longer, but not longer than the run. */
const PILOT_NS = 60e9;
const PILOT_SHARE = 0.2;

/** The mesh as pilot runs see it: the warm-up has the load of t = 0, the pods that are there at the start, and of the timeline what has begun before. */
export function pilotPlan(plan: MeshPlan): MeshPlan {
  const timeline = plan.timeline.filter(({ startsNs }) => startsNs.length === 0);
  return { ...plan, autoscalers: [], controllers: [], nodes: null, traffic: plan.traffic.map(atStart), timeline };
}

function atStart(traffic: TrafficPlan): TrafficPlan {
  const { arrival } = traffic;
  return arrival.kind === 'open'
    ? { ...traffic, arrival: { ...arrival, profile: arrival.profile.slice(0, 1) } }
    : traffic;
}

/** What to run for `warmupFromPilots`; nothing where the scenario gives the warm-up itself. */
export function pilotOptions(run: RunSettings): RunOptions[] {
  if (run.warmupNs !== null) return [];
  const durationNs = Math.min(run.durationNs, Math.max(PILOT_NS, Math.round(run.durationNs * PILOT_SHARE)));
  return Array.from({ length: PILOTS }, (_, pilot) => ({
    seed: `${run.seed}/pilot`,
    replication: pilot,
    warmupNs: 0,
    durationNs,
    intervalNs: Math.max(1, Math.ceil(durationNs / INTERVALS)),
    maxEvents: run.maxEvents,
  }));
}

/** One length for all replications: the given one, or what the pilot runs show. A pure function of its arguments. */
export function chooseWarmup(run: RunSettings, pilots: readonly ReplicationResult[]): WarmupChoice {
  if (run.warmupNs !== null) return { kind: 'fixed', warmupNs: run.warmupNs, reliable: true, reason: '' };
  return warmupFromPilots(pilots, run.durationNs);
}

/** At least 5 % of the duration or 1 s, whichever is longer, at most the duration. */
export function warmupFromPilots(pilots: readonly ReplicationResult[], durationNs: number): WarmupChoice {
  const leastNs = Math.min(durationNs, Math.max(LEAST_NS, Math.round(durationNs * LEAST_SHARE)));
  const { intervalNs } = pilots[0].series;
  const cuts = [meanLatencies(pilots), inService(pilots)].map(mser5);
  const longest = Math.max(...cuts.map((cut) => cut.truncate)) * intervalNs;
  const warmupNs = Math.min(durationNs, Math.max(leastNs, longest));
  if (pilots.some((pilot) => pilot.stopped !== null)) {
    const bound = pilots.some((pilot) => pilot.stopped === 'max-memory') ? 'memory' : 'events';
    const reason = `the pilot runs for the warm-up hit the bound of ${bound}`;
    return { kind: 'auto', warmupNs, reliable: false, reason };
  }
  const reliable = cuts.every((cut) => cut.reliable);
  const reason = reliable ? '' : 'latency or the number of requests in service does not settle within a run';
  return { kind: 'auto', warmupNs, reliable, reason };
}

/** Mean latency per interval over all pilots and requests. */
function meanLatencies(pilots: readonly ReplicationResult[]): number[] {
  const intervals = Math.min(...pilots.map(({ series }) => series.intervals));
  const means: number[] = [];
  for (let i = 0; i < intervals; i++) {
    let sumNs = 0;
    let count = 0;
    for (const { series } of pilots) {
      for (const flow of series.traffic) {
        sumNs += flow.latencySumNs[i];
        count += flow.completed[i];
      }
    }
    // Without an answer the last mean stands: an empty mesh stays at 0 until its first answer.
    means.push(count > 0 ? sumNs / count : (means[i - 1] ?? 0));
  }
  return means;
}

/** Requests in all applications at the end of each interval, mean over pilots. */
function inService(pilots: readonly ReplicationResult[]): number[] {
  const intervals = Math.min(...pilots.map(({ series }) => series.intervals));
  return Array.from({ length: intervals }, (_, i) => {
    let sum = 0;
    for (const { series } of pilots) for (const workload of series.workloads) sum += workload.inService[i];
    return sum / pilots.length;
  });
}
