// Numbers that all reports of the linter give.
import type { Severity } from '../../models/config/diagnostic.js';
import { isAtLeast, type LintFinding } from '../../models/lint/rule.js';

export function visible(findings: readonly LintFinding[], show: Severity): readonly LintFinding[] {
  return findings.filter(({ severity }) => isAtLeast(severity, show));
}

export function countsOf(findings: readonly LintFinding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** `1 error`, `0 errors` */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
