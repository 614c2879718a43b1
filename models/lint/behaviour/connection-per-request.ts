// ST2303: a connection, and a TLS handshake, for each request.
import { formatDuration } from '../../config/duration.js';
import { listAt, numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const connectionPerRequest: Rule = {
  code: 'ST2303',
  name: 'ConnectionPerRequest',
  title: 'a new connection for each request',
  severity: 'warning',
  why: 'maxRequestsPerConnection 1 switches keep-alive off: each request pays TCP and, in the mesh, an mTLS handshake, two round trips and CPU on both sides, and waits in the pending queue meanwhile.',
  help: 'delete it, or set hundreds; to spread load over new pods use maxConnectionDuration',
  source: 'envoy: source/common/conn_pool/conn_pool_base.cc (onPoolReady: max_requests_per_connection)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      if (numberAt(value, 'connectionPool', 'http', 'maxRequestsPerConnection') !== 1) continue;
      const place = [...path, 'connectionPool', 'http', 'maxRequestsPerConnection'];
      const places = [
        rule.at([]),
        ...listAt(rule.value, 'spec', 'subsets').map((_, index) => rule.at(['spec', 'subsets', index])),
      ];
      const flows = (mesh.traffic?.flows ?? []).filter(({ cluster }) => {
        const { maxRequestsPerConnection, tls, position } = mesh.plan!.clusters[cluster]!;
        const isOurs = places.some(({ file, line }) => file === position?.file && line === position.line);
        return isOurs && maxRequestsPerConnection === 1 && tls.mode !== 'none';
      });
      const rate = flows.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
      const cost = mesh.plan?.workloads.find(({ proxy }) => proxy !== null)?.proxy?.handshakeCpuNs ?? 0;
      const price =
        rate > 0 && cost > 0
          ? `: ${Math.round(rate)} handshakes a second, ${formatDuration(Math.round((rate * cost) / 1e6) * 1e6)} of CPU each second on either side`
          : '';
      report(rule, place, `each request makes a connection of its own${price}`);
    }
  },
};
