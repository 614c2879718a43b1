// Where a line bends on its way through the layers that it crosses: as near as possible to the straight way, in the free room between the
// nodes of the layer and beside the lines that pass there already.

export interface Bend {
  readonly layer: number;
  /** Height at which the straight way would cross the layer. */
  readonly wish: number;
}

/** A height for each bend. `taken`: for each layer the heights of the nodes' centres. `half`: of a node, with the room that a line keeps. */
export function placeBends(
  bends: readonly Bend[],
  taken: readonly (readonly number[])[],
  half: number,
  lineRoom: number,
): number[] {
  const used = taken.map((ys) => ys.map((y) => ({ from: y - half, to: y + half })));
  const ys = new Array<number>(bends.length).fill(0);
  const order = [...bends.keys()].sort((a, b) => bends[a]!.wish - bends[b]!.wish || a - b);
  for (const i of order) {
    const { layer, wish } = bends[i]!;
    const intervals = used[layer]!;
    const isFree = (y: number): boolean => intervals.every(({ from, to }) => y <= from || y >= to);
    const choices = isFree(wish) ? [wish] : intervals.flatMap(({ from, to }) => [from, to]).filter(isFree);
    const y = choices.reduce(
      (best, choice) => (Math.abs(choice - wish) < Math.abs(best - wish) ? choice : best),
      choices[0] ?? wish,
    );
    ys[i] = y;
    intervals.push({ from: y - lineRoom, to: y + lineRoom });
  }
  return ys;
}
