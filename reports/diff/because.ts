// Findings of a comparison in words: what is new or gone, which change of the YAML stands behind it, and how sure that is.
import type { CausingChange, Comparison, FindingChange } from '../../scenarios/result/diff-result.js';

/** `2 new, 1 gone`; `` where there are none. */
export function countFindings(findings: readonly FindingChange[]): string {
  return (['new', 'changed', 'gone'] as const)
    .flatMap((change) => {
      const count = findings.filter((own) => own.change === change).length;
      return count === 0 ? [] : [`${count} ${change}`];
    })
    .join(', ');
}

/** `because spec.http[0].retries.attempts of VirtualService shop/cart changed (cart.yaml:17)`; `` where it cannot be told. */
export function becauseText({ causedBy, basis }: FindingChange): string {
  const list = causedBy.map(changeText).join('; ');
  switch (basis) {
    case null:
      return '';
    case 'field':
    case 'object':
      return `because ${list}`;
    case 'only change':
      return `the only change: ${list}`;
    case 'one of several':
      return `one of several changes: ${list}`;
  }
}

function changeText({ change, object, fields, position }: CausingChange): string {
  const what = fields.length === 0 ? object : `${fields.slice(0, 2).join(', ')} of ${object}`;
  const where = position === null ? '' : ` (${position.file}:${position.line})`;
  return `${what} was ${change}${where}`;
}

const SHOWN_MAX = 3;

/** The findings that a short report shows: culprits first, notes last; and how many more there are. */
export function shownFindings({ findings }: Comparison): {
  readonly shown: readonly FindingChange[];
  readonly hidden: number;
} {
  const ranks = ['culprit', 'contributing', 'note'] as const;
  const rankOf = ({ finding }: FindingChange): number => ranks.indexOf(finding.role);
  const order = findings
    .map((own, index) => ({ own, index }))
    .sort((a, b) => rankOf(a.own) - rankOf(b.own) || a.index - b.index)
    .map(({ own }) => own);
  return { shown: order.slice(0, SHOWN_MAX), hidden: Math.max(0, order.length - SHOWN_MAX) };
}

/** The new findings of the linter that a short report shows, and how many more there are. */
export function shownLint({ lint }: Comparison): { readonly shown: Comparison['lint']; readonly hidden: number } {
  return { shown: lint.slice(0, SHOWN_MAX), hidden: Math.max(0, lint.length - SHOWN_MAX) };
}
