// What the linter finds in a candidate's YAML and did not find in the base's.
import { isAtLeast, type LintFinding } from '../../models/lint/rule.js';
import type { LoadedArm } from './load-arms.js';

/** The gravest first, else by place. A finding is the same where code, object and field are, whatever its line. */
export async function newLintFindings(
  base: Pick<LoadedArm, 'lint'>,
  candidate: Pick<LoadedArm, 'lint'>,
): Promise<LintFinding[]> {
  const known = new Set((await base.lint()).map(keyOf));
  const found = (await candidate.lint()).filter((finding) => !known.has(keyOf(finding)));
  return found
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => weightOf(b.finding) - weightOf(a.finding) || a.index - b.index)
    .map(({ finding }) => finding);
}

function keyOf({ code, resource, path, position }: LintFinding): string {
  return JSON.stringify([code, resource, path, resource === '' ? (position?.file ?? '') : '']);
}

function weightOf({ severity }: LintFinding): number {
  return isAtLeast(severity, 'error') ? 2 : isAtLeast(severity, 'warning') ? 1 : 0;
}
