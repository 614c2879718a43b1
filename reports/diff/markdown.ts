// A comparison as Markdown for a pull request: verdict, configuration, table, details to open, how to repeat it.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { leftOutIn, OBJECTS_LEFT_OUT } from '../../models/config/left-out.js';
import type {
  Comparison,
  DiffFact,
  DiffResult,
  FieldChange,
  MetricDifference,
  ResourceChange,
} from '../../scenarios/result/diff-result.js';
import { code, fenced, prose, sentence } from '../markdown-text.js';
import { becauseText, countFindings, shownFindings, shownLint } from './because.js';
import { headlineSentence, headlineWord, resultKind } from './headline.js';
import { refusalText, requestName, shareText, successRows } from './success-rows.js';
import { EVENT_TITLES, eventCells, PHASE_TITLES, phaseCells, timelineSentence } from './timeline.js';
import { toldWarnings } from './told-warnings.js';
import {
  alsoText,
  changeText,
  countChanges,
  countVerdictsText,
  effortText,
  gateSentence,
  intervalText,
  marginText,
  metricName,
  plainText,
  resourceName,
  stopText,
  subjectName,
  valueText,
} from './words.js';

export interface DiffMarkdownOptions {
  /** The command that gives the same numbers again. */
  readonly command: string;
}

const FACTS_SHOWN_MAX = 12;
const DETAILS_SHOWN_MAX = 200;
const OBJECTS_SHOWN_MAX = 30;
const FIELDS_SHOWN_MAX = 20;

