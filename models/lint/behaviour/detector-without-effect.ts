// ST2216: thresholds of outlier detection that another setting makes idle.
import type { FieldPath } from '../../config/resource.js';
import { dig, mapAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const detectorWithoutEffect: Rule = {
  code: 'ST2216',
  name: 'DetectorWithoutEffect',
  title: 'a threshold of outlier detection that never acts',
  severity: 'warning',
  why: 'Gateway errors are 5xx too: a higher threshold for them is reached after the lower one for all. Local failures are counted apart only where splitExternalLocalOriginErrors is on. With consecutive5xxErrors 0 and nothing else, nothing is detected at all.',
  help: 'see the message',
  source: 'istio api: networking/v1alpha3/destination_rule.proto (OutlierDetection)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const block = mapAt(value, 'outlierDetection');
      if (block === null) continue;
      const say = (field: string, message: string, help: string): void => {
        const place: FieldPath = [...path, 'outlierDetection', field];
        report(rule, place, message, help);
      };
      const all = numberAt(block, 'consecutive5xxErrors');
      const gateway = numberAt(block, 'consecutiveGatewayErrors') ?? 0;
      const local = numberAt(block, 'consecutiveLocalOriginFailures');
      const isSplit = dig(block, 'splitExternalLocalOriginErrors') === true;
      if (gateway > 0 && all !== 0 && gateway >= (all ?? 5))
        say(
          'consecutiveGatewayErrors',
          `${gateway} gateway errors are ${all ?? 5} errors of any kind before`,
          `set it below ${all ?? 5}, or consecutive5xxErrors to 0`,
        );
      if (local !== null && !isSplit)
        say(
          'consecutiveLocalOriginFailures',
          'it does nothing without splitExternalLocalOriginErrors',
          'set splitExternalLocalOriginErrors: true',
        );
      if (all === 0 && gateway === 0 && !isSplit)
        say(
          'consecutive5xxErrors',
          'nothing is detected: no threshold is left',
          'set one of the thresholds, or delete outlierDetection',
        );
    }
  },
};
