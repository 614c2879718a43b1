// Findings of the linter for programs. A pure function of the input: no clock, no host.
import type { Severity } from '../../models/config/diagnostic.js';
import type { LintResult } from '../../models/lint/lint.js';
import { stableJson } from '../json.js';
import { countsOf, visible } from './counts.js';

export function lintJson(result: LintResult, show: Severity): string {
  return stableJson({
    schema: 'seatrial.lint/1',
    objects: result.objects,
    files: result.files,
    hasScenario: result.hasScenario,
    suppressed: result.suppressed,
    counts: countsOf(result.findings),
    findings: visible(result.findings, show),
  });
}
