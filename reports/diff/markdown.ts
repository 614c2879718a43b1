// A comparison as Markdown for a pull request: verdict, configuration, table, details to open, how to repeat it.
import type {
  Comparison,
  DiffResult,
  FieldChange,
  MetricDifference,
  ResourceChange,
} from '../../scenarios/compare/diff-result.js';
import { code, fenced, prose, sentence } from '../markdown-text.js';
import {
  changeText,
  countChanges,
  countVerdictsText,
  effortText,
  gateSentence,
  intervalText,
  marginText,
  metricName,
  mostImportant,
  plainText,
  resourceName,
  stopText,
  subjectName,
  valueText,
  verdictWord,
} from './words.js';

export interface DiffMarkdownOptions {
  /** The command that gives the same numbers again. */
  readonly command: string;
}

const METRICS_SHOWN_MAX = 15;
const DETAILS_SHOWN_MAX = 200;
const OBJECTS_SHOWN_MAX = 30;
const FIELDS_SHOWN_MAX = 20;

export function diffMarkdown(result: DiffResult, { command }: DiffMarkdownOptions): string {
  const { icon } = VERDICTS[result.verdict];
  const blocks = [
    `## ${icon} ${verdictWord(result.verdict)} in ${code(result.scenario)}`,
    `${effortText(result)}, seed ${code(result.seed)}, ${stopText(result.stop)}.`,
    ...warningBlocks(result),
    ...result.comparisons.flatMap((comparison) => comparisonBlocks(result, comparison)),
    repeatBlock(result, command),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const VERDICTS: Readonly<Record<DiffResult['verdict'], { icon: string }>> = {
  pass: { icon: '✅' },
  fail: { icon: '❌' },
  inconclusive: { icon: '❔' },
};

function warningBlocks({ warnings, base, comparisons }: DiffResult): string[] {
  const arms = [base, ...comparisons.map(({ candidate }) => candidate)];
  const all = [...warnings, ...arms.flatMap((arm) => arm.warnings)];
  const lines = [...new Set(all.map(({ code: what, message }) => `> ${prose(message)} (${what})`))];
  return lines.length === 0 ? [] : [['> [!WARNING]', ...lines].join('\n>\n')];
}

function comparisonBlocks(result: DiffResult, comparison: Comparison): string[] {
  const { candidate, gate } = comparison;
  return [
    `### ${VERDICTS[gate.verdict].icon} ${armName(result.base)} → ${armName(candidate)}`,
    `${sentence(gateSentence(comparison))}.`,
    ...gateBlocks(comparison),
    ...configBlocks(comparison),
    ...metricBlocks(comparison),
    ...entityBlocks(comparison),
  ];
}

function armName({ name, revision }: DiffResult['base']): string {
  return revision === null ? code(name) : `${code(name)} (${revision.slice(0, 10)})`;
}

function gateBlocks({ gate }: Comparison): string[] {
  const lines = [
    ...gate.brokenThresholds.map(({ text }) => `- the threshold ${code(text)} held before and fails now`),
    ...gate.missing.map(({ subject, metric }) => `- ${code(`${subjectName(subject)} ${metric}`)} is not in both`),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function configBlocks({ changes }: Comparison): string[] {
  if (changes.length === 0) return ['**Configuration**: nothing changed.'];
  const shown = changes.slice(0, OBJECTS_SHOWN_MAX);
  const hidden = changes.length - shown.length;
  const lines = shown.flatMap(resourceLines);
  if (hidden > 0) lines.push(`- … and ${hidden} more objects`);
  return [`**Configuration**: ${countChanges(changes)}.`, lines.join('\n')];
}

function resourceLines(change: ResourceChange): string[] {
  const fields = change.fields.slice(0, FIELDS_SHOWN_MAX);
  const hidden = change.fields.length - fields.length;
  const place = change.candidate ?? change.base;
  const where = place === null ? '' : ` in ${code(`${place.file}:${place.line}`)}`;
  return [
    `- ${change.change}: ${code(resourceName(change))}${where}`,
    ...fields.map(fieldLine),
    ...(hidden > 0 ? [`  - … and ${hidden} more fields`] : []),
  ];
}

function fieldLine({ path, base, candidate, basePosition, candidatePosition }: FieldChange): string {
  const values = `${code(plainText(base))} → ${code(plainText(candidate))}`;
  return `  - ${code(path)}: ${values} (line ${basePosition.line} → ${candidatePosition.line})`;
}

function metricBlocks(comparison: Comparison): string[] {
  if (comparison.isSamePlan) return [];
  const shown = mostImportant(comparison, METRICS_SHOWN_MAX);
  const counts = countVerdictsText(comparison);
  const top = shown.length === 0 ? `**Behaviour**: no change that matters (${counts}).` : `**Behaviour**: ${counts}.`;
  const details = comparison.metrics.filter((metric) => !shown.includes(metric));
  const blocks = shown.length === 0 ? [top] : [top, table(shown)];
  return details.length === 0 ? blocks : [...blocks, ...detailBlocks(details)];
}

function detailBlocks(metrics: readonly MetricDifference[]): string[] {
  const shown = metrics.slice(0, DETAILS_SHOWN_MAX);
  const hidden = metrics.length - shown.length;
  return [
    `<details>\n<summary>All other metrics (${metrics.length})</summary>`,
    table(shown),
    ...(hidden > 0 ? [`… and ${hidden} more, in diff.json.`] : []),
    '</details>',
  ];
}

function table(metrics: readonly MetricDifference[]): string {
  const head = ['| | metric | before | after | change | 95 % interval |', '|---|---|--:|--:|--:|--:|'];
  return [...head, ...metrics.map(tableRow)].join('\n');
}

const VERDICT_ICONS: Readonly<Record<MetricDifference['verdict'], string>> = {
  worse: '🔴 worse',
  better: '🟢 better',
  changed: '🔵 changed',
  inconclusive: '🟡 inconclusive',
  same: 'same',
};

function tableRow(metric: MetricDifference): string {
  const name = code(`${subjectName(metric.subject)} ${metricName(metric)}`);
  const cells = [
    VERDICT_ICONS[metric.verdict],
    metric.isPrimary ? `**${name}**` : name,
    valueText(metric, metric.base),
    valueText(metric, metric.candidate),
    changeText(metric),
    intervalText(metric),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('<0', '&lt;0')).join(' | ')} |`;
}

function entityBlocks({ entities }: Comparison): string[] {
  if (entities.length === 0) return [];
  const lines = entities.map(
    ({ change, subject }) => `- only ${change === 'added' ? 'after' : 'before'}: ${code(subjectName(subject))}`,
  );
  const summary = `<summary>In one of the worlds only (${entities.length})</summary>`;
  return [`<details>\n${summary}`, lines.slice(0, DETAILS_SHOWN_MAX).join('\n'), '</details>'];
}

function repeatBlock(result: DiffResult, command: string): string {
  const margins = `${marginText(result)}; intervals are paired, 95 %; primary metrics in bold.`;
  return `<details>\n<summary>How to repeat this</summary>\n\n${fenced(command)}\n\n${margins}\n\n</details>`;
}
