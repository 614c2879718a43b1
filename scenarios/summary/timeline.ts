// What a run with a timeline says over time; nothing of any other.
import type { RunResult } from '../result/run-result.js';
import { summariseHappenings } from './happenings.js';
import { type ImpactInput, summariseImpacts } from './impact.js';
import { summarisePhases } from './phases.js';

export function summariseTimeline(input: ImpactInput): Pick<RunResult, 'phases' | 'impacts' | 'happenings'> {
  const { plan, durationNs, reachedNs, results } = input;
  if (!results.some(({ phases }) => phases !== undefined)) return {};
  const impacts = summariseImpacts(input);
  return {
    phases: summarisePhases(plan, durationNs, results, reachedNs),
    impacts,
    happenings: summariseHappenings(plan, durationNs, results, impacts),
  };
}
