// What Linkerd's proxy of a caller does with a request. It goes by the address that was dialed; the Host header does not matter.
// linkerd2-proxy: linkerd/app/outbound/src/{protocol,http,discover}.rs; linkerd.io: reference/proxy-configuration, features/protocol-detection.

import { isOpaquePort, skipsProxy } from '../registry/linkerd-ports.js';
import type { Annotated } from '../registry/linkerd-service.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import type { Dial } from '../routes/dial.js';
import { notFound, type RouteContext, routeDecision } from '../routes/route-action.js';
import type { RouteDecision, Target } from '../routes/route-decision.js';
import { bareRoute, dialedTarget, directRoute } from '../routes/sidecar-route.js';
import { NO_SITE_SOURCES } from '../routes/site-sources.js';
import { selectRoute } from '../routes/virtual-service.js';
import { isHttp } from '../terms/protocol.js';
import type { RequestClass } from '../terms/request-class.js';
import {
  type AnnotationSources,
  annotatedRetries,
  annotationSources,
  speaking,
  timeoutNs,
  withAnnotations,
} from './annotations.js';
import type { LinkerdEgress } from './egress.js';
import type { Profiles } from './profile.js';
import type { LinkerdCandidate, LinkerdRoutes } from './routes.js';

export interface LinkerdParts {
  readonly profiles: Profiles;
  readonly linkerdRoutes: LinkerdRoutes;
  readonly egress: LinkerdEgress;
}

/** The route in the proxy of a caller; no retries and no time-outs unless somebody asks for them. */
export function linkerdRoute(
  dial: Dial,
  request: RequestClass,
  caller: Workload,
  { profiles, linkerdRoutes, egress }: LinkerdParts,
  context: RouteContext,
): RouteDecision {
  if (dial.kind !== 'service') return directRoute(dial, request);
  const { service, portInfo } = dial;
  if (skipsProxy(caller.linkerd, 'outbound', dial.port)) return pastProxy(directRoute(dial, request));
  if (service.source === 'entry') return egress.decide(dial, request, context);
  const target = dialedTarget(dial, request, 'linkerd');
  if (isOpaquePort(service, portInfo, caller.linkerd ?? {})) {
    noteOpaque(service, portInfo, context);
    return { ...bareRoute('linkerd-tcp', target), opaque: true };
  }
  const profile = profiles.of(service, caller.namespace);
  if (profile !== null) return profiles.decide(profile, target, request, context);
  const candidates = linkerdRoutes.of(service, portInfo.number, caller.namespace);
  if (candidates !== null) return routed(candidates, service, request, context);
  const { sources, ...policies } = annotatedPolicies(annotatedService(service), request, context);
  return { ...bareRoute('linkerd', target), ...policies, sources: { ...NO_SITE_SOURCES, ...sources } };
}

/** The connection leaves the pod as if there were no proxy. */
function pastProxy(decision: RouteDecision): RouteDecision {
  const { action } = decision;
  if (action.kind === 'respond') return decision;
  const targets = action.targets.map((target) => ({ ...target, skipsProxy: true as const }));
  return { ...decision, action: { ...action, targets } };
}

/** With routes attached, what none of them matches is refused. */
function routed(
  candidates: readonly LinkerdCandidate[],
  service: Service,
  request: RequestClass,
  context: RouteContext,
): RouteDecision {
  const { findings } = context;
  const selected = selectRoute(candidates, request, findings);
  context.trace?.push({ kind: 'linkerd-routes', candidates, selected });
  const candidate = candidates.find((each) => each === selected);
  if (candidate === undefined) return notFound(candidates[0]!.owner.source.field(['spec', 'http', 0]));
  const { annotated, route } = candidate;
  const from = Object.keys(annotated.annotations).length > 0 ? annotated : annotatedService(service);
  const { sources, ...policies } = annotatedPolicies(from, request, context);
  const decision = withAnnotations(routeDecision(candidate, request, context), policies, sources);
  const timed = policies.timeoutNs > 0 ? decision : { ...decision, timeoutNs: route.timeoutNs ?? 0 };
  const { action } = decision;
  if (action.kind === 'respond') return timed;
  const targets = action.targets.map((target) => ({ ...target, via: 'linkerd' as const }));
  return { ...timed, action: { ...action, targets: available(targets) } };
}

/** Backends without a pod leave their share to the others, where there are others; what is no Service takes its share and fails. */
function available<Backend extends Pick<Target, 'service'>>(targets: readonly Backend[]): readonly Backend[] {
  const isEmpty = ({ service }: Backend): boolean => service !== null && service.endpoints.length === 0;
  return targets.every(isEmpty) ? targets : targets.filter((target) => !isEmpty(target));
}

function annotatedPolicies(
  from: Annotated,
  request: RequestClass,
  { findings, trace }: RouteContext,
): Pick<RouteDecision, 'timeoutNs' | 'retry'> & { readonly sources: AnnotationSources } {
  trace?.push({ kind: 'annotations', from, names: speaking(from, request, findings) });
  return {
    timeoutNs: timeoutNs(from, findings),
    retry: annotatedRetries(from, request, findings),
    sources: annotationSources(from, request, findings),
  };
}

function annotatedService({ resource, linkerd }: Service): Annotated {
  return { resource, annotations: linkerd?.policies ?? {}, at: (name) => linkerd?.at(name) ?? null };
}

function noteOpaque(service: Service, port: PortInfo, { findings }: RouteContext): void {
  findings.approximated(
    service.resource,
    'spec.ports',
    service.position,
    isHttp(port.protocol)
      ? `port ${port.number} is opaque to Linkerd: connections are passed on, without retries and time-outs`
      : `port ${port.number} is not declared as HTTP: Linkerd's detection is taken to find none, so that connections are passed on`,
  );
}
