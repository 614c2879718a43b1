// Tables for spreadsheets and notebooks, one row a thing, the unit in each column's name. Fields that a spreadsheet would run as a
// formula are defused (OWASP, "CSV Injection").
import { stringify } from 'csv-stringify/sync';
import type { Measured } from '../scenarios/result/measured.js';
import type {
  CallSummary,
  FlowSummary,
  LatencySummary,
  OutcomeSummary,
  RunResult,
  ServiceSummary,
  WorkSummary,
} from '../scenarios/result/run-result.js';
import type { PhaseSummary } from '../scenarios/result/timeline-result.js';
import { printable } from './escape.js';

type Field = string | number | null;
type Row = Readonly<Record<string, Field>>;

/** File names with their contents. */
export function csvFiles(result: RunResult): Readonly<Record<string, string>> {
  return {
    'traffic.csv': toCsv(trafficRows(result)),
    'services.csv': toCsv(serviceRows(result)),
    'edges.csv': toCsv(edgeRows(result)),
    'series.csv': toCsv(seriesRows(result)),
    'telemetry.csv': toCsv(telemetryRows(result)),
    'findings.csv': toCsv(findingRows(result), FINDING_COLUMNS),
    'origins.csv': toCsv(originRows(result), ORIGIN_COLUMNS),
    ...(result.phases === undefined ? {} : { 'phases.csv': toCsv(phaseRows(result.phases)) }),
  };
}

/** A line for each phase of all traffic together, then one for each source. */
function phaseRows(phases: readonly PhaseSummary[]): Row[] {
  return phases.flatMap(({ name: phase, fromSeconds, toSeconds, entries, all, traffic }) =>
    [{ name: '', ...all }, ...traffic].map(({ name, ...flow }) => ({
      phase,
      from_second: fromSeconds,
      to_second: toSeconds,
      entries: entries.join(';'),
      traffic: name,
      ...measured('offered_per_second', flow.offeredPerSecond),
      ...measured('served_per_second', flow.servedPerSecond),
      ...measured('goodput_per_second', flow.goodputPerSecond),
      ...measured('error_share', flow.errorShare),
      ...measured('good_latency_p50_ms', flow.p50Ms),
      ...measured('good_latency_p99_ms', flow.p99Ms),
    })),
  );
}

function trafficRows({ traffic }: RunResult): Row[] {
  return traffic.flatMap((source) =>
    [
      { request: '', summary: source },
      ...source.requests.map((request) => ({ request: request.name, summary: request })),
    ].map(({ request, summary }) => ({
      traffic: source.name,
      request,
      kind: source.kind,
      ...measured('offered_per_second', summary.offeredPerSecond),
      ...flow(summary),
      ...latency('intended_latency', summary.intendedLatency),
      outcomes: outcomes(summary.outcomes),
    })),
  );
}

/** A line for each service, then one for each of its workloads (which have no calls of their own: callers see the service). */
function serviceRows({ services }: RunResult): Row[] {
  return services.flatMap((service: ServiceSummary) => [
    { service: service.name, workload: '', version: '', kind: service.kind, ...work(service), ...calls(service.calls) },
    ...service.workloads.map((workload) => ({
      service: service.name,
      workload: workload.name,
      version: workload.version,
      kind: service.kind,
      ...work(workload),
      ...calls(null),
    })),
  ]);
}

function edgeRows({ edges }: RunResult): Row[] {
  return edges.flatMap((edge) => [
    { from: edge.from, to: edge.to, request: '', workload: '', version: '', ...calls(edge) },
    ...edge.rows.map((row) => ({
      from: edge.from,
      to: edge.to,
      request: row.request,
      workload: row.workload ?? '',
      version: row.version,
      ...calls(row),
    })),
  ]);
}

const FINDING_COLUMNS = [
  'code',
  'role',
  'sentence',
  'where',
  'error_share',
  'latency_ms',
  'object',
  'field',
  'value',
  'file',
  'line',
] as const;

const ORIGIN_COLUMNS = ['traffic', 'request', 'reason', 'place', 'expected', 'count', 'share'] as const;

