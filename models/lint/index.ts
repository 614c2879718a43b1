// The public surface of models/lint: documents in, findings out.

export { isKnownCode, type LintInput, type LintOptions, type LintResult, lint } from './lint.js';
export { anchorOf, isAtLeast, type LintFinding, type Rule } from './rule.js';
export { RULES } from './rules.js';
export { DISABLE_ANNOTATION } from './suppression.js';
