// The topology drawn: nodes and lines in SVG, moved and zoomed by pointer, buttons and keys. It knows where things are; what is selected
// is told to it.
import { type D3ZoomEvent, select, type ZoomBehavior, zoom, zoomIdentity } from 'd3';
import { printable } from '../../../escape.js';
import { h, replaceChildren, s } from '../dom.js';
import { fitText } from '../fit-text.js';
import { showTooltip } from '../tooltip.js';
import { type Graph, neighboursOf, type Subgraph } from './graph.js';
import { type Layout, type LayoutOptions, layOut, type Point } from './layout.js';
import { toneShape } from './shapes.js';

const OPTIONS: LayoutOptions = { nodeWidth: 172, nodeHeight: 46, layerGap: 60, nodeGap: 16 };
const PADDING = 18;
const SCALE_MIN = 0.05;
const SCALE_MAX = 2.5;
/** Smaller than this a node shows its name only, in larger letters. */
const FAR = 0.72;
/** Smaller, and nobody can read even that: the drawing then starts at its left end instead. */
const READABLE = 0.5;
const HEIGHT_MIN = 380;
const HEIGHT_MAX = 620;
/** Room for text in a node, right of its shape. */
const TEXT_WIDTH = OPTIONS.nodeWidth - 30 - 8;
const NAME_FONT = '600 13px system-ui, sans-serif';
const NOTE_FONT = '11.5px system-ui, sans-serif';
/** Pixels of a name that stands alone: as large as it can be without being cut. */
const FAR_SIZES = [21, 18, 15, 13];
const LINE_WIDTHS = { least: 1.2, most: 8 };

export class TopologyMap {
  readonly element: HTMLElement;
  private readonly svg = s('svg', { class: 'map', role: 'group', 'aria-label': 'Map of the services' });
  private readonly world = s('g');
  private readonly zoomer: ZoomBehavior<SVGSVGElement, unknown>;
  private graph: Graph;
  private mode = 0;
  private part: Subgraph = { nodes: [], edges: [] };
  private layout: Layout = layOut(0, [], OPTIONS);
  private nodeElements = new Map<number, SVGGElement>();
  private edgeElements = new Map<number, SVGGElement>();
  private selected: number | null = null;

