// ST2110: a delay that is meant to trip a time-out and cannot.
import { formatDuration } from '../../config/duration.js';
import { durationNsAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';

export const delayedTimeout: Rule = {
  code: 'ST2110',
  name: 'DelayedTimeout',
  title: 'an injected delay longer than the time-out of its own route',
  severity: 'warning',
  why: 'The delay passes before the router starts its clock: the request is late by the delay and does not time out. To test a time-out, delay the calls of the service behind.',
  help: 'inject the delay at a route of the service that is called',
  source:
    'envoy: source/extensions/filters/http/fault/fault_filter.cc, source/common/router/router.cc (onRequestComplete)',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const delayNs = durationNsAt(route, 'fault', 'delay', 'fixedDelay') ?? 0;
      const timeoutNs = durationNsAt(route, 'timeout') ?? 0;
      if (timeoutNs <= 0 || delayNs < timeoutNs) continue;
      report(
        object,
        [...path, 'fault', 'delay'],
        `the delay of ${formatDuration(delayNs)} does not count for the time-out of ${formatDuration(timeoutNs)} of the same route`,
      );
    }
  },
};
