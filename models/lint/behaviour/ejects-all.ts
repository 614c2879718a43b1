// ST2203: outlier detection that may eject every pod, and no panic to fall back on.
import { mapAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies, endpointBounds } from './policies.js';

export const ejectsAll: Rule = {
  code: 'ST2203',
  name: 'EjectsAll',
  title: 'outlier detection that can eject every pod',
  severity: 'warning',
  why: 'When a dependency fails, all pods answer 5xx and all are ejected. Istio switches panic routing off (minHealthPercent 0), so that every request gets 503 UH until the first sweep that lets a pod back in: the outage goes on after its cause has gone.',
  help: 'keep maxEjectionPercent at 50 or below, or set minHealthPercent',
  source: 'istio: pilot/pkg/networking/core/cluster_traffic_policy.go (applyOutlierDetection: healthy_panic_threshold)',
  check(mesh, report) {
    for (const { rule, value, path, subset } of allPolicies(mesh)) {
      if (mapAt(value, 'outlierDetection') === null) continue;
      const percent = numberAt(value, 'outlierDetection', 'maxEjectionPercent') ?? 0;
      const minHealth = numberAt(value, 'outlierDetection', 'minHealthPercent') ?? 0;
      if (percent < 100 || minHealth > 0 || endpointBounds(mesh, rule, subset)?.max === 1) continue;
      report(
        rule,
        [...path, 'outlierDetection', 'maxEjectionPercent'],
        'all pods can be ejected at once, and there is no panic routing: 503 UH',
      );
    }
  },
};
