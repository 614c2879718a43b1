// What a caller's proxy speaks to the endpoints of a cluster. istio: pilot/pkg/networking/core/cluster_traffic_policy.go (shouldH2Upgrade),
// cluster_builder.go (setUpstreamProtocol).
import type { PortPolicy } from '../../config/kinds/destination-rule.js';
import type { ClusterPlan } from '../contract/plan.js';
import type { PortInfo } from '../registry/service.js';
import type { Target } from '../routes/route-decision.js';

/** A port of HTTP/1.1 to which the callers' proxies speak HTTP/2: an upgrade is nothing to the inbound cluster. */
export function upgrades(port: PortInfo, policy: PortPolicy | null, target: Target, meshUpgrades: boolean): boolean {
  if (port.protocol !== 'http' || target.request.grpc) return false;
  return upstreamProtocol(port, policy, target, meshUpgrades) === 'http2';
}

/** HTTP/2 where the port says so, where a DestinationRule upgrades it, or where a sniffed client speaks it (gRPC). */
export function upstreamProtocol(
  port: PortInfo,
  policy: PortPolicy | null,
  target: Target,
  meshUpgrades = false,
): ClusterPlan['protocol'] {
  const http = policy?.connectionPool?.http ?? null;
  const wish = http?.h2UpgradePolicy ?? 'DEFAULT';
  const upgrades = wish === 'UPGRADE' || (wish === 'DEFAULT' && meshUpgrades && http?.useClientProtocol !== true);
  switch (port.protocol) {
    case 'grpc':
    case 'http2':
      return 'http2';
    case 'http':
      return upgrades || (http?.useClientProtocol === true && target.request.grpc) ? 'http2' : 'http1';
    case 'tcp':
    case 'tls':
    case 'udp':
      // What the application speaks through the connection.
      return target.request.grpc ? 'http2' : 'http1';
    case 'auto':
      return target.request.grpc || upgrades ? 'http2' : 'http1';
  }
}
