// What happened, in sentences: the findings that a report begins with and that its map marks. Where they come from is decided here and nowhere
// else in the report.
import type { SourcePosition } from '../../models/config/diagnostic.js';
import type { RunResult } from '../../scenarios/run-result.js';

export type FindingSeverity = 'culprit' | 'contributing' | 'note';

export interface ReportFinding {
  /** One sentence: what happened, where, and why. */
  readonly sentence: string;
  readonly severity: FindingSeverity;
  readonly where: readonly {
    readonly kind: 'service' | 'edge' | 'workload' | 'traffic';
    /** As in the result; of an edge `from -> to`. */
    readonly name: string;
    readonly position: SourcePosition | null;
  }[];
}

/** Sentences at the top of a report. */
const SAID_MAX = 3;

/** The most important first. */
export function findingsOf(_result: RunResult): readonly ReportFinding[] {
  return [];
}

/** Those that the report says; all others stand in `results.json`. */
export function saidFirst(findings: readonly ReportFinding[]): readonly ReportFinding[] {
  return findings.slice(0, SAID_MAX);
}

export const SEVERITY_WORDS: Readonly<Record<FindingSeverity, string>> = {
  culprit: 'cause',
  contributing: 'contributes',
  note: 'note',
};
