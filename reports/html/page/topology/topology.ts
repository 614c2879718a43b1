// The topology as a whole: map or list, tones, how many nodes, search, selection and the panel beside it.
import { whole } from '../../words.js';
import { searchBox, segmented, selectBox, toolbar } from '../controls.js';
import { announce, type Child, h, named, replaceChildren } from '../dom.js';
import { busiest, type Graph, grouped, type Subgraph, worstFirst } from './graph.js';
import { topologyList } from './list.js';
import { TopologyMap } from './map.js';
import { type DetailsOf, TopologyPanel, topologyLegend } from './panel.js';

/** Larger graphs begin with their busiest part. */
const SMALL = 60;
const COUNTS = [30, 60, 120, 250];
const HITS_MAX = 8;
const GROUPS_MAX = 200;
const HELP =
  'Drag to move; Ctrl and the wheel, or + and −, zoom. With the keyboard: the arrow keys go along the calls, Enter selects, 0 fits, Escape lets go.';
const ALL = 'all';
const GROUPS = 'groups';
const WORST = 'worst';

export class Topology {
  private readonly map: TopologyMap;
  private readonly panel: TopologyPanel;
  private readonly listing = h('div', { class: 'map-frame', hidden: true });
  private readonly hits = h('ul', { class: 'hits', hidden: true });
  private readonly legend = h('div', { class: 'map-legend' });
  private readonly status = h('p', { class: 'quiet', role: 'status' });
  private readonly groups: Graph;
  private mode = 0;
  private shown: string;
  private selected: number | null = null;

  constructor(
    private readonly whole: Graph,
    detailsOf: DetailsOf,
    /** What the words on nodes and lines are. */
    private readonly words: string,
  ) {
    this.groups = grouped(whole);
    this.shown = whole.nodes.length <= SMALL ? ALL : String(COUNTS[0]);
    this.map = new TopologyMap(whole, (node) => this.select(node, false));
    this.panel = new TopologyPanel(detailsOf, (node) => this.select(node, true));
  }

  /** Puts the topology into the page. */
  mount(parent: HTMLElement): void {
    const { modes } = this.whole;
    const colour =
      modes.length < 2
        ? null
        : segmented('Colour by', modes, modes[0]!.value, (value) => {
            this.mode = modes.findIndex((mode) => mode.value === value);
            this.draw(this.shown === WORST);
          });
    const view = segmented(
      'View',
      [
        { value: 'map', label: 'Map' },
        { value: 'list', label: 'List' },
      ],
      'map',
      (value) => {
        this.map.element.hidden = value === 'list';
        this.listing.hidden = value !== 'list';
        this.map.buttons.hidden = value === 'list';
        this.draw(value === 'map');
      },
    );
    const search = h(
      'div',
      { class: 'search-with-hits' },
      searchBox('Find', 'a service', (query) => this.find(query)),
      this.hits,
    );
    replaceChildren(
      parent,
      toolbar(search, this.amountBox(), colour, view),
      h(
        'div',
        { class: 'topology' },
        this.map.element,
        this.listing,
        this.panel.element,
        h('div', { class: 'map-foot' }, this.legend, this.map.buttons),
      ),
      this.status,
      h('p', { class: 'footnote' }, HELP),
    );
    this.draw(true);
    let width = parent.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(parent.clientWidth - width) < 2) return;
      width = parent.clientWidth;
      this.map.resize();
    }).observe(parent);
  }

  private get graph(): Graph {
    return this.shown === GROUPS ? this.groups : this.whole;
  }

  private amountBox(): HTMLElement | null {
    const { nodes } = this.whole;
    const groups = this.groups.nodes.length;
    const hasGroups = groups >= 3 && groups <= GROUPS_MAX && groups < nodes.length && nodes.length > 12;
    if (nodes.length <= SMALL && !hasGroups) return null;
    const counts = COUNTS.filter((count) => nodes.length > SMALL && count < nodes.length);
    const choices = [
      ...counts.map((count) => ({ value: String(count), label: `the ${count} busiest` })),
      ...(counts.length === 0 ? [] : [{ value: WORST, label: `the ${SMALL} worst by colour` }]),
      { value: ALL, label: `all ${whole(nodes.length)}` },
      ...(hasGroups ? [{ value: GROUPS, label: `${this.groups.nodes.length} namespaces` }] : []),
    ];
    return selectBox('Show', choices, this.shown, (value) => {
      this.shown = value;
      this.selected = null;
      this.draw(true);
    });
  }

  private part(): Subgraph {
    const isAll = this.shown === ALL || this.shown === GROUPS;
    const wanted = this.selected === null || isAll ? [] : [this.selected];
    if (this.shown === WORST) return worstFirst(this.graph, this.mode, SMALL, wanted);
    return busiest(this.graph, isAll ? this.graph.nodes.length : Number(this.shown), wanted);
  }

  private draw(fit: boolean): void {
    const part = this.part();
    const { graph, mode } = this;
    if (this.listing.hidden) {
      this.map.draw(graph, part, mode, fit);
      this.map.mark(this.selected, false);
    } else
      replaceChildren(
        this.listing,
        topologyList(graph, part, mode, (node) => this.select(node, false)),
      );
    this.panel.draw(graph, mode, this.selected);
    replaceChildren(this.legend, topologyLegend(graph, mode, this.words));
    const [shown, all] = [part.nodes.length, graph.nodes.length];
    const which = this.shown === WORST ? 'those in the worst colours' : 'those with the most traffic';
    this.status.textContent =
      shown === all
        ? ''
        : `${whole(shown)} of ${whole(all)} services are drawn: ${which}, and who calls them. Find any other by its name.`;
  }

  /** `reveal`: it was chosen elsewhere than on the map, and is brought into view. */
  private select(node: number | null, reveal: boolean): void {
    const isDrawn = node === null || this.part().nodes.includes(node);
    this.selected = node;
    if (!isDrawn) this.draw(false);
    else this.panel.draw(this.graph, this.mode, node);
    this.map.mark(node, reveal || !isDrawn);
    if (node !== null) announce(`${this.graph.nodes[node]!.name} selected`);
  }

  private find(query: string): void {
    const { nodes } = this.graph;
    const found =
      query === '' ? [] : [...nodes.keys()].filter((node) => nodes[node]!.name.toLowerCase().includes(query));
    this.hits.hidden = query === '';
    const items: Child[] = found.slice(0, HITS_MAX).map((node) => {
      const button = h('button', { type: 'button' }, named(nodes[node]!.name));
      button.addEventListener('click', () => {
        this.hits.hidden = true;
        this.select(node, true);
        this.map.focus(node);
      });
      return h('li', {}, button);
    });
    const rest = found.length - items.length;
    const words = found.length === 0 ? 'no such service' : rest > 0 ? `and ${rest} more` : null;
    replaceChildren(this.hits, items, words === null ? null : h('li', { class: 'quiet' }, words));
    announce(`${found.length} found`);
  }
}
