// The result of a run as Markdown, for a pull request or a ticket: verdict, goals, traffic, what acted, how to repeat it.
import type { Diagnostic } from '../models/config/diagnostic.js';
import { leftOutIn, OBJECTS_LEFT_OUT } from '../models/config/left-out.js';
import type { Measured } from '../scenarios/result/measured.js';
import type { ClientSummary, RunResult, ThresholdResult, Verdict } from '../scenarios/result/run-result.js';
import { code, fenced, prose } from './markdown-text.js';
import { formatCount, formatDurationMs, formatMeasured, formatMeasuredShare, formatShare } from './numbers.js';
import { meshText } from './release.js';
import { findingSentence, leadFindings } from './summary/findings.js';
import { protections } from './summary/protections.js';
import { clock, entryWords, lengthText, recoveryCell, timelineSentence } from './timeline-words.js';

export interface RunMarkdownOptions {
  /** The command that gives the same numbers again. */
  readonly command: string;
}

const NS_PER_MS = 1e6;
const ROWS_SHOWN_MAX = 60;

const VERDICTS: Readonly<Record<Verdict, { readonly icon: string; readonly word: string }>> = {
  pass: { icon: '✅', word: 'Pass' },
  fail: { icon: '❌', word: 'Fail' },
  inconclusive: { icon: '❔', word: 'Inconclusive' },
};

/** A pure function: the same result and command give the same bytes. */
export function markdownReport(result: RunResult, { command }: RunMarkdownOptions): string {
  const { icon, word } = VERDICTS[result.verdict];
  const blocks = [
    ...warningBlocks(leftOutIn(result.warnings)),
    `## ${icon} ${word}: ${code(result.scenario)}`,
    whatRan(result),
    ...timelineBlocks(result),
    ...findingBlocks(result),
    ...warningBlocks(result.warnings.filter(({ code: what }) => what !== OBJECTS_LEFT_OUT)),
    ...goalBlocks(result),
    ...table(
      1,
      ['traffic', 'offered/s', 'good/s', 'errors', 'refused', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms'],
      result.traffic.flatMap((source) => [
        flowRow(`**${code(source.name)}**`, source),
        ...(source.requests.length > 1 ? source.requests.map((request) => flowRow(code(request.name), request)) : []),
      ]),
    ),
    ...protectionBlocks(result),
    ...fidelityBlocks(result),
    `<details>\n<summary>How to repeat this</summary>\n\n${fenced(command)}\n\n</details>`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function whatRan(result: RunResult): string {
  const { replications, warmupNs, seed, events } = result;
  const runs = `${replications} × ${lengthText(result)} after ${formatDurationMs(warmupNs / NS_PER_MS)} of warm-up`;
  return `${runs}, ${prose(meshText(result))}, seed ${code(seed)}, ${formatCount(events)} events.`;
}

/** Of a run with a timeline the most important thing, and what each entry did. */
function timelineBlocks(result: RunResult): string[] {
  const sentence = timelineSentence(result);
  if (sentence === null) return [];
  const rows = (result.impacts ?? []).map((impact) => [
    clock(impact.beginSeconds),
    prose(entryWords(impact)),
    formatMeasured(impact.lost),
    impact.worstErrors === null ? '–' : formatShare(impact.worstErrors.share),
    impact.worstP99 === null ? '–' : formatDurationMs(impact.worstP99.ms),
    recoveryCell(impact, result.replications),
  ]);
  return [
    `**${prose(sentence.text)}**`,
    ...table(2, ['time', 'what happened', 'requests lost', 'worst errors', 'worst p99', 'back after'], rows),
  ];
}

function warningBlocks(warnings: readonly Diagnostic[]): string[] {
  const lines = warnings.map(({ code: what, message }) => `> ${prose(message)} (${what})`);
  return lines.length === 0 ? [] : [['> [!WARNING]', ...lines].join('\n>\n')];
}

function goalBlocks({ thresholds, slos }: RunResult): string[] {
  return table(
    2,
    ['', 'goal', 'measured', 'limit'],
    [
      ...thresholds.map(({ verdict, text, unit, value, limit }) => [
        VERDICTS[verdict].icon,
        code(text),
        inUnit(unit, value),
        limitText(unit, limit),
      ]),
      ...slos.map(({ verdict, name, goodShare, objectiveShare }) => [
        VERDICTS[verdict].icon,
        code(name),
        formatMeasuredShare(goodShare),
        formatShare(objectiveShare),
      ]),
    ],
  );
}

function inUnit(unit: ThresholdResult['unit'], value: Measured): string {
  switch (unit) {
    case 'ms':
      return `${formatMeasured(value)} ms`;
    case 'share':
      return formatMeasuredShare(value);
    case 'perSecond':
      return `${formatMeasured(value)} /s`;
  }
}

function limitText(unit: ThresholdResult['unit'], limit: number): string {
  switch (unit) {
    case 'ms':
      return formatDurationMs(limit);
    case 'share':
      return formatShare(limit);
    case 'perSecond':
      return `${limit} /s`;
  }
}

/** What happened, in up to three sentences. */
function findingBlocks({ findings }: RunResult): string[] {
  const lines = leadFindings(findings).map((finding) => `- ${prose(findingSentence(finding))} (${finding.code})`);
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** `100 %: authorization`; `–` where no proxy refused. */
function refusedText({ refusedShare, refusals }: ClientSummary): string {
  if (refusals.length === 0) return '–';
  return `${formatMeasuredShare(refusedShare)}: ${refusals.map(({ reason }) => reason).join(', ')}`;
}

/** Latencies are those of good answers. */
function flowRow(name: string, flow: ClientSummary): string[] {
  const { offeredPerSecond, goodputPerSecond, errorShare, goodLatency } = flow;
  const { p50Ms, p90Ms, p99Ms, p999Ms } = goodLatency;
  return [
    name,
    formatMeasured(offeredPerSecond),
    formatMeasured(goodputPerSecond),
    formatMeasuredShare(errorShare),
    refusedText(flow),
    ...[p50Ms, p90Ms, p99Ms, p999Ms].map((quantile) => formatMeasured(quantile)),
  ];
}

function protectionBlocks(result: RunResult): string[] {
  const lines = protections(result).map(({ name, acted }) => `- ${code(name)}: ${acted.join(', ')}`);
  return lines.length === 0 ? [] : ['**Limits and protections that acted**', lines.join('\n')];
}

function fidelityBlocks({ fidelity }: RunResult): string[] {
  if (fidelity.length === 0) return [];
  const lines = fidelity.slice(0, ROWS_SHOWN_MAX).map(({ position, resource, path, meaning }) => {
    const place = position === null ? '' : ` (${code(`${position.file}:${position.line}`)})`;
    return `- ${code(path === '' ? resource : `${resource} ${path}`)}${place}: ${prose(meaning)}`;
  });
  if (fidelity.length > lines.length) lines.push(`- … and ${fidelity.length - lines.length} more, in results.json`);
  return [
    `<details>\n<summary>Approximated or not modelled (${fidelity.length})</summary>\n\n${lines.join('\n')}\n\n</details>`,
  ];
}

/** Columns of numbers stand on the right. Empty without rows. */
function table(textColumns: number, titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const shown = rows.slice(0, ROWS_SHOWN_MAX);
  const text = [
    line(titles),
    line(titles.map((_, index) => (index < textColumns ? '---' : '--:'))),
    ...shown.map((cells) => line(cells.map((cell) => cell.replaceAll('<0', '&lt;0')))),
  ].join('\n');
  return rows.length > shown.length ? [text, `… and ${rows.length - shown.length} more.`] : [text];
}
