// The time series for charts: per interval, the mean over the replications that reached it.
import type { ReplicationResult, SeriesResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { Histogram } from '../../sim/statistics/index.js';
import type { SeriesSummary } from '../result/run-result.js';

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

type TrafficSeries = SeriesResult['traffic'][number];

export function summariseSeries(plan: MeshPlan, results: readonly ReplicationResult[]): SeriesSummary {
  const intervals = Math.max(0, ...results.map(({ series }) => series.intervals));
  const intervalNs = results[0]?.series.intervalNs ?? 0;
  const over = new SeriesMeans(results, intervals);
  const isScaled = results.length > 0 && results.every(({ series }) => series.replicas !== undefined);
  return {
    intervalSeconds: intervalNs / NS_PER_SECOND,
    intervals,
    traffic: (results[0]?.traffic ?? []).map((entry, i) => {
      const of = (series: SeriesResult): TrafficSeries => series.traffic[i];
      const latencies = over.each((at) => mergeAt(results, at, i));
      const quantile = (p: number) =>
        latencies.map((merged) => (merged.count === 0 ? null : merged.quantile(p) / NS_PER_MS));
      const completed = over.sums((series) => of(series).completed);
      const latencySumsNs = over.sums((series) => of(series).latencySumNs);
      return {
        traffic: plan.traffic[entry.traffic].name,
        request: plan.traffic[entry.traffic].requests[entry.request].name,
        offeredPerSecond: over.perSecond((series) => of(series).offered),
        servedPerSecond: over.perSecond((series) => of(series).completed),
        errorsPerSecond: over.perSecond((series) => of(series).errors),
        meanMs: completed.map((count, at) => (count === 0 ? null : latencySumsNs[at] / count / NS_PER_MS)),
        p50Ms: quantile(0.5),
        p99Ms: quantile(0.99),
      };
    }),
    workloads: plan.workloads.map((workload, i) => ({
      name: `${workload.name}.${workload.namespace}`,
      arrivalsPerSecond: over.perSecond((series) => series.workloads[i].arrivals),
      inService: over.means((series) => series.workloads[i].inService),
      cpuUtilisationShare: over.means((series) => series.busy[i].cpu),
      workerUtilisationShare: over.means((series) => series.busy[i].workers),
      proxyUtilisationShare: over.means((series) => series.busy[i].proxy),
      ...(isScaled ? { replicas: over.means((series) => series.replicas?.[i] ?? []) } : {}),
    })),
    clusters: plan.clusters.map(({ name }, i) => ({
      name,
      retriesPerSecond: over.perSecond((series) => series.clusters[i].retries),
      ejections: over.means((series) => series.clusters[i].ejections),
    })),
  };
}

function mergeAt(results: readonly ReplicationResult[], at: number, traffic: number): Histogram {
  const reached = results
    .filter(({ series }) => at < series.intervals)
    .map(({ series }) => series.traffic[traffic].latency[at]);
  const merged = new Histogram(reached[0]?.resolution);
  for (const data of reached) merged.merge(Histogram.fromData(data));
  return merged;
}

class SeriesMeans {
  constructor(
    private readonly results: readonly ReplicationResult[],
    private readonly intervals: number,
  ) {}

  each<T>(valueAt: (at: number) => T): T[] {
    return Array.from({ length: this.intervals }, (_, at) => valueAt(at));
  }

  sums(listOf: (series: SeriesResult) => readonly number[]): number[] {
    return this.each((at) => this.fold(at, (result) => listOf(result.series)[at]));
  }

  means(listOf: (series: SeriesResult) => readonly number[]): number[] {
    return this.each((at) => this.fold(at, (result) => listOf(result.series)[at]) / this.fold(at, () => 1));
  }

  /** The last interval of a window may be shorter than the others. */
  perSecond(listOf: (series: SeriesResult) => readonly number[]): number[] {
    return this.each((at) => {
      const widthNs = this.fold(at, ({ series, measuredNs }) =>
        Math.min(series.intervalNs, measuredNs - at * series.intervalNs),
      );
      return widthNs > 0 ? (this.fold(at, (result) => listOf(result.series)[at]) * NS_PER_SECOND) / widthNs : 0;
    });
  }

  /** Sum over the replications that reached the interval. */
  private fold(at: number, read: (result: ReplicationResult) => number): number {
    let sum = 0;
    for (const result of this.results) if (at < result.series.intervals) sum += read(result);
    return sum;
  }
}
