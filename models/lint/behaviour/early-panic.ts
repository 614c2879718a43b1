// ST2207: a panic threshold that the first ejection crosses, or that none can.
import { mapAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { DEFAULT_EJECTION_PERCENT } from './never-ejects.js';
import { allPolicies, boundsText, endpointBounds } from './policies.js';

export const earlyPanic: Rule = {
  code: 'ST2207',
  name: 'EarlyPanic',
  title: 'minHealthPercent against maxEjectionPercent',
  severity: 'warning',
  why: 'Below minHealthPercent of healthy pods Envoy sends to all of them again, the ejected included. Where one ejection already falls below it, outlier detection undoes itself; where maxEjectionPercent stops first, it never acts.',
  help: 'choose minHealthPercent between 100 − maxEjectionPercent and 100 − 100 ÷ pods',
  source: 'envoy: source/extensions/load_balancing_policies/common/load_balancer_impl.cc (isHostSetInPanic)',
  check(mesh, report) {
    for (const { rule, value, path, subset } of allPolicies(mesh)) {
      const minHealth = numberAt(value, 'outlierDetection', 'minHealthPercent') ?? 0;
      if (mapAt(value, 'outlierDetection') === null || minHealth <= 0) continue;
      const percent = numberAt(value, 'outlierDetection', 'maxEjectionPercent') || DEFAULT_EJECTION_PERCENT;
      const place = [...path, 'outlierDetection', 'minHealthPercent'];
      const bounds = endpointBounds(mesh, rule, subset);
      if (100 - percent >= minHealth)
        report(
          rule,
          place,
          `at most ${percent} % are ejected, so that ${100 - percent} % stay: minHealthPercent ${minHealth} is never reached`,
        );
      else if (bounds !== null && bounds.max > 1 && 100 - 100 / bounds.max < minHealth)
        report(
          rule,
          place,
          `with ${boundsText(bounds)} pods the first ejection falls below ${minHealth} %: the ejected pod gets requests again`,
        );
    }
  },
};
