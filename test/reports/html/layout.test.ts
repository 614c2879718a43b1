// The layered drawing of the topology: laws that hold for every graph, and small graphs with known answers.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { placeLabels } from '../../../reports/html/page/topology/edge-labels.js';
import { edgeCurves, pathText, pointOn } from '../../../reports/html/page/topology/edge-path.js';
import { spaced } from '../../../reports/html/page/topology/heights.js';
import { type Arc, backArcs, layersOf } from '../../../reports/html/page/topology/layers.js';
import { layOut } from '../../../reports/html/page/topology/layout.js';
import { nameLines } from '../../../reports/html/page/topology/name-lines.js';
import { crossings, orderLayers } from '../../../reports/html/page/topology/order.js';

const BOX = { alongBefore: 14, alongAfter: 14, acrossBefore: 30, acrossAfter: 12 };
const OPTIONS = {
  nodeWidth: 100,
  nodeHeight: 40,
  layerGap: 50,
  nodeGap: 10,
  box: BOX,
  layerMost: 12,
  isTight: false,
};

const graphs = fc.integer({ min: 1, max: 24 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    arcs: fc.array(
      fc.record({ from: fc.integer({ min: 0, max: nodes - 1 }), to: fc.integer({ min: 0, max: nodes - 1 }) }),
      { maxLength: 60 },
    ),
    groups: fc.array(fc.constantFrom('', 'a', 'b', 'c'), { minLength: nodes, maxLength: nodes }),
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
    ({ nodes, arcs, groups }) => {
      const layout = layOut(nodes, arcs, groups, OPTIONS);
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

  property.prop([graphs, fc.boolean()])(
    'a box holds the nodes of its group and nothing of any other node; boxes do not touch',
    ({ nodes, arcs, groups }, isTight) => {
      const { boxes, nodes: at } = layOut(nodes, arcs, groups, { ...OPTIONS, isTight });
      expect(boxes.map(({ group }) => group)).toEqual([...new Set(groups)].filter((group) => group !== '').sort());
      for (const [i, box] of boxes.entries()) {
        for (const [node, { x, y }] of at.entries()) {
          const isOutside =
            x + 50 <= box.x + 1e-6 ||
            x - 50 >= box.x + box.width - 1e-6 ||
            y + 20 <= box.y + 1e-6 ||
            y - 20 >= box.y + box.height - 1e-6;
          expect(isOutside).toBe(groups[node] !== box.group);
        }
        for (const other of boxes.slice(i + 1)) {
          const isApart =
            other.x + other.width <= box.x + 1e-6 ||
            box.x + box.width <= other.x + 1e-6 ||
            other.y + other.height <= box.y + 1e-6 ||
            box.y + box.height <= other.y + 1e-6;
          expect(isApart).toBe(true);
        }
      }
    },
  );

  property.prop([graphs])('the same graph is drawn the same way', ({ nodes, arcs, groups }) => {
    expect(layOut(nodes, arcs, groups, OPTIONS)).toEqual(layOut(nodes, arcs, groups, OPTIONS));
  });

  test('who calls nobody and is called by nobody stands with its group', () => {
    const arcs = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 1, to: 3 },
    ];
    const { layers } = layOut(5, arcs, ['', 'shop', 'shop', 'shop', 'shop'], OPTIONS);
    expect(layers).toEqual([0, 1, 2, 2, 1]);
  });
});

describe('words on the map', () => {
  const measure = (text: string): number => [...text].length * 10;

  test('names stand on one line, on two at a sign that parts words, or keep both ends', () => {
    expect(nameLines(['cart', 'product-catalogue', 'recommendations-of-the-day-v2'], 120, measure)).toEqual([
      ['cart'],
      ['product-', 'catalogue'],
      ['recommendati', '…-the-day-v2'],
    ]);
  });

  property.prop([
    fc.uniqueArray(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' }), { maxLength: 12 }),
  ])('no two names look alike after cutting, and every line fits', (names) => {
    const lines = nameLines(names, 120, measure);
    expect(new Set(lines.map((own) => own.join('\n'))).size).toBe(names.length);
    for (const line of lines.flat()) expect(measure(line)).toBeLessThanOrEqual(120);
  });

  const boxes = fc.record({ x: fc.nat(300), y: fc.nat(300), width: fc.nat(80), height: fc.nat(40) });
  property.prop([
    fc.array(fc.record({ x: fc.nat(300), y: fc.nat(300) }), { maxLength: 20 }),
    fc.array(boxes, { maxLength: 8 }),
  ])('words of lines overlap neither each other nor a node', (points, obstacles) => {
    const size = { width: 60, height: 16 };
    const placed = placeLabels(
      points.map((point) => ({ points: [point, { x: point.x + 30, y: point.y }], sizes: [size] })),
      obstacles,
    );
    const taken = placed.flatMap((own) => (own === null ? [] : [{ x: own.at.x - 30, y: own.at.y - 8, ...size }]));
    const all = [...obstacles, ...taken];
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(Math.max(i + 1, obstacles.length))) {
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        );
      }
    }
  });

  test('a line is found where it is drawn', () => {
    const curves = edgeCurves(
      [
        { x: 50, y: 20 },
        { x: 250, y: 120 },
      ],
      50,
      60,
    );
    expect(pathText(curves)).toBe('M100.0 20.0C146.5 20.0 146.5 120.0 193.0 120.0');
    expect(pointOn(curves, 0)).toEqual({ x: 100, y: 20 });
    expect(pointOn(curves, 0.5)).toEqual({ x: 146.5, y: 70 });
    expect(pointOn(curves, 1)).toEqual({ x: 193, y: 120 });
  });
});
