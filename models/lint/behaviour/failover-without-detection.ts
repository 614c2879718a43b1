// ST2205: failover between places that nothing sets off.
import { listAt, mapAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const failoverWithoutDetection: Rule = {
  code: 'ST2205',
  name: 'FailoverWithoutDetection',
  title: 'locality failover without outlier detection',
  severity: 'warning',
  why: 'failover and failoverPriority take effect only beside outlierDetection: without it all endpoints have one priority, near and far alike.',
  help: 'add outlierDetection to the same policy',
  source: 'istio: pilot/pkg/networking/core/loadbalancer/loadbalancer.go (applyLocalityFailover)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      if (mapAt(value, 'outlierDetection') !== null) continue;
      for (const field of ['failover', 'failoverPriority'] as const) {
        if (listAt(value, 'loadBalancer', 'localityLbSetting', field).length === 0) continue;
        report(
          rule,
          [...path, 'loadBalancer', 'localityLbSetting', field],
          `${field} does nothing without outlierDetection`,
        );
      }
    }
  },
};
