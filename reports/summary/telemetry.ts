// What the metrics of proxies come to where a Telemetry changes them: tags, series, spans. Elsewhere telemetry.csv has the numbers.
import { STANDARD_METRICS, STANDARD_TAGS } from '../../models/plan/contract/standard-metrics.js';
import type { RunResult, TelemetrySummary } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Colors, renderTable } from '../layout.js';
import { formatNumber } from '../numbers.js';

/** More than these are left to the table of all. */
const MAX_ROWS = 12;

export function telemetryTable({ telemetry }: RunResult, width: number, colors: Colors): string[] {
  const changed = telemetry.filter(isChanged);
  if (changed.length === 0) return [];
  const most = [...changed].sort((a, b) => b.series - a.series).slice(0, MAX_ROWS);
  const rows = most.map(({ workload, reporter, metrics, seriesPerPod, series, spansPerSecond }) => ({
    kind: 'cells' as const,
    cells: [
      { text: printable(workload) },
      { text: reporter },
      { text: range(metrics.map(({ tags }) => tags)) },
      { text: formatNumber(seriesPerPod, 0) },
      { text: formatNumber(series, 0) },
      { text: spansPerSecond === 0 ? '–' : formatNumber(spansPerSecond, 1) },
    ],
  }));
  const titles = ['Metrics that a Telemetry changes', 'reporter', 'tags', 'series/pod', 'series', 'spans/s'];
  const table = renderTable(
    titles.map((title, index) => ({ title, align: index === 0 ? ('left' as const) : ('right' as const) })),
    rows,
    width,
    colors,
  );
  return changed.length > most.length
    ? [...table, `  and ${changed.length - most.length} more in telemetry.csv`]
    : table;
}

/** Some metric has not the tags that Istio gives it. */
function isChanged({ metrics }: TelemetrySummary): boolean {
  return metrics.some(({ name, tags }) => {
    const subject = STANDARD_METRICS.find((metric) => metric.name === name)?.subject;
    return tags !== STANDARD_TAGS.length - (subject === 'tcp' ? 2 : 0);
  });
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}