/** A line for each finding and each line of YAML behind it. */
function findingRows({ findings }: RunResult): Row[] {
  return findings.flatMap(({ code, role, sentence, where, sources, errorShare, latencyMs }) =>
    (sources.length === 0 ? [null] : sources).map((source) => ({
      code,
      role,
      sentence,
      where: where.map(({ kind, name }) => `${kind} ${name}`).join('; '),
      error_share: errorShare,
      latency_ms: latencyMs,
      object: source?.object ?? '',
      field: source?.field ?? '',
      value: source?.value ?? '',
      file: source?.position?.file ?? '',
      line: source?.position?.line ?? null,
    })),
  );
}

/** Where the bad answers of each kind of request first went wrong. */
function originRows({ traffic }: RunResult): Row[] {
  return traffic.flatMap((source) =>
    source.requests.flatMap(({ name, origins }) =>
      origins.map(({ reason, place, isExpected, count, share }) => ({
        traffic: source.name,
        request: name,
        reason,
        place,
        expected: isExpected ? 'yes' : 'no',
        count,
        share,
      })),
    ),
  );
}

/** A line for each of Istio's metrics at each reporter. */
function telemetryRows({ telemetry }: RunResult): Row[] {
  return telemetry.flatMap(({ workload, reporter, pods, metrics, spansPerSecond, logLinesPerSecond }) =>
    metrics.map(({ name, tags, labelSets, series }) => ({
      workload,
      reporter,
      pods,
      metric: name,
      tags,
      label_sets: labelSets,
      series_per_pod: series,
      series: series * pods,
      spans_per_second: spansPerSecond,
      log_lines_per_second: logLinesPerSecond,
    })),
  );
}

/** A line for each interval and each traffic, and for each workload and cluster in which anything happened in the run. */
function seriesRows({ series }: RunResult): Row[] {
  const workloads = series.workloads.filter(
    ({ arrivalsPerSecond, inService, cpuUtilisationShare, workerUtilisationShare, proxyUtilisationShare }) =>
      [arrivalsPerSecond, inService, cpuUtilisationShare, workerUtilisationShare, proxyUtilisationShare].some(isMoving),
  );
  const clusters = series.clusters.filter(({ retriesPerSecond, ejections }) =>
    [retriesPerSecond, ejections].some(isMoving),
  );
  return Array.from({ length: series.intervals }, (_, index) => secondOf(index, series.intervalSeconds)).flatMap(
    (second, index) => [
      ...series.traffic.map((row) => ({
        second,
        kind: 'traffic',
        name: `${row.traffic}.${row.request}`,
        offered_per_second: row.offeredPerSecond[index],
        served_per_second: row.servedPerSecond[index],
        errors_per_second: row.errorsPerSecond[index],
        mean_ms: row.meanMs[index],
        p50_ms: row.p50Ms[index],
        p99_ms: row.p99Ms[index],
        in_service: null,
        retries_per_second: null,
        ejections: null,
        cpu_utilisation_share: null,
        worker_utilisation_share: null,
        proxy_utilisation_share: null,
      })),
      ...workloads.map((row) => ({
        ...emptySeries(second, 'workload', row.name),
        offered_per_second: row.arrivalsPerSecond[index],
        in_service: row.inService[index],
        cpu_utilisation_share: row.cpuUtilisationShare[index],
        worker_utilisation_share: row.workerUtilisationShare[index],
        proxy_utilisation_share: row.proxyUtilisationShare[index],
      })),
      ...clusters.map((row) => ({
        ...emptySeries(second, 'cluster', row.name),
        retries_per_second: row.retriesPerSecond[index],
        ejections: row.ejections[index],
      })),
    ],
  );
}

function isMoving(values: readonly number[]): boolean {
  return values.some((value) => value !== 0);
}

/** Intervals are of whole nanoseconds: `9.95`, not `9.950000000000001`. */
function secondOf(index: number, intervalSeconds: number): number {
  return Math.round(index * intervalSeconds * 1e9) / 1e9;
}

function emptySeries(second: number, kind: string, name: string): Row {
  return {
    second,
    kind,
    name,
    offered_per_second: null,
    served_per_second: null,
    errors_per_second: null,
    mean_ms: null,
    p50_ms: null,
    p99_ms: null,
    in_service: null,
    retries_per_second: null,
    ejections: null,
    cpu_utilisation_share: null,
    worker_utilisation_share: null,
    proxy_utilisation_share: null,
  };
}

