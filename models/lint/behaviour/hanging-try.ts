// ST2103: retries that a server which hangs never sees.
import { formatDuration } from '../../config/duration.js';
import { durationNsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retriesResets, retryPolicyOf } from './retry-words.js';

export const hangingTry: Rule = {
  code: 'ST2103',
  name: 'HangingTry',
  title: 'retries without a time-out of the try',
  severity: 'info',
  why: 'Without perTryTimeout a try ends only with an answer or with the call: a server that hangs is not retried elsewhere, however many attempts there are.',
  help: 'set retries.perTryTimeout',
  source: 'envoy: source/common/router/upstream_request.cc (setupPerTryTimeout)',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      const timeoutNs = durationNsAt(route, 'timeout') ?? 0;
      if (policy === null || policy.attempts <= 0 || policy.perTryTimeoutNs !== null || timeoutNs <= 0) continue;
      if (policy.words === null || !retriesResets(policy.words)) continue;
      report(
        object,
        [...path, 'retries'],
        `a server that hangs holds its try until the time-out of ${formatDuration(timeoutNs)}: none of the ${policy.attempts} retries is made`,
      );
    }
  },
};
