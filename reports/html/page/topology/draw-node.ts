// One node of the map: its box, the shape of its tone, its name and what is said under it; and the same with larger letters for a map seen
// from afar.
import { printable } from '../../../escape.js';
import { s } from '../dom.js';
import { fitText, measureIn } from '../fit-text.js';
import type { Graph, GraphNode } from './graph.js';
import type { Point } from './layout.js';
import { nameLines } from './name-lines.js';
import { NODE_HEIGHT, NODE_INSET } from './picture.js';
import { toneShape } from './shapes.js';

export const FONTS = {
  name: '600 13.5px system-ui, sans-serif',
  note: '12.5px system-ui, sans-serif',
  far: '600 18px system-ui, sans-serif',
} as const;
const LINE_HEIGHTS = { name: 16, far: 21 };
const RING = 6;

/** What a node shows: names as lines, near and from afar. */
export interface NodeText {
  readonly near: readonly string[];
  readonly far: readonly string[];
}

/** The names of all nodes that are drawn together, so that no two of them look alike. */
export function nodeTexts(names: readonly string[], nodeWidth: number): NodeText[] {
  const width = nodeWidth - NODE_INSET.left - NODE_INSET.right;
  const near = nameLines(names, width, measureIn(FONTS.name));
  const far = nameLines(names, width, measureIn(FONTS.far));
  return names.map((_, i) => ({ near: near[i]!, far: far[i]! }));
}

export function nodeElement(
  node: GraphNode,
  index: number,
  mode: number,
  { x, y }: Point,
  width: number,
  text: NodeText,
): SVGGElement {
  const { name, kind, tones, notes, labels, mark } = node;
  const tone = tones[mode]!;
  const note = notes[mode]!;
  const short = labels[mode]!.join(' · ');
  const shownNote = fitText(short, width - NODE_INSET.left - NODE_INSET.right, FONTS.note);
  const shownName = text.near.join('');
  const left = -width / 2 + NODE_INSET.left;
  const shape = toneShape(tone);
  shape.setAttribute('transform', `translate(${-width / 2 + 15} 0)`);
  const farName = text.far.join('');
  const rest = [
    shownName === printable(name) ? '' : name,
    farName === printable(name) || farName === shownName ? '' : farName,
    note === shownNote ? '' : note,
    mark === null ? '' : MARK_WORDS[mark],
  ].filter((own) => own !== '');
  const lines = text.near.length + (shownNote === '' ? 0 : 1);
  const top = -((lines - 1) * LINE_HEIGHTS.name) / 2 + 4.5;
  return s(
    'g',
    {
      class: `node kind-${kind} ${tone.className}${mark === null ? '' : ` is-${mark}`}`,
      transform: `translate(${x} ${y})`,
      tabindex: -1,
      role: 'button',
      'aria-pressed': 'false',
      // What can be seen, near or from afar, is in it, so that who speaks to the page can name it (WCAG 2.5.3).
      'aria-label': `${shownName} ${shownNote}, ${KIND_WORDS[kind]}${rest.length === 0 ? '' : `: ${rest.join(', ')}`}`,
      'data-node': index,
    },
    mark === null ? null : ring(mark, width, RADII[kind]),
    s('rect', {
      class: 'node-box',
      x: -width / 2,
      y: -NODE_HEIGHT / 2,
      width,
      height: NODE_HEIGHT,
      rx: RADII[kind],
    }),
    shape,
    text.near.map((line, i) => s('text', { class: 'node-name', x: left, y: top + i * LINE_HEIGHTS.name }, line)),
    ' ',
    s('text', { class: 'node-note', x: left, y: top + text.near.length * LINE_HEIGHTS.name + 1 }, shownNote),
    text.far.map((line, i) =>
      s('text', { class: 'node-far', x: left, y: 6 + (i - (text.far.length - 1) / 2) * LINE_HEIGHTS.far }, line),
    ),
    s('title', {}, `${name}: ${note}`),
  );
}

/** Round a node that a finding names, with a word on it. */
function ring(mark: NonNullable<GraphNode['mark']>, width: number, radius: number): SVGGElement {
  const [halfWidth, halfHeight] = [width / 2 + RING, NODE_HEIGHT / 2 + RING];
  const word = MARK_WORDS[mark];
  const size = { width: word.length * 7.6 + 16, height: 18 };
  return s(
    'g',
    { class: 'node-ring' },
    s('rect', {
      class: 'node-ring-line',
      x: -halfWidth,
      y: -halfHeight,
      width: 2 * halfWidth,
      height: 2 * halfHeight,
      rx: radius + RING,
    }),
    s('rect', {
      class: 'node-ring-tag',
      x: halfWidth - size.width - 10,
      y: -halfHeight - size.height / 2,
      ...size,
      rx: 9,
    }),
    s('text', { class: 'node-ring-word', x: halfWidth - 10 - size.width / 2, y: -halfHeight + 4.5 }, word),
  );
}

export const KIND_WORDS: Readonly<Record<Graph['nodes'][number]['kind'], string>> = {
  traffic: 'traffic source',
  app: 'service',
  gateway: 'gateway',
  waypoint: 'waypoint',
  external: 'outside the mesh',
  group: 'namespace',
};

export const MARK_WORDS: Readonly<Record<NonNullable<GraphNode['mark']>, string>> = {
  culprit: 'cause',
  contributing: 'contributes',
};

const RADII: Readonly<Record<Graph['nodes'][number]['kind'], number>> = {
  traffic: NODE_HEIGHT / 2,
  app: 9,
  gateway: 3,
  waypoint: 3,
  external: 9,
  group: 9,
};
