// The HTTP filters that a request meets at each proxy on its way, in order, settled for its class and its caller.
// istio: pilot/pkg/networking/core/{listener_builder,listener_inbound,gateway}.go. Sidecars of callers ask no policies.
import type { PlainMap } from '../../config/document.js';
import type { ResourceSet } from '../../config/load.js';
import { type FilterPlan, ROUTE_FAULT } from '../contract/filter-plan.js';
import type { FilterSource } from '../contract/sources.js';
import { activeFilters, generatedChain, type PolicySlots } from '../filters/chain.js';
import { patchedChain, type RouteSettings } from '../filters/envoy-chain.js';
import { FilterPool } from '../filters/filter-pool.js';
import { principalOf } from '../filters/identity.js';
import { Policies } from '../filters/policies.js';
import { RateLimitConfigs } from '../filters/rate-limit-config.js';
import { type MergeContext, mergedRoute, NO_TIMERS, type StreamTimers } from '../filters/route-merge.js';
import { routeSettings, type SettledRoute } from '../filters/route-settings.js';
import { mergedTcpRoute } from '../filters/tcp-merge.js';
import { ofPhase, type TrafficMode, type WasmPlugin, wasmSlot } from '../filters/wasm.js';
import type { LinkerdAuthorization } from '../linkerd/authorization.js';
import { LinkerdInbound } from '../linkerd/inbound.js';
import type { NetworkReach } from '../network-policy/network-reach.js';
import type { EnvoyPatches, ProxyContext } from '../patches/envoy-patches.js';
import { policiesOf, type ServiceName } from '../patches/selection.js';
import type { Registry } from '../registry/registry.js';
import type { Workload } from '../registry/workload.js';
import type { RouteDecision, Target } from '../routes/route-decision.js';
import type { FilterCostInput } from '../settings/filter-cost.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Address } from '../terms/address.js';
import type { Findings } from '../terms/findings.js';
import type { Numbering } from '../terms/numbering.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';
import { isTaken } from '../tls/cluster-tls.js';

/** Indices into the plan's filters; null: the fault filter of the route is all. */
export type FilterNumbers = readonly number[] | null;

/** Whoever a server's proxy hears the request from. */
export interface Peer {
  readonly workload: Workload;
  /** Both ends speak mTLS of the mesh. */
  readonly mutualTls: boolean;
}

/** A request that has come in at a gateway. */
export interface AtGateway {
  /** null: a client outside, or nobody whom policies tell from others. */
  readonly peer: Peer | null;
  /** In the Gateway. */
  readonly serverPort: number;
  /** At which the pods listen: what policies call the port. */
  readonly podPort: number;
  /** The server reads no HTTP. */
  readonly opaque: boolean;
}

const NO_POLICIES = { custom: [], jwt: [], rbac: [] } as const;

export class HttpFilters {
  private readonly pool: FilterPool;
  private readonly policies: Policies;
  private readonly limits: RateLimitConfigs;
  private readonly linkerd: LinkerdInbound;
  private readonly plugins: readonly WasmPlugin[];
  /** Nothing in the YAML brings a filter. */
  private readonly none: boolean;

  constructor(
    resources: ResourceSet,
    numbering: Numbering,
    private readonly patches: EnvoyPatches,
    private readonly cost: FilterCostInput,
    private readonly findings: Findings,
    authorization: LinkerdAuthorization,
    release: Pick<ReleaseDefaults, 'severalAuthorizers'>,
  ) {
    this.pool = new FilterPool(numbering);
    this.policies = new Policies(resources, cost, this.pool, findings, release);
    this.linkerd = new LinkerdInbound(resources, authorization, this.pool);
    this.plugins = [...resources.wasmPlugins, ...resources.trafficExtensions];
    this.limits = new RateLimitConfigs(resources.configMaps, findings);
    this.none =
      resources.authorizationPolicies.length +
        resources.requestAuthentications.length +
        resources.wasmPlugins.length +
        resources.trafficExtensions.length +
        resources.envoyFilters.length ===
      0;
  }

  get plans(): readonly FilterPlan[] {
    return this.pool.all;
  }

  /** Who wrote each of the plans. */
  get sources(): readonly (FilterSource | null)[] {
    return this.pool.sources;
  }

