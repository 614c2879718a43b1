// Findings of the linter for a terminal: by file, each with its line, what it means and how to put it right.

import type { Severity } from '../../models/config/diagnostic.js';
import type { NamedText } from '../../models/config/resource.js';
import type { LintResult } from '../../models/lint/lint.js';
import type { LintFinding } from '../../models/lint/rule.js';
import { printable } from '../escape.js';
import { type Colors, displayWidth, rule, type Style, wrapped } from '../layout.js';
import { countsOf, plural, visible } from './counts.js';

export interface LintTextOptions {
  readonly colors: Colors;
  readonly width: number;
  /** Severities below are counted and not printed. */
  readonly show: Severity;
  readonly texts: readonly NamedText[];
}

const INDENT = 10;
/** The codes stand at the right: no farther away from their titles than this. */
const WIDTH_MAX = 110;

/** For example:
 * ```
 *  istio/backends.yaml
 *
 *    23:7  warning  more tries than the time-out has room for          ST2101
 *          VirtualService chandlery/catalogue · spec.http[1].retries
 *          3 tries of 400ms need 1s200ms, and the time-out is 1s: the last is
 *          cut to 200ms
 *       23 │       retries:
 *          ╰ help: raise timeout, or lower attempts or perTryTimeout
 * ```
 */
export function lintText(result: LintResult, options: LintTextOptions): string {
  const { colors, show, texts } = options;
  const width = Math.min(options.width, WIDTH_MAX);
  const lines: string[] = [];
  const linesOf = lineReader(texts);
  let file: string | null = null;
  for (const finding of visible(result.findings, show)) {
    const own = finding.position?.file ?? '';
    if (own !== file) {
      const name = wrapped(printable(own === '' ? 'the mesh as a whole' : own), width - 1, 0);
      lines.push('', ...name.map((line) => ` ${colors.bold(colors.underline(line))}`), '');
      file = own;
    } else lines.push('');
    lines.push(...findingLines(finding, linesOf, colors, width));
  }
  if (lines.length > 0) lines.push('');
  lines.push(rule(width, colors), ...closing(result, show, colors, width), '');
  return lines.join('\n');
}

function findingLines(
  finding: LintFinding,
  linesOf: (file: string) => readonly string[],
  colors: Colors,
  width: number,
): string[] {
  const { code, alias, severity, resource, path, position, message, help } = finding;
  const place = position === null ? '' : `${position.line}:${position.column}`;
  const codes = alias === null ? code : `${code} (${alias})`;
  const word = severity.padEnd(7);
  const start = INDENT + word.length + 2;
  const [first = '', ...rest] = wrapped(printable(finding.title), width - codes.length - 2, start);
  const title = first.slice(start);
  const gap = ' '.repeat(Math.max(2, width - start - displayWidth(title) - codes.length));
  const body = (text: string): string[] => wrapped(printable(text), width, INDENT);
  const lines = [
    `${colors.dim(place.padStart(INDENT - 2))}  ${styleOf(severity, colors)(word)}  ${colors.bold(title)}${gap}${colors.dim(codes)}`,
    ...rest.map((line) => colors.bold(line)),
  ];
  const about = [resource, path].filter((part) => part !== '').join(' · ');
  if (about !== '') lines.push(...body(about).map((line) => colors.dim(line)));
  lines.push(...body(message));
  const content = position === null ? undefined : linesOf(position.file)[position.line - 1];
  if (position !== null && content !== undefined && content.trim() !== '') {
    const shown = excerpt(content, position.column, width - INDENT - 3, colors);
    lines.push(colors.dim(`${String(position.line).padStart(INDENT - 2)}  │ `) + shown);
  }
  const advice = wrapped(`help: ${printable(help)}`, width, INDENT + 2).map((line) => line.slice(INDENT + 2));
  advice.forEach((line, index) => {
    const lead = index === 0 ? '╰ ' : '  ';
    const text = index === 0 ? `${colors.cyan('help:')}${line.slice('help:'.length)}` : line;
    lines.push(`${' '.repeat(INDENT)}${colors.dim(lead)}${text}`);
  });
  return lines;
}

/** A part of a line in which the place can be seen, and in colour the word that stands there. */
function excerpt(content: string, column: number, room: number, colors: Colors): string {
  const isLong = content.length > room;
  const start = isLong && column > room - 20 ? column - 20 : 0;
  const end = isLong ? start + room - 2 : content.length;
  const text = (from: number, to: number): string => printable(content.slice(from, to).replaceAll('\t', ' '));
  const at = column - 1;
  const word = /^[^\s,:}\]]+/.exec(content.slice(at, end))?.[0].length ?? 0;
  const before = start > 0 ? '…' : '';
  const after = end < content.length ? '…' : '';
  return `${before}${text(start, at)}${colors.underline(text(at, at + word))}${text(at + word, end).trimEnd()}${after}`;
}

function closing(result: LintResult, show: Severity, colors: Colors, width: number): string[] {
  const counts = countsOf(result.findings);
  const paint = (count: number, word: string, style: Style): string =>
    count === 0 ? colors.dim(plural(count, word)) : style(plural(count, word));
  const total = [
    paint(counts.error, 'error', colors.red),
    paint(counts.warning, 'warning', colors.yellow),
    paint(counts.info, 'note', colors.blue),
  ].join(', ');
  const amount = `in ${plural(result.objects, 'object')} of ${plural(result.files, 'file')}`;
  const isEmpty = result.findings.length === 0;
  const head = isEmpty
    ? 'nothing to report'
    : `${plural(counts.error, 'error')}, ${plural(counts.warning, 'warning')}, ${plural(counts.info, 'note')}`;
  const painted = isEmpty ? colors.green(head) : total;
  const lines = displayWidth(` ${head} ${amount}`) <= width ? [` ${painted} ${amount}`] : [` ${painted}`, ` ${amount}`];
  const hidden = result.findings.length - visible(result.findings, show).length;
  const remarks = [
    ...(hidden > 0 ? [`${hidden} not shown (--show info shows all)`] : []),
    ...(result.suppressed > 0 ? [`${result.suppressed} suppressed`] : []),
    result.hasScenario
      ? 'rates are those of the scenario'
      : 'without a scenario the rules that need rates are left out (seatrial init writes one)',
  ];
  return [...lines, ...wrapped(remarks.join('; '), width, 1).map((line) => colors.dim(line))];
}

function styleOf(severity: Severity, colors: Colors): Style {
  switch (severity) {
    case 'error':
      return colors.red;
    case 'warning':
      return colors.yellow;
    case 'info':
      return colors.blue;
  }
}

/** The lines of a file, split once. */
function lineReader(texts: readonly NamedText[]): (file: string) => readonly string[] {
  const byName = new Map(texts.map(({ name, text }) => [name, text]));
  const split = new Map<string, readonly string[]>();
  return (file) => {
    const known = split.get(file) ?? (byName.get(file) ?? '').split(/\r\n|[\n\r]/);
    split.set(file, known);
    return known;
  };
}
