// How full the fullest stations were over the measured time: CPU, workers and sidecars of workloads as shares of what they have.
import type { RunResult, SeriesSummary } from '../../../../scenarios/result/run-result.js';
import { type Chart, type ChartContext, drawableNames, SHARE_LABELS, timeAt } from './chart.js';
import { linesOverTime } from './lines.js';
import { timeMarks } from './marks.js';

const STATIONS_MAX = 6;

export interface StationSeries {
  /** `name.namespace` of the workload. */
  readonly workload: string;
  readonly resource: 'CPU' | 'workers' | 'sidecar CPU';
  /** 0..1 for each interval. */
  readonly shares: readonly number[];
  readonly peak: number;
}

/** Every station that was used at some time, the one with the highest interval first. */
export function stationsByPeak({ workloads }: SeriesSummary): StationSeries[] {
  return workloads
    .flatMap(({ name, cpuUtilisationShare, workerUtilisationShare, proxyUtilisationShare }) => [
      station(name, 'CPU', cpuUtilisationShare),
      station(name, 'workers', workerUtilisationShare),
      station(name, 'sidecar CPU', proxyUtilisationShare),
    ])
    .filter(({ peak }) => peak > 0)
    .sort((a, b) => b.peak - a.peak);
}

function station(workload: string, resource: StationSeries['resource'], shares: readonly number[]): StationSeries {
  return { workload, resource, shares, peak: shares.reduce((most, share) => Math.max(most, share), 0) };
}

/** null where nothing with a limit was used. */
export function utilisationChart(result: RunResult, context: ChartContext): Chart | null {
  const { series } = result;
  const fullest = stationsByPeak(series).slice(0, STATIONS_MAX);
  if (fullest.length === 0) return null;
  const names = drawableNames(fullest.map(({ workload, resource }) => `${workload} · ${resource}`));
  const rows = fullest.flatMap(({ shares }, n) =>
    shares.map((share, i) => ({
      'time s': timeAt(i, series.intervalSeconds),
      station: names[n]!,
      'share in use': share,
    })),
  );
  const seconds = series.intervals * series.intervalSeconds;
  const limit = { labelExpr: SHARE_LABELS, limit: 1 };
  return {
    rows,
    spec: linesOverTime(rows, 'share in use', 'station', { ...context, marks: timeMarks(result) }, seconds, limit),
  };
}