function flow(summary: FlowSummary | null): Row {
  return {
    ...measured('served_per_second', summary?.servedPerSecond),
    ...measured('goodput_per_second', summary?.goodputPerSecond),
    ...measured('good_share', summary?.goodShare),
    ...measured('error_share', summary?.errorShare),
    ...measured('refused_share', summary?.refusedShare),
    refused_by: (summary?.refusals ?? []).map(({ reason, count }) => `${reason}=${count}`).join(';'),
    ...latency('latency', summary?.latency),
    ...latency('good_latency', summary?.goodLatency),
  };
}

function calls(summary: CallSummary | null): Row {
  return {
    ...flow(summary),
    ...measured('attempts_per_call', summary?.attemptsPerCall),
    ...measured('retries_per_call', summary?.retriesPerCall),
    outcomes: outcomes(summary?.outcomes ?? []),
  };
}

function work(summary: WorkSummary): Row {
  return {
    pods: summary.pods,
    ...measured('arrivals_per_second', summary.arrivalsPerSecond),
    ...measured('completed_per_second', summary.completedPerSecond),
    ...measured('overflowed_per_second', summary.overflowedPerSecond),
    ...measured('wasted_per_second', summary.wastedPerSecond),
    ...measured('in_service', summary.inService),
    ...measured('queued', summary.queued),
    ...measured('cpu_utilisation_share', summary.cpuUtilisationShare),
    ...measured('worker_utilisation_share', summary.workerUtilisationShare),
    ...measured('proxy_utilisation_share', summary.proxyUtilisationShare),
    ...measured('app_cpu_cores', summary.appCpuCores),
    ...measured('proxy_cpu_cores', summary.proxyCpuCores),
    ...measured('throttled_pods', summary.throttledPods),
    ...latency('application_latency', summary.applicationLatency),
    proxy_memory_bytes: summary.proxyMemoryBytes,
    proxy_memory_limit_bytes: summary.proxyMemoryLimitBytes,
    ...measured('fullest_pod_cpu_utilisation_share', summary.fullestPod.cpuUtilisationShare),
    ...measured('fullest_pod_worker_utilisation_share', summary.fullestPod.workerUtilisationShare),
    ...measured('fullest_pod_proxy_utilisation_share', summary.fullestPod.proxyUtilisationShare),
    ...measured('busiest_proxy_thread_share', summary.fullestPod.proxyThreadShare),
    inbound_pending_overflow: summary.inbound.pendingOverflow,
    inbound_request_overflow: summary.inbound.requestOverflow,
    inbound_connection_overflow: summary.inbound.connectionOverflow,
    inbound_lost: summary.inbound.lost,
    app_memory_bytes: summary.appMemoryBytes ?? null,
    app_memory_limit_bytes: summary.appMemoryLimitBytes ?? null,
  };
}

function latency(name: string, summary: LatencySummary | undefined): Row {
  return {
    [`${name}_samples`]: summary?.samples ?? null,
    ...measured(`${name}_mean_ms`, summary?.meanMs),
    ...measured(`${name}_p50_ms`, summary?.p50Ms),
    ...measured(`${name}_p90_ms`, summary?.p90Ms),
    ...measured(`${name}_p99_ms`, summary?.p99Ms),
    ...measured(`${name}_p99_9_ms`, summary?.p999Ms),
    [`${name}_max_ms`]: summary?.maxMs ?? null,
  };
}

/** The value, and the bounds of its 95 % confidence interval. */
function measured(name: string, number: Measured | undefined): Row {
  return {
    [name]: number?.value ?? null,
    [`${name}_low`]: number?.low ?? null,
    [`${name}_high`]: number?.high ?? null,
  };
}

/** `200=1234;503 UO=5` */
function outcomes(list: readonly OutcomeSummary[]): string {
  return list.map(({ label, count }) => `${label}=${count}`).join(';');
}

/** @param columns where there may be no rows: a table without any has its header all the same */
function toCsv(rows: readonly Row[], columns?: readonly string[]): string {
  return stringify(rows as Row[], {
    header: true,
    escape_formulas: true,
    cast: { string: (text) => printable(text) },
    ...(columns === undefined ? {} : { columns: [...columns] }),
  });
}
