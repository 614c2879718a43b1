// The topology drawn: nodes and lines in SVG, moved and zoomed by pointer, buttons and keys. It knows where things are; what is selected
// is told to it.
import { type D3ZoomEvent, select, type ZoomBehavior, zoom, zoomIdentity, zoomTransform } from 'd3';
import { h, replaceChildren, s } from '../dom.js';
import { measureIn } from '../fit-text.js';
import { boxElements, labelElements, lineElement } from './draw-lines.js';
import { FONTS, type NodeText, nodeElement, nodeTexts } from './draw-node.js';
import { type Graph, neighboursOf, type Subgraph } from './graph.js';
import type { Point } from './layout.js';
import { NEAR_SCALE, type Picture, pictureOf } from './picture.js';

const PADDING = 16;
const SCALE_MIN = 0.04;
const SCALE_MAX = 2.5;
/** Names in large letters are read down to this scale; a larger drawing begins at its start instead. */
const FAR_SCALE = 0.62;
const FIT_MAX = 1.15;
const HEIGHTS = { least: 320, most: 720 };
/** Pixels that the panel covers at the right of the map, where it stands over it. */
const PANEL_WIDTH = 310;
const PANEL_BESIDE_FROM = 700;

/** Of a drawing from top to bottom. */
const TURNED_KEYS: ReadonlyMap<string, string> = new Map([
  ['ArrowUp', 'ArrowLeft'],
  ['ArrowDown', 'ArrowRight'],
  ['ArrowLeft', 'ArrowUp'],
  ['ArrowRight', 'ArrowDown'],
]);

export class TopologyMap {
  readonly element: HTMLElement;
  /** Zoom in, zoom out, show all. */
  readonly buttons: HTMLElement;
  private readonly svg = s('svg', { class: 'map', role: 'group', 'aria-label': 'Map of the services' });
  private readonly world = s('g');
  private readonly zoomer: ZoomBehavior<SVGSVGElement, unknown>;
  private mode = 0;
  private part: Subgraph = { nodes: [], edges: [] };
  private picture: Picture | null = null;
  private frameWidth = 0;
  private nodeElements = new Map<number, SVGGElement>();
  private edgeElements = new Map<number, SVGGElement>();
  private labelElements = new Map<number, SVGGElement[]>();
  private selected: number | null = null;

