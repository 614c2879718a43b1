// Findings for people: where, what, how to put it right, and the line itself with a caret under the place.
import type { Diagnostic, Severity } from '../models/config/diagnostic.js';
import { printable } from './escape.js';
import type { Colors, Style } from './layout.js';

export interface DiagnosticOptions {
  readonly colors: Colors;
  /** The text of a file by the name that positions use; undefined or null where it is not at hand. */
  readonly textOf?: (file: string) => string | null | undefined;
}

const EXCERPT_WIDTH = 100;

/**
 * For example:
 * ```
 * istio/routes.yaml:12:7: error: unknown field `retires` (unknown-field)
 *    12 |       retires: 3
 *       |       ^
 *   help: did you mean `retries`?
 * ```
 */
export function formatDiagnostic(diagnostic: Diagnostic, options: DiagnosticOptions): string {
  const { code, severity, position, message, hint } = diagnostic;
  const { colors } = options;
  const place = position === null ? '' : `${printable(position.file)}:${position.line}:${position.column}: `;
  const lines = [
    `${colors.bold(place)}${styleOf(severity, colors)(`${severity}:`)} ${printable(message)} ${colors.dim(`(${code})`)}`,
  ];
  const text = position === null ? null : options.textOf?.(position.file);
  if (position !== null && typeof text === 'string')
    lines.push(...excerpt(text, position.line, position.column, colors));
  if (hint !== undefined) lines.push(`  ${colors.cyan('help:')} ${printable(hint)}`);
  return lines.join('\n');
}

/** All of them, each followed by a line break; errors last, where a terminal shows them. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticOptions): string {
  const order: readonly Severity[] = ['info', 'warning', 'error'];
  return order
    .flatMap((severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity))
    .map((diagnostic) => `${formatDiagnostic(diagnostic, options)}\n`)
    .join('');
}

function excerpt(text: string, line: number, column: number, colors: Colors): string[] {
  const content = text.split(/\r\n|[\n\r]/)[line - 1];
  if (content === undefined || content.trim() === '') return [];
  const start = column <= EXCERPT_WIDTH - 10 ? 0 : column - EXCERPT_WIDTH / 2;
  const shown = (part: string): string => printable(part.replaceAll('\t', '  '));
  const before = shown(content.slice(start, column - 1));
  const after = shown(content.slice(column - 1, start + EXCERPT_WIDTH));
  const number = String(line).padStart(5);
  const gutter = colors.dim(`${' '.repeat(number.length)} |`);
  return [
    `${colors.dim(`${number} |`)} ${before}${after}`.trimEnd(),
    `${gutter} ${' '.repeat(before.length)}${colors.red('^')}`,
  ];
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
