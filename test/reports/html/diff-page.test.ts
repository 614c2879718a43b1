// The parts of a comparison's page that need no browser: values as YAML, marked differences, the graph of verdicts, the charts.
import { compile } from 'vega-lite';
import { describe, expect, test } from 'vitest';
import { chartConfig } from '../../../reports/html/page/charts/chart.js';
import { curveDistance, curvesChart, differenceChart } from '../../../reports/html/page/diff/charts/curves.js';
import { largestChart } from '../../../reports/html/page/diff/charts/largest.js';
import { bothOverTime, largestDifference } from '../../../reports/html/page/diff/charts/over-time.js';
import { pairsChart } from '../../../reports/html/page/diff/charts/pairs.js';
import { bySubject, differing, diffGraph } from '../../../reports/html/page/diff/graph.js';
import { marked } from '../../../reports/html/page/diff/marked.js';
import { sameChanges } from '../../../reports/html/page/diff/same-changes.js';
import { yamlText } from '../../../reports/html/page/diff/yaml-text.js';
import { paletteOf } from '../../../reports/html/page/palette.js';
import { arm, comparison, metric } from '../diff/fixture.js';
import { curve, HOSTILE, richComparison, sameDiff } from './diff-worlds.js';

const context = { width: 800, palette: paletteOf('light') };

describe('values of fields', () => {
  test('as they would stand in a file', () => {
    expect(yamlText('5xx,reset')).toBe('5xx,reset');
    expect(yamlText({ fault: { delay: { value: 2 }, hosts: ['a', { name: 'on' }] }, empty: [], none: {} })).toBe(
      'fault:\n  delay:\n    value: 2\n  hosts:\n    - a\n    - name: "on"\nempty: []\nnone: {}',
    );
    expect(yamlText([null, true, 1.5, 'a: b'])).toBe('- null\n- true\n- 1.5\n- "a: b"');
  });

  test('only what differs is marked, in whole words', () => {
    expect(marked('connect-failure,reset', 'connect-failure,unavailable')).toEqual([
      ['same', 'connect-failure,'],
      ['other', 'reset'],
    ]);
    expect(marked('400ms', '250ms')).toEqual([['other', '400ms']]);
    expect(marked('a b', 'a b')).toEqual([['same', 'a b']]);
    expect(marked('a b b', 'a b')).toEqual([
      ['same', 'a b'],
      ['other', ' b'],
    ]);
  });
});

describe('changes of configuration', () => {
  const [changed, added] = comparison('a').changes;

  test('the same change of many objects is told once, in the place of the first', () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => ({ ...changed!, name }));
    const other = { ...changed!, name: 'e', fields: [{ ...changed!.fields[0]!, candidate: 7 }] };
    const groups = sameChanges([many[0]!, added!, ...many.slice(1), other]);
    expect(groups.map((group) => group.map(({ name }) => name))).toEqual([['a', 'b', 'c', 'd'], ['x'], ['e']]);
  });

  test('a few are told one by one', () => {
    expect(sameChanges([changed!, { ...changed!, name: 'b' }])).toHaveLength(2);
  });
});

describe('the graph', () => {
  const rich = richComparison('shop');
  const graph = diffGraph(rich, arm('base'), bySubject(rich));
  const toneOf = (name: string): string => graph.nodes.find((node) => node.name === name)!.tones[0]!.label;

  test('services and edges of both worlds, in the tone of their strongest verdict', () => {
    expect(graph.nodes.map(({ name }) => name).sort()).toEqual(['cart', 'shop', 'shop new', 'shop old']);
    expect(toneOf('shop')).toBe('worse');
    expect(toneOf('shop new')).toBe('only in the candidate');
    expect(toneOf('shop old')).toBe('only in the base');
    expect(graph.edges.map(({ from, to }) => [graph.nodes[from]!.name, graph.nodes[to]!.name])).toEqual([
      ['shop', 'cart'],
      ['cart', 'shop new'],
    ]);
    for (const { tones, notes } of [...graph.nodes, ...graph.edges]) {
      expect(tones).toHaveLength(graph.modes.length);
      expect(notes).toHaveLength(graph.modes.length);
    }
  });

  test('a family without metrics is not compared', () => {
    const load = graph.modes.findIndex(({ value }) => value === 'load');
    expect(graph.nodes.find(({ name }) => name === 'cart')!.tones[load]!.label).toBe('not compared');
  });

  test('of a calm world all is left, else only what differs', () => {
    const calm = sameDiff().comparisons[0]!;
    const whole = diffGraph(calm, arm('base'), bySubject(calm));
    expect(differing(whole)).toBe(whole);
    const one = {
      ...calm,
      metrics: calm.metrics.map((own, i) => (i === 8 ? { ...own, verdict: 'worse' as const } : own)),
    };
    expect(differing(diffGraph(one, arm('base'), bySubject(one))).nodes.map(({ name }) => name)).toEqual(['cart']);
  });

  test('inconclusive only where no more is the same', () => {
    const subject = { kind: 'service', service: 'a' } as const;
    const look = (...verdicts: ('same' | 'inconclusive')[]): string => {
      const metrics = verdicts.map((verdict) => metric('x', { subject, verdict }));
      return diffGraph({ ...rich, entities: [], metrics }, arm('base'), bySubject({ ...rich, metrics })).nodes[0]!
        .notes[0]!;
    };
    expect(look('same', 'same', 'inconclusive')).toBe('same, 1 open');
    expect(look('inconclusive', 'inconclusive', 'same')).toBe('inconclusive');
  });
});

