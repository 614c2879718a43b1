// The three tables of flows: traffic as its clients see it, services and edges as the callers' proxies see them. Latencies are those of good answers.

import type { Measured } from '../../scenarios/result/measured.js';
import type {
  CallSummary,
  EdgeSummary,
  FlowSummary,
  LatencySummary,
  RunResult,
  TrafficSummary,
} from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Cell, type Colors, type Column, renderTable, type TableRow } from '../layout.js';
import {
  formatMeasured,
  formatMeasuredShare,
  formatNumber,
  formatShare,
  type LatencyUnit,
  latencyUnitFor,
} from '../numbers.js';

const OUTCOMES_SHOWN_MAX = 4;
const ROWS_SHOWN_MAX = 8;
/** Which of the rates of calls is what was refused. */
const REFUSED = 2;

interface FlowLine {
  readonly name: Cell;
  /** The columns between the name and the latencies. */
  readonly rates: readonly Cell[];
  /** null: a heading. */
  readonly flow: FlowSummary | null;
}

export function trafficTable({ traffic }: RunResult, width: number, colors: Colors): string[] {
  const lines = traffic.flatMap((source: TrafficSummary) => {
    const isSplit = source.requests.length > 1;
    const parts = isSplit ? source.requests.map((request) => trafficLine(`  ${printable(request.name)}`, request)) : [];
    return [trafficLine(printable(source.name), source), ...parts];
  });
  return flowTable('Traffic', ['offered', 'good/s', 'refused'], lines, width, colors);
}

export function serviceTable({ services }: RunResult, width: number, colors: Colors): string[] {
  const lines = services.flatMap(({ name, calls }) =>
    calls === null || calls.latency.samples === 0 ? [] : [callLine(printable(name), calls)],
  );
  return callTable('Services', lines, width, colors);
}

/** Edges under the name of their caller; where several workloads answer (a canary), a line for each of them and each request. */
export function edgeTable({ edges }: RunResult, width: number, colors: Colors): string[] {
  const callers = [...new Set(edges.map(({ from }) => from))];
  const lines = callers.flatMap((caller) => [
    { name: { text: printable(caller), style: colors.dim }, rates: [], flow: null },
    ...edges
      .filter(({ from }) => from === caller)
      .flatMap((edge) => [callLine(`→ ${printable(edge.to)}`, edge), ...versionLines(edge, colors)]),
  ]);
  return callTable('Edges', lines, width, colors);
}

function versionLines({ rows }: EdgeSummary, colors: Colors): FlowLine[] {
  const answered = rows.filter(({ workload, latency }) => workload !== null && latency.samples > 0);
  if (new Set(answered.map(({ workload }) => workload)).size < 2) return [];
  // What all workloads have in common tells none apart, and takes the room of what does.
  const isOneRequest = new Set(answered.map(({ request }) => request)).size === 1;
  const isOneNamespace = new Set(answered.map(({ workload }) => parted(workload)[1])).size === 1;
  return answered
    .toSorted((a, b) => b.latency.samples - a.latency.samples)
    .slice(0, ROWS_SHOWN_MAX)
    .map((row) => {
      const [name, namespace] = parted(row.workload);
      const who = row.version !== '' ? row.version : isOneNamespace ? name : `${name}.${namespace}`;
      const what = isOneRequest && row.version === '' ? '' : ` ${row.request.replace(/^GET /, '')}`;
      const line = callLine(`  ${printable(who + what)}`, row);
      return { ...line, name: { ...line.name, style: colors.dim } };
    });
}

/** `web.shop`: name and namespace. */
function parted(workload: string | null): readonly [string, string] {
  const dot = workload?.indexOf('.') ?? -1;
  return workload === null || dot < 0 ? [workload ?? '', ''] : [workload.slice(0, dot), workload.slice(dot + 1)];
}

