// The Gateway API as Istio understands it: each listener of a Gateway becomes a Gateway of Istio, and the routes that are attached to it, or
// to a Service of the mesh, become VirtualServices, one for each parent and host.
// istio: pilot/pkg/config/kube/gateway/gateway_collection.go, route_collections.go.
import { groupOf } from '../../config/api-group.js';
import { GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { RoutingKind, VirtualServiceSpec } from '../../config/kinds/virtual-service.js';
import type { ResourceSet } from '../../config/load.js';
import { derivedSource, type Resource } from '../../config/resource.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import { backendTlsRules } from './backend-tls.js';
import { Backends } from './backends.js';
import { ANY_REQUEST, byPrecedence, grpcRules, httpRules, type PlacedRule } from './http-rules.js';
import { convertListeners } from './listeners.js';
import { type Attachment, attachments, type Route } from './parents.js';
import { streamVirtualServices } from './stream-rules.js';

type Release = Pick<ReleaseDefaults, 'noBackendsStatus' | 'backendTlsPolicy' | 'backendTlsYields' | 'version'>;

/** The resources with what the Gateway API adds to them. */
export function withGatewayApi(resources: ResourceSet, findings: Findings, release: Release): ResourceSet {
  const { kubernetesGateways, grpcRoutes, tcpRoutes, tlsRoutes } = resources;
  // Those of Linkerd's own group are nothing to Istio.
  const httpRoutes = resources.httpRoutes.filter(({ apiVersion }) => groupOf(apiVersion) === GATEWAY_GROUP);
  const routes = httpRoutes.length + grpcRoutes.length + tcpRoutes.length + tlsRoutes.length;
  const objects = kubernetesGateways.length + resources.listenerSets.length + resources.backendTlsPolicies.length;
  if (objects + routes === 0) return resources;
  const listeners = convertListeners(resources, findings);
  const atGateways = new Backends(resources.referenceGrants, findings, release.noBackendsStatus);
  const inMesh = new Backends(null, findings, release.noBackendsStatus);
  const attached = (route: Route): readonly Attachment[] => attachments(route, listeners, resources, findings);
  const merger = new Merger();
  for (const route of httpRoutes) {
    for (const parent of attached(route))
      merger.add(route, parent, httpRules(route, parent.mesh ? inMesh : atGateways, parent.foreign));
  }
  for (const route of grpcRoutes) {
    for (const parent of attached(route))
      merger.add(route, parent, grpcRules(route, parent.mesh ? inMesh : atGateways, parent.foreign));
  }
  const streams = [...tcpRoutes, ...tlsRoutes].flatMap((route) =>
    attached(route).flatMap((parent) => streamVirtualServices(route, parent, parent.mesh ? inMesh : atGateways)),
  );
  return {
    ...resources,
    destinationRules: [...backendTlsRules(resources, findings, release), ...resources.destinationRules],
    gateways: [...resources.gateways, ...listeners.map(({ gateway }) => gateway)],
    virtualServices: [...resources.virtualServices, ...merger.finish(), ...streams],
  };
}

interface Merged {
  /** The oldest route: it gives the VirtualService its name and place. */
  readonly route: Route;
  readonly parent: Attachment;
  readonly host: string;
  readonly rules: PlacedRule[];
}

/** Rules of all routes for one parent and host, in the order of the Gateway API's precedence. */
class Merger {
  private readonly merged = new Map<string, Merged>();

  add(route: Route, parent: Attachment, rules: readonly PlacedRule[]): void {
    for (const host of parent.hosts) {
      const key = JSON.stringify([parent.name, parent.mesh ? route.namespace : '', host]);
      const merged = this.merged.get(key) ?? { route, parent, host, rules: [] };
      this.merged.set(key, merged);
      merged.rules.push(...(parent.port === null ? rules : rules.map((rule) => onPort(rule, parent.port!))));
    }
  }

  finish(): Resource<RoutingKind, VirtualServiceSpec>[] {
    return [...this.merged.values()].map(({ route, parent, host, rules }) => {
      const ordered = byPrecedence(rules);
      return {
        ...route,
        spec: {
          hosts: [host],
          gateways: [parent.name],
          exportTo: parent.exportTo,
          http: ordered.map((rule) => rule.route),
          tls: [],
          tcp: [],
        },
        source: derivedSource(route.source, ([, , index, ...field]) => {
          const rule = ordered[typeof index === 'number' ? index : 0] ?? ordered[0];
          return rule === undefined ? route.source.field([]) : rule.field(typeof index === 'number' ? field : []);
        }),
      };
    });
  }
}

/** A parent that names a port counts on that port only. */
function onPort(rule: PlacedRule, port: number): PlacedRule {
  const { match } = rule.route;
  const own = (match.length === 0 ? [ANY_REQUEST] : match).map((each) => ({ ...each, port }));
  return { ...rule, route: { ...rule.route, match: own } };
}
