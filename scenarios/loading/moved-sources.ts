// Sources of a plan with the places that a result may name.
import type { SourcePosition } from '../../models/config/diagnostic.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';

/** Sources with other positions, however deep they stand. */
export function movedSources<T>(value: T, moved: <Entry extends Placed>(entry: Entry) => Entry): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => movedSources<unknown>(item, moved)) as T;
  if (isPlaced(value)) return moved(value);
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, movedSources<unknown>(own, moved)])) as T;
}

/** A plan whose timeline, which is all in it that has places, has other positions. */
export function withMovedTimeline(plan: MeshPlan, moved: <Entry extends Placed>(entry: Entry) => Entry): MeshPlan {
  return plan.timeline.length === 0 ? plan : { ...plan, timeline: plan.timeline.map(moved) };
}

interface Placed {
  readonly position: SourcePosition | null;
}

function isPlaced(value: object): value is Placed {
  return 'position' in value;
}
