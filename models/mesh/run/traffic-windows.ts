// What the timeline of a plan multiplies the rates of its sources by, and which mixes of requests it gives them.
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { TrafficActionPlan } from '../../plan/contract/timeline-plan.js';
import type { MixWindow } from '../traffic/mixes.js';
import type { FactorWindow, TimeWindow } from '../traffic/rate-factors.js';

/** By source of the traffic. */
export function trafficWindows(plan: MeshPlan): FactorWindow[][] {
  return windowsOf(plan, ({ factor, mix }) => (mix !== undefined && factor === 1 ? [] : [{ factor }]));
}

/** Likewise. */
export function mixWindows(plan: MeshPlan): MixWindow[][] {
  return windowsOf(plan, ({ mix }) => (mix === undefined ? [] : [{ shares: mix }]));
}

function windowsOf<Kind extends object>(
  { traffic, timeline }: MeshPlan,
  whatOf: (action: TrafficActionPlan) => readonly Kind[],
): (TimeWindow & Kind)[][] {
  return traffic.map((_, source) =>
    timeline.flatMap(({ action, startsNs, durationNs, rampNs }) => {
      if (action.kind !== 'traffic' || !action.traffic.includes(source)) return [];
      const lengthNs = durationNs ?? Number.POSITIVE_INFINITY;
      const starts = startsNs.length === 0 ? [Number.NEGATIVE_INFINITY] : startsNs;
      return whatOf(action).flatMap((what) =>
        starts.map((fromNs) => ({ fromNs, toNs: fromNs + lengthNs, rampNs, ...what })),
      );
    }),
  );
}
