// The public surface: a result as text, for people, spreadsheets and programs.

export { csvFiles } from './csv.js';
export { type DiagnosticOptions, formatDiagnostic, formatDiagnostics } from './diagnostics.js';
export { printable } from './escape.js';
export { stableJson } from './json.js';
export { lintGithub } from './lint/github.js';
export { lintJson } from './lint/json.js';
export { lintSarif, type SarifOptions } from './lint/sarif.js';
export { type LintTextOptions, lintText } from './lint/text.js';
export { fingerprint, resultsJson } from './results.js';
export { type SummaryOptions, summaryText } from './summary.js';
