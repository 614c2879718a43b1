// ST2201: outlier detection that may not eject even one pod.
import { mapAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies, boundsText, endpointBounds } from './policies.js';

/** istio: pilot/pkg/networking/core/cluster_traffic_policy.go (applyOutlierDetection). */
export const DEFAULT_EJECTION_PERCENT = 10;

export const neverEjects: Rule = {
  code: 'ST2201',
  name: 'NeverEjects',
  title: 'outlier detection that can eject nobody',
  severity: 'warning',
  why: 'A host is ejected only while the ejected are at most maxEjectionPercent of all, 10 % by default: with fewer than ten pods not even the first may go (since Istio 1.20). The detection counts, and nothing happens.',
  help: 'raise maxEjectionPercent to at least 100 ÷ pods, e.g. 50',
  source: 'envoy: source/common/upstream/outlier_detection_impl.cc (ejectHost)',
  check(mesh, report) {
    for (const { rule, value, path, subset } of allPolicies(mesh)) {
      if (mapAt(value, 'outlierDetection') === null) continue;
      const bounds = endpointBounds(mesh, rule, subset);
      const percent = numberAt(value, 'outlierDetection', 'maxEjectionPercent') || DEFAULT_EJECTION_PERCENT;
      if (bounds === null || bounds.min < 2 || 100 / bounds.max <= percent) continue;
      report(
        rule,
        [...path, 'outlierDetection'],
        `${percent} % of ${boundsText(bounds)} pods is less than one: none is ever ejected`,
        `set maxEjectionPercent to ${Math.ceil(100 / bounds.min)} or more`,
      );
    }
  },
};
