// One quantity of both worlds over the measured time, on one axis: the base as an unbroken line, the candidate dashed.
import type { ArmSummary } from '../../../../../scenarios/result/diff-result.js';
import type { SeriesSummary } from '../../../../../scenarios/result/run-result.js';
import {
  type Chart,
  type ChartContext,
  type ChartRow,
  LATENCY_LABELS,
  SHARE_LABELS,
  timeAt,
} from '../../charts/chart.js';
import { type LinesAxis, linesOverTime } from '../../charts/lines.js';
import { stationsByPeak } from '../../charts/utilisation.js';

/** `rate` of answers, `p99`, `errors` as a share of the answers, `use` of one station. */
export type Quantity = 'rate' | 'p99' | 'errors' | 'use';

/** A request of the traffic. */
export interface Flow {
  readonly traffic: string;
  readonly request: string;
}

/** CPU, workers or sidecars of a workload. */
export interface Station {
  readonly workload: string;
  readonly resource: string;
}

type Values = readonly (number | null)[];

const FIELDS: Readonly<Record<Quantity, string>> = {
  rate: 'answers per s',
  p99: 'p99 ms',
  errors: 'share of errors',
  use: 'share in use',
};
const AXES: Readonly<Record<Quantity, LinesAxis>> = {
  rate: { labelExpr: "format(datum.value, '~s')", limit: null },
  p99: { labelExpr: LATENCY_LABELS, limit: null },
  errors: { labelExpr: SHARE_LABELS, limit: null },
  use: { labelExpr: SHARE_LABELS, limit: 1 },
};

/** null where neither world knows any value. */
export function bothOverTime(
  base: ArmSummary,
  candidate: ArmSummary,
  quantity: Quantity,
  of: Flow | Station,
  context: ChartContext,
): Chart | null {
  const field = FIELDS[quantity];
  const worlds = [
    { world: 'base', series: base.series },
    { world: 'candidate', series: candidate.series },
  ];
  const rows = worlds.flatMap(({ world, series }): ChartRow[] =>
    valuesOf(series, quantity, of).map((value, i) => ({
      'time s': timeAt(i, series.intervalSeconds),
      world,
      [field]: value,
    })),
  );
  if (rows.every((row) => row[field] === null)) return null;
  const seconds = Math.max(...worlds.map(({ series }) => series.intervals * series.intervalSeconds));
  const hues = [context.palette.blue, context.palette.vermillion];
  return { rows, spec: linesOverTime(rows, field, 'world', context, seconds, AXES[quantity], hues) };
}

function valuesOf(series: SeriesSummary, quantity: Quantity, of: Flow | Station): Values {
  if ('workload' in of) {
    const station = stationsByPeak(series).find(
      ({ workload, resource }) => workload === of.workload && resource === of.resource,
    );
    return station?.shares ?? [];
  }
  const flow = series.traffic.find(({ traffic, request }) => traffic === of.traffic && request === of.request);
  if (flow === undefined) return [];
  switch (quantity) {
    case 'rate':
      return flow.servedPerSecond;
    case 'p99':
      return flow.p99Ms;
    case 'errors':
      return flow.servedPerSecond.map((served, i) => (served > 0 ? flow.errorsPerSecond[i]! / served : null));
    case 'use':
      return [];
  }
}

/** How much a quantity differs between two worlds at most, of the larger: what differs most is shown first. */
export function largestDifference(
  base: ArmSummary,
  candidate: ArmSummary,
  quantity: Quantity,
  of: Flow | Station,
): number {
  const [own, other] = [base, candidate].map(({ series }) => total(valuesOf(series, quantity, of)));
  return Math.abs(own! - other!) / Math.max(own!, other!, Number.MIN_VALUE);
}

function total(values: Values): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
