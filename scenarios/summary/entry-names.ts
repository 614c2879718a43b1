// What the entries of a timeline are called in a result: by their names, numbered where two have the same.
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';

/** Aligned with the timeline; those that begin inside the run are told apart. */
export function entryNames(timeline: readonly TimelineEntryPlan[]): string[] {
  const uses = new Map<string, number>();
  for (const { name, startsNs } of timeline) if (startsNs.length > 0) uses.set(name, (uses.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return timeline.map(({ name, startsNs }) => {
    if (startsNs.length === 0 || uses.get(name) === 1) return name;
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return `${name} (${number})`;
  });
}
