// Charts as numbers: each specification is compiled and run without a screen; its scales and rows are what is looked at, not pixels.
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import { describe, expect, test } from 'vitest';
import {
  type Chart,
  type ChartContext,
  chartConfig,
  drawable,
  drawableNames,
  logTicks,
  requestLabel,
} from '../../../reports/html/page/charts/chart.js';
import { distributionChart, placeLabels } from '../../../reports/html/page/charts/distribution.js';
import { errorsChart, errorsOverTimeChart } from '../../../reports/html/page/charts/errors.js';
import { inServiceChart } from '../../../reports/html/page/charts/in-service.js';
import { timeMarks } from '../../../reports/html/page/charts/marks.js';
import { overTimeChart, overTimeHeight } from '../../../reports/html/page/charts/over-time.js';
import { percentilesChart } from '../../../reports/html/page/charts/percentiles.js';
import { ejectionsChart, retriesChart } from '../../../reports/html/page/charts/reactions.js';
import { poolsChart, saturationChart } from '../../../reports/html/page/charts/saturation.js';
import { stationsByPeak, utilisationChart } from '../../../reports/html/page/charts/utilisation.js';
import { toCsv } from '../../../reports/html/page/csv.js';
import { paletteOf } from '../../../reports/html/page/palette.js';
import { sorted } from '../../../reports/html/page/sort.js';
import type { RunResult } from '../../../scenarios/result/run-result.js';
import { INHERITED } from '../../safety/names.js';
import { RESULT } from '../fixture.js';
import { KILL, TIMELINE_RESULT } from '../timeline-fixture.js';
import { hostile } from './hostile.js';

const CONTEXT: ChartContext = { width: 900, palette: paletteOf('light') };
const FLOW = RESULT.traffic[0].requests[0];
const SERIES = RESULT.series.traffic[0];

/** Runs a chart as the page does: expressions interpreted, never evaluated. */
async function run(chart: Chart | null): Promise<View> {
  const { spec } = compile(chart!.spec, { config: chartConfig(CONTEXT.palette) });
  const view = new View(parse(spec, {}, { ast: true }), { expr: expressionInterpreter, renderer: 'none' });
  return await view.runAsync();
}

function domain(view: View, scale: string): unknown {
  return (view.scale(scale) as { domain(): unknown }).domain();
}

describe('distribution', () => {
  const chart = distributionChart(FLOW, CONTEXT, 300)!;

  test('shares are of all requests, heights are for steps of a tenth whatever the width of a bucket', () => {
    expect(chart.rows.map(({ requests, share }) => [requests, share])).toEqual([
      [20_000, 1 / 3],
      [39_000, 0.65],
      [1000, 1 / 60],
    ]);
    // A bucket from 1 to 10 ms holds ln 10 / ln 1.1 = 24.16 steps.
    expect(chart.rows[0]['share per 10 % step']).toBeCloseTo(1 / 3 / 24.1588, 5);
  });

  test('the axis runs from the first bucket to the last', async () => {
    const view = await run(chart);
    expect(domain(view, 'x')).toEqual([1, 1000]);
    expect((domain(view, 'y') as number[])[0]).toBe(0);
  });

  test('labels of percentiles that lie close together take rows of their own; at the right end they turn', () => {
    const at = (ms: number, label: string) => ({ label, 'latency ms': ms });
    const placed = placeLabels(
      [at(10, 'p50 10 ms'), at(11, 'p90 11 ms'), at(12, 'p99 12 ms'), at(990, 'p99.9 990 ms')],
      [1, 1000],
      400,
    );
    expect(placed.map(({ row, isLeft }) => [row, isLeft])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [0, true],
    ]);
  });

  test('nothing observed, nothing drawn', () => {
    const latencyDistribution = { boundsMs: [], counts: [] };
    expect(distributionChart({ ...FLOW, latencyDistribution }, CONTEXT, 300)).toBeNull();
  });
});

