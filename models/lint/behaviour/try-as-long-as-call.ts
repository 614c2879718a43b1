// ST2102: a first try that may take all the time there is.
import { formatDuration } from '../../config/duration.js';
import { durationNsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retryPolicyOf } from './retry-words.js';

export const tryAsLongAsCall: Rule = {
  code: 'ST2102',
  name: 'TryAsLongAsCall',
  title: 'a try that may take as long as the whole call',
  severity: 'warning',
  why: 'A try that hangs uses up the time-out of the call: the retries are never reached, and the caller gets 504.',
  help: 'set perTryTimeout well below timeout',
  source: 'envoy: source/common/router/router.cc (FilterUtility::finalTimeout)',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      const timeoutNs = durationNsAt(route, 'timeout') ?? 0;
      const perTryNs = policy?.perTryTimeoutNs ?? 0;
      if (policy === null || policy.attempts <= 0 || timeoutNs <= 0 || perTryNs < timeoutNs) continue;
      report(
        object,
        [...path, 'retries', 'perTryTimeout'],
        `a try of ${formatDuration(perTryNs)} fills the time-out of ${formatDuration(timeoutNs)}: a server that hangs is never tried again`,
      );
    }
  },
};