export function diffMarkdown(result: DiffResult, { command }: DiffMarkdownOptions): string {
  const { icon } = VERDICTS[result.verdict];
  const all = toldWarnings(result);
  const blocks = [
    ...warningBlocks(leftOutIn(all)),
    `## ${icon} ${headlineWord(resultKind(result))} in ${code(result.scenario)}`,
    `${effortText(result)}, seed ${code(result.seed)}, ${stopText(result.stop)}.`,
    ...warningBlocks(all.filter(({ code: what }) => what !== OBJECTS_LEFT_OUT)),
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

function warningBlocks(all: readonly Diagnostic[]): string[] {
  const lines = [...new Set(all.map(({ code: what, message }) => `> ${prose(message)} (${what})`))];
  return lines.length === 0 ? [] : [['> [!WARNING]', ...lines].join('\n>\n')];
}

function comparisonBlocks(result: DiffResult, comparison: Comparison): string[] {
  const { candidate, gate } = comparison;
  return [
    `### ${VERDICTS[gate.verdict].icon} ${armName(result.base)} → ${armName(candidate)}`,
    ...timelineLead(result, comparison),
    ...headlineBlocks(comparison),
    `${sentence(gateSentence(comparison))}.`,
    ...gateBlocks(comparison),
    ...timelineBlocks(comparison),
    ...successBlocks(comparison),
    ...findingBlocks(comparison),
    ...configBlocks(comparison),
    ...lintBlocks(comparison),
    ...metricBlocks(comparison),
    ...entityBlocks(comparison),
  ];
}

function timelineLead(result: DiffResult, comparison: Comparison): string[] {
  const text = timelineSentence(result, comparison);
  return text === '' ? [] : [`**${prose(text)}.**`];
}

/** Entry by entry, and phase by phase. */
function timelineBlocks({ timeline }: Comparison): string[] {
  if (timeline === undefined) return [];
  return [
    sideTable(EVENT_TITLES, timeline.events.map(eventCells)),
    sideTable(PHASE_TITLES, timeline.phases.map(phaseCells)),
  ];
}

function sideTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = ([name, ...numbers]: readonly string[]): string => `| ${[code(name), ...numbers].join(' | ')} |`;
  const head = [
    `| ${titles.join(' | ')} |`,
    `|---|${titles
      .slice(1)
      .map(() => '--:|')
      .join('')}`,
  ];
  return [...head, ...rows.map(row)].join('\n').replaceAll('<0', '&lt;0');
}

function headlineBlocks(comparison: Comparison): string[] {
  const text = headlineSentence(comparison);
  return text === '' ? [] : [`**${headlineWord(comparison.headline.kind)}**: ${prose(text)}.`];
}

function successBlocks(comparison: Comparison): string[] {
  if (comparison.isSamePlan || comparison.success.length === 0) return [];
  const { shown, hidden } = successRows(comparison);
  const rows = shown.map((change) => {
    const { base, candidate, verdict } = change;
    const shares = [base.good, candidate.good, base.refused, candidate.refused].map(shareText);
    const why = [refusalText(base), refusalText(candidate)];
    const by = why[0] === why[1] ? why[0] : why.map((text) => (text === '' ? 'none' : text)).join(' → ');
    return `| ${[VERDICT_ICONS[verdict], code(requestName(change)), ...shares, by].join(' | ')} |`;
  });
  const head = ['| | request | good before | after | refused before | after | by |', '|---|---|--:|--:|--:|--:|---|'];
  const more = hidden > 0 ? [`… and ${hidden} more requests.`] : [];
  return [[...head, ...rows].join('\n').replaceAll('<0', '&lt;0'), ...more];
}

function findingBlocks(comparison: Comparison): string[] {
  const { shown, hidden } = shownFindings(comparison);
  if (shown.length === 0) return [];
  const lines = shown.map((own) => {
    const because = becauseText(own);
    return `- ${own.change}: ${prose(own.finding.sentence)} (${own.finding.code})${because === '' ? '' : `, ${prose(because)}`}`;
  });
  if (hidden > 0) lines.push(`- … and ${hidden} more`);
  return [`**Findings**: ${countFindings(comparison.findings)}.`, lines.join('\n')];
}

function lintBlocks(comparison: Comparison): string[] {
  const { shown, hidden } = shownLint(comparison);
  if (shown.length === 0) return [];
  const lines = shown.map(({ code: rule, message, resource, position }) => {
    const place = position === null ? resource : `${position.file}:${position.line}`;
    return `- ${rule} ${code(place)}: ${prose(message)}`;
  });
  if (hidden > 0) lines.push(`- … and ${hidden} more`);
  return [`**Lint**: ${comparison.lint.length} new.`, lines.join('\n')];
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
  const facts = comparison.facts.slice(0, FACTS_SHOWN_MAX);
  const shown = facts.flatMap((fact) => comparison.metrics[fact.metrics[0]] ?? []);
  const counts = countVerdictsText(comparison);
  const top = shown.length === 0 ? `**Behaviour**: no change that matters (${counts}).` : `**Behaviour**: ${counts}.`;
  const details = comparison.metrics.filter((metric) => !shown.includes(metric));
  const blocks = shown.length === 0 ? [top] : [top, factTable(facts, comparison.metrics)];
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

/** The metric that speaks for each fact, and what else says the same. */
function factTable(facts: readonly DiffFact[], metrics: readonly MetricDifference[]): string {
  const head = ['| | metric | before | after | change | 95 % interval | also |', '|---|---|--:|--:|--:|--:|---|'];
  const rows = facts.flatMap((fact) => {
    const metric = metrics[fact.metrics[0]];
    if (metric === undefined) return [];
    const also = alsoText(fact, metrics);
    return [tableRow(metric, [also === '' ? '' : code(also)])];
  });
  return [...head, ...rows].join('\n');
}

function table(metrics: readonly MetricDifference[]): string {
  const head = ['| | metric | before | after | change | 95 % interval |', '|---|---|--:|--:|--:|--:|'];
  return [...head, ...metrics.map((metric) => tableRow(metric))].join('\n');
}

const VERDICT_ICONS: Readonly<Record<MetricDifference['verdict'], string>> = {
  worse: '🔴 worse',
  better: '🟢 better',
  changed: '🔵 changed',
  new: '🔵 new',
  gone: '🔵 gone',
  'not-comparable': 'not comparable',
  inconclusive: '🟡 inconclusive',
  same: 'same',
};

function tableRow(metric: MetricDifference, more: readonly string[] = []): string {
  const name = code(`${subjectName(metric.subject)} ${metricName(metric)}`);
  const cells = [
    VERDICT_ICONS[metric.verdict],
    metric.isPrimary ? `**${name}**` : name,
    valueText(metric, metric.base),
    valueText(metric, metric.candidate),
    changeText(metric),
    intervalText(metric),
    ...more,
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
