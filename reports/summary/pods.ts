// How busy the pods are: CPU, workers, sidecars, and who waits.
import type { Measured } from '../../scenarios/result/measured.js';
import type { RunResult, WorkloadSummary } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Cell, type Colors, type Column, renderTable, type TableRow } from '../layout.js';
import { formatMeasured, formatNumber, formatUtilisation, latencyUnitFor } from '../numbers.js';

/** Above this share of its CPU or workers a pod's queue grows steeply. */
const BUSY_SHARE = 0.8;
const FULL_SHARE = 0.95;
const MIB = 1_048_576;

interface PodColumn {
  readonly title: string;
  readonly cell: (workload: WorkloadSummary) => Cell;
}

export function podTable({ services }: RunResult, width: number, colors: Colors): string[] {
  const workloads = services
    .filter(({ kind }) => kind !== 'client' && kind !== 'external')
    .flatMap(({ workloads }) => workloads);
  // A workload without a Service of its own may be listed under several; its pods are the same.
  const distinct = workloads.filter(({ name }, index) => workloads.findIndex((other) => other.name === name) === index);
  const unit = latencyUnitFor(distinct.map(({ applicationLatency }) => applicationLatency.p99Ms.value ?? 0));
  const columns: readonly PodColumn[] = [
    { title: 'pods', cell: ({ pods }) => ({ text: String(pods) }) },
    { title: 'cpu', cell: (workload) => shareCell(workload.cpuUtilisationShare, colors) },
    ...whereAny(
      distinct,
      'workers',
      ({ workerUtilisationShare }) => workerUtilisationShare,
      (share) => shareCell(share, colors),
    ),
    { title: 'sidecar', cell: (workload) => shareCell(workload.proxyUtilisationShare, colors) },
    ...(distinct.some(({ proxyMemoryBytes }) => proxyMemoryBytes !== null)
      ? [{ title: 'MiB', cell: (workload: WorkloadSummary) => memoryCell(workload, colors) }]
      : []),
    { title: 'serving', cell: (workload) => countCell(workload.inService) },
    ...whereAny(distinct, 'waiting', ({ queued }) => queued, countCell),
    ...whereAny(distinct, 'throttled', ({ throttledPods }) => throttledPods, countCell),
    {
      title: `p99 ${unit.name}`,
      cell: ({ applicationLatency }) => ({ text: formatMeasured(applicationLatency.p99Ms, unit.perMs) }),
    },
  ];
  const rows = distinct.map(
    (workload): TableRow => ({
      kind: 'cells',
      cells: [{ text: printable(shortName(workload.name)) }, ...columns.map(({ cell }) => cell(workload))],
    }),
  );
  const titles: readonly Column[] = [
    { title: 'Pods', align: 'left' },
    ...columns.map(({ title }) => ({ title, align: 'right' as const })),
  ];
  return rows.length === 0 ? [] : renderTable(titles, rows, width, colors);
}

/** A column that is left out where it would be empty. */
function whereAny(
  workloads: readonly WorkloadSummary[],
  title: string,
  read: (workload: WorkloadSummary) => Measured,
  toCell: (value: Measured) => Cell,
): PodColumn[] {
  const isEmpty = workloads.every((workload) => (read(workload).value ?? 0) === 0);
  return isEmpty ? [] : [{ title, cell: (workload) => toCell(read(workload)) }];
}

/** `name` of `name.namespace`. */
function shortName(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? name : name.slice(0, dot);
}

function shareCell(share: Measured, colors: Colors): Cell {
  const value = share.value ?? 0;
  if (value === 0) return { text: '–', style: colors.dim };
  const text = formatUtilisation(value);
  if (value >= FULL_SHARE) return { text, style: colors.red };
  return value >= BUSY_SHARE ? { text, style: colors.yellow } : { text };
}

/** Of a sidecar at its peak. */
function memoryCell({ proxyMemoryBytes: bytes, proxyMemoryLimitBytes: limit }: WorkloadSummary, colors: Colors): Cell {
  if (bytes === null) return { text: '–', style: colors.dim };
  const text = formatNumber(bytes / MIB, 0);
  const share = limit === null ? 0 : bytes / limit;
  if (share > 1) return { text, style: colors.red };
  return share >= BUSY_SHARE ? { text, style: colors.yellow } : { text };
}

function countCell({ value }: Measured): Cell {
  return value === null || value === 0 ? { text: '–' } : { text: formatNumber(value, 2) };
}