describe('percentiles', () => {
  const chart = percentilesChart(RESULT, CONTEXT)!;

  test('a row for each percentile that was measured, with its interval', () => {
    expect(chart.rows).toHaveLength(6);
    const p99 = chart.rows[2];
    expect(p99).toMatchObject({ request: 'shoppers · home', percentile: 'p99', 'latency ms': 181.2 });
    expect(p99['low ms']).toBeCloseTo(177.576, 9);
    expect(p99['high ms']).toBeCloseTo(184.824, 9);
  });

  test('the axis holds every interval; the legend only what was measured', async () => {
    const view = await run(chart);
    const [low, high] = domain(view, 'x') as number[];
    expect(low).toBeCloseTo(12.34 * 0.99 * 0.85, 9);
    expect(high).toBeCloseTo(184.824 * 1.15, 9);
    expect(domain(view, 'color')).toEqual(['p50', 'p90', 'p99']);
    expect(domain(view, 'y')).toEqual(['shoppers · home', 'shoppers · a rather long name of a request']);
  });
});

describe('over time', () => {
  test('two panels, a third for errors, one axis of time', async () => {
    const chart = overTimeChart(SERIES, 30, CONTEXT)!;
    expect(chart.rows).toEqual([
      { 'time s': 0, 'offered per s': 200, 'served per s': 200, 'errors per s': 0, 'median ms': 12, 'p99 ms': 180 },
      { 'time s': 30, 'offered per s': 201, 'served per s': 200, 'errors per s': 1, 'median ms': null, 'p99 ms': null },
    ]);
    const { spec } = compile(chart.spec);
    expect(spec.marks?.filter(({ type }) => type === 'group')).toHaveLength(3);
    await run(chart);
    const calm = { ...SERIES, errorsPerSecond: [0, 0] };
    const calmSpec = compile(overTimeChart(calm, 30, CONTEXT)!.spec).spec;
    expect(calmSpec.marks?.filter(({ type }) => type === 'group')).toHaveLength(2);
    expect(overTimeHeight(SERIES)).toBeGreaterThan(overTimeHeight(calm));
  });

  test('no interval, no chart', () => {
    expect(overTimeChart({ ...SERIES, offeredPerSecond: [] }, 30, CONTEXT)).toBeNull();
  });
});

describe('errors', () => {
  test('stacked shares of each request, by what became of it', async () => {
    const chart = errorsChart(RESULT, CONTEXT)!;
    expect(chart.rows.map(({ outcome, share, calls }) => [outcome, share, calls])).toEqual([
      ['no response DC', 0.0004, 24],
      ['503 UO', 0.0008, 48],
      ['no response DC', 0.0004, 24],
      ['503 UO', 0.0008, 48],
    ]);
    const view = await run(chart);
    expect((domain(view, 'x') as number[])[1]).toBeGreaterThanOrEqual(0.0012);
    expect(domain(view, 'color')).toEqual(['503 UO', 'no response DC']);
  });

  test('a line for each request that failed at some time', async () => {
    const view = await run(errorsOverTimeChart(RESULT, CONTEXT));
    expect(domain(view, 'x')).toEqual([0, 60]);
    expect(domain(view, 'color')).toEqual(['shoppers · home']);
  });

  test('nothing failed, nothing drawn', () => {
    expect(errorsChart({ ...RESULT, traffic: [] }, CONTEXT)).toBeNull();
    expect(errorsOverTimeChart({ ...RESULT, series: { ...RESULT.series, traffic: [] } }, CONTEXT)).toBeNull();
  });
});

