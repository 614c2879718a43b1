// What happened, in sentences: the findings that a report begins with and that its map marks.
import type { Finding, FindingRole } from '../../scenarios/result/findings-result.js';

/** Sentences at the top of a report. */
const SAID_MAX = 3;

/** Those that the top of a report says: what clients felt, the most important first. All others stand in `results.json`. */
export function saidFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ role }) => role !== 'note').slice(0, SAID_MAX);
}

export const ROLE_WORDS: Readonly<Record<FindingRole, string>> = {
  culprit: 'cause',
  contributing: 'contributes',
  note: 'note',
};