/** Calls between services. What proxies refused has a column where they refused anything. */
function callTable(title: string, lines: readonly FlowLine[], width: number, colors: Colors): string[] {
  const isRefused = lines.some(({ flow }) => (flow?.refusedShare.value ?? 0) > 0);
  if (isRefused) return flowTable(title, ['calls/s', 'good/s', 'refused', 'tries'], lines, width, colors);
  const without = lines.map((line) => ({ ...line, rates: line.rates.filter((_, column) => column !== REFUSED) }));
  return flowTable(title, ['calls/s', 'good/s', 'tries'], without, width, colors);
}

function trafficLine(name: string, flow: RunResult['totals']): FlowLine {
  return {
    name: { text: name },
    rates: [rateCell(flow.offeredPerSecond), rateCell(flow.goodputPerSecond), refusedCell(flow)],
    flow,
  };
}

function callLine(name: string, flow: CallSummary): FlowLine {
  const rates = [
    rateCell(flow.servedPerSecond),
    rateCell(flow.goodputPerSecond),
    refusedCell(flow),
    rateCell(flow.attemptsPerCall),
  ];
  return { name: { text: name }, rates, flow };
}

function flowTable(
  title: string,
  rates: readonly string[],
  lines: readonly FlowLine[],
  width: number,
  colors: Colors,
): string[] {
  if (lines.length === 0) return [];
  const unit = latencyUnitFor(
    lines.flatMap(({ flow }) => (flow === null ? [] : quantiles(flow.goodLatency).map(({ value }) => value ?? 0))),
  );
  const columns: Column[] = [
    { title, align: 'left' },
    ...[...rates, `p50 ${unit.name}`, 'p90', 'p99', 'p99.9'].map((name) => ({ title: name, align: 'right' as const })),
  ];
  const rows = lines.flatMap(({ name, rates: measured, flow }): TableRow[] =>
    flow === null
      ? [{ kind: 'cells', cells: columns.map((_, index) => (index === 0 ? name : { text: '' })) }]
      : [
          { kind: 'cells', cells: [name, ...measured, ...latencyCells(flow.goodLatency, unit, colors)] },
          ...errorDetail(flow, colors),
        ],
  );
  return renderTable(columns, rows, width, colors);
}

function rateCell({ value }: Measured): Cell {
  return { text: value === null ? '–' : formatNumber(value) };
}

/** Share of the calls that a proxy refused. */
function refusedCell({ refusedShare }: FlowSummary): Cell {
  const share = refusedShare.value ?? 0;
  return { text: share === 0 ? '–' : formatShare(share) };
}

function latencyCells(latency: LatencySummary, unit: LatencyUnit, colors: Colors): Cell[] {
  return quantiles(latency).map((measured) => {
    const text = formatMeasured(measured, unit.perMs);
    return measured.value === null ? { text, style: colors.dim } : { text };
  });
}

function quantiles({ p50Ms, p90Ms, p99Ms, p999Ms }: LatencySummary): readonly Measured[] {
  return [p50Ms, p90Ms, p99Ms, p999Ms];
}

/** `0.12±0.03 % errors: 503 UO 0.08 %, no response 0.04 %; refused: authorization 0.04 %` */
function errorDetail({ errorShare, outcomes, refusals }: FlowSummary, colors: Colors): TableRow[] {
  const errors = outcomes.filter(({ isError, count }) => isError && count > 0).toSorted((a, b) => b.count - a.count);
  const refused = refusals.map(({ reason, share }) => `${reason} ${formatShare(share)}`);
  const by = refused.length === 0 ? '' : `${errors.length === 0 ? '' : '; '}refused: ${refused.join(', ')}`;
  if (errors.length === 0) return by === '' ? [] : [{ kind: 'detail', cell: { text: by, style: colors.dim } }];
  const shown = errors
    .slice(0, OUTCOMES_SHOWN_MAX)
    .map(({ label, share }) => `${printable(label)} ${formatShare(share)}`);
  if (errors.length > OUTCOMES_SHOWN_MAX) shown.push(`${errors.length - OUTCOMES_SHOWN_MAX} more`);
  return [
    {
      kind: 'detail',
      cell: { text: `${formatMeasuredShare(errorShare)} errors: ${shown.join(', ')}${by}`, style: colors.red },
    },
  ];
}