describe('saturation', () => {
  test('the busiest first; what is limited nowhere has no panel', async () => {
    const chart = saturationChart(RESULT, CONTEXT)!;
    expect(chart.rows).toEqual([
      { service: 'catalogue', resource: 'CPU', share: 0.84 },
      { service: 'catalogue', resource: 'Sidecar CPU', share: 0.05 },
      { service: 'ledger', resource: 'CPU', share: 0.1 },
      { service: 'ledger', resource: 'Sidecar CPU', share: 0.05 },
    ]);
    await run(chart);
    expect(saturationChart({ ...RESULT, services: [] }, CONTEXT)).toBeNull();
  });

  test('pools: the highest use of each limit that there is', async () => {
    const chart = poolsChart(RESULT, CONTEXT)!;
    expect(chart.rows).toEqual([{ pool: 'catalogue.shop v2: requests', share: 0.9, peak: 9, limit: 10 }]);
    const view = await run(chart);
    expect((domain(view, 'x') as number[])[1]).toBeGreaterThan(1.1);
    expect(poolsChart({ ...RESULT, clusters: [] }, CONTEXT)).toBeNull();
  });

  test('use over time: the fullest station first, the limit in view', async () => {
    const [fullest, next] = stationsByPeak(RESULT.series);
    expect(fullest).toMatchObject({ workload: 'catalogue-v1.shop', resource: 'CPU', peak: 0.92 });
    expect(next).toMatchObject({ resource: 'sidecar CPU', peak: 0.2 });
    const chart = utilisationChart(RESULT, CONTEXT);
    expect(chart!.rows).toHaveLength(4);
    expect(domain(await run(chart), 'y')).toEqual([0, 1]);
    expect(utilisationChart({ ...RESULT, series: { ...RESULT.series, workloads: [] } }, CONTEXT)).toBeNull();
  });

  test('requests in the pods over time', async () => {
    const view = await run(inServiceChart(RESULT, CONTEXT));
    expect(domain(view, 'color')).toEqual(['catalogue-v1.shop']);
    expect((domain(view, 'y') as number[])[1]).toBeGreaterThanOrEqual(2);
  });
});

describe('reactions', () => {
  test('retries are lines, ejections are points', async () => {
    const retries = retriesChart(RESULT, CONTEXT)!;
    expect(retries.rows.map((row) => row['retries per s'])).toEqual([0, 0.5]);
    expect(domain(await run(retries), 'color')).toEqual(['catalogue.shop v2']);
    const ejections = ejectionsChart(RESULT, CONTEXT)!;
    expect(ejections.rows).toEqual([{ 'time s': 30, cluster: 'catalogue.shop v2', ejections: 1 }]);
    expect((domain(await run(ejections), 'y') as number[])[0]).toBe(0);
  });
});

function chartsOf(result: RunResult): readonly (readonly [string, Chart | null])[] {
  return [
    ['percentiles', percentilesChart(result, CONTEXT)],
    ['errors', errorsChart(result, CONTEXT)],
    ['errors over time', errorsOverTimeChart(result, CONTEXT)],
    ['saturation', saturationChart(result, CONTEXT)],
    ['pools', poolsChart(result, CONTEXT)],
    ['in service', inServiceChart(result, CONTEXT)],
    ['retries', retriesChart(result, CONTEXT)],
    ['ejections', ejectionsChart(result, CONTEXT)],
  ];
}

describe('names that objects have anyway', () => {
  // Each word comes first once, so that every chart meets it as the name of its rows.
  const results = INHERITED.map((_, i) => hostile(RESULT, [...INHERITED.slice(i), ...INHERITED.slice(0, i)]));

  test.each(chartsOf(RESULT).map(([name], i) => [name, i] as const))('%s: are drawn as any other', async (_, i) => {
    for (const result of results) expect(await (await run(chartsOf(result)[i]![1])).toSVG()).toContain('<svg');
  });
});

describe('hostile names', () => {
  test.each(chartsOf(hostile(RESULT)))('%s: names are data, never expressions', async (_, chart) => {
    const svg = await (await run(chart)).toSVG();
    const tags = new Set([...svg.matchAll(/<(\w+)/g)].map(([, tag]) => tag));
    expect(['svg', 'g', 'path', 'rect', 'line', 'text', 'defs', 'clipPath']).toEqual(expect.arrayContaining([...tags]));
    expect(svg).not.toMatch(/<[^>]*\son\w+=/);
    expect(svg).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect((globalThis as { hacked?: number }).hacked).toBeUndefined();
  });
});