  /** The route of a caller or a gateway with what EnvoyFilters merge into it. */
  merged(
    caller: Workload,
    decision: RouteDecision,
    context: MergeContext,
  ): { readonly decision: RouteDecision; readonly timers: StreamTimers } {
    if (this.none) return { decision, timers: NO_TIMERS };
    const where = caller.kind === 'gateway' ? 'GATEWAY' : 'SIDECAR_OUTBOUND';
    const routes = this.patches.of(caller, where, 'route');
    const managers = this.patches.of(caller, where, 'connection-manager');
    return mergedRoute(decision, { routes, managers }, context);
  }

  /** The way of a connection on a port without HTTP, as EnvoyFilters change it. */
  mergedTcp(caller: Workload, decision: RouteDecision, port: number, registry: Registry): RouteDecision {
    if (this.none) return decision;
    const patches = this.patches.of(caller, 'SIDECAR_OUTBOUND', 'tcp-proxy');
    return mergedTcpRoute(decision, patches, port, caller.namespace, registry);
  }

  /** Of the sidecar of a caller, listening where its application dials. */
  outbound(caller: Workload, request: RequestClass, port: number, route: SettledRoute): FilterNumbers {
    if (this.none) return null;
    const where = `outbound ${port}`;
    const wasm = this.wasm(caller, 'CLIENT', port, where);
    const remote: Address = { kind: 'pod' };
    return this.chain(caller, 'SIDECAR_OUTBOUND', port, where, { ...NO_POLICIES, wasm }, request, remote, route);
  }

  /** What a gateway learns of a request from the token that it believes; its routes may ask for it. */
  claims(workload: Workload, request: RequestClass): PlainMap | null {
    return this.none ? null : this.policies.claims(workload, request);
  }

  /** Of those who send to a gateway or a waypoint, who it is that its policies tell from others; null: nobody is. */
  toldApart(workload: Workload, peer: Peer): Peer | null {
    if (workload.kind === 'waypoint') return peer;
    return workload.kind === 'gateway' && this.policies.areFor(workload) ? peer : null;
  }

  /** Of a gateway; and the request as its policies leave it. */
  gateway(
    workload: Workload,
    { peer, serverPort: port, podPort, opaque }: AtGateway,
    request: RequestClass,
    route: SettledRoute,
  ): { readonly filters: FilterNumbers; readonly request: RequestClass } {
    if (this.none) return { filters: null, request };
    const where = `gateway ${port}`;
    const source = peer === null ? OUTSIDE : addressOf(peer.workload);
    const remote = remoteOf(request) ?? source;
    const principal = peer?.mutualTls === true ? principalOf(peer.workload) : null;
    const facts = { service: null, principal, source, remote, request, port: podPort, opaque };
    const { authentication, ...policies } = this.policies.slots(workload, where, facts);
    if (opaque) return { filters: activeFilters(policies.rbac), request };
    const wasm = this.wasm(workload, 'CLIENT', port, where);
    const filters = this.chain(workload, 'GATEWAY', port, where, { ...policies, wasm }, request, remote, route);
    return { filters, request: authentication.request };
  }

  /** Of the waypoint of a service, which hears from a caller through HBONE. */
  waypoint(
    workload: Workload,
    service: ServiceName,
    peer: Peer | null,
    request: RequestClass,
    port: number,
    route: SettledRoute,
  ): { readonly filters: FilterNumbers; readonly request: RequestClass } {
    if (this.none) return { filters: null, request };
    const principal = peer === null ? null : principalOf(peer.workload);
    const where = `waypoint ${service.namespace}/${service.name} ${port} from ${principal ?? 'anybody'}`;
    const source: Address = { kind: 'pod' };
    const remote = remoteOf(request) ?? source;
    const facts = { service, principal, source, remote, request, port, opaque: false };
    const { authentication, ...policies } = this.policies.slots(workload, where, facts);
    const wasm = this.wasm(workload, 'SERVER', port, where);
    const filters = this.chain(workload, 'WAYPOINT', port, where, { ...policies, wasm }, request, remote, route);
    return { filters, request: authentication.request };
  }

