// What we tell a person about their input: a code, a place and data. `messages.ts` turns it into a sentence.

/** A place in a named text. Lines and columns start at 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning' | 'info';

/**
 * One finding about an input. `error` stops the run (exit code 2), `warning` does not.
 * `message` says what was found and what was expected; `hint` says how to put it right.
 */
export interface Diagnostic {
  /** Stable kebab-case code, e.g. `yaml-syntax`, `unknown-field`, `wrong-type`, `host-not-found`. */
  readonly code: string;
  readonly severity: Severity;
  readonly position: SourcePosition | null;
  readonly message: string;
  readonly hint?: string;
}

/** How much of a field the simulation honours. */
export type FidelityStatus = 'modelled' | 'approximated' | 'not-modelled';

/** One row of the fidelity list: a field (or a whole document) that is approximated or not modelled. */
export interface FidelityEntry {
  readonly status: Exclude<FidelityStatus, 'modelled'>;
  /** e.g. `VirtualService shop/cart` */
  readonly resource: string;
  /** e.g. `spec.http[0].corsPolicy`; `` for the whole document. */
  readonly path: string;
  readonly position: SourcePosition | null;
  /** What it means for the answer, e.g. `CORS preflights are not simulated; no effect on latency`. */
  readonly meaning: string;
}
