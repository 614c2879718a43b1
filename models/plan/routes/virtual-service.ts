// Which VirtualService a proxy uses for a host, and which of its routes are left for that proxy.
// istio: pilot/pkg/model/virtualservice.go, pilot/pkg/model/sidecar.go, pilot/pkg/networking/core/route/route.go
// (BuildHTTPRoutesForVirtualService, sourceMatchHTTP, IsCatchAllRoute).
import type { HttpMatch } from '../../config/kinds/virtual-service.js';
import type { ResourceSet } from '../../config/load.js';
import type { FieldPath } from '../../config/resource.js';
import { finder, listIndex } from '../../list-index.js';
import type { ProxyScope } from '../registry/sidecar-scope.js';
import type { Findings } from '../terms/findings.js';
import { expandHost } from '../terms/host.js';
import { HostIndex } from '../terms/host-index.js';
import { dependsOnVariables, isCatchAll, matchesRequest } from '../terms/match.js';
import type { RequestClass } from '../terms/request-class.js';
import { candidateOrder, selects } from '../terms/visibility.js';
import { type DelegatedRoutes, type PlacedRoute, type VirtualServiceResource, withDelegates } from './delegate.js';

/** The name that stands for all sidecars in `gateways`. */
export const MESH = 'mesh';

export interface VirtualService extends DelegatedRoutes {
  readonly resource: VirtualServiceResource;
  readonly hosts: readonly string[];
  /** `mesh` or `namespace/name`. */
  readonly gateways: readonly string[];
}

/** One way through a VirtualService: a route and one of its match blocks (null: matches everything). */
export interface Candidate extends PlacedRoute {
  readonly match: HttpMatch | null;
  readonly virtualService: VirtualService;
}

/** What of a proxy the static filters of a match look at. */
export interface ProxyView {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `mesh`, or the names of the gateways that it is. */
  readonly gateways: readonly string[];
  /** Port of the listener. */
  readonly port: number;
}

/** Positions by hosts. */
const byHost = listIndex<VirtualService, HostIndex<number>>((list) => {
  const index = new HostIndex<number>();
  list.forEach(({ hosts }, position) => {
    for (const host of new Set(hosts)) index.add(host, position);
  });
  return index;
});

const byGateway = finder<VirtualService>(({ gateways }) => gateways);

export class VirtualServices {
  readonly all: readonly VirtualService[];
  private readonly seenFrom = new Map<string, readonly VirtualService[]>();
  private readonly owners = new Map<string, VirtualService | null>();

  /** @param exportTo of those that say nothing of it */
  constructor(
    resources: ResourceSet,
    findings: Findings,
    private readonly exportTo: readonly string[] = [],
  ) {
    this.all = resources.virtualServices
      .filter((resource) => resource.spec.hosts.length > 0)
      .map((resource) => ({
        resource,
        hosts: resource.spec.hosts.map((host) => expandHost(host.toLowerCase(), resource.namespace)),
        gateways: gatewayNames(resource.spec.gateways, resource.namespace),
        ...withDelegates(resource, resources.virtualServices, findings),
      }));
  }

  /** Those of a gateway (or `mesh`) that are visible in a namespace, in the order of candidates. */
  boundTo(gateway: string, namespace: string): readonly VirtualService[] {
    const key = `${gateway} ${namespace}`;
    const known = this.seenFrom.get(key);
    if (known !== undefined) return known;
    const bound = byGateway(this.all, gateway);
    const ordered = candidateOrder(
      bound,
      ({ resource }) => ({
        namespace: resource.namespace,
        exportTo: resource.spec.exportTo.length === 0 ? this.exportTo : resource.spec.exportTo,
      }),
      namespace,
    );
    this.seenFrom.set(key, ordered);
    return ordered;
  }

