// ST2111: a time-out that the usual answer does not meet. Needs the scenario: how long the work takes.
import { formatDuration } from '../../config/duration.js';
import type { Rule } from '../rule.js';

export const timeoutBelowWork: Rule = {
  code: 'ST2111',
  name: 'TimeoutBelowWork',
  title: 'a time-out shorter than the usual answer',
  severity: 'warning',
  needsScenario: true,
  why: 'By the scenario the answer takes longer in the mean, without any queue, than the caller waits: most calls end in 504, and every retry begins the work anew.',
  help: 'raise the time-out, or make the work shorter',
  source: 'envoy: source/common/router/router.cc (onGlobalTimeout)',
  check(mesh, report) {
    for (const { site, meanNs } of mesh.traffic?.flows ?? []) {
      const perTryNs = site.route.retry?.perTryTimeoutNs ?? 0;
      const limits = [site.route.timeoutNs, perTryNs].filter((limit) => limit > 0);
      const limit = Math.min(...limits);
      if (limits.length === 0 || meanNs <= limit) continue;
      const { fromName, toName } = mesh.plan!.edges[site.edge]!;
      const what = limit === perTryNs ? 'a try ends' : 'the call ends';
      report.at(
        site.route.position,
        `${toName} takes ${formatDuration(Math.round(meanNs / 1e6) * 1e6)} to answer ${fromName} in the mean, and ${what} after ${formatDuration(limit)}`,
      );
    }
  },
};
