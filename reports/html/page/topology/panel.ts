// What stands beside the map: the legend, and the selected node with its numbers, callers and callees.
import { type Child, h, named, replaceChildren } from '../dom.js';
import { KIND_WORDS } from './draw-node.js';
import { type Graph, neighboursOf } from './graph.js';
import { toneIcon } from './shapes.js';

/** More about a node of the graph than the graph knows. */
export type DetailsOf = (name: string) => Child;

const NEIGHBOURS_MAX = 12;

/** What the tones and forms of the map mean. */
export function topologyLegend({ modes }: Graph, mode: number, words: string): Child {
  return [
    h(
      'ul',
      { class: 'legend' },
      modes[mode]!.legend.map((tone) => h('li', { class: tone.className }, toneIcon(tone), h('span', {}, tone.label))),
    ),
    h(
      'p',
      { class: 'quiet' },
      `${words} Round ends: traffic sources. Square corners: gateways. Dashed: outside the mesh. The wider a line, the more calls.`,
    ),
  ];
}

/** The selected node with its numbers, callers and callees; hidden without one. */
export class TopologyPanel {
  readonly element = h('div', { class: 'panel', role: 'region', 'aria-label': 'Selected service', hidden: true });

  constructor(
    private readonly detailsOf: DetailsOf,
    private readonly onSelect: (node: number | null) => void,
  ) {}

  draw(graph: Graph, mode: number, node: number | null): void {
    this.element.hidden = node === null;
    replaceChildren(this.element, node === null ? null : this.node(graph, mode, node));
    this.element.scrollTop = 0;
  }

  private node(graph: Graph, mode: number, node: number): Child {
    const { name, kind, tones, notes } = graph.nodes[node]!;
    const { callers, callees } = neighboursOf(graph, node);
    const close = h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Let go of the selection', title: 'Let go' },
      '×',
    );
    close.addEventListener('click', () => this.onSelect(null));
    return [
      h('div', { class: 'panel-head' }, h('h3', {}, named(name)), close),
      h('p', { class: 'panel-note' }, toneIcon(tones[mode]!), h('span', {}, `${KIND_WORDS[kind]} · ${notes[mode]!}`)),
      kind === 'group' ? null : this.detailsOf(name),
      this.neighbours('Called by', graph, mode, callers, 'from'),
      this.neighbours('Calls', graph, mode, callees, 'to'),
    ];
  }

  private neighbours(
    title: string,
    { nodes, edges }: Graph,
    mode: number,
    list: readonly number[],
    end: 'from' | 'to',
  ): Child {
    if (list.length === 0) return null;
    const items = list.slice(0, NEIGHBOURS_MAX).map((index) => {
      const edge = edges[index]!;
      const button = h(
        'button',
        { type: 'button', class: 'neighbour' },
        toneIcon(edge.tones[mode]!),
        h('span', { class: 'neighbour-name' }, named(nodes[edge[end]]!.name)),
        h('span', { class: 'quiet' }, edge.notes[mode]!),
      );
      button.addEventListener('click', () => this.onSelect(edge[end]));
      return h('li', { class: edge.tones[mode]!.className }, button);
    });
    const rest = list.length - items.length;
    return [
      h('h4', {}, `${title} ${list.length === 1 ? 'one' : list.length}`),
      h(
        'ul',
        { class: 'neighbours' },
        items,
        rest > 0 ? h('li', { class: 'quiet' }, `and ${rest} more with less traffic`) : null,
      ),
    ];
  }
}
