// The table of docs/lab.md that says how near the simulation must be: every tolerance that a check of the lab has, and how many have it.
import type { LabCase } from './case.js';
import type { Check } from './checks.js';
import type { Slack } from './levy.js';

/** Kinds of checks in the order of the table. */
const KINDS = [
  'counts, counters, outcomes with their flags, picks',
  'shares of outcomes',
  'shares of hosts',
  'mean',
  'p50',
  'p90',
  'p99',
  'p50 / p90 / p99',
];

/** Lines of Markdown. */
export function toleranceTable(cases: readonly LabCase[]): string[] {
  const checks = cases.flatMap((lab) => lab.checks);
  return [
    '| | tolerance, and how many checks have it |',
    '| --- | --- |',
    ...KINDS.map((kind) => `| ${kind} | ${summary(checks.filter((check) => kindOf(check) === kind))} |`),
  ];
}

function kindOf({ name, unit }: Check): string {
  switch (unit) {
    case 'ms':
      return name.replace(' of each run', '');
    case '%':
      return /^share of [a-z]$/.test(name) ? KINDS[2] : KINDS[1];
    case '':
      return KINDS[0];
  }
}

/** The narrowest first. */
function summary(checks: readonly Check[]): string {
  const counts = new Map<string, { readonly order: number; count: number }>();
  for (const check of checks) {
    const { text, order } = words(check);
    const found = counts.get(text);
    if (found === undefined) counts.set(text, { order, count: 1 });
    else found.count++;
  }
  return [...counts]
    .sort(([, a], [, b]) => a.order - b.order)
    .map(([text, { count }]) => `${text} (${count})`)
    .join(', ');
}

function words({ tolerance, unit }: Check): { text: string; order: number } {
  switch (tolerance.kind) {
    case 'exact':
      return { text: 'exact', order: 0 };
    case 'absolute':
      return { text: `± ${tolerance.by}${unit === '%' ? ' points' : ''}`, order: 1 + tolerance.by };
    case 'relative':
      return { text: `± ${Math.round(tolerance.share * 100)} %`, order: 1000 + tolerance.share };
    case 'chance': {
      const machine = [
        ...(tolerance.by > 0 ? [`${tolerance.by}${unit === '%' ? ' points' : ''}`] : []),
        ...(tolerance.share > 0 ? [`${Math.round(tolerance.share * 100)} %`] : []),
      ];
      return {
        text: `Student, error ${tolerance.error}${machine.length === 0 ? '' : ` + ${machine.join(' + ')}`}`,
        order: 2000 + tolerance.by + tolerance.share,
      };
    }
    case 'runs':
      return {
        text: `Kolmogorov and Smirnov over runs, error ${tolerance.error} (± ${slackWords(tolerance.slack, unit)})`,
        order: 3000,
      };
    case 'calls':
      return {
        text: `Kolmogorov and Smirnov over calls, error ${tolerance.error} (± ${slackWords(tolerance.slack, unit)})`,
        order: 4000,
      };
  }
}

function slackWords({ share, by }: Slack, unit: Check['unit']): string {
  return [
    ...(share > 0 ? [`${Math.round(share * 100)} %`] : []),
    ...(by > 0 ? [`${by} ${unit === '%' ? 'points' : unit}`] : []),
  ].join(' + ');
}
