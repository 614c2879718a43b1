// What leaves the cluster through Linkerd's proxy of a caller: an EgressNetwork may refuse what no route at it names, and routes may send it elsewhere.
// linkerd: policy-controller/k8s/index/src/outbound/index/egress_network.rs, policy-controller/grpc/src/outbound; linkerd.io: reference/egress-network.
import type { ParentRef } from '../../config/kinds/gateway-api/fields.js';
import type { ResourceSet } from '../../config/load.js';
import { Backends } from '../gateway-api/backends.js';
import type { Dial } from '../routes/dial.js';
import { type RouteContext, respond, routeDecision } from '../routes/route-action.js';
import type { RouteDecision } from '../routes/route-decision.js';
import { bareRoute, dialedTarget } from '../routes/sidecar-route.js';
import { selectRoute } from '../routes/virtual-service.js';
import { isInside } from '../terms/address.js';
import type { Findings } from '../terms/findings.js';
import { hostCovers } from '../terms/host.js';
import { isHttp } from '../terms/protocol.js';
import type { RequestClass } from '../terms/request-class.js';
import { annotatedRetries, annotationSources, speaking, timeoutNs, withAnnotations } from './annotations.js';
import { type LinkerdCandidate, type LinkerdRoute, type Rule, routeCandidates } from './routes.js';
import { hasHost } from './server-routes.js';

/** Its EgressNetworks are about callers of all namespaces (linkerd: charts/linkerd-control-plane/values.yaml). */
const GLOBAL_NAMESPACE = 'linkerd-egress';
const FORBIDDEN = 403;

type EgressNetwork = ResourceSet['egressNetworks'][number];
type Service = Dial & { readonly kind: 'service' };

export class LinkerdEgress {
  private readonly backends: Backends;

  constructor(
    private readonly resources: ResourceSet,
    private readonly findings: Findings,
  ) {
    this.backends = new Backends(null, findings);
  }

  /** The route of a request to a host outside of the cluster. */
  decide(dial: Service, request: RequestClass, context: RouteContext): RouteDecision {
    const target = dialedTarget(dial, request, 'passthrough');
    const through = bareRoute('linkerd', target);
    const network = this.networkOf(context.namespace);
    if (network === null) return through;
    if (!isHttp(dial.portInfo.protocol)) return this.ofConnection(dial, network, { ...through, opaque: true });
    const selected = this.selected(dial, network, request, context);
    if (selected === null) return network.spec.trafficPolicy === 'Allow' ? through : refused(network, FORBIDDEN);
    const { route, annotated, owner, path } = selected;
    context.trace?.push({ kind: 'annotations', from: annotated, names: speaking(annotated, request, this.findings) });
    const policies = {
      timeoutNs: timeoutNs(annotated, this.findings) || (route.timeoutNs ?? 0),
      retry: annotatedRetries(annotated, request, this.findings),
    };
    const annotations = annotationSources(annotated, request, this.findings);
    if (route.route.length === 0 && route.redirect === null) {
      const onwards = { ...through, name: route.name, position: owner.source.at(path) };
      return withAnnotations(onwards, policies, annotations);
    }
    const decision = withAnnotations(routeDecision(selected, request, context), policies, annotations);
    const { action } = decision;
    if (action.kind === 'respond') return decision;
    const targets = action.targets.map((each) => ({ ...each, via: 'linkerd' as const }));
    return { ...decision, action: { ...action, targets } };
  }

  /** Those of the caller's namespace come before those for all; the one that says nothing of addresses is for all that is outside. */
  private networkOf(namespace: string): EgressNetwork | null {
    const { egressNetworks } = this.resources;
    const own = egressNetworks.filter((each) => each.namespace === namespace);
    const from = own.length > 0 ? own : egressNetworks.filter((each) => each.namespace === GLOBAL_NAMESPACE);
    return from.find((network) => this.isOutside(network)) ?? null;
  }

  private isOutside({ namespace, name, spec: { networks }, source }: EgressNetwork): boolean {
    if (networks === null) return true;
    const outside = { kind: 'outside' } as const;
    const found = networks.some(({ cidr }) => isInside(outside, cidr));
    if (!found) {
      this.findings.approximated(
        `EgressNetwork ${namespace}/${name}`,
        'spec.networks',
        source.at(['spec', 'networks']),
        'addresses of hosts outside of the cluster are not known: they are in 0.0.0.0/0, and in no smaller block',
      );
    }
    return found;
  }

  private selected(
    dial: Service,
    network: EgressNetwork,
    request: RequestClass,
    context: RouteContext,
  ): LinkerdCandidate | null {
    const attached = <R extends LinkerdRoute>(routes: readonly R[]): R[] =>
      routes.filter((route) => isAt(route, network, dial.port) && hasHost(route, request));
    const { httpRoutes, grpcRoutes } = this.resources;
    const candidates = routeCandidates(attached(httpRoutes), attached(grpcRoutes), dial.host, this.backends, onward);
    const selected = selectRoute(candidates, request, this.findings);
    context.trace?.push({ kind: 'linkerd-routes', candidates, selected });
    return candidates.find((candidate) => candidate === selected) ?? null;
  }

  private ofConnection({ host, port }: Service, network: EgressNetwork, through: RouteDecision): RouteDecision {
    const { tcpRoutes, tlsRoutes } = this.resources;
    const named = [...tcpRoutes, ...tlsRoutes].some(
      (route) =>
        isAt(route, network, port) &&
        (route.spec.hostnames.length === 0 || route.spec.hostnames.some((pattern) => hostCovers(pattern, host))),
    );
    return named || network.spec.trafficPolicy === 'Allow' ? through : refused(network, 0);
  }
}

/** An EgressNetwork as a backend is the way that the request has taken already. */
function onward<R extends Rule>(rule: R): R {
  return { ...rule, backendRefs: rule.backendRefs.filter(({ kind }) => kind !== 'EgressNetwork') };
}

function isAt({ namespace, spec }: AtEgress, network: EgressNetwork, port: number): boolean {
  return spec.parentRefs.some(
    (parent) =>
      parent.group === 'policy.linkerd.io' &&
      parent.kind === 'EgressNetwork' &&
      parent.name === network.name &&
      (parent.namespace ?? namespace) === network.namespace &&
      parent.port === port,
  );
}

interface AtEgress {
  readonly namespace: string;
  readonly spec: { readonly parentRefs: readonly ParentRef[] };
}

function refused({ source, namespace, name }: EgressNetwork, status: number): RouteDecision {
  return respond(`EgressNetwork ${namespace}/${name}`, status, '', source.field(['spec', 'trafficPolicy']));
}
