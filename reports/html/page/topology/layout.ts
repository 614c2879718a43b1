// A layered drawing from left to right: layers, order, heights, and the points that each line passes. Long lines get a place of their own in
// every layer they cross. No chance, no physics: the same graph is always drawn the same way.
import { spaced } from './heights.js';
import { type Arc, backArcs, layersOf, narrowed } from './layers.js';
import { type LayeredGraph, orderLayers } from './order.js';

export interface LayoutOptions {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Room between layers and between nodes of a layer. */
  readonly layerGap: number;
  readonly nodeGap: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  /** Centre of each node. */
  readonly nodes: readonly Point[];
  readonly layers: readonly number[];
  /** For each arc the points that it passes, from its caller to its callee. */
  readonly arcs: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

/** Room for a line that passes between nodes, and for all that pass in one layer: many lie closer together. */
const LINE_ROOM = { most: 12, least: 2, all: 400 };
const SWEEPS = 8;

export function layOut(nodeCount: number, arcs: readonly Arc[], options: LayoutOptions): Layout {
  const isBack = backArcs(nodeCount, arcs);
  const turned = arcs.map((arc, i) => (isBack[i] ? { from: arc.to, to: arc.from } : arc));
  const forward = turned.filter(({ from, to }) => from !== to);
  const layers = narrowed(layersOf(nodeCount, forward), forward, layerSize(nodeCount));
  const graph = new Chained(nodeCount, turned, layers);
  const order = orderLayers(graph);
  const ys = heights(order, graph, nodeCount, options);
  const { nodeWidth, nodeHeight, layerGap } = options;
  const pitch = nodeWidth + layerGap;
  const xOf = (layer: number): number => layer * pitch + nodeWidth / 2;
  const points = arcs.map((_, i) => {
    const chain = graph.chains[i]!.map((node) => ({ x: xOf(graph.layerOf[node]!), y: ys[node]! }));
    return isBack[i] ? chain.reverse() : chain;
  });
  const lowest = Math.max(0, ...ys);
  return {
    nodes: layers.map((layer, node) => ({ x: xOf(layer), y: ys[node]! })),
    layers,
    arcs: points,
    width: Math.max(0, order.length * pitch - layerGap),
    height: lowest + nodeHeight / 2,
  };
}

/** Nodes that may stand in one layer: such that wide nodes, close above each other, fill about a screen's shape. */
function layerSize(nodeCount: number): number {
  return Math.max(12, Math.ceil(1.5 * Math.sqrt(nodeCount)));
}

/** Arcs cut into steps of one layer; the nodes in between are numbered after the real ones. */
class Chained implements LayeredGraph {
  readonly layers: number[][];
  readonly before: number[][];
  readonly after: number[][];
  readonly layerOf: number[];
  /** For each arc its nodes from left to right. */
  readonly chains: number[][];

  constructor(nodeCount: number, arcs: readonly Arc[], layers: readonly number[]) {
    this.layerOf = [...layers];
    this.layers = Array.from({ length: Math.max(0, ...layers.map((layer) => layer + 1)) }, () => []);
    this.before = Array.from({ length: nodeCount }, () => []);
    this.after = Array.from({ length: nodeCount }, () => []);
    layers.forEach((layer, node) => {
      this.layers[layer]!.push(node);
    });
    this.chains = arcs.map(({ from, to }) => this.chain(from, to));
  }

  private chain(from: number, to: number): number[] {
    const chain = [from];
    for (let layer = this.layerOf[from]! + 1; layer < this.layerOf[to]!; layer++) {
      const bend = this.layerOf.push(layer) - 1;
      this.layers[layer]!.push(bend);
      this.before.push([]);
      this.after.push([]);
      this.link(chain.at(-1)!, bend);
      chain.push(bend);
    }
    if (from !== to) this.link(chain.at(-1)!, to);
    return [...chain, to];
  }

  private link(left: number, right: number): void {
    this.after[left]!.push(right);
    this.before[right]!.push(left);
  }
}

/** Heights of the centres; the highest node touches 0 with its upper edge. */
function heights(
  order: readonly (readonly number[])[],
  graph: Chained,
  nodeCount: number,
  options: LayoutOptions,
): number[] {
  const { nodeHeight, nodeGap } = options;
  const lineRooms = order.map((layer) => {
    const lines = layer.filter((node) => node >= nodeCount).length;
    return Math.max(LINE_ROOM.least, Math.min(LINE_ROOM.most, LINE_ROOM.all / Math.max(1, lines)));
  });
  const lineRoom = (node: number): number => lineRooms[graph.layerOf[node]!]!;
  const sizeOf = (node: number): number => (node < nodeCount ? nodeHeight + nodeGap : lineRoom(node));
  const gaps = order.map((layer) => layer.slice(1).map((node, i) => (sizeOf(layer[i]!) + sizeOf(node)) / 2));
  const ys = new Array<number>(graph.before.length).fill(0);
  const place = (i: number, wishOf: (node: number) => number): void => {
    const layer = order[i]!;
    spaced(layer.map(wishOf), gaps[i]!).forEach((y, at) => {
      ys[layer[at]!] = y;
    });
  };
  order.forEach((_, i) => {
    place(i, () => 0);
  });
  const toward =
    (lists: readonly (readonly (readonly number[])[])[]) =>
    (node: number): number => {
      const near = lists.flatMap((list) => list[node]!);
      return near.length === 0 ? ys[node]! : near.reduce((sum, other) => sum + ys[other]!, 0) / near.length;
    };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 1; i < order.length; i++) place(i, toward([graph.before]));
    for (let i = order.length - 2; i >= 0; i--) place(i, toward([graph.after]));
    for (let i = 0; i < order.length; i++) place(i, toward([graph.before, graph.after]));
  }
  const top = Math.min(...ys.map((y, node) => y - (node < nodeCount ? nodeHeight : lineRoom(node)) / 2));
  return ys.map((y) => y - top);
}
