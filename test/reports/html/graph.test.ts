// The topology as data: which part of it is drawn, who is next to whom, and in which tones.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  busiest,
  type Graph,
  grouped,
  neighboursOf,
  type Tone,
  worstFirst,
} from '../../../reports/html/page/topology/graph.js';
import { layersOf, narrowed } from '../../../reports/html/page/topology/layers.js';
import { runGraph } from '../../../reports/html/page/topology/run-graph.js';
import type { Finding, FindingPlace } from '../../../scenarios/result/findings-result.js';
import { measured, RESULT } from '../fixture.js';

const GOOD: Tone = { className: 'good', shape: 'dot', label: 'good' };
const BAD: Tone = { className: 'bad', shape: 'diamond', label: 'bad' };

/** `a>b 5` is a call with a rate; a `!` makes it bad. Nodes have the sum of the rates into them. */
function graphOf(...calls: string[]): Graph {
  const parsed = calls.map((call) => {
    const [, from, to, rate, bad] = /^(\w+)>(\w+) (\d+)(!?)$/.exec(call)!;
    return { from, to, rate: Number(rate), tone: bad === '!' ? BAD : GOOD };
  });
  const names = [...new Set(parsed.flatMap(({ from, to }) => [from, to]))];
  const rateOf = (name: string): number => parsed.reduce((sum, call) => sum + (call.to === name ? call.rate : 0), 0);
  return {
    modes: [{ value: 'errors', label: 'Errors', legend: [GOOD, BAD] }],
    nodes: names.map((name) => ({
      name,
      kind: 'app',
      group: name[0],
      ratePerSecond: rateOf(name),
      tones: [GOOD],
      notes: [''],
      labels: [[]],
      mark: null,
    })),
    edges: parsed.map(({ from, to, rate, tone }) => ({
      from: names.indexOf(from),
      to: names.indexOf(to),
      ratePerSecond: rate,
      tones: [tone],
      notes: [''],
      labels: [[]],
      mark: null,
    })),
  };
}

function namesOf(graph: Graph, nodes: readonly number[]): string[] {
  return nodes.map((node) => graph.nodes[node].name);
}

const TREE = graphOf('in>a 10', 'a>b 9', 'a>c 8', 'c>d 20', 'b>e 1', 'e>f 1!');

