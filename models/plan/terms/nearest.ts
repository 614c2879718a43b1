// "Did you mean": the known names nearest to a misspelt one, as a sentence for a person.
import { editDistance } from '../../../sim/nearest.js';

/** At most `limit` of `known`, nearest first, none farther than half the length of `name`. */
export function nearestNames(name: string, known: readonly string[], limit = 3): string[] {
  const bound = Math.max(2, Math.floor(name.length / 2));
  return [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distanceTo(name, candidate, bound) }))
    .filter(({ distance }) => distance <= bound)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `did you mean a, b?`; the first known names where none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known);
  if (near.length > 0) return `did you mean ${near.join(', ')}?`;
  const some = [...new Set(known)].sort().slice(0, 8);
  return some.length === 0 ? 'no names are known' : `known names: ${some.join(', ')}`;
}

/** A candidate with a namespace (`reviews.default`) is also near by its first label. */
function distanceTo(name: string, candidate: string, bound: number): number {
  const whole = editDistance(name, candidate, bound);
  const label = candidate.split('.')[0]!;
  return name.includes('.') || label === candidate ? whole : Math.min(whole, editDistance(name, label, bound));
}
