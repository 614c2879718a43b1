// Places in ascending lists of numbers.

/** Index of the first of the sorted values that is no less than a limit; their number where all are less. */
export function firstAtLeast(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sorted[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
