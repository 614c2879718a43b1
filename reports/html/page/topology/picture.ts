// The map as a picture, before anything is drawn: sizes, places, the ways of lines. It runs from left to right where there is room, and from top to
// bottom on a narrow screen.
import { type Curve, edgeCurves } from './edge-path.js';
import type { Graph, GraphNode, Subgraph } from './graph.js';
import { type Layout, type LayoutOptions, layOut, type Point } from './layout.js';
import type { Measure } from './name-lines.js';

/** Fewer pixels are a narrow screen. */
const NARROW = 640;
/** Room in a node beside its name: the shape at the left, and air. */
export const NODE_INSET = { left: 28, right: 8 };
export const NODE_HEIGHT = 58;
const NODE_WIDTHS = { least: 126, most: 172, narrow: 138 };
const GAPS = { least: 74, most: 128 };
/** Text is read well down to this scale; the gaps between layers grow as long as the drawing keeps it. */
export const NEAR_SCALE = 0.88;
/** Smaller graphs are laid out a second time, with gaps as wide as there is room for. */
const REFINED_MAX = 150;

const WIDE: LayoutOptions = {
  nodeWidth: NODE_WIDTHS.most,
  nodeHeight: NODE_HEIGHT,
  layerGap: GAPS.least,
  nodeGap: 18,
  box: { alongBefore: 14, alongAfter: 14, acrossBefore: 30, acrossAfter: 14 },
  layerMost: 12,
  isTight: false,
};
/** Of the drawing before it is turned: a node's width is the height that one sees. */
const NARROW_OPTIONS: LayoutOptions = {
  nodeWidth: NODE_HEIGHT,
  nodeHeight: NODE_WIDTHS.narrow,
  layerGap: 66,
  nodeGap: 12,
  box: { alongBefore: 30, alongAfter: 12, acrossBefore: 12, acrossAfter: 12 },
  layerMost: 2,
  isTight: true,
};

export interface Picture extends Layout {
  readonly nodeWidth: number;
  readonly isTurned: boolean;
  /** The way of each line. */
  readonly curves: readonly (readonly Curve[])[];
}

/** @param width pixels of the frame @param measures widths of what stands in a node */
export function pictureOf(graph: Graph, part: Subgraph, width: number, measures: NodeMeasures): Picture {
  const places = new Map(part.nodes.map((node, place) => [node, place]));
  const arcs = part.edges.map((edge) => ({
    from: places.get(graph.edges[edge]!.from)!,
    to: places.get(graph.edges[edge]!.to)!,
  }));
  const groups = part.nodes.map((node) => graph.nodes[node]!.group);
  const isTurned = width < NARROW;
  const drawn = part.nodes.map((node) => graph.nodes[node]!);
  const size = Math.sqrt(part.nodes.length);
  const options = isTurned
    ? { ...NARROW_OPTIONS, layerMost: Math.max(NARROW_OPTIONS.layerMost, Math.ceil(size / 2)) }
    : { ...WIDE, nodeWidth: widthFor(drawn, measures), layerMost: Math.max(WIDE.layerMost, Math.ceil(1.5 * size)) };
  let layout = layOut(part.nodes.length, arcs, groups, options);
  const layers = Math.max(0, ...layout.layers) + 1;
  if (!isTurned && layers > 1 && part.nodes.length <= REFINED_MAX) {
    const free = width / NEAR_SCALE - 40 - layout.width + (layers - 1) * options.layerGap;
    const layerGap = Math.min(GAPS.most, Math.max(GAPS.least, Math.floor(free / (layers - 1))));
    layout = layOut(part.nodes.length, arcs, groups, { ...options, layerGap });
  }
  const half = options.nodeWidth / 2;
  const curves = layout.arcs.map((points) => edgeCurves(points, half, options.nodeHeight * 1.3));
  const picture = { ...layout, curves, isTurned, nodeWidth: isTurned ? options.nodeHeight : options.nodeWidth };
  return isTurned ? turned(picture) : picture;
}

export interface NodeMeasures {
  readonly name: Measure;
  readonly note: Measure;
}

/** Such that the longest name has room on two lines, and the longest note on one. */
function widthFor(nodes: readonly GraphNode[], { name: measureName, note }: NodeMeasures): number {
  const inset = NODE_INSET.left + NODE_INSET.right;
  const needed = nodes.reduce((most, { name, labels }) => {
    const length = measureName(name);
    const notes = labels.map((parts) => note(parts.join(' · ')));
    return Math.max(most, length <= NODE_WIDTHS.least - inset ? length : length * 0.6, ...notes);
  }, 0);
  return Math.min(NODE_WIDTHS.most, Math.max(NODE_WIDTHS.least, Math.ceil(needed) + inset + 2));
}

/** Left to right becomes top to bottom. */
function turned(picture: Picture): Picture {
  return {
    ...picture,
    nodes: picture.nodes.map(turn),
    arcs: picture.arcs.map((points) => points.map(turn)),
    curves: picture.curves.map((curves) =>
      curves.map(({ from, control1, control2, to }) => ({
        from: turn(from),
        control1: turn(control1),
        control2: turn(control2),
        to: turn(to),
      })),
    ),
    boxes: picture.boxes.map(({ group, x, y, width, height }) => ({ group, x: y, y: x, width: height, height: width })),
    width: picture.height,
    height: picture.width,
  };
}

function turn({ x, y }: Point): Point {
  return { x: y, y: x };
}