  constructor(
    graph: Graph,
    private readonly onSelect: (node: number | null) => void,
  ) {
    this.graph = graph;
    this.svg.append(arrowHeads(), this.world);
    this.zoomer = zoom<SVGSVGElement, unknown>()
      .scaleExtent([SCALE_MIN, SCALE_MAX])
      .filter((event: MouseEvent) => (event.type === 'wheel' ? event.ctrlKey || event.metaKey : !event.button))
      .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.world.setAttribute('transform', transform.toString());
        this.svg.classList.toggle('is-far', transform.k < FAR);
      });
    select<SVGSVGElement, unknown>(this.svg).call(this.zoomer).on('dblclick.zoom', null);
    this.svg.addEventListener('keydown', (event) => this.onKey(event));
    this.svg.addEventListener('click', (event) => {
      if (event.target === this.svg) this.onSelect(null);
    });
    this.element = h('div', { class: 'map-frame' }, this.buttons(), this.svg);
  }

  /** Draws some nodes of a graph in the tones of a mode; `fit` moves the view so that all of them can be seen. */
  draw(graph: Graph, part: Subgraph, mode: number, fit: boolean): void {
    this.graph = graph;
    this.part = part;
    this.mode = mode;
    const places = new Map(part.nodes.map((node, place) => [node, place]));
    const arcs = part.edges.map((edge) => ({
      from: places.get(graph.edges[edge]!.from)!,
      to: places.get(graph.edges[edge]!.to)!,
    }));
    this.layout = layOut(part.nodes.length, arcs, OPTIONS);
    this.drawWorld();
    if (fit) this.fit();
  }

  /** Marks a node and its neighbours; null marks none. `reveal` brings it into view. */
  mark(node: number | null, reveal: boolean): void {
    this.selected = node;
    const near = new Set<number>();
    const nearEdges = new Set<number>();
    if (node !== null) {
      const { callers, callees } = neighboursOf(this.graph, node);
      for (const edge of [...callers, ...callees]) {
        nearEdges.add(edge);
        near.add(this.graph.edges[edge]!.from);
        near.add(this.graph.edges[edge]!.to);
      }
    }
    this.svg.classList.toggle('has-selection', node !== null);
    for (const [index, element] of this.nodeElements) {
      element.classList.toggle('is-selected', index === node);
      element.classList.toggle('is-near', near.has(index));
      element.setAttribute('aria-pressed', String(index === node));
    }
    for (const [index, element] of this.edgeElements) element.classList.toggle('is-near', nearEdges.has(index));
    if (node !== null) {
      this.makeTabStop(node);
      if (reveal) this.reveal(node);
    }
  }

  focus(node: number): void {
    this.nodeElements.get(node)?.focus({ preventScroll: true });
  }

  fit(): void {
    const { width, height } = this.frame();
    const { layout } = this;
    const whole = Math.min(width / (layout.width + 2 * PADDING), height / (layout.height + 2 * PADDING), 1.15);
    const scale = Math.max(whole, Math.min(READABLE, width / (OPTIONS.nodeWidth * 2.2)));
    const x = layout.width * scale + 2 * PADDING <= width ? (width - layout.width * scale) / 2 : PADDING;
    const y =
      layout.height * scale + 2 * PADDING <= height ? (height - layout.height * scale) / 2 : this.topOf(scale, height);
    this.moveTo(scale, x, y);
  }

  /** Where a drawing too high for the frame begins: with its first node in the middle. */
  private topOf(scale: number, height: number): number {
    const first = this.layout.nodes[0];
    if (first === undefined) return PADDING;
    const least = height - PADDING - this.layout.height * scale;
    return Math.max(least, Math.min(PADDING, height / 2 - first.y * scale));
  }

  private moveTo(scale: number, x: number, y: number): void {
    select<SVGSVGElement, unknown>(this.svg).call(this.zoomer.transform, zoomIdentity.translate(x, y).scale(scale));
  }

  private zoomBy(factor: number): void {
    select<SVGSVGElement, unknown>(this.svg).call(this.zoomer.scaleBy, factor);
  }

  private reveal(node: number): void {
    const at = this.pointOf(node);
    if (at !== null) select<SVGSVGElement, unknown>(this.svg).call(this.zoomer.translateTo, at.x, at.y);
  }

  private pointOf(node: number): Point | null {
    return this.layout.nodes[this.part.nodes.indexOf(node)] ?? null;
  }

  private frame(): { width: number; height: number } {
    const width = Math.max(280, this.svg.clientWidth);
    const wanted = Math.min(1, width / (this.layout.width + 2 * PADDING)) * (this.layout.height + 2 * PADDING);
    const height = Math.round(Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, wanted)));
    this.svg.setAttribute('height', String(height));
    return { width, height };
  }

  private drawWorld(): void {
    const { nodes, edges } = this.part;
    const most = this.graph.edges.reduce((max, { ratePerSecond }) => Math.max(max, ratePerSecond), 1e-9);
    this.edgeElements = new Map(edges.map((edge, place) => [edge, this.edge(edge, this.layout.arcs[place]!, most)]));
    this.nodeElements = new Map(nodes.map((node, place) => [node, this.node(node, this.layout.nodes[place]!)]));
    replaceChildren(this.world, [...this.edgeElements.values()], [...this.nodeElements.values()]);
    const first = this.selected !== null && this.nodeElements.has(this.selected) ? this.selected : nodes[0];
    if (first !== undefined) this.makeTabStop(first);
  }

  /** `most`: calls a second on the busiest of all lines. */
  private edge(index: number, points: readonly Point[], most: number): SVGGElement {
    const { edges, nodes } = this.graph;
    const edge = edges[index]!;
    const width = LINE_WIDTHS.least + (LINE_WIDTHS.most - LINE_WIDTHS.least) * Math.sqrt(edge.ratePerSecond / most);
    const tone = edge.tones[this.mode]!;
    const d = edgePath(points);
    const element = s(
      'g',
      { class: `edge ${tone.className} shape-${tone.shape}` },
      s('path', { class: 'edge-line', d, 'stroke-width': width.toFixed(2), 'marker-end': 'url(#arrow-head)' }),
      s('path', { class: 'edge-target', d }),
    );
    const row = { call: `${nodes[edge.from]!.name} → ${nodes[edge.to]!.name}`, is: edge.notes[this.mode]! };
    element.addEventListener('mousemove', (event) => showTooltip(event, row));
    element.addEventListener('mouseleave', (event) => showTooltip(event, null));
    return element;
  }

  private node(index: number, { x, y }: Point): SVGGElement {
    const { name, kind, tones, notes } = this.graph.nodes[index]!;
    const { nodeWidth: width, nodeHeight: height } = OPTIONS;
    const tone = tones[this.mode]!;
    const note = notes[this.mode]!;
    const shownName = fitText(name, TEXT_WIDTH, NAME_FONT);
    const shownNote = fitText(note, TEXT_WIDTH, NOTE_FONT);
    const isCut = shownName !== printable(name) || shownNote !== printable(note);
    const far = farName(name);
    const shape = toneShape(tone);
    shape.setAttribute('transform', `translate(${-width / 2 + 16} 0)`);
    const element = s(
      'g',
      {
        class: `node kind-${kind} ${tone.className}`,
        transform: `translate(${x} ${y})`,
        tabindex: -1,
        role: 'button',
        'aria-pressed': 'false',
        // What can be seen comes first, so that who speaks to the page can name it (WCAG 2.5.3).
        'aria-label': `${shownName} ${shownNote}, ${KIND_WORDS[kind]}${isCut ? `: ${name}, ${note}` : ''}`,
        'data-node': index,
      },
      s('rect', { class: 'node-box', x: -width / 2, y: -height / 2, width, height, rx: RADII[kind] }),
      shape,
      s('text', { class: 'node-name', x: -width / 2 + 30, y: -4 }, shownName),
      ' ',
      s('text', { class: 'node-note', x: -width / 2 + 30, y: 13 }, shownNote),
      s('text', { class: 'node-far', x: -width / 2 + 30, y: far.size / 3, 'font-size': far.size }, far.text),
      s('title', {}, `${name}: ${note}`),
    );
    element.addEventListener('click', () => this.onSelect(this.selected === index ? null : index));
    element.addEventListener('focus', () => this.makeTabStop(index));
    return element;
  }

  /** One node can be reached with Tab, the others with the arrow keys. */
  private makeTabStop(node: number): void {
    for (const [index, element] of this.nodeElements) element.setAttribute('tabindex', index === node ? '0' : '-1');
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target instanceof Element ? event.target.closest<SVGGElement>('.node') : null;
    const node = target === null ? null : Number(target.dataset.node);
    const next = node === null ? null : this.nextFrom(node, event.key);
    if (next !== null) {
      this.focus(next);
      this.reveal(next);
    } else if (event.key === 'Enter' || event.key === ' ') this.onSelect(this.selected === node ? null : node);
    else if (event.key === 'Escape') this.onSelect(null);
    else if (event.key === '+' || event.key === '=') this.zoomBy(1.3);
    else if (event.key === '-') this.zoomBy(1 / 1.3);
    else if (event.key === '0') this.fit();
    else return;
    event.preventDefault();
  }

  /** Left and right: the busiest caller and callee that is drawn; up and down: the neighbour in the same layer. */
  private nextFrom(node: number, key: string): number | null {
    const { callers, callees } = neighboursOf(this.graph, node);
    const drawn = (candidates: readonly number[]): number | null =>
      candidates.find((candidate) => this.nodeElements.has(candidate)) ?? null;
    switch (key) {
      case 'ArrowLeft':
        return drawn(callers.map((edge) => this.graph.edges[edge]!.from));
      case 'ArrowRight':
        return drawn(callees.map((edge) => this.graph.edges[edge]!.to));
      case 'ArrowUp':
        return this.besides(node, -1);
      case 'ArrowDown':
        return this.besides(node, 1);
      default:
        return null;
    }
  }

  private besides(node: number, step: number): number | null {
    const { nodes, layers } = this.layout;
    const place = this.part.nodes.indexOf(node);
    const column = [...nodes.keys()]
      .filter((other) => layers[other] === layers[place])
      .sort((a, b) => nodes[a]!.y - nodes[b]!.y);
    const next = column[column.indexOf(place) + step];
    return next === undefined ? null : this.part.nodes[next]!;
  }

  private buttons(): HTMLElement {
    const button = (label: string, sign: string, action: () => void): HTMLButtonElement => {
      const element = h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label }, sign);
      element.addEventListener('click', action);
      return element;
    };
    return h(
      'div',
      { class: 'map-buttons' },
      button('Zoom in', '+', () => this.zoomBy(1.3)),
      button('Zoom out', '−', () => this.zoomBy(1 / 1.3)),
      button('Show all', '⤢', () => this.showAll()),
    );
  }

  /** The whole drawing, however small it gets. */
  private showAll(): void {
    const { width, height } = this.frame();
    const scale = Math.min(
      width / (this.layout.width + 2 * PADDING),
      height / (this.layout.height + 2 * PADDING),
      1.15,
    );
    this.moveTo(scale, (width - this.layout.width * scale) / 2, (height - this.layout.height * scale) / 2);
  }
}

