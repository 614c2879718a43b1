// A storm as small as still does nearly as much: entries first, then times and sizes. Each step looks at all that is one thing smaller and takes the first
// that does.
import type { ScenarioTimelineEntry } from '../document/schema-timeline.js';
import type { StormOutcome } from '../result/storm-result.js';
import { lessened, withoutOne } from './lessen.js';
import { isNearly } from './score.js';

export interface PlayedStorm {
  readonly entries: readonly ScenarioTimelineEntry[];
  readonly outcome: StormOutcome;
}

/** Outcomes of storms in their order; fewer: interrupted. */
export type Play = (storms: readonly (readonly ScenarioTimelineEntry[])[]) => Promise<readonly StormOutcome[]>;

/** Steps in which times and sizes become smaller. */
const STEPS_MAX = 8;

export async function shrunk(whole: PlayedStorm, play: Play): Promise<PlayedStorm> {
  let smallest = whole;
  for (;;) {
    const next = await firstNearly(withoutOne(smallest.entries), whole, play);
    if (next === null) break;
    smallest = next;
  }
  for (let step = 0; step < STEPS_MAX; step++) {
    const next = await firstNearly(lessened(smallest.entries), whole, play);
    if (next === null) break;
    smallest = next;
  }
  return smallest;
}

async function firstNearly(
  candidates: readonly (readonly ScenarioTimelineEntry[])[],
  { outcome: whole }: PlayedStorm,
  play: Play,
): Promise<PlayedStorm | null> {
  if (candidates.length === 0) return null;
  const outcomes = await play(candidates);
  const found = outcomes.findIndex((outcome) => isNearly(outcome, whole));
  return found === -1 ? null : { entries: candidates[found], outcome: outcomes[found] };
}
