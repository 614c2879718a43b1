// What a proxy does with a request once its route is settled: forward it, or answer itself.
// istio: pilot/pkg/networking/core/route/route.go (translateRoute, applyHTTPRouteDestination, getHTTPRedirect).
import type { SourcePosition } from '../../config/diagnostic.js';
import type { Destination, RoutingKind } from '../../config/kinds/virtual-service.js';
import type { WrittenField } from '../../config/resource.js';
import type { Registry } from '../registry/registry.js';
import type { ProxyScope } from '../registry/sidecar-scope.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import { expandHost } from '../terms/host.js';
import type { RequestClass } from '../terms/request-class.js';
import { askedRetries, callTimeoutNs } from '../terms/retry-headers.js';
import { forwardedRequest } from '../terms/rewrite.js';
import { answersPreflight, CORS_PREFLIGHT } from './cors.js';
import { faultPlan, probability } from './fault.js';
import { retryPlan } from './retry.js';
import type { RouteDecision, Target } from './route-decision.js';
import { answerSources, defaultSources, responseSources, routeSources } from './site-sources.js';
import type { TraceEvent } from './trace.js';
import type { Candidate } from './virtual-service.js';

export interface RouteContext {
  readonly registry: Registry;
  readonly release: ReleaseDefaults;
  readonly findings: Findings;
  /** Namespace of the proxy. */
  readonly namespace: string;
  /** Entries without addresses have some for the proxy. */
  readonly dnsCapture: boolean;
  /** Port of the listener: a destination without a port in a service of many takes it. */
  readonly listenerPort: number;
  /** Sidecars trust `x-envoy-*` headers of their application; gateways strip those of clients. */
  readonly trustsHeaders: boolean;
  readonly mesh: MeshSettings;
  readonly scope: ProxyScope;
  /** Whether a destination is balanced by a consistent hash. */
  isSticky(target: Target): boolean;
  /** The steps on the way to the route; undefined where nobody asks. */
  readonly trace?: TraceEvent[] | undefined;
}

/** 404 NR: no virtual host, or no route of it, matches. */
export function notFound(field: WrittenField | null): RouteDecision {
  return respond('no-route', 404, 'NR', field);
}

/** @param field that asks for the answer; null: none */
export function respond(name: string, status: number, flag: '' | 'NR', field: WrittenField | null): RouteDecision {
  return {
    name,
    position: field?.position ?? null,
    fault: null,
    timeoutNs: 0,
    retry: null,
    action: { kind: 'respond', status, flag },
    ...(field === null ? {} : { sources: answerSources(field) }),
  };
}

/** A route to one place, with the default policy of Istio (`mesh`) or none. */
export function defaultRoute(name: string, target: Target, context: RouteContext): RouteDecision {
  const timeoutNs = callTimeoutNs(0, target.request, context.trustsHeaders);
  return {
    name,
    position: null,
    fault: null,
    timeoutNs,
    retry:
      target.via === 'mesh'
        ? retryPlan(context.mesh.retries, {
            release: context.release,
            grpc: target.request.grpc,
            stickyDestination: context.isSticky(target),
            timeoutNs,
            asked: context.trustsHeaders ? askedRetries(target.request) : undefined,
          })
        : null,
    action: { kind: 'forward', targets: [target], mirrors: [] },
    ...(target.via === 'mesh'
      ? { sources: defaultSources(target.request, context.trustsHeaders, context.mesh.sources) }
      : {}),
  };
}