  /** The one that owns a host for sidecars of a namespace: the most specific host wins, then the order; null = none. */
  ownerFor(host: string, namespace: string, scope: ProxyScope | null = null, port = 0): VirtualService | null {
    const seen = scope === null || scope.key === '' ? null : scope;
    const key = seen === null ? `${host} ${namespace}` : `${host} ${namespace} ${seen.key} ${port}`;
    const known = this.owners.get(key);
    if (known !== undefined) return known;
    const bound = this.boundTo(MESH, namespace);
    const isSeen = ({ resource, hosts }: VirtualService) => seen?.seesAny(resource.namespace, hosts, port) ?? true;
    let owner: VirtualService | null = null;
    for (const covering of byHost(bound).covering(host)) {
      owner ??= covering.map((position) => bound[position]!).find(isSeen) ?? null;
    }
    this.owners.set(key, owner);
    return owner;
  }

  /** The gateways to which one with a host that covers this one is bound. */
  gatewaysFor(host: string): ReadonlySet<string> {
    const positions = [...byHost(this.all).covering(host)].flat();
    return new Set(positions.flatMap((position) => this.all[position]!.gateways));
  }

  /** Those of a gateway (or `mesh`) that are visible in a namespace and have a host that covers this one, in the order of candidates. */
  covering(host: string, gateway: string, namespace: string): VirtualService[] {
    const bound = this.boundTo(gateway, namespace);
    const positions = new Set([...byHost(bound).covering(host)].flat());
    return [...positions].sort((a, b) => a - b).map((position) => bound[position]!);
  }
}

/** `gateways` of a VirtualService or of a match, with the namespace that short names mean. Empty: all sidecars. */
export function gatewayNames(names: readonly string[], namespace: string): string[] {
  if (names.length === 0) return [MESH];
  return names.map((name) => {
    if (name === MESH) return MESH;
    if (name.startsWith('./')) return `${namespace}/${name.slice(2)}`;
    return name.includes('/') ? name : `${namespace}/${name}`;
  });
}

/** The routes that are left for a proxy, up to and with the first that matches everything. */
export function candidatesFor(virtualService: VirtualService, view: ProxyView): Candidate[] {
  const candidates: Candidate[] = [];
  for (const placed of virtualService.http) {
    const matches = placed.route.match.length === 0 ? [null] : placed.route.match;
    for (const match of matches) {
      if (match !== null && disqualifyingField(match, placed.owner.namespace, view) !== null) continue;
      candidates.push({ ...placed, match, virtualService });
      if (match === null || isCatchAll(match)) return candidates;
    }
  }
  return candidates;
}

/** What of a match block keeps it from a proxy for good, as its path within the block; null where nothing does. */
export function disqualifyingField(match: HttpMatch, namespace: string, view: ProxyView): FieldPath | null {
  if (match.port !== null && match.port !== view.port) return ['port'];
  if (match.gateways.length > 0) {
    const isMeant = gatewayNames(match.gateways, namespace).some((name) => view.gateways.includes(name));
    return isMeant ? null : ['gateways'];
  }
  if (!selects(match.sourceLabels, view.labels)) return ['sourceLabels'];
  return match.sourceNamespace === '' || match.sourceNamespace === view.namespace ? null : ['sourceNamespace'];
}

/** The first route whose matchers hold, or null (404 NR). Notes where the answer hangs on a `{variable}` of the path. */
export function selectRoute(
  candidates: readonly Candidate[],
  request: RequestClass,
  findings: Findings,
): Candidate | null {
  for (const candidate of candidates) {
    const { match } = candidate;
    if (match === null) return candidate;
    if (dependsOnVariables(match, request.path)) {
      findings.approximated(
        `${candidate.owner.kind} ${candidate.owner.namespace}/${candidate.owner.name}`,
        'spec.http.match.uri',
        candidate.owner.source.at([...candidate.path, 'match']),
        `whether ${request.path} matches depends on its variables; all its requests are routed as ${request.path.replace(/\{[^{}/]*\}/g, '1')}`,
      );
    }
    if (matchesRequest(match, request)) return candidate;
  }
  return null;
}

/** Whether a candidate matches everything: gateways try those last. */
export function isCatchAllCandidate(candidate: Candidate): boolean {
  return candidate.match === null || isCatchAll(candidate.match);
}
