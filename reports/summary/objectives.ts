// What was asked of the run: SLOs inform, thresholds gate.
import type { RunResult, SloResult, ThresholdResult } from '../../scenarios/result/run-result.js';
import { printable } from '../escape.js';
import { type Colors, cutApart, displayWidth, rule, wrapped } from '../layout.js';
import { formatDurationMs, formatMeasured, formatMeasuredShare, formatShare } from '../numbers.js';
import { verdictMark } from './headline.js';

const NAME_WIDTH_MAX = 34;

export function objectiveList({ slos, thresholds }: RunResult, width: number, colors: Colors): string[] {
  const rows = [
    ...slos.map((slo) => ({ verdict: slo.verdict, name: slo.name, text: sloWords(slo) })),
    ...thresholds.map((threshold) => ({
      verdict: threshold.verdict,
      name: threshold.text,
      text: thresholdWords(threshold),
    })),
  ];
  if (rows.length === 0) return [];
  const nameWidth = Math.min(
    NAME_WIDTH_MAX,
    Math.floor(width / 2) - 2,
    Math.max(...rows.map(({ name }) => displayWidth(printable(name)))),
  );
  const names = cutApart(
    rows.map(({ name }) => printable(name)),
    nameWidth,
  );
  return [
    ` ${colors.bold('Objectives and thresholds')}`,
    rule(width, colors),
    ...rows.flatMap(({ verdict, text }, index) => {
      const { mark, style } = verdictMark(verdict, colors);
      const shown = names[index];
      const indent = nameWidth + 5;
      const [first = '', ...others] = wrapped(text, width, indent);
      const lead = ` ${style(mark)} ${shown}${' '.repeat(nameWidth - displayWidth(shown))}  `;
      return [`${lead}${first.slice(indent)}`, ...others];
    }),
  ];
}

/** `99.4±0.1 % within 300 ms, of 99 %: 61 % of the error budget` */
function sloWords({ kind, latencyMs, objectiveShare, goodShare, budgetUsedShare }: SloResult): string {
  const good = kind === 'latency' && latencyMs !== null ? `within ${formatDurationMs(latencyMs)}` : 'answered';
  const budget = budgetUsedShare === null ? '' : `: ${formatShare(budgetUsedShare)} of the budget`;
  return `${formatMeasuredShare(goodShare)} ${good}, asked ${formatShare(objectiveShare)}${budget}`;
}

function thresholdWords({ unit, value, verdict }: ThresholdResult): string {
  const text = measuredIn(unit, value);
  return verdict === 'inconclusive' ? `${text}: cannot tell` : text;
}

function measuredIn(unit: ThresholdResult['unit'], value: ThresholdResult['value']): string {
  switch (unit) {
    case 'ms':
      return `${formatMeasured(value)} ms`;
    case 'share':
      return formatMeasuredShare(value);
    case 'perSecond':
      return `${formatMeasured(value)} /s`;
  }
}
