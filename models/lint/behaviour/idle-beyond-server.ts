// ST2305: connections that the server closes before the client does. Needs the scenario: the keep-alive of the application.
import { formatDuration } from '../../config/duration.js';
import type { Rule } from '../rule.js';

export const idleBeyondServer: Rule = {
  code: 'ST2305',
  name: 'IdleBeyondServer',
  title: 'connections are kept longer than the server keeps them',
  severity: 'warning',
  needsScenario: true,
  why: 'The server closes an idle connection at the moment at which the client uses it again: the request is reset and answered with 503 UC, a few in a thousand, most at low rates. Node.js closes after 5 s, nginx after 75 s; Envoy keeps for an hour.',
  help: 'set connectionPool.http.idleTimeout of the host below the keep-alive of the server, or raise that',
  source: 'envoy: source/common/conn_pool/conn_pool_base.cc (onIdleTimeout); default idle_timeout 1 h',
  check(mesh, report) {
    const { plan } = mesh;
    for (const { caller, cluster, site } of mesh.traffic?.flows ?? []) {
      const target = plan!.clusters[cluster]!;
      for (const { workload } of target.groups) {
        const server = plan!.workloads[workload]!;
        const keepNs = server.app.keepAlive.idleNs;
        const isDirect = server.proxy === null && plan!.workloads[caller]!.proxy !== null;
        if (keepNs <= 0 || !isDirect || (target.idleTimeoutNs > 0 && target.idleTimeoutNs < keepNs)) continue;
        const { fromName, toName } = plan!.edges[site.edge]!;
        const own = target.idleTimeoutNs > 0 ? formatDuration(target.idleTimeoutNs) : 'for good';
        report.at(
          target.position,
          `${toName} closes idle connections after ${formatDuration(keepNs)}, and the proxy of ${fromName} keeps them ${own}`,
        );
      }
    }
  },
};
