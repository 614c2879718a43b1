// The result as the page needs it: no more digits than anyone reads, no series that is zero throughout, no more points than a chart
// can show. The shape stays that of the result.
import type { RunResult, SeriesSummary } from '../../scenarios/result/run-result.js';

const DIGITS = 5;
/** Numbers of all time series together; beyond that, neighbouring intervals are averaged. */
const SERIES_NUMBERS_MAX = 120_000;

export function thinResult(result: RunResult): RunResult {
  return roundAll({ ...result, series: thinSeries(result.series) }) as RunResult;
}

/** Every number that is not an integer, rounded to five significant digits. */
export function roundAll(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(roundAll);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, roundAll(field)]));
}

/** Leaves out silent clusters, and averages `k` intervals into one where there are too many numbers. */
export function thinSeries(series: SeriesSummary): SeriesSummary {
  const clusters = series.clusters.filter(
    ({ retriesPerSecond, ejections }) => retriesPerSecond.some(isPositive) || ejections.some(isPositive),
  );
  const lists = series.traffic.length * 6 + series.workloads.length * 5 + clusters.length * 2;
  const k = Math.max(1, Math.ceil((lists * series.intervals) / SERIES_NUMBERS_MAX));
  if (k === 1) return { ...series, clusters };
  return {
    intervalSeconds: series.intervalSeconds * k,
    intervals: Math.ceil(series.intervals / k),
    traffic: series.traffic.map((flow) => ({
      traffic: flow.traffic,
      request: flow.request,
      offeredPerSecond: means(flow.offeredPerSecond, k),
      servedPerSecond: means(flow.servedPerSecond, k),
      errorsPerSecond: means(flow.errorsPerSecond, k),
      meanMs: knownMeans(flow.meanMs, k),
      p50Ms: knownMeans(flow.p50Ms, k),
      p99Ms: knownMeans(flow.p99Ms, k),
    })),
    workloads: series.workloads.map((workload) => ({
      name: workload.name,
      arrivalsPerSecond: means(workload.arrivalsPerSecond, k),
      inService: means(workload.inService, k),
      cpuUtilisationShare: means(workload.cpuUtilisationShare, k),
      workerUtilisationShare: means(workload.workerUtilisationShare, k),
      proxyUtilisationShare: means(workload.proxyUtilisationShare, k),
    })),
    clusters: clusters.map(({ name, retriesPerSecond, ejections }) => ({
      name,
      retriesPerSecond: means(retriesPerSecond, k),
      ejections: means(ejections, k).map((mean) => mean * k),
    })),
  };
}

function isPositive(value: number): boolean {
  return value > 0;
}

function means(values: readonly number[], k: number): number[] {
  return knownMeans(values, k).map((mean) => mean ?? 0);
}

/** Mean of the known values of each `k` neighbours; null where none is known. */
function knownMeans(values: readonly (number | null)[], k: number): (number | null)[] {
  return Array.from({ length: Math.ceil(values.length / k) }, (_, i) => {
    const known = values.slice(i * k, (i + 1) * k).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
