// What the proxies tell others: series of Istio's own metrics, spans, lines of access logs. From the outcomes that a run counted: a proxy reports each
// call that its pod makes, and each that its pod answers.
// proxy: source/extensions/filters/http/istio_stats/istio_stats.cc; buckets: envoy source/common/stats/histogram_impl.cc.

import { FLAG, formatFlags } from '../../models/mesh/recording/flags.js';
import type { OutcomeCount, ReplicationResult } from '../../models/mesh/recording/result.js';
import { type MeshPlan, NONE, type ObservedPlan } from '../../models/plan/contract/plan.js';
import type { MetricPlan } from '../../models/plan/contract/standard-metrics.js';
import { lookup } from '../../sim/lookup.js';
import type { MetricSummary, TelemetrySummary } from '../result/run-result.js';
import type { RunTally } from '../tally/tally.js';
import { attributeValue } from './expression.js';
import { reports, standardTags, type TaggedRequest } from './standard-tags.js';

/** Nineteen bounds and +Inf, the sum and the count. */
const SERIES_OF_HISTOGRAM = 22;

/** Ends that no server has seen: its proxy has nothing to report of them. */
const UNSEEN = FLAG.UH | FLAG.UF | FLAG.UO | FLAG.NR | FLAG.NC | FLAG.FI | FLAG.RL;
/** The caller went away before the answer: `0`, DC. */
const LEFT = FLAG.UT | FLAG.SI | FLAG.UMSDR | FLAG.UC | FLAG.DC;

/** One end of the calls of a workload. */
class Reporter {
  private readonly sets: Map<string, Set<string>>;
  private requests = 0;

  constructor(
    private readonly reporter: TelemetrySummary['reporter'],
    private readonly observed: ObservedPlan,
  ) {
    this.sets = new Map(observed.metrics.map(({ name }) => [name, new Set<string>()]));
  }

  see(request: TaggedRequest, count: number): void {
    this.requests += count;
    const tags = standardTags(request);
    for (const metric of this.observed.metrics) {
      if (isAbout(metric, request)) this.sets.get(metric.name)?.add(labelSet(metric, tags, request));
    }
  }

  /** null: nothing was seen. */
  summary(workload: string, pods: number, seconds: number): TelemetrySummary | null {
    if (this.requests === 0) return null;
    const metrics = this.observed.metrics.flatMap((metric): MetricSummary[] => {
      const labelSets = this.sets.get(metric.name)?.size ?? 0;
      const series = labelSets * (metric.kind === 'histogram' ? SERIES_OF_HISTOGRAM : 1);
      const tags = metric.tags.length + metric.expressions.length;
      return labelSets === 0 ? [] : [{ name: metric.name, tags, labelSets, series }];
    });
    const seriesPerPod = metrics.reduce((sum, { series }) => sum + series, 0);
    const perSecond = seconds > 0 ? this.requests / seconds : 0;
    return {
      workload,
      reporter: this.reporter,
      pods,
      metrics,
      seriesPerPod,
      series: seriesPerPod * pods,
      spansPerSecond: perSecond * this.observed.sampledShare,
      logLinesPerSecond: perSecond * this.observed.logs,
    };
  }
}

export function summariseTelemetry(
  plan: MeshPlan,
  results: readonly ReplicationResult[],
  tally: RunTally,
): TelemetrySummary[] {
  const seconds = results.reduce((sum, { measuredNs }) => sum + measuredNs, 0) / 1e9;
  const reporters = plan.workloads.map(({ proxy }) =>
    proxy?.observed === undefined
      ? null
      : {
          source: new Reporter('source', proxy.observed.outbound),
          destination: new Reporter('destination', proxy.observed.inbound),
        },
  );
  const protocols = protocolsOf(plan);
  for (const { row, tally: flow } of tally.edges.flatMap(({ rows }) => rows)) {
    const { edge, request, workload } = plan.rows[row];
    const { from, toName } = plan.edges[edge];
    const protocol = protocols.get(`${edge} ${request}`) ?? { grpc: false, opaque: false };
    const common = { request, service: toName, mutualTls: reports(plan, from), ...protocol };
    for (const outcome of flow.parts.flatMap(({ outcomes }) => outcomes)) {
      const server = workload === NONE ? null : plan.workloads[workload];
      const source = plan.workloads[from];
      const ends = { source: source.name, destination: server?.name ?? '' };
      const flags = formatFlags(outcome.flags, outcome.status === 0);
      const sent = { ...common, ...ends, status: outcome.status, flags, reporter: 'source' } as const;
      reporters[from]?.source.see({ ...sent, sourceWorkload: source, destinationWorkload: server }, outcome.count);
      const heard = heardBy(outcome);
      if (server === null || heard === null || server.kind === 'gateway') continue;
      const peer = reports(plan, from) ? source : null;
      reporters[workload]?.destination.see(
        { ...sent, ...heard, reporter: 'destination', sourceWorkload: peer, destinationWorkload: server },
        outcome.count,
      );
    }
  }
  return plan.workloads.flatMap(({ name, namespace, podLocalities }, i) => {
    const found = reporters[i];
    if (found === null) return [];
    return [found.source, found.destination]
      .map((reporter) => reporter.summary(`${name}.${namespace}`, podLocalities.length, seconds))
      .filter((summary) => summary !== null);
  });
}

/** What the server's proxy makes of the call, as far as its caller's outcome tells; null: it has not heard of it. */
function heardBy({ status, flags }: OutcomeCount): { readonly status: number; readonly flags: string } | null {
  if ((flags & UNSEEN) !== 0) return null;
  return (flags & LEFT) !== 0 ? { status: 0, flags: 'DC' } : { status, flags: '-' };
}

function isAbout({ subject }: MetricPlan, { grpc, opaque }: TaggedRequest): boolean {
  switch (subject) {
    case 'request':
      return !opaque;
    case 'grpc':
      return grpc && !opaque;
    case 'tcp':
      return opaque;
  }
}

function labelSet(
  { tags, expressions }: MetricPlan,
  values: Readonly<Record<string, string>>,
  request: TaggedRequest,
): string {
  return JSON.stringify([
    ...tags.map((tag) => lookup(values, tag)),
    ...expressions.map(({ expression }) => attributeValue(expression, request)),
  ]);
}

/** By edge and request. */
function protocolsOf({ sites }: MeshPlan): Map<string, { readonly grpc: boolean; readonly opaque: boolean }> {
  return new Map(
    sites.map(({ edge, request, grpc, route }) => [
      `${edge} ${request}`,
      { grpc, opaque: route.connections?.opaque ?? false },
    ]),
  );
}
