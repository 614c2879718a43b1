// The topology as data: who calls whom, how much, and in which tone each is drawn. Reports of runs and of comparisons make one of these;
// the view draws either.

/** How something is doing: a class for the colour, a shape that says the same, and words. */
export interface Tone {
  readonly className: string;
  readonly shape: 'none' | 'dot' | 'square' | 'triangle' | 'diamond' | 'cross' | 'plus' | 'up' | 'down';
  readonly label: string;
}

export type NodeKind = 'traffic' | 'app' | 'gateway' | 'waypoint' | 'external' | 'group';

export interface GraphNode {
  readonly name: string;
  readonly kind: NodeKind;
  /** Nodes of the same group can be drawn as one; `` for none. */
  readonly group: string;
  /** Requests a second that it answers, or that it sends. */
  readonly ratePerSecond: number;
  /** One for each mode of the graph. */
  readonly tones: readonly Tone[];
  /** What is known of it in words, for each mode. */
  readonly notes: readonly string[];
  /** The same in short, in parts that can stand below each other: what the map shows; empty for nothing. */
  readonly labels: readonly (readonly string[])[];
  /** What a finding says of it; null where none does. */
  readonly mark: Mark | null;
}

/** As findings weigh what they name. */
export type Mark = 'culprit' | 'contributing';

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly ratePerSecond: number;
  readonly tones: readonly Tone[];
  readonly notes: readonly string[];
  readonly labels: readonly (readonly string[])[];
  readonly mark: Mark | null;
}

export interface GraphMode {
  readonly value: string;
  readonly label: string;
  readonly legend: readonly Tone[];
}

