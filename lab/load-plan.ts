// The load of a case as a traffic source of its plan.
import type { ArrivalPlan, MeshPlan, TrafficPlan } from '../models/plan/contract/plan.js';
import type { LabCase, Load } from './case.js';

const MS = 1_000_000;
const NS_PER_S = 1_000_000_000;
/** Requests of a burst follow one another after a microsecond, unless the machine needs longer. */
const BURST_GAP_MS = 0.001;

/** @param sendMs what the client needs for each request of a burst */
export function trafficOf(plan: MeshPlan, lab: LabCase, sendMs = 0): TrafficPlan[] {
  const source = plan.traffic[0];
  const requests = [{ ...source.requests[0], timeoutNs: (lab.clientTimeoutMs ?? 0) * MS }];
  return [{ ...source, arrival: arrival(lab.load, Math.max(sendMs, BURST_GAP_MS)), requests }];
}

function arrival(load: Load, gapMs: number): ArrivalPlan {
  switch (load.kind) {
    case 'closed':
      return {
        kind: 'closed',
        connections: load.connections,
        ratePerSecond: null,
        uniform: false,
        think: null,
        calls: null,
        // After the measuring has begun.
        startNs: 1000,
      };
    case 'open': {
      // Half a gap after the last one, so that rounding loses none.
      const endNs = Math.round(((load.requests + 0.5) * NS_PER_S) / load.ratePerSecond);
      return { kind: 'open', process: load.process, profile: steps([[0, endNs, load.ratePerSecond]]) };
    }
    case 'bursts':
      return {
        kind: 'open',
        process: 'constant',
        profile: steps(
          // Arrivals are counted through all spans: half of one more in the first keeps them apart from the ends.
          load.bursts.map(({ atMs, requests }, i) => [
            atMs * MS,
            (atMs + (requests + (i === 0 ? 0.5 : 0)) * gapMs) * MS,
            1000 / gapMs,
          ]),
        ),
      };
  }
}

/** A rate that jumps: none outside of the spans. */
function steps(spans: readonly (readonly [fromNs: number, toNs: number, rate: number])[]) {
  return spans.flatMap(([fromNs, toNs, rate]) => [
    { atNs: fromNs, ratePerSecond: 0 },
    { atNs: fromNs, ratePerSecond: rate },
    { atNs: toNs, ratePerSecond: rate },
    { atNs: toNs, ratePerSecond: 0 },
  ]);
}

/** When the last request of a case is sent, in milliseconds; of a Poisson process, when it is over on average. */
export function loadEndMs(load: Load): number {
  switch (load.kind) {
    case 'closed':
      return load.durationMs;
    case 'open':
      return ((load.requests + 0.5) * 1000) / load.ratePerSecond;
    case 'bursts':
      return Math.max(...load.bursts.map(({ atMs }) => atMs));
  }
}
