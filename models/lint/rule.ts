// What a rule of the linter is, and what it finds. One rule a file; the page docs/lint.md is written from these fields.
import type { Severity, SourcePosition } from '../config/diagnostic.js';
import type { LintMesh } from './mesh.js';
import type { Report } from './report.js';

export interface Rule {
  /** Stable, e.g. `ST2101`. ST0: the input; ST1: what `istioctl analyze` finds; ST2: what will surprise under load. */
  readonly code: string;
  /** The code of `istioctl analyze`, e.g. `IST0101`. */
  readonly alias?: string;
  /** Name of the message in Istio, or a name like it. */
  readonly name: string;
  /** One line. */
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters, for the page. */
  readonly why: string;
  /** how to put it right: shown under each finding that has no advice of its own. */
  readonly help: string;
  /** The original source that says so. */
  readonly source: string;
  /** Found only where asked for. */
  readonly isOff?: boolean;
  /** It needs a scenario: who calls whom, and how often. */
  readonly needsScenario?: boolean;
  readonly check: (mesh: LintMesh, report: Report) => void;
}

export interface LintFinding {
  readonly code: string;
  readonly alias: string | null;
  readonly name: string;
  readonly title: string;
  readonly severity: Severity;
  /** `VirtualService shop/cart`; '' where no object is known. */
  readonly resource: string;
  /** `spec.http[0].retries`; '' for the object as a whole. */
  readonly path: string;
  readonly position: SourcePosition | null;
  readonly message: string;
  readonly help: string;
}

const RANKS: readonly Severity[] = ['info', 'warning', 'error'];

/** Whether `severity` is at least `least`. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return RANKS.indexOf(severity) >= RANKS.indexOf(least);
}

/** The anchor of a rule in docs/lint.md. */
export function anchorOf(code: string): string {
  return code.toLowerCase();
}
