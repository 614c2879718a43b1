// ST2101: tries that have no room inside the time-out of the route.
import { formatDuration } from '../../config/duration.js';
import { durationNsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retryPolicyOf } from './retry-words.js';

export const retriesBeyondTimeout: Rule = {
  code: 'ST2101',
  name: 'RetriesBeyondTimeout',
  title: 'more tries than the time-out has room for',
  severity: 'warning',
  why: '`timeout` is for the whole call, retries and their pauses included. Where (attempts + 1) × perTryTimeout is longer, the last tries are cut short or never made.',
  help: 'raise timeout, or lower attempts or perTryTimeout',
  source: 'envoy: source/common/router/router.cc (onGlobalTimeout)',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      const timeoutNs = durationNsAt(route, 'timeout') ?? 0;
      const perTryNs = policy?.perTryTimeoutNs ?? 0;
      if (policy === null || policy.attempts <= 0 || timeoutNs <= 0 || perTryNs <= 0 || perTryNs >= timeoutNs) continue;
      const neededNs = (policy.attempts + 1) * perTryNs;
      if (neededNs <= timeoutNs) continue;
      const begun = Math.ceil(timeoutNs / perTryNs);
      const left = timeoutNs - (begun - 1) * perTryNs;
      const outcome =
        begun > policy.attempts ? `the last is cut to ${formatDuration(left)}` : `only ${begun} are begun`;
      report(
        object,
        [...path, 'retries'],
        `${policy.attempts + 1} tries of ${formatDuration(perTryNs)} need ${formatDuration(neededNs)}, and the time-out is ${formatDuration(timeoutNs)}: ${outcome}`,
      );
    }
  },
};
