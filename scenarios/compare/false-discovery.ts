// Many tests at once, of which few false alarms are wanted: adjusted p-values by which the share of false ones among all rejections is
// kept below a level; where nothing differs at all, the probability of a single false alarm. Source: Benjamini and Hochberg, Controlling
// the false discovery rate, J. R. Statist. Soc. B 57 (1995).

/**
 * One adjusted p-value per p-value, in the order given: the smallest level at which it is rejected.
 * @throws RangeError if a p-value is not within 0..1.
 */
export function adjustForDiscovery(pValues: readonly number[]): number[] {
  if (!pValues.every((p) => p >= 0 && p <= 1)) throw new RangeError(`p-values lie within 0..1, not ${pValues}`);
  const descending = pValues.map((_, i) => i).sort((i, j) => pValues[j] - pValues[i] || j - i);
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  descending.forEach((index, step) => {
    least = Math.min(least, (pValues[index] * pValues.length) / (pValues.length - step));
    adjusted[index] = least;
  });
  return adjusted;
}
