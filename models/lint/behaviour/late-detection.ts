// ST2204: outlier detection that a proxy has too few requests for. Needs the scenario: rates.

import { formatDuration } from '../../config/duration.js';
import { hostCount } from '../../plan/contract/arrivals.js';
import type { Rule } from '../rule.js';

const LATE_SECONDS = 30;

export const lateDetection: Rule = {
  code: 'ST2204',
  name: 'LateDetection',
  title: 'outlier detection that takes long to see anything',
  severity: 'info',
  needsScenario: true,
  why: 'Each client proxy counts for itself, each pod apart: errors in a row come in at the rate of one proxy ÷ pods. With many callers of a low rate a broken pod serves errors for minutes before anybody ejects it.',
  help: 'lower consecutive5xxErrors, or let fewer clients carry the load; health checks of the pods do not depend on rates',
  source: 'envoy: source/common/upstream/outlier_detection_impl.cc (putResult)',
  check(mesh, report) {
    const { plan, traffic } = mesh;
    if (plan === null || traffic === null) return;
    for (const { caller, cluster, ratePerSecond, site } of traffic.flows) {
      const target = plan.clusters[cluster]!;
      const needed = target.outlier?.consecutive5xx ?? 0;
      const pods = hostCount(plan, target);
      const proxies = plan.workloads[caller]!.podLocalities.length;
      if (needed <= 0 || pods === 0 || proxies === 0 || ratePerSecond <= 0) continue;
      const seconds = (needed * pods * proxies) / ratePerSecond;
      if (seconds < LATE_SECONDS) continue;
      const { fromName, toName } = plan.edges[site.edge]!;
      report.at(
        target.position,
        `each of ${proxies} proxies of ${fromName} sends a pod of ${toName} ${perMinute(ratePerSecond / proxies / pods)}: ${needed} errors in a row take ${formatDuration(Math.round(seconds) * 1e9)}`,
      );
    }
  },
};

function perMinute(ratePerSecond: number): string {
  return `${Math.round(ratePerSecond * 600) / 10} requests a minute`;
}