export const KIND_WORDS: Readonly<Record<Graph['nodes'][number]['kind'], string>> = {
  traffic: 'traffic source',
  app: 'service',
  gateway: 'gateway',
  waypoint: 'waypoint',
  external: 'outside the mesh',
  group: 'namespace',
};

const RADII: Readonly<Record<Graph['nodes'][number]['kind'], number>> = {
  traffic: OPTIONS.nodeHeight / 2,
  app: 8,
  gateway: 3,
  waypoint: 3,
  external: 8,
  group: 8,
};

function farName(name: string): { readonly text: string; readonly size: number } {
  const whole = printable(name);
  const size = FAR_SIZES.find((px) => fitText(name, TEXT_WIDTH, `600 ${px}px system-ui, sans-serif`) === whole);
  return size === undefined ? { text: fitText(name, TEXT_WIDTH, NAME_FONT), size: 13 } : { text: whole, size };
}

/** A smooth line through the points, leaving its caller on the right and reaching its callee on the left. */
function edgePath(points: readonly Point[]): string {
  const half = OPTIONS.nodeWidth / 2;
  const first = points[0]!;
  const last = points.at(-1)!;
  const isForward = last.x > first.x;
  if (!isForward) return backPath(first, last);
  const stops = [{ x: first.x + half, y: first.y }];
  for (const point of points.slice(1, -1))
    stops.push({ x: point.x - half, y: point.y }, { x: point.x + half, y: point.y });
  stops.push({ x: last.x - half - 7, y: last.y });
  let d = `M${round(stops[0]!)}`;
  for (let i = 1; i < stops.length; i++) {
    const [from, to] = [stops[i - 1]!, stops[i]!];
    if (from.y === to.y) {
      d += `L${round(to)}`;
      continue;
    }
    const bend = (to.x - from.x) / 2;
    d += `C${round({ x: from.x + bend, y: from.y })} ${round({ x: to.x - bend, y: to.y })} ${round(to)}`;
  }
  return d;
}

/** A call back to an earlier layer, or to itself: a loop over the top. */
function backPath(from: Point, to: Point): string {
  const half = OPTIONS.nodeWidth / 2;
  const lift = OPTIONS.nodeHeight * 1.4;
  const start = { x: from.x + half, y: from.y };
  const end = { x: to.x - half - 7, y: to.y };
  const top = Math.min(from.y, to.y) - lift;
  return `M${round(start)}C${round({ x: start.x + 60, y: top })} ${round({ x: end.x - 60, y: top })} ${round(end)}`;
}

function round({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function arrowHeads(): SVGDefsElement {
  const head = s(
    'marker',
    {
      id: 'arrow-head',
      viewBox: '0 0 10 10',
      refX: 3,
      refY: 5,
      markerWidth: 9,
      markerHeight: 9,
      markerUnits: 'userSpaceOnUse',
      orient: 'auto',
    },
    s('path', { class: 'arrow-head', d: 'M0 1 9 5 0 9Z' }),
  );
  return s('defs', {}, head);
}
