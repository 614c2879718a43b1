// ST2524: a burn rate over a window so long that the budget is gone before the alert can fire. A burn rate of N over a window w means that
// N · w / 30 d of the budget of 30 days has been spent (Google: The Site Reliability Workbook, "Alerting on SLOs").
import { formatPrometheusDuration } from '../../config/prometheus-duration.js';
import { allIn, type Binary, bare, constantOf, type Expression, partsOf } from '../promql/expression.js';
import type { PromRules } from '../promql/prom-rules.js';
import type { Rule } from '../rule.js';

const PERIOD_NS = 30 * 86_400e9;
/** Recordings of recordings of recordings. */
const MAX_DEPTH = 8;
/** Doubles of decimal fractions differ in the last digits. */
const NEARLY = 1e-9;

interface BurnRate {
  readonly comparison: Binary;
  /** What is compared: an error ratio. */
  readonly ratio: Expression;
  readonly factor: number;
}

export const lateBurnRate: Rule = {
  code: 'ST2524',
  name: 'LateBurnRate',
  title: 'a burn rate that is reached when the budget is gone',
  severity: 'warning',
  why: 'A factor belongs to its window: in the SRE workbook 14.4 to 1 hour, which is 2 % of the budget of 30 days, 6 to 6 hours, 1 to 3 days. Over a window that is long enough, the ratio climbs to the threshold only after everything is spent, and falls under it days after the trouble is over.',
  help: 'compare the ratio of a short window: 14.4 times over 1h, 6 times over 6h, once over 3d',
  source: 'Google: The Site Reliability Workbook, chapter 5 (Alerting on SLOs)',
  check(mesh, report) {
    for (const rule of mesh.prometheus.rules) {
      if (rule.kind !== 'alert' || rule.expression === null) continue;
      for (const part of allIn(rule.expression)) {
        const burn = part.kind === 'binary' ? burnRateOf(part) : null;
        const windowNs = burn === null ? null : windowOf(burn.ratio, mesh.prometheus, 0);
        if (burn === null || windowNs === null) continue;
        const spent = (windowNs / PERIOD_NS) * burn.factor;
        if (spent < 1 - NEARLY) continue;
        rule.report(
          report,
          burn.comparison.from,
          `the ratio is over ${formatPrometheusDuration(windowNs)}, and the threshold is ${decimal(burn.factor)} times the budget: when it is reached, ${
            spent < 1 + NEARLY ? 'the whole' : `${decimal(spent)} times the`
          } budget of 30 days is spent`,
        );
      }
    }
  },
};

/** `ratio > budget * factor`, in either order. */
function burnRateOf(comparison: Binary): BurnRate | null {
  const { operator, left, right } = comparison;
  const isAbove = operator === '>' || operator === '>=';
  if (!isAbove && operator !== '<' && operator !== '<=') return null;
  const [ratio, threshold] = isAbove ? [left, right] : [right, left];
  const factor = constantOf(ratio) === null ? factorIn(threshold) : null;
  return factor === null ? null : { comparison, ratio, factor };
}

/** N of `(1 - 0.999) * N` or `N * 0.001`: a budget is below one (or 100 less something), a factor is not. */
function factorIn(threshold: Expression): number | null {
  const product = bare(threshold);
  if (product.kind !== 'binary' || product.operator !== '*') return null;
  for (const [budget, other] of [
    [product.left, product.right],
    [product.right, product.left],
  ] as const) {
    const factor = constantOf(other);
    if (factor !== null && factor >= 1 && isBudget(budget)) return factor;
  }
  return null;
}

function isBudget(expression: Expression): boolean {
  const budget = bare(expression);
  const value = constantOf(budget);
  if (value === null || value <= 0) return false;
  if (budget.kind === 'number') return value < 1;
  const whole = budget.kind === 'binary' && budget.operator === '-' ? constantOf(budget.left) : null;
  return whole === 1 || whole === 100;
}

/**
 * Over which time a ratio is: the one length of all ranges in it, those of recordings in the input included; null where it is not known or
 * not one.
 */
function windowOf(expression: Expression, rules: PromRules, depth: number): number | null {
  const lengths = new Set(lengthsIn(expression, rules, depth));
  const [only] = lengths;
  return lengths.size === 1 && only !== undefined ? only : null;
}

function lengthsIn(expression: Expression, rules: PromRules, depth: number): (number | null)[] {
  switch (expression.kind) {
    case 'range':
    case 'subquery':
      return [expression.lengthNs];
    case 'selector': {
      const recordings = expression.metric === null || depth >= MAX_DEPTH ? [] : rules.recording(expression.metric);
      if (recordings.length === 0) return [null];
      return recordings.map((rule) => (rule.expression === null ? null : windowOf(rule.expression, rules, depth + 1)));
    }
    default:
      return partsOf(expression).flatMap((part) => lengthsIn(part, rules, depth));
  }
}

/** At most three digits that count. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(3)));
}
