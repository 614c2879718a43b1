// A run with a timeline: what happened, with what it did to the requests, and what clients got from one moment to the next.
import type { RunResult } from '../../scenarios/result/run-result.js';
import type { HappenedKind, HappeningSummary, ImpactSummary } from '../../scenarios/result/timeline-result.js';
import { printable } from '../escape.js';
import { type Cell, type Colors, type Column, displayWidth, renderTable, type TableRow } from '../layout.js';
import {
  formatMeasured,
  formatMeasuredShare,
  formatNumber,
  formatShare,
  type LatencyUnit,
  latencyUnitFor,
} from '../numbers.js';
import { clock, entryWords, happeningWords, recoveryCell } from '../timeline-words.js';

/** Lines of what happened. */
const LINES_MAX = 15;
/** What is told beside the entries, the most telling first; nothing of it is told where its kind is not here. */
const TOLD: readonly HappenedKind[] = [
  'rollout stuck',
  'rollout done',
  'container killed',
  'pod pending',
  'node unknown',
  'node drained',
  'node added',
  'node removed',
  'pod unready',
  'pod ready',
  'application up',
  'endpoints known',
  'out of memory',
  'pod killed',
  'application down',
];

export function happenedTable(result: RunResult, width: number, colors: Colors): string[] {
  const { impacts = [], happenings = [], replications } = result;
  if (impacts.length === 0) return [];
  const shown = mostTelling(impacts);
  const details = detailsOf(happenings, shown, LINES_MAX - shown.length);
  const unit = latencyUnitFor(shown.map(({ worstP99 }) => worstP99?.ms ?? 0));
  const times = shown.map(({ beginSeconds }) => clock(beginSeconds));
  const timeWidth = Math.max(...times.map(displayWidth));
  const columns: Column[] = [
    { title: 'What happened', align: 'left' },
    ...['lost', 'errors', `p99 ${unit.name}`, 'back after'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = shown.flatMap((impact, i): TableRow[] => [
    {
      kind: 'cells',
      cells: [
        { text: `${times[i].padEnd(timeWidth)}  ${printable(entryWords(impact))}` },
        ...impactCells(impact, replications, unit, colors),
      ],
    },
    ...details
      .filter(({ entry }) => entry === impact.entry)
      .map((happening): TableRow => {
        const text = `${clock(happening.atSeconds)}  ${printable(happeningWords(happening))}`;
        return { kind: 'detail', cell: { text, style: colors.dim } };
      }),
  ]);
  const left = impacts.length - shown.length;
  return [
    ...renderTable(columns, rows, width, colors),
    ...(left > 0 ? [colors.dim(` … and ${left} more in results.json`)] : []),
  ];
}

/** All entries, or those that cost most requests, in their order. */
function mostTelling(impacts: readonly ImpactSummary[]): readonly ImpactSummary[] {
  if (impacts.length <= LINES_MAX) return impacts;
  const weight = ({ lost, recovery }: ImpactSummary): number =>
    recovery.notRecovered > 0 ? Number.POSITIVE_INFINITY : (lost.value ?? 0);
  const kept = new Set([...impacts].sort((a, b) => (weight(b) > weight(a) ? 1 : -1)).slice(0, LINES_MAX - 1));
  return impacts.filter((impact) => kept.has(impact));
}

function detailsOf(
  happenings: readonly HappeningSummary[],
  impacts: readonly ImpactSummary[],
  room: number,
): readonly HappeningSummary[] {
  const entries = new Set(impacts.map(({ entry }) => entry));
  const told = happenings.filter(({ kind, entry }) => TOLD.includes(kind) && entries.has(entry));
  const kept = new Set(
    told.toSorted((a, b) => TOLD.indexOf(a.kind) - TOLD.indexOf(b.kind)).slice(0, Math.max(0, room)),
  );
  return told.filter((happening) => kept.has(happening));
}

function impactCells(impact: ImpactSummary, replications: number, unit: LatencyUnit, colors: Colors): Cell[] {
  const { lost, worstErrors, worstP99, recovery } = impact;
  const isLost = (lost.value ?? 0) >= 0.5;
  const style = recovery.notRecovered > 0 ? { style: colors.red } : {};
  return [
    isLost ? { text: formatMeasured(lost), style: colors.red } : { text: '–' },
    { text: worstErrors === null || worstErrors.share === 0 ? '–' : formatShare(worstErrors.share) },
    { text: worstP99 === null ? '–' : formatNumber(worstP99.ms * unit.perMs) },
    { text: recoveryCell(impact, replications), ...style },
  ];
}

export function phaseTable({ phases = [] }: RunResult, width: number, colors: Colors): string[] {
  if (phases.length === 0) return [];
  const unit = latencyUnitFor(phases.map(({ all }) => all.p99Ms.value ?? 0));
  const columns: Column[] = [
    { title: 'Phases', align: 'left' },
    ...['good/s', 'errors', `p50 ${unit.name}`, 'p99'].map((title) => ({ title, align: 'right' as const })),
  ];
  const times = phases.map(({ fromSeconds }) => clock(fromSeconds));
  const timeWidth = Math.max(...times.map(displayWidth));
  const rows = phases.map(({ name, all }, i): TableRow => {
    const { goodputPerSecond, errorShare, p50Ms, p99Ms } = all;
    const isBad = (errorShare.value ?? 0) >= 0.01;
    return {
      kind: 'cells',
      cells: [
        { text: `${times[i].padEnd(timeWidth)}  ${printable(name)}` },
        { text: formatMeasured(goodputPerSecond) },
        { text: formatMeasuredShare(errorShare), ...(isBad ? { style: colors.red } : {}) },
        { text: formatMeasured(p50Ms, unit.perMs) },
        { text: formatMeasured(p99Ms, unit.perMs) },
      ],
    };
  });
  return renderTable(columns, rows, width, colors);
}
