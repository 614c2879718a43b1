// The latency distributions that clients see in two worlds, as quantiles at fixed probabilities.
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { Histogram } from '../../sim/statistics/index.js';
import type { QuantileCurve } from '../result/diff-result.js';
import { mergedLatency, type RunTally } from '../tally/tally.js';

const PROBABILITIES = [
  0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94,
  0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9999,
] as const;
const NS_PER_MS = 1e6;
/** Observations that must lie beyond a quantile. */
const BEYOND = 10;

/** One curve per request that both worlds have. */
export function latencyCurves(base: { plan: MeshPlan; tally: RunTally }, candidate: typeof base): QuantileCurve[] {
  const others = requestLatencies(candidate.plan, candidate.tally);
  return [...requestLatencies(base.plan, base.tally)].flatMap(([key, { traffic, request, latency }]) => {
    const other = others.get(key);
    if (other === undefined) return [];
    const baseMs = quantilesMs(latency);
    return [{ traffic, request, probabilities: PROBABILITIES, baseMs, candidateMs: quantilesMs(other.latency) }];
  });
}

interface RequestLatency {
  readonly traffic: string;
  readonly request: string;
  readonly latency: Histogram;
}

function requestLatencies(plan: MeshPlan, tally: RunTally): Map<string, RequestLatency> {
  return new Map(
    plan.traffic.flatMap(({ name, requests }, t) =>
      requests.map((request, r): [string, RequestLatency] => {
        const latency = mergedLatency(tally.traffic[t].requests[r].parts, (part) => part.latency);
        return [JSON.stringify([name, request.name]), { traffic: name, request: request.name, latency }];
      }),
    ),
  );
}

function quantilesMs(latency: Histogram): (number | null)[] {
  return PROBABILITIES.map((p) =>
    latency.count * Math.min(p, 1 - p) * (1 + 1e-9) < BEYOND ? null : latency.quantile(p) / NS_PER_MS,
  );
}
