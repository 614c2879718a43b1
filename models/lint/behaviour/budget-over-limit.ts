// ST2109: a limit of retries that a budget replaces.
import { mapAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const budgetOverLimit: Rule = {
  code: 'ST2109',
  name: 'BudgetOverLimit',
  title: 'maxRetries beside a retry budget',
  severity: 'warning',
  why: 'Where there is a retry budget, Envoy does not look at maxRetries: the limit that was meant to protect the server does not hold.',
  help: 'keep one of them; the budget follows the load',
  source: 'envoy: source/common/upstream/resource_manager_impl.h (RetryBudgetImpl)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const limit = numberAt(value, 'connectionPool', 'http', 'maxRetries');
      if (limit === null || mapAt(value, 'retryBudget') === null) continue;
      report(
        rule,
        [...path, 'connectionPool', 'http', 'maxRetries'],
        `maxRetries ${limit} does nothing beside retryBudget`,
      );
    }
  },
};
