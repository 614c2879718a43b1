// What the timeline of a plan multiplies the rates of its sources by.
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { FactorWindow } from '../traffic/rate-factors.js';

/** By source of the traffic. */
export function trafficWindows({ traffic, timeline }: MeshPlan): FactorWindow[][] {
  return traffic.map((_, source) =>
    timeline.flatMap(({ action, startsNs, durationNs, rampNs }) => {
      if (action.kind !== 'traffic' || !action.traffic.includes(source)) return [];
      const { factor } = action;
      const lengthNs = durationNs ?? Number.POSITIVE_INFINITY;
      const starts = startsNs.length === 0 ? [Number.NEGATIVE_INFINITY] : startsNs;
      return starts.map((fromNs) => ({ fromNs, toNs: fromNs + lengthNs, rampNs, factor }));
    }),
  );
}