  constructor(
    private graph: Graph,
    private readonly onSelect: (node: number | null) => void,
  ) {
    this.svg.append(arrowHeads(), this.world);
    this.zoomer = zoom<SVGSVGElement, unknown>()
      .scaleExtent([SCALE_MIN, SCALE_MAX])
      .filter((event: MouseEvent) => (event.type === 'wheel' ? event.ctrlKey || event.metaKey : !event.button))
      .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.world.setAttribute('transform', transform.toString());
        this.svg.classList.toggle('is-far', transform.k < NEAR_SCALE - 0.01);
      });
    select<SVGSVGElement, unknown>(this.svg).call(this.zoomer).on('dblclick.zoom', null);
    this.svg.addEventListener('keydown', (event) => this.onKey(event));
    this.svg.addEventListener('click', (event) => {
      if (event.target === this.svg) this.onSelect(null);
    });
    this.element = h('div', { class: 'map-frame' }, this.svg);
    this.buttons = this.zoomButtons();
  }

  /** Draws some nodes of a graph in the tones of a mode; `fit` moves the view so that all of them can be seen. */
  draw(graph: Graph, part: Subgraph, mode: number, fit: boolean): void {
    this.graph = graph;
    this.part = part;
    this.mode = mode;
    this.frameWidth = this.widthNow();
    this.picture = pictureOf(graph, part, this.frameWidth, {
      name: measureIn(FONTS.name),
      note: measureIn(FONTS.note),
    });
    this.drawWorld(this.picture);
    if (fit) this.fit();
  }

  /** Lays the drawing out anew for another width. */
  resize(): void {
    if (Math.abs(this.widthNow() - this.frameWidth) < 2) return;
    this.draw(this.graph, this.part, this.mode, true);
    this.mark(this.selected, false);
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
    for (const [index, own] of this.labelElements) {
      for (const element of own) element.classList.toggle('is-near', nearEdges.has(index));
    }
    if (node !== null) {
      this.makeTabStop(node);
      if (reveal) this.reveal(node);
      else this.uncover(node);
    }
  }

  focus(node: number): void {
    this.nodeElements.get(node)?.focus({ preventScroll: true });
  }

  /** All of the drawing where its names can be read; else as much of it as can. */
  fit(): void {
    const { picture } = this;
    if (picture === null) return;
    const { width, height, scale: whole } = this.frame(picture);
    const scale = Math.max(whole, FAR_SCALE);
    const x = this.startOf(picture.width * scale, width, picture.nodes[0]?.x, scale, !picture.isTurned);
    const y = this.startOf(picture.height * scale, height, picture.nodes[0]?.y, scale, picture.isTurned);
    this.moveTo(scale, x, y);
  }

  /** Where a drawing begins in its frame: in the middle; too large, at its start along the layers, across them with its first node in view. */
  private startOf(size: number, room: number, first: number | undefined, scale: number, isAlong: boolean): number {
    if (size + 2 * PADDING <= room + 1) return (room - size) / 2;
    if (isAlong || first === undefined) return PADDING;
    const least = room - PADDING - size;
    return Math.max(least, Math.min(PADDING, room / 2 - first * scale));
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

  /** Moves the drawing where the panel would cover a node that was selected. */
  private uncover(node: number): void {
    const element = this.nodeElements.get(node);
    const width = this.widthNow();
    if (element === undefined || width < PANEL_BESIDE_FROM) return;
    const { right } = element.getBoundingClientRect();
    const covered = right - (this.svg.getBoundingClientRect().right - PANEL_WIDTH);
    if (covered <= 0) return;
    const { k } = zoomTransform(this.svg);
    select<SVGSVGElement, unknown>(this.svg).call(this.zoomer.translateBy, -covered / k, 0);
  }

  private pointOf(node: number): Point | null {
    return this.picture?.nodes[this.part.nodes.indexOf(node)] ?? null;
  }

  private widthNow(): number {
    return Math.max(280, this.svg.clientWidth);
  }

  /** The frame, as high as the drawing needs at the scale that its width allows; and the scale at which all of it can be seen. */
  private frame(picture: Picture): { width: number; height: number; scale: number } {
    const width = this.frameWidth;
    const byWidth = Math.min(FIT_MAX, (width - 2 * PADDING) / Math.max(1, picture.width));
    const wanted = Math.max(byWidth, FAR_SCALE) * picture.height + 2 * PADDING;
    const height = Math.round(Math.min(HEIGHTS.most, Math.max(HEIGHTS.least, wanted)));
    this.svg.setAttribute('height', String(height));
    return { width, height, scale: Math.min(byWidth, (height - 2 * PADDING) / Math.max(1, picture.height)) };
  }

  private drawWorld(picture: Picture): void {
    const { graph, mode } = this;
    const { nodes, edges } = this.part;
    const most = graph.edges.reduce((max, { ratePerSecond }) => Math.max(max, ratePerSecond), 1e-9);
    const names = nodes.map((node) => graph.nodes[node]!.name);
    const texts = nodeTexts(names, picture.nodeWidth);
    this.edgeElements = new Map(
      edges.map((edge, place) => [edge, lineElement(graph, edge, mode, picture, place, most)]),
    );
    this.labelElements = labelElements(graph, this.part, mode, picture);
    this.nodeElements = new Map(
      nodes.map((node, place) => [node, this.node(node, picture.nodes[place]!, picture.nodeWidth, texts[place]!)]),
    );
    replaceChildren(
      this.world,
      boxElements(picture),
      [...this.edgeElements.values()],
      [...this.labelElements.values()].flat(),
      [...this.nodeElements.values()],
    );
    const first = this.selected !== null && this.nodeElements.has(this.selected) ? this.selected : nodes[0];
    if (first !== undefined) this.makeTabStop(first);
  }

  private node(index: number, at: Point, width: number, text: NodeText): SVGGElement {
    const element = nodeElement(this.graph.nodes[index]!, index, this.mode, at, width, text);
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

  /** Along the calls: the busiest caller and callee that is drawn; across them: the neighbour in the same layer. */
  private nextFrom(node: number, key: string): number | null {
    const { callers, callees } = neighboursOf(this.graph, node);
    const drawn = (candidates: readonly number[]): number | null =>
      candidates.find((candidate) => this.nodeElements.has(candidate)) ?? null;
    switch (this.picture?.isTurned === true ? (TURNED_KEYS.get(key) ?? key) : key) {
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
    const { picture } = this;
    if (picture === null) return null;
    const { nodes, layers, isTurned } = picture;
    const place = this.part.nodes.indexOf(node);
    const across = ({ x, y }: Point): number => (isTurned ? x : y);
    const column = [...nodes.keys()]
      .filter((other) => layers[other] === layers[place])
      .sort((a, b) => across(nodes[a]!) - across(nodes[b]!));
    const next = column[column.indexOf(place) + step];
    return next === undefined ? null : this.part.nodes[next]!;
  }

  private zoomButtons(): HTMLElement {
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
    const { picture } = this;
    if (picture === null) return;
    const { width, height, scale } = this.frame(picture);
    this.moveTo(scale, (width - picture.width * scale) / 2, (height - picture.height * scale) / 2);
  }
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
