// Lines of the map with the words on them, and the boxes of namespaces behind everything.
import { s } from '../dom.js';
import { fitText, measureIn } from '../fit-text.js';
import { showTooltip } from '../tooltip.js';
import { FONTS, MARK_WORDS } from './draw-node.js';
import { type LabelBox, type LabelWish, placeLabels } from './edge-labels.js';
import { pathText, pointOn } from './edge-path.js';
import type { Graph, Subgraph } from './graph.js';
import type { Layout } from './layout.js';
import { NODE_HEIGHT, type Picture } from './picture.js';

const LINE_WIDTHS = { least: 1.2, most: 8 };
/** Shares of the way at which words may stand, the best first. */
const SHARES = [0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2];
/** More lines have no words on them: nobody could read any. */
const LABELLED_MAX = 400;
const BOX_FONT = '600 13px system-ui, sans-serif';

/** How near the map is seen, with the letters of the words on its lines. */
const SIGHTS = [
  { className: 'label-near', font: FONTS.note, height: 15 },
  { className: 'label-far', font: '17.5px system-ui, sans-serif', height: 20 },
] as const;

export function boxElements({ boxes }: Layout): SVGGElement[] {
  return boxes.map(({ group, x, y, width, height }) =>
    s(
      'g',
      { class: 'group-box' },
      s('rect', { x, y, width, height, rx: 12 }),
      s('text', { class: 'group-name', x: x + 12, y: y + 20 }, fitText(group, width - 20, BOX_FONT)),
      s('text', { class: 'group-name-far', x: x + 10, y: y + 23 }, fitText(group, width - 14, FONTS.far)),
      s('title', {}, `namespace ${group}`),
    ),
  );
}

/** `most`: calls a second on the busiest of all lines. */
export function lineElement(
  graph: Graph,
  index: number,
  mode: number,
  picture: Picture,
  place: number,
  most: number,
): SVGGElement {
  const edge = graph.edges[index]!;
  const width = LINE_WIDTHS.least + (LINE_WIDTHS.most - LINE_WIDTHS.least) * Math.sqrt(edge.ratePerSecond / most);
  const tone = edge.tones[mode]!;
  const d = pathText(picture.curves[place]!);
  const mark = edge.mark === null ? '' : ` is-${edge.mark}`;
  const element = s(
    'g',
    { class: `edge ${tone.className} shape-${tone.shape}${mark}` },
    edge.mark === null ? null : s('path', { class: 'edge-ring', d, 'stroke-width': (width + 8).toFixed(2) }),
    s('path', { class: 'edge-line', d, 'stroke-width': width.toFixed(2), 'marker-end': 'url(#arrow-head)' }),
    s('path', { class: 'edge-target', d }),
  );
  const row = { call: `${graph.nodes[edge.from]!.name} → ${graph.nodes[edge.to]!.name}`, is: edge.notes[mode]! };
  element.addEventListener('mousemove', (event) => showTooltip(event, row));
  element.addEventListener('mouseleave', (event) => showTooltip(event, null));
  return element;
}

/** The words on the lines of a part, by the number of the line; those that a finding names, then those in the worst tones, choose their places first. */
export function labelElements(
  graph: Graph,
  part: Subgraph,
  mode: number,
  picture: Picture,
): Map<number, SVGGElement[]> {
  const elements = new Map<number, SVGGElement[]>();
  if (part.edges.length > LABELLED_MAX) return elements;
  const { legend } = graph.modes[mode]!;
  const rank = (edge: number): number => legend.indexOf(graph.edges[edge]!.tones[mode]!);
  const order = [...part.edges.keys()].sort((a, b) => {
    const [first, second] = [part.edges[a]!, part.edges[b]!];
    const marked = Number(graph.edges[second]!.mark !== null) - Number(graph.edges[first]!.mark !== null);
    return (
      marked ||
      rank(second) - rank(first) ||
      graph.edges[second]!.ratePerSecond - graph.edges[first]!.ratePerSecond ||
      a - b
    );
  });
  const wordsOf = (place: number): string[] => {
    const edge = graph.edges[part.edges[place]!]!;
    return [...(edge.mark === null ? [] : [MARK_WORDS[edge.mark]]), ...edge.labels[mode]!];
  };
  const labelled = order.filter((place) => wordsOf(place).length > 0);
  const obstacles = obstaclesOf(picture);
  for (const { className, font, height } of SIGHTS) {
    const measure = measureIn(font);
    const texts = labelled.map((place) => formsOf(wordsOf(place)));
    const wishes = labelled.map(
      (place, i): LabelWish => ({
        points: SHARES.map((share) => pointOn(picture.curves[place]!, share)),
        sizes: texts[i]!.map((lines) => ({
          width: Math.max(...lines.map(measure)) + 8,
          height: lines.length * height + 2,
        })),
      }),
    );
    for (const [i, placed] of placeLabels(wishes, obstacles).entries()) {
      if (placed === null) continue;
      const index = part.edges[labelled[i]!]!;
      const lines = texts[i]![placed.size]!;
      const tone = graph.edges[index]!.tones[mode]!.className;
      const top = placed.at.y - ((lines.length - 1) * height) / 2 + height * 0.3;
      const words = lines.map((line, at) =>
        s('text', { class: 'edge-label', x: placed.at.x, y: top + at * height }, line),
      );
      const { width, height: high } = wishes[i]!.sizes[placed.size]!;
      const back = s('rect', {
        class: 'edge-label-back',
        x: placed.at.x - width / 2,
        y: placed.at.y - high / 2,
        width,
        height: high,
        rx: 6,
      });
      const element = s('g', { class: `${className} ${tone}`, 'aria-hidden': 'true' }, back, words);
      elements.set(index, [...(elements.get(index) ?? []), element]);
    }
  }
  return elements;
}

/** On one line, on two, or each part on its own. */
function formsOf(parts: readonly string[]): string[][] {
  const joined = [parts.join(' · ')];
  if (parts.length < 2) return [joined];
  const two = [parts.slice(0, -1).join(' · '), parts.at(-1)!];
  return parts.length === 2 ? [joined, two] : [joined, two, [...parts]];
}

const CLEAR = 3;

function obstaclesOf({ nodes, nodeWidth, boxes }: Picture): LabelBox[] {
  return [
    ...nodes.map(({ x, y }) => ({
      x: x - nodeWidth / 2 - CLEAR,
      y: y - NODE_HEIGHT / 2 - CLEAR,
      width: nodeWidth + 2 * CLEAR,
      height: NODE_HEIGHT + 2 * CLEAR,
    })),
    ...boxes.map(({ x, y, width }) => ({ x, y, width: Math.min(width, 150), height: 26 })),
  ];
}