describe('labels', () => {
  test('a long name is cut in its middle and stays different from others', () => {
    expect(drawable('abcdefghij', 7)).toBe('abc…hij');
    expect(drawableNames(['aXb', 'same-1-end', 'same-2-end'], 5)).toEqual(['aXb', 'sa…nd', 'sa…nd (2)']);
    expect(requestLabel('crew', 'crew')).toBe('crew');
  });

  test.each([
    [1, 1000, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]],
    [14, 45, [15, 20, 30, 40]],
    [1e-3, 1e4, [1e-3, 1e-2, 0.1, 1, 10, 100, 1000, 10_000]],
    [0, 5, []],
  ])('ticks from %d to %d', (low, high, ticks) => {
    expect(logTicks(low, high)).toEqual(ticks);
  });
});

describe('tables', () => {
  test('rows that a spreadsheet would run are defused', () => {
    expect(
      toCsv(
        ['name', 'n'],
        [
          ['=1+1', 1],
          ['@x', null],
          ['a "b", c', -2],
          ['\tx', 0],
        ],
      ),
    ).toBe(`name,n\r\n'=1+1,1\r\n'@x,\r\n"a ""b"", c",-2\r\n'\tx,0\r\n`);
  });

  test('missing values stand last, whichever way', () => {
    const rows = [3, null, 1, 2];
    expect(sorted(rows, (row) => row, false)).toEqual([1, 2, 3, null]);
    expect(sorted(rows, (row) => row, true)).toEqual([3, 2, 1, null]);
    expect(sorted(['b', 'a'], (row) => row, false)).toEqual(['a', 'b']);
  });
});

describe('marks of a timeline', () => {
  const spec = (chart: Chart | null): string => JSON.stringify(chart?.spec);

  test('stand in every chart over time, with their names and numbers; without a timeline nothing does', async () => {
    const marks = timeMarks(TIMELINE_RESULT);
    expect(timeMarks(RESULT)).toEqual([]);
    const charts = [
      overTimeChart(SERIES, 1, { ...CONTEXT, marks }),
      errorsOverTimeChart(TIMELINE_RESULT, CONTEXT),
      inServiceChart(TIMELINE_RESULT, CONTEXT),
      utilisationChart(TIMELINE_RESULT, CONTEXT),
      retriesChart(TIMELINE_RESULT, CONTEXT),
      ejectionsChart(TIMELINE_RESULT, CONTEXT),
    ];
    for (const chart of charts) {
      expect(spec(chart)).toContain('"entry":"2x shoppers"');
      const svg = await (await run(chart)).toSVG();
      expect(svg).toMatch(/>1<\/text>/);
    }
    expect(spec(overTimeChart(SERIES, 1, CONTEXT))).not.toContain('entry');
    expect(spec(errorsOverTimeChart(RESULT, CONTEXT))).not.toContain('entry');
  });

  test('numbers that would touch each other are left out, their lines are not', async () => {
    const impacts = Array.from({ length: 50 }, (_, i) => ({
      ...KILL,
      entry: `kill ${i}`,
      beginSeconds: i / 100,
      endSeconds: i / 100,
    }));
    const happenings = impacts.map(({ entry, beginSeconds }) => ({
      ...TIMELINE_RESULT.happenings![0],
      entry,
      atSeconds: beginSeconds,
      lastSeconds: beginSeconds,
    }));
    const svg = await (await run(errorsOverTimeChart({ ...TIMELINE_RESULT, impacts, happenings }, CONTEXT))).toSVG();
    expect([...svg.matchAll(/stroke-dasharray="3,2"/g)]).toHaveLength(50);
    const places = [...svg.matchAll(/translate\(([\d.]+),[\d.]+\)"[^>]*font-size="10px"[^>]*>\d+</g)].map(([, x]) =>
      Number(x),
    );
    expect(places.length).toBeGreaterThan(0);
    expect(places.length).toBeLessThan(100);
  });
});
