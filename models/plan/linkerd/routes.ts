// HTTPRoutes and GRPCRoutes whose parent is a Service, as Linkerd takes them: those of the Gateway API and of its own group alike.
// linkerd: policy-controller/k8s/index/src/outbound/index.rs, policy-controller/grpc/src/outbound/http.rs; gateway-api: geps/gep-1294, gep-1324.
import type { ParentRef } from '../../config/kinds/gateway-api/fields.js';
import type { RouteFilter } from '../../config/kinds/gateway-api/filters.js';
import type { FilteredBackend } from '../../config/kinds/gateway-api/http-route.js';
import type { ResourceSet } from '../../config/load.js';
import { derivedSource, type Resource } from '../../config/resource.js';
import { Backends } from '../gateway-api/backends.js';
import { byPrecedence, grpcRules, httpRules, type PlacedRule } from '../gateway-api/http-rules.js';
import { type Annotated, policyAnnotations } from '../registry/linkerd-service.js';
import type { Service } from '../registry/service.js';
import type { VirtualServiceResource } from '../routes/delegate.js';
import { type Candidate, MESH } from '../routes/virtual-service.js';
import type { Findings } from '../terms/findings.js';

/** A way through a route, and what its annotations say. */
export interface LinkerdCandidate extends Candidate {
  readonly of: LinkerdRoute;
  readonly annotated: Annotated;
}

type HttpRoute = ResourceSet['httpRoutes'][number];
type GrpcRoute = ResourceSet['grpcRoutes'][number];

export type LinkerdRoute = Resource<
  'HTTPRoute' | 'GRPCRoute',
  {
    readonly parentRefs: readonly ParentRef[];
    readonly hostnames: readonly string[];
    readonly rules: readonly Rule[];
  }
>;

export interface Rule {
  readonly filters: readonly RouteFilter[];
  readonly backendRefs: readonly FilteredBackend[];
}

export class LinkerdRoutes {
  private readonly backends: Backends;

  constructor(
    private readonly resources: ResourceSet,
    private readonly findings: Findings,
  ) {
    this.backends = new Backends(null, findings);
  }

  /** The routes of a Service's port for callers of a namespace, in their order; null where there are none, so that all requests go to the Service. */
  of(service: Service, port: number, namespace: string): readonly LinkerdCandidate[] | null {
    const { httpRoutes, grpcRoutes } = this.resources;
    const attached = <R extends LinkerdRoute>(routes: readonly R[]): R[] =>
      routes.filter((route) => isParent(route, service, port) && this.accepts(route));
    const http = attached(httpRoutes);
    const grpc = attached(grpcRoutes);
    // Routes of the callers' own namespace take the place of the producer's.
    const own = [...http, ...grpc].some((route) => route.namespace === namespace);
    const from = own ? namespace : service.namespace;
    const ofNamespace = <R extends LinkerdRoute>(routes: readonly R[]): R[] =>
      routes.filter((route) => route.namespace === from);
    const complete = <R extends Rule>(rule: R): R => withParent(rule, service, port);
    const candidates = routeCandidates(ofNamespace(http), ofNamespace(grpc), service.host, this.backends, complete);
    return candidates.length === 0 ? null : candidates;
  }

  /** A route with a filter that Linkerd does not know is not accepted as a whole. */
  private accepts(route: LinkerdRoute): boolean {
    const index = route.spec.rules.findIndex(isUnknownToLinkerd);
    if (index >= 0) warnNotAccepted(route, index, this.findings);
    return index < 0;
  }
}

/**
 * The ways through routes, in their order.
 * @param complete what a rule without backends has in their place
 */
export function routeCandidates(
  http: readonly HttpRoute[],
  grpc: readonly GrpcRoute[],
  host: string,
  backends: Backends,
  complete: <R extends Rule>(rule: R) => R,
): readonly LinkerdCandidate[] {
  const rules = new Map<PlacedRule, LinkerdRoute>();
  for (const route of http) {
    const spec = { ...route.spec, rules: route.spec.rules.map(complete) };
    for (const rule of httpRules({ ...route, spec }, backends)) rules.set(rule, route);
  }
  for (const route of grpc) {
    const spec = { ...route.spec, rules: route.spec.rules.map(complete) };
    for (const rule of grpcRules({ ...route, spec }, backends)) rules.set(rule, route);
  }
  return byPrecedence([...rules.keys()]).map((rule) => candidate(rule, rules.get(rule)!, host));
}

/** Whether a rule has a filter that Linkerd does not know. */
export function isUnknownToLinkerd({ filters }: Rule): boolean {
  return filters.some(({ requestMirror, urlRewrite }) => requestMirror !== null || urlRewrite !== null);
}

export function warnNotAccepted(
  { kind, namespace, name, source }: LinkerdRoute,
  rule: number,
  findings: Findings,
): void {
  findings.warning(
    'route-not-accepted',
    source.at(['spec', 'rules', rule, 'filters']),
    `Linkerd does not accept ${kind} ${namespace}/${name}: it neither mirrors requests nor rewrites them`,
    'take RequestMirror and URLRewrite away',
  );
}

function isParent({ namespace, spec }: LinkerdRoute, service: Service, port: number): boolean {
  return spec.parentRefs.some(
    (parent) =>
      (parent.group === '' || parent.group === 'core') &&
      parent.kind === 'Service' &&
      parent.name === service.name &&
      (parent.namespace ?? namespace) === service.namespace &&
      (parent.port === null || parent.port === port),
  );
}

/** A rule without backends goes to its parent. */
function withParent<R extends Rule>(rule: R, { name, namespace }: Service, port: number): R {
  if (rule.backendRefs.length > 0 || rule.filters.some(({ requestRedirect }) => requestRedirect !== null)) return rule;
  return {
    ...rule,
    backendRefs: [{ group: '', kind: 'Service', namespace, name, port, weight: 1, filters: [] }],
  };
}

function candidate({ route, field }: PlacedRule, resource: LinkerdRoute, host: string): LinkerdCandidate {
  const owner: VirtualServiceResource = {
    ...resource,
    spec: { hosts: [host], gateways: [MESH], exportTo: [], http: [route], tls: [], tcp: [] },
    source: derivedSource(resource.source, ([, , , ...rest]) => field(rest)),
  };
  return {
    of: resource,
    route,
    owner,
    path: ['spec', 'http', 0],
    match: route.match[0] ?? null,
    virtualService: { resource: owner, hosts: [host], gateways: [MESH], http: [], dropped: [] },
    annotated: {
      resource: `${resource.kind} ${resource.namespace}/${resource.name}`,
      annotations: policyAnnotations(resource.annotations),
      at: (annotation) => resource.source.at(['metadata', 'annotations', annotation]),
    },
  };
}
