// ST2105: retries behind a fault that they cannot help.
import { mapAt, numberAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retryPolicyOf } from './retry-words.js';

export const retriedFault: Rule = {
  code: 'ST2105',
  name: 'RetriedFault',
  title: 'retries behind an injected fault',
  severity: 'info',
  why: 'The fault filter stands before the router: an abort is answered at once and never retried. The experiment says nothing about the retries of this route.',
  help: 'inject the fault at the route of a service further down, or make the server fail itself',
  source: 'envoy: source/extensions/filters/http/fault/fault_filter.cc',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      if (policy === null || policy.attempts <= 0 || mapAt(route, 'fault', 'abort') === null) continue;
      if ((numberAt(route, 'fault', 'abort', 'percentage', 'value') ?? 0) <= 0) continue;
      report(
        object,
        [...path, 'retries'],
        'the abort of this route is not retried: faults are injected before the router',
      );
    }
  },
};
