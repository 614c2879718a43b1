// The topology as text: every node with what it calls. It says what the map says.
import { type Child, h, named } from '../dom.js';
import { KIND_WORDS } from './draw-node.js';
import { type Graph, neighboursOf, type Subgraph } from './graph.js';
import { toneIcon } from './shapes.js';

export function topologyList(graph: Graph, part: Subgraph, mode: number, onSelect: (node: number) => void): Child {
  const { nodes, edges } = graph;
  const order = [...part.nodes].sort((a, b) => nodes[b]!.ratePerSecond - nodes[a]!.ratePerSecond || a - b);
  return h(
    'ul',
    { class: 'topology-list' },
    order.map((node) => {
      const { name, kind, tones, notes } = nodes[node]!;
      const { callees } = neighboursOf(graph, node);
      const button = h('button', { type: 'button', class: 'link-button' }, named(name));
      button.addEventListener('click', () => onSelect(node));
      const calls = callees.map((edge) =>
        h(
          'li',
          {},
          '→ ',
          named(nodes[edges[edge]!.to]!.name),
          h('span', { class: 'quiet' }, ` ${edges[edge]!.notes[mode]!}`),
        ),
      );
      return h(
        'li',
        {},
        toneIcon(tones[mode]!),
        button,
        h('span', { class: 'quiet' }, ` ${KIND_WORDS[kind]} · ${notes[mode]!}`),
        calls.length === 0 ? null : h('ul', {}, calls),
      );
    }),
  );
}