describe('the busiest part', () => {
  test('comes with the way to it', () => {
    expect(namesOf(TREE, busiest(TREE, 4, []).nodes)).toEqual(['in', 'a', 'c', 'd']);
  });

  test('what is wanted comes with its neighbours, however little traffic it has', () => {
    expect(namesOf(TREE, busiest(TREE, 4, [5]).nodes)).toEqual(['in', 'a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('the worst come first where they are asked for', () => {
    expect(namesOf(TREE, worstFirst(TREE, 0, 5, []).nodes)).toEqual(['in', 'a', 'b', 'e', 'f']);
  });

  test('a cycle that nothing enters is taken once', () => {
    const cycle = graphOf('a>b 5', 'b>a 5');
    expect(busiest(cycle, 2, []).nodes).toEqual([0, 1]);
  });

  property.prop([
    fc.array(fc.record({ from: fc.nat(9), to: fc.nat(9), rate: fc.nat(50) }), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 12 }),
  ])('no more than asked for; every drawn node that is called has a caller drawn', (calls, count) => {
    const graph = graphOf(...calls.map(({ from, to, rate }) => `n${from}>n${to} ${rate}`));
    const { nodes, edges } = busiest(graph, count, []);
    expect(nodes.length).toBeLessThanOrEqual(count);
    for (const edge of edges) expect(nodes).toContain(graph.edges[edge].from);
    const isCalled = (node: number, among: readonly { from: number; to: number }[]): boolean =>
      among.some(({ from, to }) => to === node && from !== node);
    const drawn = edges.map((edge) => graph.edges[edge]);
    for (const node of nodes) expect(isCalled(node, drawn)).toBe(isCalled(node, graph.edges));
  });
});

describe('neighbours and groups', () => {
  test('callers and callees, the busiest first', () => {
    const { callers, callees } = neighboursOf(TREE, 1);
    expect(callers.map((edge) => TREE.edges[edge].from)).toEqual([0]);
    expect(
      namesOf(
        TREE,
        callees.map((edge) => TREE.edges[edge].to),
      ),
    ).toEqual(['b', 'c']);
  });

  test('a group is as bad as the worst in it; calls inside a group are not drawn', () => {
    const graph = grouped(graphOf('a1>a2 3!', 'a1>b1 4', 'a2>b2 5!'));
    expect(graph.nodes.map(({ name, ratePerSecond }) => [name, ratePerSecond])).toEqual([
      ['a', 3],
      ['b', 9],
    ]);
    expect(graph.edges).toHaveLength(1);
    expect(graph.edges[0]).toMatchObject({ from: 0, to: 1, ratePerSecond: 9, tones: [BAD] });
  });
});

describe('narrow layers', () => {
  const star = Array.from({ length: 10 }, (_, i) => ({ from: 0, to: i + 1 }));

  test('leaves of a full layer move on, four to a layer', () => {
    const layers = narrowed(layersOf(11, star), star, 4);
    expect([1, 2, 3].map((layer) => layers.filter((own) => own === layer).length)).toEqual([4, 4, 2]);
  });

  property.prop([
    fc.array(fc.record({ from: fc.nat(30), step: fc.integer({ min: 1, max: 9 }) }), { maxLength: 80 }),
    fc.integer({ min: 1, max: 8 }),
  ])('every caller still stands left of what it calls', (raw, most) => {
    const arcs = raw.map(({ from, step }) => ({ from, to: from + step }));
    const layers = narrowed(layersOf(40, arcs), arcs, most);
    for (const { from, to } of arcs) expect(layers[from]).toBeLessThan(layers[to]);
  });
});

describe('the graph of a run', () => {
  const { nodes, edges, modes } = runGraph(RESULT);

  test('traffic sources that are no services are nodes too; every edge has its ends', () => {
    expect(nodes.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'traffic storefront',
      'app catalogue',
      'app ledger',
    ]);
    expect(edges.map(({ from, to }) => [nodes[from].name, nodes[to].name])).toEqual([['storefront', 'catalogue']]);
    expect(nodes[1].group).toBe('shop');
  });

  test.each([
    [0, 'no errors'],
    [0.0005, 'up to 0.1 %'],
    [0.001, 'up to 0.1 %'],
    [0.005, 'up to 1 %'],
    [0.05, 'up to 5 %'],
    [0.5, 'more than 5 %'],
  ])('a share of errors of %d is toned %j', (share, label) => {
    const graph = runGraph({ ...RESULT, edges: [{ ...RESULT.edges[0], errorShare: measured(share) }] });
    expect(graph.edges[0].tones[0].label).toBe(label);
  });

  test('tones of latency lie between the fastest and the slowest', () => {
    const slow = { ...RESULT.edges[0], latency: { ...RESULT.edges[0].latency, p99Ms: measured(4000) } };
    const graph = runGraph({ ...RESULT, edges: [slow] });
    expect(graph.modes[1].legend.map(({ label }) => label)).toEqual([
      'too few calls',
      'p99 up to 100 ms',
      'p99 up to 252 ms',
      'p99 up to 634 ms',
      'p99 up to 1.59 s',
      'p99 up to 4 s',
    ]);
    expect(graph.edges[0].tones[1].label).toBe('p99 up to 4 s');
    expect(modes.map(({ value }) => value)).toEqual(['errors', 'latency']);
  });

  test('lines carry their rate and the share that failed; the rate alone where none did', () => {
    const labels = (share: number): readonly string[] =>
      runGraph({ ...RESULT, edges: [{ ...RESULT.edges[0], errorShare: measured(share) }] }).edges[0].labels[0];
    expect(labels(0.012)[1]).toBe('1.2 %');
    expect(labels(0.012)[0]).toMatch(/^\d[\d.]*\/s$/);
    expect(labels(0)).toHaveLength(1);
  });

  test('what a finding names is marked, the service of a workload too; a cause outweighs what contributes', () => {
    const [service] = RESULT.services;
    const { from, to } = RESULT.edges[0];
    const finding = (role: Finding['role'], kind: FindingPlace['kind'], name: string): Finding => ({
      code: 'F201',
      role,
      sentence: 's',
      where: [{ kind, name }],
      sources: [],
      evidence: [],
      errorShare: 0,
      latencyMs: 0,
    });
    const findings = [
      finding('note', 'traffic', from),
      finding('culprit', 'pod', `${service.workloads[0].name} #2`),
      finding('contributing', 'service', service.name),
      finding('contributing', 'edge', `${from} -> ${to}`),
    ];
    const graph = runGraph({ ...RESULT, findings });
    expect(graph.nodes.map(({ name, mark }) => [name, mark])).toEqual([
      ['storefront', null],
      ['catalogue', 'culprit'],
      ['ledger', null],
    ]);
    expect(graph.edges[0].mark).toBe('contributing');
    expect(runGraph({ ...RESULT, findings: [] }).nodes.every(({ mark }) => mark === null)).toBe(true);
  });

  test('a service without calls has no tone', () => {
    expect(nodes[2]).toMatchObject({ notes: ['no calls', 'no calls'] });
    expect(nodes[2].tones[0].label).toBe('no calls');
  });
});
