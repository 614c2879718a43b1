// The lines behind a plan with other names of their files: a result names files relative to the directory of its world.
import type { SourcePosition } from '../../models/config/diagnostic.js';
import type { PlanSources } from '../../models/plan/sources.js';

/** The same sources, each position replaced. */
export function movedSources(sources: PlanSources, move: (position: SourcePosition) => SourcePosition): PlanSources {
  return moved(sources, move) as PlanSources;
}

function moved(value: unknown, move: (position: SourcePosition) => SourcePosition): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => moved(item, move));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      name === 'position' && field !== null ? move(field as SourcePosition) : moved(field, move),
    ]),
  );
}
