// Several tests at once with one error probability for all of them together, without assuming that they are independent.
// Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).

export interface HolmDecision {
  /** Adjusted p-value: the smallest family-wise level at which this hypothesis is rejected. */
  readonly adjusted: number;
  readonly rejected: boolean;
}

/**
 * One decision per p-value, in the order given.
 * @param alpha family-wise error probability within (0, 1).
 * @throws RangeError if a p-value is not within 0..1 or alpha not within (0, 1).
 */
export function holm(pValues: readonly number[], alpha = 0.05): HolmDecision[] {
  if (!(alpha > 0 && alpha < 1) || !pValues.every((p) => p >= 0 && p <= 1)) {
    throw new RangeError(
      `Holm's procedure wants p-values within 0..1 and a level within (0, 1), not ${pValues} and ${alpha}`,
    );
  }
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j] || i - j);
  const decisions = new Array<HolmDecision>(pValues.length);
  let adjusted = 0;
  order.forEach((index, step) => {
    adjusted = Math.max(adjusted, Math.min(1, (pValues.length - step) * pValues[index]));
    decisions[index] = { adjusted, rejected: adjusted <= alpha };
  });
  return decisions;
}
