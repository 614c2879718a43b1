// The page docs/ledger.md: a real Envoy beside the simulation, case by case, what does not agree first.
import type { LabCase } from './case.js';
import { GROUPS } from './cases/index.js';
import { type Comparison, compare } from './checks.js';
import type { Recording } from './observation.js';
import { simulateRuns } from './simulate.js';

export interface Entry {
  readonly lab: LabCase;
  readonly recording: Recording;
  readonly comparisons: readonly Comparison[];
}

/** The case simulated now, beside its recording. */
export function entryOf(lab: LabCase, recording: Recording): Entry {
  const { together, each } = simulateRuns(lab, recording.calibration);
  return { lab, recording, comparisons: lab.checks.map((check) => compare(check, recording.runs, together, each)) };
}

export function ledgerText(entries: readonly Entry[]): string {
  const all = entries.flatMap(({ comparisons }) => comparisons);
  const misses = entries.flatMap(({ lab, comparisons }) =>
    comparisons.filter(({ agrees }) => !agrees).map((comparison) => ({ lab, comparison })),
  );
  const versions = [...new Set(entries.map(({ recording }) => recording.envoy))];
  return `${[
    '# The ledger',
    '',
    `A real Envoy (${versions.join(', ')}) beside the simulation of the same plan: ${entries.length} cases, ${all.length} numbers, of which ${all.length - misses.length} agree. [lab.md](lab.md) says how`,
    'they are measured. Written by `npm run lab`; not to be edited. Where Envoy’s own runs differ, the column shows them all; the simulation agrees if it lies among them,',
    'give or take the tolerance.',
    '',
    '## Where they differ',
    '',
    ...(misses.length === 0
      ? ['Nowhere.']
      : [
          '| case | | Envoy | simulated | tolerance | why |',
          '| --- | --- | --- | --- | --- | --- |',
          ...misses.map(
            ({ lab, comparison }) =>
              `| ${lab.name} | ${cells(comparison).join(' | ')} | ${comparison.check.known ?? 'not known'} |`,
          ),
        ]),
    '',
    ...GROUPS.flatMap(({ title, cases }) => {
      const own = entries.filter(({ lab }) => cases.includes(lab));
      return own.length === 0 ? [] : [`## ${title}`, '', ...own.flatMap(section)];
    }),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function section({ lab, comparisons }: Entry): string[] {
  return [
    `### ${lab.name}`,
    '',
    lab.question,
    '',
    '| | Envoy | simulated | tolerance | |',
    '| --- | --- | --- | --- | --- |',
    ...comparisons.map(
      (comparison) => `| ${cells(comparison).join(' | ')} | ${comparison.agrees ? '' : '**differs**'} |`,
    ),
    '',
  ];
}

function cells(comparison: Comparison): string[] {
  const { check, envoy, ours, spread } = comparison;
  const texts = envoy.map((value) => text(value, check.unit));
  const same = texts.every((one) => one === texts[0]);
  const runs = same ? texts[0] : `${texts.join(', ')}${spread > 0 ? ` (spread ${text(spread, check.unit)})` : ''}`;
  return [check.name, runs, text(ours, check.unit), tolerance(comparison)];
}

function text(value: number | string, unit: string): string {
  if (typeof value === 'string') return value === '' ? '–' : value;
  const rounded = Number.isInteger(value) ? String(value) : value.toFixed(unit === '' ? 1 : 2);
  return unit === '' ? rounded : `${rounded} ${unit}`;
}

function tolerance({ check: { tolerance: allowed, unit }, apart, allowed: most }: Comparison): string {
  const points = unit === '%' ? ' points' : '';
  switch (allowed.kind) {
    case 'exact':
      return 'exact';
    case 'absolute':
      return `± ${allowed.by}${points}`;
    case 'relative':
      return `± ${allowed.share * 100} %`;
    case 'chance':
      return `± ${most.toFixed(2)}${points} by chance`;
    case 'runs':
    case 'calls':
      return `distance ${apart.toFixed(2)} of ${most.toFixed(2)}`;
  }
}
