// The order of nodes within their layers, so that few lines cross. Sources: barycentres by Sugiyama et al. (1981); counting of crossings by
// Barth, Mutzel, Jünger, "Simple and Efficient Bilayer Cross Counting" (2004).

/** A graph in which every arc goes from one layer to the next. */
export interface LayeredGraph {
  /** Nodes of each layer. */
  readonly layers: readonly (readonly number[])[];
  /** Neighbours in the layer before and in the layer after, by node. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

const SWEEPS = 12;

/** The layers in a better order; the same input gives the same order. */
export function orderLayers(graph: LayeredGraph): number[][] {
  let layers = graph.layers.map((layer) => [...layer]);
  let best = layers;
  let fewest = crossings(layers, graph);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    layers = sweepOnce(layers, graph, sweep % 2 === 0);
    const count = crossings(layers, graph);
    if (count < fewest) {
      fewest = count;
      best = layers;
    }
  }
  return best;
}

/** How many pairs of arcs cross. */
export function crossings(layers: readonly (readonly number[])[], { after }: LayeredGraph): number {
  let total = 0;
  for (let i = 0; i + 1 < layers.length; i++) {
    const places = placesOf(layers[i + 1]!);
    const tree = new Int32Array(layers[i + 1]!.length + 1);
    let seen = 0;
    for (const node of layers[i]!) {
      const ends = after[node]!.map((to) => places.get(to)!).sort((a, b) => a - b);
      for (const end of ends) total += seen - upTo(tree, end + 1);
      for (const end of ends) {
        for (let at = end + 1; at < tree.length; at += at & -at) tree[at]!++;
        seen++;
      }
    }
  }
  return total;
}

/** How many were entered into a Fenwick tree at the first `end` places. */
function upTo(tree: Int32Array, end: number): number {
  let sum = 0;
  for (let at = end; at > 0; at -= at & -at) sum += tree[at]!;
  return sum;
}

function sweepOnce(layers: readonly (readonly number[])[], graph: LayeredGraph, isForward: boolean): number[][] {
  const result = layers.map((layer) => [...layer]);
  const neighbours = isForward ? graph.before : graph.after;
  for (let step = 1; step < result.length; step++) {
    const i = isForward ? step : result.length - 1 - step;
    const places = placesOf(result[isForward ? i - 1 : i + 1]!);
    const own = placesOf(result[i]!);
    const wish = (node: number): number => {
      const near = neighbours[node]!;
      return near.length === 0 ? own.get(node)! : mean(near.map((other) => places.get(other)!));
    };
    const wishes = new Map(result[i]!.map((node) => [node, wish(node)]));
    result[i]!.sort((a, b) => wishes.get(a)! - wishes.get(b)! || own.get(a)! - own.get(b)!);
  }
  return result;
}

function placesOf(layer: readonly number[]): Map<number, number> {
  return new Map(layer.map((node, place) => [node, place]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
