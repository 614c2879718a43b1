// "Did you mean": the nearest valid name by optimal string alignment, the edit distance that counts a swap of neighbours as one
// (Damerau 1964, restricted).

/**
 * Number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`; case counts.
 * @param limit where they are more than this, the answer is some number above it
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let leastBefore = 0;
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      least = Math.min(least, best);
      row.push(best);
    }
    // A later row begins at one of two rows before it, and never below.
    if (least > limit && leastBefore > limit) return limit + 1;
    leastBefore = least;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const MAX_COMPARED_LENGTH = 80;

/**
 * The candidate nearest to `name`, without regard to case, or null where none is near: at most a third of its length (and at
 * least one edit) away; a beginning of three letters or more counts as one edit. Of equally near ones the first.
 */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  if (name.length > MAX_COMPARED_LENGTH) return null;
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const begins = wanted.length >= 3 && other.startsWith(wanted);
    if (!begins && Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = begins ? Math.min(1, candidate.length - name.length) : editDistance(wanted, other);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