/** The decision of a route of a VirtualService. */
export function routeDecision(candidate: Candidate, request: RequestClass, context: RouteContext): RouteDecision {
  const { route, owner, path } = candidate;
  const written = owner.source.field(path);
  const name = routeName(candidate);
  if (route.redirect !== null) {
    context.findings.approximated(
      `${owner.kind} ${owner.namespace}/${owner.name}`,
      'spec.http.redirect',
      owner.source.at([...path, 'redirect']),
      'the client gets the redirect as its answer and does not follow it',
    );
    return {
      ...respond(name, route.redirect.redirectCode, '', written),
      sources: responseSources(candidate, 'redirect'),
    };
  }
  if (route.directResponse !== null) {
    const sources = responseSources(candidate, 'directResponse');
    return { ...respond(name, route.directResponse.status, '', written), sources };
  }
  const sources = routeSources(candidate, request, context.trustsHeaders, context.mesh.sources);
  if (answersPreflight(route.cors, request))
    return {
      ...respond(CORS_PREFLIGHT, 200, '', written),
      fault: faultPlan(route.fault),
      sources: { ...sources, response: responseSources(candidate, 'corsPolicy').response },
    };
  const targets = weightedTargets(candidate, request, context);
  if (targets.length === 0) return notFound(written);
  const timeoutNs = callTimeoutNs(route.timeoutNs ?? 0, request, context.trustsHeaders);
  return {
    name,
    position: written.position,
    fault: faultPlan(route.fault),
    timeoutNs,
    retry: retryPlan(route.retries ?? context.mesh.retries, {
      release: context.release,
      grpc: request.grpc,
      stickyDestination: targets.length === 1 && context.isSticky(targets[0]!),
      timeoutNs,
      asked: context.trustsHeaders ? askedRetries(request) : undefined,
    }),
    action: { kind: 'forward', targets, mirrors: mirrorsOf(candidate, request, context) },
    sources,
  };
}

function routeName({ route, match, owner, path }: Candidate): string {
  const name = [route.name, match?.name ?? ''].filter((part) => part !== '').join('.');
  return name === '' ? `${owner.namespace}/${owner.name}#${path[path.length - 1]}` : name;
}

/** The weight of a lone destination is ignored; of several, those of weight 0 get nothing. */
function weightedTargets(candidate: Candidate, request: RequestClass, context: RouteContext): Target[] {
  const { route, match, owner, path } = candidate;
  return route.route
    .map((destination, index) => ({
      weight: route.route.length === 1 ? 1 : destination.weight,
      target: destinationTarget(
        destination.destination,
        owner.namespace,
        forwardedRequest(route, match, destination, request),
        owner.source.at([...path, 'route', index, 'destination']),
        context,
        missingStatus(owner.kind),
      ),
    }))
    .filter(({ weight }) => weight > 0)
    .map(({ weight, target }) => ({ ...target, weight }));
}

function mirrorsOf(
  candidate: Candidate,
  request: RequestClass,
  context: RouteContext,
): { probability: number; target: Target }[] {
  const { route, match, owner, path } = candidate;
  return route.mirrors
    .filter((mirror) => mirror.percent > 0)
    .map((mirror) => ({
      probability: probability(mirror.percent),
      target: destinationTarget(
        mirror.destination,
        owner.namespace,
        forwardedRequest(route, match, null, request),
        owner.source.at([...path, 'mirror']),
        context,
        missingStatus(owner.kind),
      ),
    }));
}

/** istio: pilot/pkg/networking/core/route/route.go (ClusterNotFoundResponseCode with the semantics of the Gateway API). */
function missingStatus(kind: RoutingKind): Target['missingStatus'] {
  return kind === 'VirtualService' || kind === 'Ingress' ? 503 : 500;
}

/** A destination of a VirtualService of `namespace` as the proxy finds it in the registry. */
export function destinationTarget(
  destination: Destination,
  namespace: string,
  request: RequestClass,
  position: SourcePosition,
  context: RouteContext,
  missing: Target['missingStatus'],
): Target {
  const host = expandHost(destination.host, namespace);
  const service = context.registry.lookup(host, context.namespace);
  const onlyPort = service?.ports.length === 1 ? service.ports[0]!.number : null;
  return {
    service,
    host: service?.host ?? host,
    port: destination.portNumber ?? onlyPort ?? context.listenerPort,
    subset: destination.subset,
    weight: 1,
    request,
    position,
    via: 'mesh',
    missingStatus: missing,
    entry: null,
  };
}
