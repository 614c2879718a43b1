// ST2219: a distribution over localities that has one place to go to.
import { listAt, mapAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const distributeWithoutWayOut: Rule = {
  code: 'ST2219',
  name: 'DistributeWithoutWayOut',
  title: 'a distribution that never fails over',
  severity: 'warning',
  why: 'distribute has no priorities: localities that it does not name get no requests, not even when those that it names are gone. With one name a failure of that place is an outage for these callers, however many pods are left elsewhere.',
  help: 'name a second locality with a small weight, or use failover with outlierDetection instead',
  source: 'istio: pilot/pkg/networking/core/loadbalancer/loadbalancer.go (applyLocalityWeights)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const setting = mapAt(value, 'loadBalancer', 'localityLbSetting');
      if (setting === null || setting.enabled === false) continue;
      listAt(setting, 'distribute').forEach((entry, index) => {
        const names = Object.keys(mapAt(entry, 'to') ?? {});
        const only = names[0];
        if (names.length !== 1 || only === undefined || only === '*') return;
        report(
          rule,
          [...path, 'loadBalancer', 'localityLbSetting', 'distribute', index, 'to'],
          `callers in ${textAt(entry, 'from') ?? '*'} have ${only} alone: without it they get 503 UH`,
        );
      });
    }
  },
};
