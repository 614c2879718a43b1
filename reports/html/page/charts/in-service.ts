// How many requests the pods of the busiest workloads held at once, over the measured time: what fills first when something is short.
import type { RunResult } from '../../../../scenarios/result/run-result.js';
import { type Chart, type ChartContext, drawableNames, timeAt } from './chart.js';
import { linesOverTime } from './lines.js';
import { timeMarks } from './marks.js';

const WORKLOADS_MAX = 6;

/** null where no workload had anything to do. */
export function inServiceChart(result: RunResult, context: ChartContext): Chart | null {
  const { series } = result;
  const busiest = series.workloads
    .map((own) => ({ own, most: own.inService.reduce((most, value) => Math.max(most, value), 0) }))
    .filter(({ most }) => most > 0)
    .sort((a, b) => b.most - a.most)
    .slice(0, WORKLOADS_MAX);
  if (busiest.length === 0) return null;
  const names = drawableNames(busiest.map(({ own }) => own.name));
  const rows = busiest.flatMap(({ own }, n) =>
    own.inService.map((value, i) => ({
      'time s': timeAt(i, series.intervalSeconds),
      workload: names[n]!,
      'requests in service': value,
    })),
  );
  const seconds = series.intervals * series.intervalSeconds;
  return {
    rows,
    spec: linesOverTime(rows, 'requests in service', 'workload', { ...context, marks: timeMarks(result) }, seconds),
  };
}
