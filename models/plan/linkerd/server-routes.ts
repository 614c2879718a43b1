// HTTPRoutes and GRPCRoutes whose parent is a Server: they divide its requests, so that policies may be about a part of them.
// linkerd: policy-controller/k8s/index/src/inbound/{routes,index}.rs; linkerd2-proxy: linkerd/proxy/server-policy.
import type { ResourceSet } from '../../config/load.js';
import { Backends } from '../gateway-api/backends.js';
import { selectRoute } from '../routes/virtual-service.js';
import type { Findings } from '../terms/findings.js';
import { hostCovers } from '../terms/host.js';
import { authorityHost, type RequestClass } from '../terms/request-class.js';
import { isUnknownToLinkerd, type LinkerdRoute, routeCandidates, warnNotAccepted } from './routes.js';

type Server = ResourceSet['linkerdServers'][number];

/** `none`: no routes are at the Server, so that all requests are alike; null: none of them matches. */
export type ServerRoute = LinkerdRoute | 'none' | null;

export class ServerRoutes {
  private readonly backends: Backends;

  constructor(
    private readonly resources: ResourceSet,
    private readonly findings: Findings,
  ) {
    this.backends = new Backends(null, findings);
  }

  of(server: Server, request: RequestClass): ServerRoute {
    const { httpRoutes, grpcRoutes } = this.resources;
    const attached = <R extends LinkerdRoute>(routes: readonly R[]): R[] =>
      routes.filter((route) => isAt(route, server) && this.accepts(route));
    const http = attached(httpRoutes);
    const grpc = attached(grpcRoutes);
    if (http.length + grpc.length === 0) return 'none';
    const hosted = <R extends LinkerdRoute>(routes: readonly R[]): R[] =>
      routes.filter((route) => hasHost(route, request));
    const candidates = routeCandidates(hosted(http), hosted(grpc), '', this.backends, (rule) => rule);
    const selected = selectRoute(candidates, request, this.findings);
    return candidates.find((candidate) => candidate === selected)?.of ?? null;
  }

  private accepts(route: LinkerdRoute): boolean {
    const { kind, namespace, name, spec, source } = route;
    const unknown = spec.rules.findIndex(isUnknownToLinkerd);
    if (unknown >= 0) {
      warnNotAccepted(route, unknown, this.findings);
      return false;
    }
    const filtered = spec.rules.findIndex(({ filters }) => filters.length > 0);
    if (filtered >= 0) {
      this.findings.notModelled(
        `${kind} ${namespace}/${name}`,
        'spec.rules.filters',
        source.at(['spec', 'rules', filtered, 'filters']),
        'filters of a route at a Server are left out: requests arrive as they were sent',
      );
    }
    return true;
  }
}

/** Parents in other namespaces, and parts of a Server, are refused. */
function isAt({ namespace, spec }: LinkerdRoute, server: Server): boolean {
  return spec.parentRefs.some(
    (parent) =>
      parent.group === 'policy.linkerd.io' &&
      parent.kind === 'Server' &&
      parent.name === server.name &&
      namespace === server.namespace &&
      (parent.namespace ?? namespace) === namespace,
  );
}

/** Whether a route is about the host of a request. */
export function hasHost({ spec: { hostnames } }: LinkerdRoute, { authority }: RequestClass): boolean {
  const host = authorityHost(authority);
  return hostnames.length === 0 || hostnames.some((pattern) => hostCovers(pattern, host));
}
