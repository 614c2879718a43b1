// The limits of a server's own inbound clusters: those of a Sidecar, else of the DestinationRule for its service. Here all ports of a pod share one pool.
// istio: pilot/pkg/networking/core/cluster_builder.go (buildInboundClusterForPortOrUDS), pilot/pkg/model/sidecar.go (InboundConnectionPoolForPort).
import type { ConnectionPoolSettings } from '../../config/kinds/destination-rule.js';
import { formatPath } from '../../config/place.js';
import type { Registry } from '../registry/registry.js';
import type { SidecarScopes } from '../registry/sidecar-scope.js';
import type { Workload } from '../registry/workload.js';
import { limitSources } from '../settings/cluster-sources.js';
import type { DestinationRules } from '../settings/destination-rule.js';
import { type PlacedBlock, placedPolicy } from '../settings/traffic-policy.js';
import type { Findings } from '../terms/findings.js';
import { portOf } from '../tls/cluster-tls.js';

type Pool = PlacedBlock<ConnectionPoolSettings>;

interface Parts {
  readonly registry: Registry;
  readonly rules: DestinationRules;
  readonly scopes: SidecarScopes;
}

/** Limits for the first port of its services that has any; a server without a sidecar has none. */
export function inboundPool(workload: Workload, parts: Parts): Pool | null {
  return poolsOf(workload, parts)[0] ?? null;
}

function poolsOf(workload: Workload, { registry, rules, scopes }: Parts): Pool[] {
  if (workload.kind !== 'app' || !workload.hasSidecar) return [];
  const scope = scopes.of(workload);
  return registry.behind(workload).flatMap((service) => {
    const rule = rules.lookup(service.host, service.namespace, workload.namespace, workload.labels);
    return service.ports.flatMap((port) => {
      const own = scope.inboundPool(portOf(workload, port));
      return own ?? placedPolicy(rule, port.number, '').connectionPool ?? [];
    });
  });
}

function limitsOf(pool: Pool): string {
  const { connections, pendingRequests, requests } = limitSources({ connectionPool: pool });
  return [connections, pendingRequests, requests].map((limit) => limit?.value ?? '').join();
}

/** Fields of a pool that an inbound cluster has and nothing here reads, each as it is written. */
const UNREAD = [
  ['tcp', 'connectTimeout'],
  ['tcp', 'idleTimeout'],
  ['tcp', 'maxConnectionDuration'],
  ['http', 'maxRequestsPerConnection'],
  ['http', 'maxRetries'],
  ['http', 'idleTimeout'],
  ['http', 'maxConcurrentStreams'],
] as const;

/** Says what of the pools of a server's sidecar does not count. Those of DestinationRules count at their clients. */
export function noteInboundPools(workload: Workload, parts: Parts, findings: Findings): void {
  const [first, ...others] = poolsOf(workload, parts);
  if (first === undefined) return;
  for (const other of others) {
    if (limitsOf(other) === limitsOf(first)) continue;
    const { object, position } = other.source.field(other.path);
    findings.approximated(
      object,
      formatPath(other.path),
      position,
      `all ports of ${workload.name} share one inbound pool, that of ${formatPath(first.path)} of ${first.source.field(first.path).object}`,
    );
  }
  for (const pool of [first, ...others]) {
    if (pool.path.includes('trafficPolicy')) continue;
    for (const name of UNREAD) {
      const path = [...pool.path, ...name];
      const { object, position, value } = pool.source.field(path);
      if (value === null) continue;
      findings.notModelled(
        object,
        formatPath(path),
        position,
        'of an inbound pool connections, pending and active requests count',
      );
    }
  }
}