  /** Of a server's sidecar; `port` is that of the pods, `opaque` where it does not speak HTTP. */
  inbound(
    server: Workload,
    peer: Peer,
    request: RequestClass,
    port: number,
    opaque: boolean,
  ): { readonly filters: FilterNumbers; readonly request: RequestClass } {
    if (server.linkerd !== undefined) {
      // Connections that are not read are refused as such: models/plan/linkerd/reach.ts.
      if (opaque) return { filters: null, request };
      const asking = { workload: peer.workload, authenticated: peer.mutualTls && peer.workload.linkerd !== undefined };
      return { filters: this.linkerd.filters(server, asking, port, request), request };
    }
    if (this.none) return { filters: null, request };
    if (server.ambient === true) this.policies.noteZtunnel(server);
    if (!isTaken(server, port)) return { filters: null, request };
    // Callers with and without mTLS come in through filter chains of their own.
    const where = `inbound ${port} ${peer.mutualTls ? 'mTLS' : 'plaintext'}`;
    const source = addressOf(peer.workload);
    const remote = remoteOf(request) ?? (peer.workload.kind === 'gateway' ? OUTSIDE : source);
    const principal = peer.mutualTls ? principalOf(peer.workload) : null;
    const { authentication, ...policies } = this.policies.slots(server, where, {
      service: null,
      principal,
      source,
      remote,
      request,
      port,
      opaque,
    });
    if (opaque) return { filters: activeFilters(policies.rbac), request };
    const wasm = this.wasm(server, 'SERVER', port, where);
    const route = { vhost: `inbound|http|${port}`, name: 'default', cluster: `inbound|${port}||` };
    const filters = this.chain(server, 'SIDECAR_INBOUND', port, where, { ...policies, wasm }, request, remote, route);
    // Istio injects no faults into inbound routes.
    return { filters: filters?.filter((number) => number !== ROUTE_FAULT) ?? null, request: authentication.request };
  }

  /** What a network policy for HTTP answers before the request is at the server; null: nothing. */
  refusal(reach: NetworkReach, caller: Workload, server: Workload, target: Target): number | null {
    return reach.refusal(caller, server, target, this.pool);
  }

  private chain(
    workload: Workload,
    context: ProxyContext,
    port: number,
    where: string,
    slots: PolicySlots,
    request: RequestClass,
    remote: Address,
    route: SettledRoute,
  ): FilterNumbers {
    const { cost, pool, limits, patches, findings } = this;
    const settings: RouteSettings = routeSettings(patches.of(workload, context, 'route'), port, route, {
      request,
      remoteAddress: remote.kind === 'known' ? remote.text : remote.kind,
      sourceCluster: `${workload.labels.app ?? workload.name}.${workload.namespace}`,
      destinationCluster: route.cluster,
    });
    const generated = generatedChain(slots, context === 'SIDECAR_INBOUND');
    const own = patches.of(workload, context, 'http-filter');
    const found = activeFilters(patchedChain(generated, own, port, where, settings, { cost, pool, limits, findings }));
    return found.length === 1 && found[0] === ROUTE_FAULT ? null : found;
  }

  private wasm(workload: Workload, mode: TrafficMode, port: number, where: string): PolicySlots['wasm'] {
    const plugins = policiesOf(this.plugins, workload);
    const slots = (phase: WasmPlugin['spec']['phase']) =>
      ofPhase(plugins, phase, mode, port).map((plugin) => wasmSlot(plugin, where, this.cost, this.pool));
    return {
      authn: slots('AUTHN'),
      authz: slots('AUTHZ'),
      stats: slots('STATS'),
      last: slots('UNSPECIFIED_PHASE'),
    };
  }
}

const OUTSIDE: Address = { kind: 'outside' };

function addressOf({ kind }: Workload): Address {
  switch (kind) {
    case 'app':
    case 'gateway':
    case 'waypoint':
    case 'ztunnel':
      return { kind: 'pod' };
    case 'client':
    case 'external':
      return OUTSIDE;
  }
}

/** The last address of `x-forwarded-for`: the client as the last proxy in front saw it. */
function remoteOf(request: RequestClass): Address | null {
  const forwarded = headerValue(request.headers, 'x-forwarded-for');
  const last = forwarded?.split(',').pop()?.trim() ?? '';
  return /^[\d.]+$|^[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(last) ? { kind: 'known', text: last } : null;
}