export interface Graph {
  readonly modes: readonly GraphMode[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Part of a graph, with the numbers that its nodes have in the whole. */
export interface Subgraph {
  readonly nodes: readonly number[];
  /** Indices of the whole graph's edges between these nodes. */
  readonly edges: readonly number[];
}

/** The `count` nodes with the most traffic, each with the way on which traffic reaches it; in any case those `wanted` with their neighbours. */
export function busiest(graph: Graph, count: number, wanted: readonly number[]): Subgraph {
  const { nodes } = graph;
  const order = [...nodes.keys()].sort((a, b) => nodes[b]!.ratePerSecond - nodes[a]!.ratePerSecond || a - b);
  return reached(graph, order, count, wanted);
}

/** As `busiest`, but those first that a mode draws in its worst tones, by themselves or in the calls to them. */
export function worstFirst(graph: Graph, mode: number, count: number, wanted: readonly number[]): Subgraph {
  const { nodes, edges, modes } = graph;
  const { legend } = modes[mode]!;
  const ranks = nodes.map(({ tones }) => legend.indexOf(tones[mode]!));
  for (const { to, tones } of edges) ranks[to] = Math.max(ranks[to]!, legend.indexOf(tones[mode]!));
  const order = [...nodes.keys()].sort(
    (a, b) => ranks[b]! - ranks[a]! || nodes[b]!.ratePerSecond - nodes[a]!.ratePerSecond || a - b,
  );
  return reached(graph, order, count, wanted);
}

/** Takes nodes in their order, each with its busiest callers up to where the traffic begins, as long as all of them have room. */
function reached(
  { nodes, edges }: Graph,
  order: readonly number[],
  count: number,
  wanted: readonly number[],
): Subgraph {
  const callers = busiestCallers(nodes.length, edges);
  const kept = new Set<number>();
  for (const node of order) {
    if (kept.size >= count) break;
    const way = new Set<number>();
    for (let at: number | null = node; at !== null && !kept.has(at) && !way.has(at); at = callers[at]!) way.add(at);
    if (kept.size + way.size <= count) for (const step of way) kept.add(step);
  }
  for (const node of wanted) {
    kept.add(node);
    for (const { from, to } of edges) {
      if (from === node) kept.add(to);
      if (to === node) kept.add(from);
    }
  }
  return {
    nodes: [...nodes.keys()].filter((node) => kept.has(node)),
    edges: [...edges.keys()].filter((edge) => kept.has(edges[edge]!.from) && kept.has(edges[edge]!.to)),
  };
}

/** Who calls each node most; null for a node that nobody else calls. */
function busiestCallers(nodeCount: number, edges: readonly GraphEdge[]): (number | null)[] {
  const busiestInto = new Array<GraphEdge | null>(nodeCount).fill(null);
  for (const edge of edges) {
    const known = busiestInto[edge.to]!;
    if (edge.from !== edge.to && (known === null || edge.ratePerSecond > known.ratePerSecond)) {
      busiestInto[edge.to] = edge;
    }
  }
  return busiestInto.map((edge) => (edge === null ? null : edge.from));
}

export interface Neighbours {
  /** Indices of edges. */
  readonly callers: readonly number[];
  readonly callees: readonly number[];
}

/** Edges to and from a node, those with the most traffic first. */
export function neighboursOf({ edges }: Graph, node: number): Neighbours {
  const byRate = (a: number, b: number): number => edges[b]!.ratePerSecond - edges[a]!.ratePerSecond || a - b;
  const numbers = [...edges.keys()];
  return {
    callers: numbers.filter((edge) => edges[edge]!.to === node).sort(byRate),
    callees: numbers.filter((edge) => edges[edge]!.from === node).sort(byRate),
  };
}

/** The index in `tones` of the worst: tones are listed from good to bad. */
function worst(legend: readonly Tone[], tones: readonly Tone[]): Tone {
  const rank = (tone: Tone): number => legend.indexOf(tone);
  return tones.reduce((a, b) => (rank(b) > rank(a) ? b : a));
}

/** One node for each group; an edge stands for all calls between two groups, in the tone of the worst of them. */
export function grouped(graph: Graph): Graph {
  const { modes, nodes, edges } = graph;
  const names = [...new Set(nodes.map((node) => groupName(node)))];
  const groupOf = nodes.map((node) => names.indexOf(groupName(node)));
  const worstOf = (all: readonly { readonly tones: readonly Tone[] }[]): Tone[] =>
    modes.map(({ legend }, mode) =>
      worst(
        legend,
        all.map(({ tones }) => tones[mode]!),
      ),
    );
  const pairs = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const [from, to] = [groupOf[edge.from]!, groupOf[edge.to]!];
    if (from === to) continue;
    const key = `${from}/${to}`;
    pairs.set(key, [...(pairs.get(key) ?? []), edge]);
  }
  return {
    modes,
    nodes: names.map((name, group) => {
      const own = nodes.filter((_, node) => groupOf[node] === group);
      const tones = worstOf(own);
      const note = own.length === 1 ? '1 service' : `${own.length} services`;
      return {
        name,
        kind: own.length === 1 ? own[0]!.kind : 'group',
        group: '',
        ratePerSecond: own.reduce((sum, node) => sum + node.ratePerSecond, 0),
        tones,
        notes: tones.map(({ label }) => `${note} · worst: ${label}`),
        labels: tones.map(() => [note]),
        mark: strongest(own),
      };
    }),
    edges: [...pairs.values()].map((own) => {
      const tones = worstOf(own);
      return {
        from: groupOf[own[0]!.from]!,
        to: groupOf[own[0]!.to]!,
        ratePerSecond: own.reduce((sum, edge) => sum + edge.ratePerSecond, 0),
        tones,
        notes: tones.map(({ label }) => `${own.length} kinds of calls · worst: ${label}`),
        labels: tones.map(() => []),
        mark: strongest(own),
      };
    }),
  };
}

function strongest(all: readonly { readonly mark: Mark | null }[]): Mark | null {
  const marks = new Set(all.map(({ mark }) => mark));
  return marks.has('culprit') ? 'culprit' : marks.has('contributing') ? 'contributing' : null;
}

function groupName({ name, group }: GraphNode): string {
  return group === '' ? name : group;
}
