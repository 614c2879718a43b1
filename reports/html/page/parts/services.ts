// The services with their versions, as a table; and the numbers of one service for the panel beside the map.

import type { Measured } from '../../../../scenarios/result/measured.js';
import type { CallSummary, RunResult, ServiceSummary, WorkSummary } from '../../../../scenarios/result/run-result.js';
import { formatDurationMs, formatNumber, formatShare, formatUtilisation } from '../../../numbers.js';
import { perCall, perSecond } from '../../words.js';
import { type Child, h, named } from '../dom.js';
import { measuredCell, pairs, valueCell } from '../numbers.js';
import { type Column, DataTable } from '../table.js';

/** A service, or one of its workloads. */
interface ServiceRow {
  readonly name: string;
  readonly about: string;
  readonly work: WorkSummary;
  readonly calls: CallSummary | null;
  readonly versions: readonly ServiceRow[];
  readonly searchText: string;
}

const BUSY = 0.7;
const MIB = 1_048_576;
/** Columns that are left out where they would hold nothing but zeros. */
const OPTIONAL: ReadonlySet<string> = new Set(['Retries', 'Workers', 'Sidecar MiB', 'Waiting', 'Wasted']);

export function drawServices(mount: HTMLElement, { services }: RunResult): void {
  const call = (
    title: string,
    read: (calls: CallSummary) => Measured,
    format: (value: number) => string,
  ): Column<ServiceRow> => ({
    title,
    isNumber: true,
    value: ({ calls }) => (calls === null ? null : read(calls).value),
    cell: ({ calls }) => (calls === null ? h('span', { class: 'quiet' }, '–') : measuredCell(read(calls), format)),
  });
  const work = (
    title: string,
    hint: string,
    read: (own: WorkSummary) => Measured,
    format: (value: number) => string,
  ): Column<ServiceRow> => ({
    title,
    hint,
    isNumber: true,
    value: (row) => read(row.work).value,
    cell: (row) => valueCell(read(row.work), format),
  });
  const columns: Column<ServiceRow>[] = [
    {
      title: 'Service',
      value: ({ name }) => name,
      cell: ({ name, about }) => [named(name), about === '' ? null : h('span', { class: 'quiet' }, ` ${about}`)],
    },
    { title: 'Pods', isNumber: true, value: (row) => row.work.pods },
    call('Calls', ({ servedPerSecond }) => servedPerSecond, perSecond),
    call('Errors', ({ errorShare }) => errorShare, formatShare),
    call('Refused', ({ refusedShare }) => refusedShare, formatShare),
    call('Median', ({ latency }) => latency.p50Ms, formatDurationMs),
    call('p99', ({ latency }) => latency.p99Ms, formatDurationMs),
    call('Retries', ({ retriesPerCall }) => retriesPerCall, perCall),
    work(
      'p99 in the app',
      'from the arrival in the application to its response',
      ({ applicationLatency }) => applicationLatency.p99Ms,
      formatDurationMs,
    ),
    work('CPU', 'share of the CPU limit, or of the cores', ({ cpuUtilisationShare }) => cpuUtilisationShare, busyWords),
    work('Workers', 'share of the workers in use', ({ workerUtilisationShare }) => workerUtilisationShare, busyWords),
    work(
      'Sidecar',
      'share of the time of the proxies’ worker threads',
      ({ proxyUtilisationShare }) => proxyUtilisationShare,
      busyWords,
    ),
    {
      title: 'Sidecar MiB',
      hint: 'memory of the fullest proxy at its peak, estimated from its configuration and its connections',
      isNumber: true,
      value: (row) => row.work.proxyMemoryBytes,
      cell: ({ work: own }) => memoryWords(own),
    },
    work('Waiting', 'mean number of requests that wait for a worker', ({ queued }) => queued, formatNumber),
    work('Wasted', 'ended after their caller had gone, a second', ({ wastedPerSecond }) => wastedPerSecond, perSecond),
  ];
  const rows = services.map((service) => serviceRow(service));
  const table = new DataTable<ServiceRow>({
    caption: 'Services',
    columns: columns.filter(({ title, value }) => !OPTIONAL.has(title) || rows.some((row) => Number(value(row)) > 0)),
    rows,
    details: ({ versions }) => versions,
    searchText: ({ searchText }) => searchText,
    searchHint: 'service or workload',
    sortBy: 2,
    descending: true,
    filters: [
      { label: 'with errors', keep: ({ calls }) => (calls?.errorShare.value ?? 0) > 0 },
      { label: 'busy: 70 % and more of something', keep: ({ work: own }) => isBusy(own) },
    ],
  });
  mount.replaceChildren(table.element);
}

function serviceRow(service: ServiceSummary): ServiceRow {
  const { name, kind, calls, workloads } = service;
  return {
    name,
    about: kind === 'app' ? '' : kind,
    work: service,
    calls,
    versions: workloads.map((workload) => ({
      name: workload.name,
      about: workload.version,
      work: workload,
      calls: null,
      versions: [],
      searchText: '',
    })),
    searchText: `${name} ${kind} ${workloads.map((workload) => workload.name).join(' ')}`,
  };
}

function isBusy({ cpuUtilisationShare, workerUtilisationShare, proxyUtilisationShare }: WorkSummary): boolean {
  return [cpuUtilisationShare, workerUtilisationShare, proxyUtilisationShare].some(({ value }) => (value ?? 0) >= BUSY);
}

/** Without a limit there is no share. */
function busyWords(share: number): string {
  return share === 0 ? '–' : formatUtilisation(share);
}

function memoryWords({ proxyMemoryBytes: bytes, proxyMemoryLimitBytes: limit }: WorkSummary): string {
  if (bytes === null) return '–';
  const used = formatNumber(bytes / MIB, 0);
  return limit === null ? used : `${used} of ${formatNumber(limit / MIB, 0)}`;
}

/** For the panel beside the map. */
export function serviceDetails({ services, traffic }: RunResult, name: string): Child {
  const service = services.find((own) => own.name === name);
  if (service === undefined) {
    const source = traffic.find((own) => own.name === name);
    if (source === undefined) return null;
    return pairs([
      ['Offered', measuredCell(source.offeredPerSecond, perSecond)],
      ['Errors', measuredCell(source.errorShare, formatShare)],
      ['Median', measuredCell(source.latency.p50Ms, formatDurationMs)],
      ['p99', measuredCell(source.latency.p99Ms, formatDurationMs)],
    ]);
  }
  const { calls } = service;
  const rows: (readonly [string, Child])[] = [];
  if (calls !== null) {
    rows.push(
      ['Calls', measuredCell(calls.servedPerSecond, perSecond)],
      ['Errors', measuredCell(calls.errorShare, formatShare)],
      ['Median', measuredCell(calls.latency.p50Ms, formatDurationMs)],
      ['p99', measuredCell(calls.latency.p99Ms, formatDurationMs)],
      ['Retries a call', measuredCell(calls.retriesPerCall, perCall)],
    );
  }
  rows.push(
    ['Pods', String(service.pods)],
    ['CPU', valueCell(service.cpuUtilisationShare, busyWords)],
    ['Workers', valueCell(service.workerUtilisationShare, busyWords)],
    ['Sidecar CPU', valueCell(service.proxyUtilisationShare, busyWords)],
    ['Sidecar MiB', memoryWords(service)],
  );
  return pairs(rows);
}
