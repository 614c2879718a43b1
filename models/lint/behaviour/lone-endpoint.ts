// ST2202: outlier detection in front of a single pod.
import { mapAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies, endpointBounds } from './policies.js';

export const loneEndpoint: Rule = {
  code: 'ST2202',
  name: 'LoneEndpoint',
  title: 'outlier detection in front of one pod',
  severity: 'warning',
  why: 'There is no other pod to go to. Either nothing is ejected, or, with maxEjectionPercent 100, a few errors become 503 UH for everybody for half a minute and more.',
  help: 'run two pods or more, or leave outlierDetection out',
  source: 'envoy: source/common/upstream/outlier_detection_impl.cc (ejectHost)',
  check(mesh, report) {
    for (const { rule, value, path, subset } of allPolicies(mesh)) {
      if (mapAt(value, 'outlierDetection') === null || endpointBounds(mesh, rule, subset)?.max !== 1) continue;
      const all = numberAt(value, 'outlierDetection', 'maxEjectionPercent') === 100;
      report(
        rule,
        [...path, 'outlierDetection'],
        all
          ? 'the only pod can be ejected: every request is then answered with 503 UH'
          : 'the only pod is never ejected',
      );
    }
  },
};
