import type { Rule } from '../rule.js';
export const BEHAVIOUR_RULES: readonly Rule[] = [];
