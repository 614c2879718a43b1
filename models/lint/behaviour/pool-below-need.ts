// ST2301: limits of a pool below what the rate needs. Needs the scenario: rates and times.

import { formatDuration } from '../../config/duration.js';
import { hostCount } from '../../plan/contract/arrivals.js';
import { NO_LIMIT } from '../../plan/contract/plan.js';
import type { Rule } from '../rule.js';

/** Concurrency varies: the limit should leave room for three standard deviations of a Poisson number. */
const DEVIATIONS = 3;

export const poolBelowNeed: Rule = {
  code: 'ST2301',
  name: 'PoolBelowNeed',
  title: 'a connection pool smaller than the load needs',
  severity: 'warning',
  needsScenario: true,
  why: 'By Little’s law rate × time requests are under way at once, in each client proxy for itself. Where the limits are lower, requests wait for connections or are answered with 503 UO, though every server is idle.',
  help: 'raise maxConnections and http1MaxPendingRequests (HTTP/1.1) or http2MaxRequests, or spread the load over more client pods',
  source:
    'J. D. C. Little, "A proof for the queuing formula L = λW" (1961); envoy: source/common/upstream/resource_manager_impl.h',
  check(mesh, report) {
    const { plan, traffic } = mesh;
    if (plan === null || traffic === null) return;
    for (const { caller, cluster, ratePerSecond, meanNs, site } of traffic.flows) {
      const target = plan.clusters[cluster]!;
      const proxies = plan.workloads[caller]!.podLocalities.length;
      const { proxy } = plan.workloads[caller]!;
      if (proxies === 0 || proxy === null) continue;
      const mean = (ratePerSecond / proxies) * (meanNs / 1e9);
      const { maxConnections, maxPendingRequests, maxRequests } = target.limits;
      const hosts = hostCount(plan, target);
      // Each worker may have one connection to each host, whatever the limit.
      const least = proxy.workers * hosts;
      const http1 = target.protocol === 'http1' ? Math.max(maxConnections, least) : NO_LIMIT;
      const limit = Math.min(http1, maxRequests);
      const need = mean + DEVIATIONS * Math.sqrt(mean);
      if (limit >= need) continue;
      const { fromName, toName } = plan.edges[site.edge]!;
      const name = limit === http1 ? 'maxConnections' : 'http2MaxRequests';
      const wait = limit === http1 && maxPendingRequests === NO_LIMIT ? 'requests wait' : 'requests get 503 UO';
      report.at(
        target.position,
        `a proxy of ${fromName} has ${round(mean)} requests to ${toName} under way (${round(ratePerSecond / proxies)}/s × ${formatDuration(Math.round(meanNs / 1e5) * 1e5)}), at times ${Math.ceil(need)}, and ${limit === http1 && least > maxConnections ? `maxConnections ${maxConnections} lets ${limit} connections be` : `${name} is ${limit}`}: ${wait}`,
      );
    }
  },
};

function round(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
