// A layered drawing from left to right: layers, order, heights, and the points that each line passes. Long lines get a place of their own in
// every layer they cross. No chance, no physics: the same graph is always drawn the same way.
import { type BoxRoom, banded } from './bands.js';
import { placeBends } from './bends.js';
import { spaced } from './heights.js';
import { type Arc, backArcs, besideGroups, layersOf, narrowed } from './layers.js';
import { type LayeredGraph, orderLayers } from './order.js';

export interface LayoutOptions {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Room between layers and between nodes of a layer. */
  readonly layerGap: number;
  readonly nodeGap: number;
  /** Round the nodes of a group. */
  readonly box: BoxRoom;
  /** Nodes that may stand in one layer. */
  readonly layerMost: number;
  /** Whether groups are as narrow as they can be, rather than their nodes opposite each other. */
  readonly isTight: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Round all nodes of a group, and round no other. */
export interface GroupBox {
  readonly group: string;
  /** Of its corner with the smallest coordinates. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  /** Centre of each node. */
  readonly nodes: readonly Point[];
  readonly layers: readonly number[];
  /** For each arc the points that it passes, from its caller to its callee. */
  readonly arcs: readonly (readonly Point[])[];
  readonly boxes: readonly GroupBox[];
  readonly width: number;
  readonly height: number;
}

/** Room for a line that passes between nodes, and for all that pass in one layer: many lie closer together. */
const LINE_ROOM = { most: 12, least: 2, all: 400 };
const SWEEPS = 8;

/** @param groups of each node, `` for none: nodes of a group stand together */
export function layOut(
  nodeCount: number,
  arcs: readonly Arc[],
  groups: readonly string[],
  options: LayoutOptions,
): Layout {
  const isBack = backArcs(nodeCount, arcs);
  const turned = arcs.map((arc, i) => (isBack[i] ? { from: arc.to, to: arc.from } : arc));
  const forward = turned.filter(({ from, to }) => from !== to);
  const narrow = narrowed(layersOf(nodeCount, forward), forward, options.layerMost);
  const layers = besideGroups(narrow, forward, groups);
  const graph = new Chained(nodeCount, turned, layers);
  const order = orderLayers(graph);
  const wishes = heights(order, graph, nodeCount, options);
  const isGrouped = groups.some((group) => group !== '');
  const nodeYs = banded(wishes.slice(0, nodeCount), layers, forward, groups, options);
  const allYs = isGrouped ? [...nodeYs, ...bendHeights(graph, nodeYs, nodeCount, options)] : wishes;
  const { nodeWidth, nodeHeight, layerGap, box } = options;
  const pitch = nodeWidth + layerGap;
  const [left, right] = isGrouped ? [box.alongBefore, box.alongAfter] : [0, 0];
  const xOf = (layer: number): number => left + layer * pitch + nodeWidth / 2;
  const boxesAt = groupBoxes(groups, layers.map(xOf), nodeYs, options);
  const top = Math.min(
    ...allYs.map((y, node) => y - (node < nodeCount ? nodeHeight / 2 : 0)),
    ...boxesAt.map(({ y }) => y),
  );
  const ys = allYs.map((y) => y - (Number.isFinite(top) ? top : 0));
  const points = arcs.map((_, i) => {
    const chain = graph.chains[i]!.map((node) => ({ x: xOf(graph.layerOf[node]!), y: ys[node]! }));
    return isBack[i] ? chain.reverse() : chain;
  });
  const boxes = boxesAt.map((own) => ({ ...own, y: own.y - top }));
  const bottoms = [
    ...ys.map((y, node) => y + (node < nodeCount ? nodeHeight / 2 : 0)),
    ...boxes.map(({ y, height }) => y + height),
  ];
  return {
    nodes: layers.map((layer, node) => ({ x: xOf(layer), y: ys[node]! })),
    layers,
    arcs: points,
    boxes,
    width: Math.max(0, order.length * pitch - layerGap + left + right),
    height: Math.max(0, ...bottoms),
  };
}

/** Heights of the places at which long lines cross a layer, numbered after the nodes. */
function bendHeights(graph: Chained, nodeYs: readonly number[], nodeCount: number, options: LayoutOptions): number[] {
  const taken = graph.layers.map((layer) => layer.filter((node) => node < nodeCount).map((node) => nodeYs[node]!));
  const bends = graph.chains.flatMap((chain) => {
    const [from, to] = [nodeYs[chain[0]!]!, nodeYs[chain.at(-1)!]!];
    return chain.slice(1, -1).map((bend, i) => ({
      bend,
      layer: graph.layerOf[bend]!,
      wish: from + ((to - from) * (i + 1)) / (chain.length - 1),
    }));
  });
  const placed = placeBends(bends, taken, options.nodeHeight / 2 + LINE_ROOM.least * 3, LINE_ROOM.most / 2);
  const ys = new Array<number>(graph.layerOf.length - nodeCount).fill(0);
  for (const [i, { bend }] of bends.entries()) ys[bend - nodeCount] = placed[i]!;
  return ys;
}

function groupBoxes(
  groups: readonly string[],
  xs: readonly number[],
  ys: readonly number[],
  { nodeWidth, nodeHeight, box }: LayoutOptions,
): GroupBox[] {
  const names = [...new Set(groups)].filter((group) => group !== '').sort();
  return names.map((group) => {
    const own = [...groups.keys()].filter((node) => groups[node] === group);
    const [ownXs, ownYs] = [own.map((node) => xs[node]!), own.map((node) => ys[node]!)];
    const x = Math.min(...ownXs) - nodeWidth / 2 - box.alongBefore;
    const y = Math.min(...ownYs) - nodeHeight / 2 - box.acrossBefore;
    const width = Math.max(...ownXs) + nodeWidth / 2 + box.alongAfter - x;
    return { group, x, y, width, height: Math.max(...ownYs) + nodeHeight / 2 + box.acrossAfter - y };
  });
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
