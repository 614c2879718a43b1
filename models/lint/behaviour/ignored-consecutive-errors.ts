// ST2206: the old field of outlier detection, which is read by nobody.
import { numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const ignoredConsecutiveErrors: Rule = {
  code: 'ST2206',
  name: 'IgnoredConsecutiveErrors',
  title: 'consecutiveErrors, which is ignored',
  severity: 'warning',
  why: 'The field is accepted and not read. Without consecutive5xxErrors the default of 5 holds, whatever it says.',
  help: 'write consecutive5xxErrors, or consecutiveGatewayErrors',
  source: 'istio: pilot/pkg/networking/core/cluster_traffic_policy.go (applyOutlierDetection)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const errors = numberAt(value, 'outlierDetection', 'consecutiveErrors');
      if (errors !== null)
        report(rule, [...path, 'outlierDetection', 'consecutiveErrors'], `consecutiveErrors: ${errors} does nothing`);
    }
  },
};