describe('charts', () => {
  const rich = richComparison(HOSTILE);
  const pairs = metric('x', { pairs: { base: [1, 2], candidate: [2, 3] } });
  const charts = {
    percentiles: curvesChart(rich.curves[0]!, 'percentiles', context),
    cumulative: curvesChart(rich.curves[0]!, 'cumulative', context),
    difference: differenceChart(rich.curves[0]!, 0.02, context),
    largest: largestChart(rich, context),
    pairs: pairsChart(pairs, context),
  };

  test.each(Object.entries(charts))('%s compiles, without a warning', (_name, chart) => {
    const told: unknown[] = [];
    const logger = {
      level: () => logger,
      error: (...words: unknown[]) => told.push(words) && logger,
      warn: (...words: unknown[]) => told.push(words) && logger,
      info: () => logger,
      debug: () => logger,
    };
    const { spec } = compile(chart!.spec, { config: chartConfig(context.palette), logger: logger as never });
    expect(spec.marks!.length).toBeGreaterThan(0);
    expect(told).toEqual([]);
    expect(chart!.rows.length).toBeGreaterThan(0);
  });

  test('a chart of changes shows what got better beside what got worse', () => {
    const verdicts = ['worse', 'better', 'changed', 'same'] as const;
    const metrics = verdicts.map((verdict) => metric(`a ${verdict} one`, { verdict }));
    const shown = largestChart(
      { ...rich, metrics, facts: metrics.map(({ verdict }, i) => ({ verdict, metrics: [i], cause: null })) },
      context,
    )!.rows.map(({ verdict }) => verdict);
    expect(shown).toEqual(['worse', 'better', 'changed']);
  });

  test('nothing to draw is no chart', () => {
    expect(largestChart(sameDiff().comparisons[0]!, context)).toBeNull();
    expect(pairsChart(metric('x'), context)).toBeNull();
    const none = { ...curve('x', 1), baseMs: [null], candidateMs: [null], probabilities: [0.5] };
    expect(curvesChart(none, 'percentiles', context)).toBeNull();
    expect(differenceChart(none, 0.02, context)).toBeNull();
  });

  test('the distance of two distributions is that of their most different quantiles', () => {
    expect(curveDistance(curve('x', 1))).toBe(0);
    expect(curveDistance(curve('x', 1.4))).toBeCloseTo(Math.log(1.4));
  });
});

describe('over time', () => {
  const [base, candidate] = [arm('base'), arm('candidate')];
  const flow = { traffic: 'shoppers', request: 'home' };
  const context = { width: 600, palette: paletteOf('light') };

  test('both worlds on one axis; what was not observed is a gap', () => {
    const chart = bothOverTime(base, candidate, 'p99', flow, context)!;
    expect(chart.rows.map((row) => [row.world, row['time s'], row['p99 ms']])).toEqual([
      ['base', 0, 80],
      ['base', 1, null],
      ['candidate', 0, 80],
      ['candidate', 1, null],
    ]);
    expect(() => compile(chart.spec, { config: chartConfig(context.palette) })).not.toThrow();
  });

  test('errors are a share of the answers, use has its limit', () => {
    expect(bothOverTime(base, candidate, 'errors', flow, context)!.rows[1]).toMatchObject({ 'share of errors': 0.05 });
    const station = { workload: 'cart-v1.shop', resource: 'CPU' };
    expect(JSON.stringify(bothOverTime(base, candidate, 'use', station, context)!.spec)).toContain('"limit":1');
  });

  test('what only one world has is drawn for that one', () => {
    const empty = { ...candidate, series: { ...candidate.series, traffic: [] } };
    expect(bothOverTime(base, empty, 'rate', flow, context)!.rows.every(({ world }) => world === 'base')).toBe(true);
    expect(largestDifference(base, empty, 'rate', flow)).toBe(1);
    expect(largestDifference(base, candidate, 'rate', flow)).toBe(0);
    expect(bothOverTime(base, candidate, 'rate', { traffic: 'x', request: 'y' }, context)).toBeNull();
  });

  test('the map of a comparison knows namespaces and kinds', () => {
    const rich = richComparison('shop');
    const { nodes } = diffGraph(rich, arm('base'), bySubject(rich));
    expect(nodes.find(({ name }) => name === 'cart')).toMatchObject({ group: 'shop', kind: 'app' });
  });
});
