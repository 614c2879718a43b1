// The compiled parts of a mesh that the decisions about its requests are made with.

import type { Clusters } from '../clusters/clusters.js';
import type { LinkerdEgress } from '../linkerd/egress.js';
import type { Profiles } from '../linkerd/profile.js';
import type { LinkerdRoutes } from '../linkerd/routes.js';
import type { NetworkReach } from '../network-policy/network-reach.js';
import type { DnsCapture } from '../proxies/dns-capture.js';
import type { Behaviours } from '../registry/behaviour.js';
import type { Gateways } from '../registry/gateways.js';
import type { OutsideHosts } from '../registry/outside-hosts.js';
import type { Registry } from '../registry/registry.js';
import type { SidecarScopes } from '../registry/sidecar-scope.js';
import type { Waypoints } from '../registry/waypoints.js';
import type { RouteTraces } from '../routes/trace.js';
import type { VirtualServices } from '../routes/virtual-service.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import type { HttpFilters } from './http-filters.js';

/** The compiled parts that routing needs. */
export interface MeshParts {
  readonly registry: Registry;
  readonly outside: OutsideHosts;
  readonly dns: DnsCapture;
  readonly gateways: Gateways;
  readonly virtualServices: VirtualServices;
  readonly clusters: Clusters;
  readonly behaviours: Behaviours;
  readonly release: ReleaseDefaults;
  readonly findings: Findings;
  /** Names of the numbers that requests of the traffic carry. */
  readonly attributes: ReadonlySet<string>;
  readonly filters: HttpFilters;
  readonly waypoints: Waypoints;
  readonly reach: NetworkReach;
  readonly mesh: MeshSettings;
  readonly scopes: SidecarScopes;
  readonly profiles: Profiles;
  readonly linkerdRoutes: LinkerdRoutes;
  readonly egress: LinkerdEgress;
  /** Undefined where nobody asks how the routes came to be. */
  readonly trace?: RouteTraces | undefined;
}
