// Objects of one kind that were changed in the same way, as when a value is raised in every Deployment: told together.
import type { ResourceChange } from '../../../../scenarios/result/diff-result.js';

/** Fewer objects are told one by one. */
const ALIKE_MIN = 4;

/** In the order of the first of each group; what came or went as a whole is alike if it is of one kind. */
export function sameChanges(changes: readonly ResourceChange[]): (readonly ResourceChange[])[] {
  const groups = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const key = keyOf(change);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [change]);
    else own.push(change);
  }
  return [...groups.values()].flatMap((group) =>
    group.length < ALIKE_MIN ? group.map((change) => [change]) : [group],
  );
}

function keyOf({ change, group, kind, fields }: ResourceChange): string {
  return JSON.stringify([change, group, kind, fields.map(({ path, base, candidate }) => [path, base, candidate])]);
}
