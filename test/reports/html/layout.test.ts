// The layered drawing of the topology: laws that hold for every graph, and small graphs with known answers.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { spaced } from '../../../reports/html/page/topology/heights.js';
import { type Arc, backArcs, layersOf } from '../../../reports/html/page/topology/layers.js';
import { layOut } from '../../../reports/html/page/topology/layout.js';
import { crossings, orderLayers } from '../../../reports/html/page/topology/order.js';

const OPTIONS = { nodeWidth: 100, nodeHeight: 40, layerGap: 50, nodeGap: 10 };

const graphs = fc.integer({ min: 1, max: 24 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    arcs: fc.array(
      fc.record({ from: fc.integer({ min: 0, max: nodes - 1 }), to: fc.integer({ min: 0, max: nodes - 1 }) }),
      { maxLength: 60 },
    ),
  }),
);

function turnedArcs(nodes: number, arcs: readonly Arc[]): Arc[] {
  const isBack = backArcs(nodes, arcs);
  return arcs.map((arc, i) => (isBack[i] ? { from: arc.to, to: arc.from } : arc)).filter(({ from, to }) => from !== to);
}

describe('layers', () => {
  test('a chain, a shortcut over it, and a source that calls the end', () => {
    const arcs = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 0, to: 2 },
      { from: 3, to: 2 },
    ];
    expect(layersOf(4, arcs)).toEqual([0, 1, 2, 1]);
  });

  test('a cycle is broken at the arc that closes it', () => {
    const arcs = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 1 },
    ];
    expect(backArcs(3, arcs)).toEqual([false, false, true]);
  });

  property.prop([graphs])('every caller stands left of what it calls, once cycles are broken', ({ nodes, arcs }) => {
    const turned = turnedArcs(nodes, arcs);
    const layers = layersOf(nodes, turned);
    for (const { from, to } of turned) expect(layers[from]).toBeLessThan(layers[to]!);
  });
});

describe('order', () => {
  const crossed = {
    layers: [
      [0, 1],
      [2, 3],
    ],
    before: [[], [], [1], [0]],
    after: [[3], [2], [], []],
  };

  test('two lines that cross are uncrossed', () => {
    expect(crossings(crossed.layers, crossed)).toBe(1);
    expect(crossings(orderLayers(crossed), crossed)).toBe(0);
  });

  test('a complete bipartite graph of 3 and 3 has 9 crossings', () => {
    const right = [3, 4, 5];
    const graph = {
      layers: [[0, 1, 2], right],
      before: [[], [], [], [0, 1, 2], [0, 1, 2], [0, 1, 2]],
      after: [right, right, right, [], [], []],
    };
    expect(crossings(graph.layers, graph)).toBe(9);
  });
});

describe('heights', () => {
  test('wishes that fit are granted', () => {
    expect(spaced([0, 10, 30], [5, 5])).toEqual([0, 10, 30]);
  });

  test('two that want the same place share the distance', () => {
    expect(spaced([10, 10], [8])).toEqual([6, 14]);
  });

  property.prop([fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 })])(
    'gaps are kept and the mean of the wishes with them',
    (wishes) => {
      const gaps = wishes.slice(1).map((_, i) => 1 + (i % 3));
      const placed = spaced(wishes, gaps);
      gaps.forEach((gap, i) => {
        expect(placed[i + 1]! - placed[i]!).toBeGreaterThanOrEqual(gap - 1e-6);
      });
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      expect(sum(placed)).toBeCloseTo(sum(wishes), 5);
    },
  );
});

describe('layout', () => {
  property.prop([graphs])(
    'no two nodes touch, all are inside, lines start and end at their nodes',
    ({ nodes, arcs }) => {
      const layout = layOut(nodes, arcs, OPTIONS);
      layout.nodes.forEach((node, i) => {
        expect(node.x - 50).toBeGreaterThanOrEqual(-1e-6);
        expect(node.x + 50).toBeLessThanOrEqual(layout.width + 1e-6);
        expect(node.y - 20).toBeGreaterThanOrEqual(-1e-6);
        expect(node.y + 20).toBeLessThanOrEqual(layout.height + 1e-6);
        layout.nodes.slice(i + 1).forEach((other) => {
          expect(Math.abs(other.x - node.x) >= 150 - 1e-6 || Math.abs(other.y - node.y) >= 50 - 1e-6).toBe(true);
        });
      });
      arcs.forEach(({ from, to }, i) => {
        expect(layout.arcs[i]![0]).toEqual(layout.nodes[from]);
        expect(layout.arcs[i]!.at(-1)).toEqual(layout.nodes[to]);
      });
    },
  );

  property.prop([graphs])('the same graph is drawn the same way', ({ nodes, arcs }) => {
    expect(layOut(nodes, arcs, OPTIONS)).toEqual(layOut(nodes, arcs, OPTIONS));
  });
});
