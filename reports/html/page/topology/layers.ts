// Which layer of a left-to-right drawing each node stands in. Source: Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of
// Hierarchical System Structures" (1981): cycles are broken, then every node stands right of all that call it.

export interface Arc {
  readonly from: number;
  readonly to: number;
}

/** For each arc whether it has to be turned round so that no cycle is left; an arc from a node to itself is turned too. */
export function backArcs(nodes: number, arcs: readonly Arc[]): boolean[] {
  const outgoing = listOf(nodes, arcs, ({ from }) => from);
  const isEntered = new Uint8Array(nodes);
  for (const { from, to } of arcs) if (from !== to) isEntered[to] = 1;
  const state = new Uint8Array(nodes);
  const isBack = arcs.map(() => false);
  const starts = [...nodeNumbers(nodes)].sort((a, b) => isEntered[a]! - isEntered[b]! || a - b);
  for (const start of starts) {
    const path: { node: number; next: number }[] = [];
    const enter = (node: number): void => {
      state[node] = 1;
      path.push({ node, next: 0 });
    };
    if (state[start] === 0) enter(start);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const arc = outgoing[top.node]![top.next++];
      if (arc === undefined) {
        state[top.node] = 2;
        path.pop();
      } else if (state[arcs[arc]!.to] === 1) isBack[arc] = true;
      else if (state[arcs[arc]!.to] === 0) enter(arcs[arc]!.to);
    }
  }
  return isBack;
}

/** The layer of each node of a graph without cycles: the longest way to it; who is called by nobody stands next to what it calls. */
export function layersOf(nodes: number, arcs: readonly Arc[]): number[] {
  const outgoing = listOf(nodes, arcs, ({ from }) => from);
  const waiting = new Int32Array(nodes);
  for (const { to } of arcs) waiting[to]!++;
  const layers = new Array<number>(nodes).fill(0);
  const isSource = [...nodeNumbers(nodes)].map((node) => waiting[node] === 0);
  const open = [...nodeNumbers(nodes)].filter((node) => isSource[node]);
  for (let at = 0; at < open.length; at++) {
    const node = open[at]!;
    for (const arc of outgoing[node]!) {
      const { to } = arcs[arc]!;
      layers[to] = Math.max(layers[to]!, layers[node]! + 1);
      waiting[to]!--;
      if (waiting[to] === 0) open.push(to);
    }
  }
  for (const node of nodeNumbers(nodes)) {
    if (!isSource[node] || outgoing[node]!.length === 0) continue;
    layers[node] = Math.min(...outgoing[node]!.map((arc) => layers[arcs[arc]!.to]!)) - 1;
  }
  return layers;
}

/**
 * The layers with no more than `most` nodes in each where that can be had by moving nodes that call nobody further to the right; those of one
 * caller stay together. Tall drawings become as wide as they are high.
 */
export function narrowed(layers: readonly number[], arcs: readonly Arc[], most: number): number[] {
  const outgoing = listOf(layers.length, arcs, ({ from }) => from);
  const firstCaller = new Array<number>(layers.length).fill(Number.POSITIVE_INFINITY);
  for (const { from, to } of arcs) firstCaller[to] = Math.min(firstCaller[to]!, from);
  const result = [...layers];
  for (let layer = 0; layer <= Math.max(-1, ...result); layer++) {
    const own = [...nodeNumbers(layers.length)].filter((node) => result[node] === layer);
    const ends = own
      .filter((node) => outgoing[node]!.length === 0 && firstCaller[node] !== Number.POSITIVE_INFINITY)
      .sort((a, b) => firstCaller[a]! - firstCaller[b]! || a - b);
    const others = own.length - ends.length;
    const room = Math.max(others > 0 ? 0 : 1, most - others);
    for (const node of ends.slice(room)) result[node] = layer + 1;
  }
  return result;
}

/** The layers with those who call nobody and are called by nobody moved beside the others of their group: to where the group has most room. */
export function besideGroups(layers: readonly number[], arcs: readonly Arc[], groups: readonly string[]): number[] {
  const isLinked = new Uint8Array(layers.length);
  for (const { from, to } of arcs) {
    isLinked[from] = 1;
    isLinked[to] = 1;
  }
  const result = [...layers];
  const counts = new Map<string, Map<number, number>>();
  for (const [node, layer] of layers.entries()) {
    const group = groups[node] ?? '';
    if (group === '' || isLinked[node] === 0) continue;
    const own = counts.get(group) ?? new Map<number, number>();
    counts.set(group, own.set(layer, (own.get(layer) ?? 0) + 1));
  }
  for (const node of nodeNumbers(layers.length)) {
    const own = counts.get(groups[node] ?? '');
    if (own === undefined || isLinked[node] === 1) continue;
    const [emptiest] = [...own].reduce((best, entry) => (entry[1] < best[1] ? entry : best));
    result[node] = emptiest;
    own.set(emptiest, own.get(emptiest)! + 1);
  }
  return result;
}

/** For each node the arcs that `endOf` gives to it. */
export function listOf(nodes: number, arcs: readonly Arc[], endOf: (arc: Arc) => number): number[][] {
  const lists = Array.from({ length: nodes }, (): number[] => []);
  arcs.forEach((arc, i) => {
    lists[endOf(arc)]!.push(i);
  });
  return lists;
}

function nodeNumbers(nodes: number): IterableIterator<number> {
  return Array(nodes).keys();
}
