// Whether two plans act alike: what they are made of is the same, wherever in files it is written.
import type { MeshPlan } from './plan.js';

/** True where a run of one is a run of the other. Places in files and what is only said of them count for nothing. */
export function samePlan(a: MeshPlan, b: MeshPlan): boolean {
  return actAlike(a, b);
}

/** Fields that say where something stands, or who decided it: nothing of a run hangs on them. */
const SAID: ReadonlySet<string> = new Set(['position', 'decidedBy']);

/** The same of parts of plans. */
export function actAlike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => actAlike(item, b[index]))
    );
  }
  const one = acting(a);
  const other = acting(b);
  return (
    one.size === other.size && [...one].every(([name, value]) => other.has(name) && actAlike(value, other.get(name)))
  );
}

/** The fields that act, those that are undefined left out. */
function acting(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([name, field]) => !SAID.has(name) && field !== undefined));
}
