// The height at which each node of a layer stands: as near as possible to its neighbours, in the given order, without touching. Exact for
// each layer: least squares under an order is isotonic regression (Barlow et al., 1972), solved by pooling adjacent violators.

/**
 * Positions nearest to the wishes, in the sense of least squares, that keep their order and the gaps: position[i + 1] >= position[i] + gaps[i].
 * @param gaps one fewer than wishes.
 */
export function spaced(wishes: readonly number[], gaps: readonly number[]): number[] {
  const offsets: number[] = [];
  let offset = 0;
  wishes.forEach((_, i) => {
    offsets.push(offset);
    offset += gaps[i] ?? 0;
  });
  const pools: { sum: number; count: number }[] = [];
  wishes.forEach((wish, i) => {
    let pool = { sum: wish - offsets[i]!, count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
    }
    pools.push(pool);
  });
  return pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count)).map((at, i) => at + offsets[i]!);
}
