// Nodes of one group kept together, so that a box can be drawn round each group and nobody else stands in it. A group is a block that covers
// some layers and some heights; blocks that share a layer stand one below the other. Where each wants to be comes from the drawing without
// blocks; pushing all down from the top and all up from the bottom both keep them apart, and so does the mean of the two.
import { spaced } from './heights.js';
import type { Arc } from './layers.js';

/** Room between the nodes of a group and its box: along the layers, and across them. */
export interface BoxRoom {
  readonly alongBefore: number;
  readonly alongAfter: number;
  readonly acrossBefore: number;
  readonly acrossAfter: number;
}

export interface BandOptions {
  readonly nodeHeight: number;
  readonly nodeGap: number;
  readonly box: BoxRoom;
  /** Whether groups are as narrow as they can be, rather than their nodes opposite each other. */
  readonly isTight: boolean;
}

interface Block {
  readonly nodes: readonly number[];
  readonly isBoxed: boolean;
  readonly firstLayer: number;
  readonly lastLayer: number;
  /** Heights of the nodes' centres below the top of the block. */
  readonly offsets: readonly number[];
  readonly height: number;
  top: number;
}

const SWEEPS = 6;

/**
 * Heights of the nodes' centres. `wishes` are heights that keep the nodes of each layer apart; where no node has a group they are the answer.
 * @param groups of each node; `` for none
 */
export function banded(
  wishes: readonly number[],
  layers: readonly number[],
  arcs: readonly Arc[],
  groups: readonly string[],
  options: BandOptions,
): number[] {
  const blocks = blocksOf(wishes, layers, arcs, groups, options);
  const heights = [...wishes];
  const settle = (): void => {
    for (const { nodes, offsets, top } of blocks) {
      for (const [i, node] of nodes.entries()) heights[node] = top + offsets[i]!;
    }
  };
  settleApart(blocks);
  settle();
  if (blocks.every(({ isBoxed }) => !isBoxed)) return heights;
  const near = nearOf(wishes.length, arcs);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const block of blocks) block.top = wishOf(block, near, heights);
    settleApart(blocks);
    settle();
  }
  return heights;
}

/** From the highest to the lowest. */
function blocksOf(
  wishes: readonly number[],
  layers: readonly number[],
  arcs: readonly Arc[],
  groups: readonly string[],
  options: BandOptions,
): Block[] {
  const members = new Map<string, number[]>();
  for (const node of layers.keys()) {
    const group = groups[node] ?? '';
    const key = group === '' ? `node ${node}` : `group ${group}`;
    const known = members.get(key);
    if (known === undefined) members.set(key, [node]);
    else known.push(node);
  }
  const blocks = [...members].map(([key, nodes]) =>
    blockOf(nodes, key.startsWith('group '), wishes, layers, arcs, options),
  );
  const middle = ({ top, height }: Block): number => top + height / 2;
  return blocks.sort((a, b) => middle(a) - middle(b) || a.nodes[0]! - b.nodes[0]!);
}

function blockOf(
  nodes: readonly number[],
  isBoxed: boolean,
  wishes: readonly number[],
  layers: readonly number[],
  arcs: readonly Arc[],
  { nodeHeight, nodeGap, box, isTight }: BandOptions,
): Block {
  const own = inside(nodes, wishes, layers, arcs, nodeHeight + nodeGap, isTight ? 0 : SWEEPS);
  const [before, after] = isBoxed ? [box.acrossBefore, box.acrossAfter] : [nodeGap / 2, nodeGap / 2];
  const least = Math.min(...own);
  const offsets = own.map((y) => y - least + before + nodeHeight / 2);
  const height = Math.max(...own) - least + nodeHeight + before + after;
  const top = mean(nodes.map((node, i) => wishes[node]! - offsets[i]!));
  const covered = nodes.map((node) => layers[node]!);
  return { nodes, isBoxed, firstLayer: Math.min(...covered), lastLayer: Math.max(...covered), offsets, height, top };
}

/** Heights within a block: in each layer in the order of the wishes, near to callers and callees of the same block. */
function inside(
  nodes: readonly number[],
  wishes: readonly number[],
  layers: readonly number[],
  arcs: readonly Arc[],
  pitch: number,
  sweeps: number,
): number[] {
  const places = new Map(nodes.map((node, place) => [node, place]));
  const near = nodes.map((): number[] => []);
  for (const { from, to } of arcs) {
    const [a, b] = [places.get(from), places.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    near[a]!.push(b);
    near[b]!.push(a);
  }
  const columns = [...new Set(nodes.map((node) => layers[node]!))]
    .sort((a, b) => a - b)
    .map((layer) =>
      [...nodes.keys()]
        .filter((place) => layers[nodes[place]!] === layer)
        .sort((a, b) => wishes[nodes[a]!]! - wishes[nodes[b]!]! || a - b),
    );
  const ys = nodes.map(() => 0);
  const place = (column: readonly number[], isFirst: boolean): void => {
    const wanted = column.map((at) =>
      isFirst || near[at]!.length === 0 ? ys[at]! : mean(near[at]!.map((other) => ys[other]!)),
    );
    const gaps = column.slice(1).map(() => pitch);
    spaced(wanted, gaps).forEach((y, i) => {
      ys[column[i]!] = y;
    });
  };
  for (const column of columns) place(column, true);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const column of columns) place(column, false);
    for (const column of columns.toReversed()) place(column, false);
  }
  return ys;
}

/** Where a block would stand if it were alone: as near as possible to those outside of it that its nodes call or are called by. */
function wishOf(block: Block, near: readonly (readonly number[])[], heights: readonly number[]): number {
  const own = new Set(block.nodes);
  const wanted = block.nodes.flatMap((node, i) =>
    near[node]!.filter((other) => !own.has(other)).map((other) => heights[other]! - block.offsets[i]!),
  );
  return wanted.length === 0 ? block.top : mean(wanted);
}

/** Moves blocks that share a layer apart; their order stays. */
function settleApart(blocks: readonly Block[]): void {
  const layers = Math.max(-1, ...blocks.map(({ lastLayer }) => lastLayer)) + 1;
  const down = pushed(blocks, layers, 1);
  const up = pushed(blocks.toReversed(), layers, -1).toReversed();
  for (const [i, block] of blocks.entries()) block.top = (down[i]! + up[i]!) / 2;
}

/** Tops of the blocks, each at its wish or as far beyond it, in the direction, as those before it need. */
function pushed(blocks: readonly Block[], layers: number, direction: 1 | -1): number[] {
  const taken = new Array<number>(layers).fill(Number.NEGATIVE_INFINITY);
  return blocks.map(({ top, height, firstLayer, lastLayer }) => {
    let edge = direction === 1 ? top : -(top + height);
    for (let layer = firstLayer; layer <= lastLayer; layer++) edge = Math.max(edge, taken[layer]!);
    taken.fill(edge + height, firstLayer, lastLayer + 1);
    return direction === 1 ? edge : -edge - height;
  });
}

function nearOf(nodes: number, arcs: readonly Arc[]): number[][] {
  const near = Array.from({ length: nodes }, (): number[] => []);
  for (const { from, to } of arcs) {
    if (from === to) continue;
    near[from]!.push(to);
    near[to]!.push(from);
  }
  return near;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
