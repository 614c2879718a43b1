// Envoy clusters as callers see them: one per distinct (name, policy, endpoints), in the order in which they are met.
// istio: pilot/pkg/networking/core/{cluster_builder,cluster_tls}.go, pilot/pkg/xds/endpoints/endpoint_builder.go.

import type { ClientTlsSettings, ConnectionPoolSettings, PortPolicy } from '../../config/kinds/destination-rule.js';
import { type EndpointTlsPlan, PLAIN_CLUSTER, wayTo } from '../contract/cluster-plan.js';
import { type ClusterPlan, type HashKeyPlan, NONE } from '../contract/plan.js';
import type { ClusterSources } from '../contract/sources.js';
import { accrualSources } from '../linkerd/accrual.js';
import { linkerdCluster } from '../linkerd/cluster.js';
import { mergedCluster, patchesFor } from '../patches/cluster-merge.js';
import { mergedSources } from '../patches/cluster-merge-sources.js';
import type { EnvoyPatches } from '../patches/envoy-patches.js';
import type { Gateways } from '../registry/gateways.js';
import { isOpaquePort } from '../registry/linkerd-ports.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { hashKey } from '../routes/hash-policy.js';
import type { Target } from '../routes/route-decision.js';
import { clusterSources, NO_CLUSTER_SOURCES } from '../settings/cluster-sources.js';
import type { DestinationRules, MergedRule } from '../settings/destination-rule.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { NETWORK_LABEL } from '../settings/network-label.js';
import { effectivePolicy, retryBudgetOf } from '../settings/traffic-policy.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import { isHttp } from '../terms/protocol.js';
import { authorityHost } from '../terms/request-class.js';
import { selects } from '../terms/visibility.js';
import { type ClusterTls, clusterTls, plaintext, type Servers, throughGateway } from '../tls/cluster-tls.js';
import { type GatewayWelcome, gatewayWelcome, serverName } from '../tls/gateway-tls.js';
import type { PeerAuthentications } from '../tls/peer-authentication.js';
import { ClusterFindings } from './cluster-findings.js';
import { clusterName, identity, inboundName, passthroughName } from './cluster-name.js';
import {
  balancerPlan,
  outlierPlan,
  panicThresholdPercent,
  poolPlan,
  retryBudgetPlan,
  tableProblem,
} from './cluster-policy.js';
import type { ClusterPool, ClusterRef, Member } from './cluster-pool.js';
import { upgrades, upstreamProtocol } from './cluster-protocol.js';
import { type LocalityRule, localityRule, nearRule } from './locality-lb.js';
import type { NetworkGate, Networks, Passage } from './networks.js';

/** Whose proxy looks: DestinationRules depend on it. */
export interface ClientView {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of a waypoint: whether it serves a service. */
  serves?(service: Service): boolean;
  /** EnvoyFilters for it are merged into its clusters; absent: none are. */
  readonly workload?: Workload;
}

type Endpoints = Service['endpoints'];

type Policies = Omit<ClusterPlan, 'groups'>;
type RuleAndPolicy = ReturnType<Clusters['policyOf']>;

export class Clusters {
  private readonly notes: ClusterFindings;

  constructor(
    private readonly rules: DestinationRules,
    private readonly release: ReleaseDefaults,
    private readonly pool: ClusterPool,
    private readonly findings: Findings,
    private readonly mesh: MeshSettings,
    private readonly peers: PeerAuthentications,
    private readonly patches: EnvoyPatches,
    private readonly networks: Networks,
    private readonly gateways: Gateways,
  ) {
    this.notes = new ClusterFindings(findings, release);
  }

  /** All clusters so far. */
  get plans(): readonly ClusterPlan[] {
    return this.pool.plans;
  }

  /** The cluster of a target; index NONE where Istio generates none (503 NC). */
  of(target: Target, client: ClientView): ClusterRef {
    const { service } = target;
    if (target.entry !== null) {
      return this.plain(target, client, target.entry.host, 'http1', members(target.entry.workloads));
    }
    if (service === null) {
      this.notes.missingHost(target);
      return missing(target);
    }
    const port = service.ports.find((candidate) => candidate.number === target.port);
    if (port === undefined) {
      this.notes.missingPort(target, service);
      return missing(target);
    }
    switch (target.via) {
      case 'kube-proxy':
      case 'passthrough':
      case 'external':
        return this.plain(
          target,
          client,
          service.host,
          upstreamProtocol(port, null, target),
          this.near(service, client),
          plaintext(this.servers(target, service, port, this.near(service, client)), this.findings),
        );
      case 'ztunnel':
        return this.byConnection(target, service, port, client);
      case 'linkerd':
        return this.byLinkerd(target, service, port, client);
      case 'mesh':
        return this.inMesh(target, service, port, client);
    }
  }

  /** The endpoints that a client without a proxy's help reaches. */
  private near({ endpoints }: Service, { workload }: ClientView): Endpoints {
    return endpoints.filter((endpoint) => this.networks.isDirect(workload, endpoint.workload));
  }

  /** The DestinationRule of a service for a client. */
  ruleFor(service: Service, client: ClientView): MergedRule | null {
    return this.rules.lookup(service.host, service.namespace, client.namespace, client.labels);
  }

  private servers(target: Target, service: Service, port: PortInfo, endpoints: Endpoints): Servers {
    const welcome: Servers['welcome'] = (gateway, settings) => {
      const found = this.welcome(target, gateway, settings);
      if (found.why !== '') this.notes.unwelcome(target, gateway, found.why);
      return found;
    };
    return { service, port, endpoints, peers: this.peers, welcome, automatic: this.mesh.enableAutoMtls };
  }

  /** What a gateway behind a target makes of a client with these settings; what is in plain text to a proxy may be TLS of the application. */
  welcome(target: Target, gateway: Workload, settings: ClientTlsSettings | null): GatewayWelcome {
    const { host, port, subset, request } = target;
    const listening = this.gateways.serversOf(gateway, port);
    const authority = authorityHost(request.authority);
    if (settings !== null && settings.mode !== 'DISABLE') {
      return gatewayWelcome(listening, {
        mode: settings.mode,
        sni: serverName(settings, { host, port, subset }, authority),
      });
    }
    const own = request.scheme === 'https';
    return gatewayWelcome(listening, own ? { mode: 'SIMPLE', sni: authority } : { mode: 'none', sni: '' });
  }

  /** Whether a target is balanced by a consistent hash. */
  isSticky(target: Target, client: ClientView): boolean {
    return this.policyOf(target, client).policy.loadBalancer?.consistentHash != null;
  }

  /** Whether callers of a group of endpoints of a cluster show who they are. */
  isMutualTls({ index }: ClusterRef, group: number): boolean {
    if (index === NONE) return false;
    const plan = this.pool.plans[index]!;
    return wayTo(plan, group).tls.mode === 'mtls';
  }

  /** Whether connections to a group of endpoints of a cluster go past the proxies of these. */
  skipsProxy({ index }: ClusterRef, group: number): boolean {
    if (index === NONE) return false;
    const plan = this.pool.plans[index]!;
    return wayTo(plan, group).skipsProxy;
  }

  /** The pool settings of a destination's rule as a whole, those of its ports and subsets aside: where TCP finds its time-outs. */
  wholePool(target: Target, client: ClientView): ConnectionPoolSettings | null {
    return this.policyOf(target, client).rule?.policy?.value.connectionPool ?? null;
  }

  /** The DestinationRule that a client uses for a target, and the policy that it gives there. */
  policyOf(target: Target, client: ClientView): { rule: MergedRule | null; policy: PortPolicy } {
    const { service } = target;
    const rule =
      service === null || target.via !== 'mesh'
        ? null
        : this.rules.lookup(service.host, service.namespace, client.namespace, client.labels);
    return { rule, policy: effectivePolicy(rule, target.port, target.subset) };
  }

  private inMesh(target: Target, service: Service, port: PortInfo, client: ClientView): ClusterRef {
    const found = this.policyOf(target, client);
    const { rule, policy } = found;
    const subset = rule?.subsets.find(({ value }) => value.name === target.subset) ?? null;
    if (target.subset !== '' && subset === null) {
      this.notes.missingSubset(target, rule);
      return missing(target);
    }
    const endpoints = endpointsOf(target, service).filter(
      ({ workload }) =>
        subset === null || workload === target.waypoint || selects(subset.value.labels, workload.labels),
    );
    if (service.discovery === 'dns' && endpoints.length === 0) return missing(target);
    if (service.endpoints.length === 0) this.notes.withoutEndpoints(service);
    const problem = tableProblem(balancerPlan(policy.loadBalancer, this.release));
    if (problem !== null && rule !== null) {
      this.notes.refusedTable(rule, problem);
      return missing(target);
    }
    if (rule !== null) {
      this.notes.localities(rule, policy);
      this.notes.zones(rule, policy);
    }
    const tls = clusterTls(policy.tls, this.servers(target, service, port, endpoints), this.findings);
    const cluster = { ...this.policies(target, service, port, client, found), ...tls };
    const ranks = this.ranks(service, client, policy);
    const tlsOf = (index: number) => wayTo(tls, index);
    const reached = this.networks.reached(client.workload, endpoints, tlsOf, service);
    const patches = this.patchesFor(cluster, client);
    const sources = () => mergedSources(this.sources(target, rule), patches);
    if (reached === null)
      return this.pool.intern(target, client, endpoints, mergedCluster(cluster, patches), sources, ranks);
    const direct = reached.direct.map(({ index, weight }) => ({ ...endpoints[index]!, weight }));
    const passages = reached.passages.map((passage) => {
      const beyond = this.behind(target, service, port, passage.gate, reached.behind.get(passage.gate.network) ?? []);
      return { passage, beyond, open: beyond.index !== NONE && this.networks.passes(passage.gate, service) };
    });
    const endpointTls = [
      ...reached.direct.map(({ index }) => tlsOf(index)),
      ...passages.map(({ open }) => throughGateway(open)),
    ];
    const secured = { ...cluster, ...endpointTls[0], endpointTls };
    const members = [...direct, ...passages.map(({ passage, beyond }) => memberOf(passage, beyond))];
    return this.pool.intern(target, client, members, mergedCluster(secured, patches), sources, ranks);
  }

  /** What the rules say of a cluster, but for the TLS of its endpoints. */
  private policies(
    target: Target,
    service: Service,
    port: PortInfo,
    client: ClientView,
    { rule, policy }: RuleAndPolicy,
  ): Omit<Policies, 'tls' | 'reachable'> {
    const subset = rule?.subsets.find(({ value }) => value.name === target.subset) ?? null;
    const position =
      subset?.resource.source.at(['spec', 'subsets', subset.index]) ?? rule?.resource.source.at([]) ?? service.position;
    const ranks = this.ranks(service, client, policy);
    const protocol = upstreamProtocol(port, policy, target, this.mesh.upgradesToHttp2);
    return {
      ...PLAIN_CLUSTER,
      ...identity(target, service.host),
      ...(client.serves?.(service) === true ? { name: inboundName(target, service.host) } : {}),
      protocol,
      balancer:
        service.discovery === 'original-dst'
          ? { policy: 'random', choiceCount: 2 }
          : balancerPlan(policy.loadBalancer, this.release),
      ...poolPlan(policy.connectionPool, this.release, this.mesh.connectTimeoutNs),
      outlier: outlierPlan(policy.outlierDetection, this.release),
      panicThresholdPercent: panicThresholdPercent(policy.outlierDetection, this.release),
      position,
      retryBudget: this.retryBudget(rule, target.subset),
      maxStreamDurationNs: 0,
      healthCheck: null,
      zoneAware: ranks?.kind === 'zone-aware' ? { minClusterSize: ranks.minClusterSize } : null,
      appProtocol: upgrades(port, policy, target, this.mesh.upgradesToHttp2) ? 'http1' : protocol,
    };
  }

  private ranks(service: Service, { labels }: ClientView, policy: PortPolicy): LocalityRule | null {
    return localityRule(policy, service, labels, this.release, this.mesh.localityLbSetting);
  }

  /** What a gateway into a network chooses from for a connection: as its own rules say, but for TLS, which it passes on. */
  private behind(
    target: Target,
    service: Service,
    port: PortInfo,
    { workload }: NetworkGate,
    endpoints: Endpoints,
  ): ClusterRef {
    const view: ClientView = { namespace: workload.namespace, labels: workload.labels, workload };
    const found = this.policyOf(target, view);
    const { rule, policy } = found;
    if (target.subset !== '' && !rule?.subsets.some(({ value }) => value.name === target.subset)) {
      this.notes.missingSubset(target, rule);
      return { ...missing(target), groups: endpoints.map((endpoint) => endpoint.workload) };
    }
    const passedOn: EndpointTlsPlan = { tls: { mode: 'none', roundTrips: 0 }, reachable: 'yes', skipsProxy: false };
    const ways = endpoints.map(({ workload: server }) => ({
      ...passedOn,
      reachable: this.networks.reachable(server, port),
    }));
    const plan: Policies = {
      ...this.policies(target, service, port, view, found),
      name: passthroughName(target, service.host),
      ...(ways[0] ?? passedOn),
      endpointTls: ways.every(({ reachable }) => reachable === 'yes') ? [] : ways,
    };
    const sources = () => this.sources(target, rule);
    return this.pool.intern(target, view, endpoints, plan, sources, this.ranks(service, view, policy));
  }

  /** Who wrote the policies of a cluster, EnvoyFilters aside. */
  private sources({ port, subset }: Target, rule: MergedRule | null): ClusterSources {
    return clusterSources(rule, port, subset, this.mesh.sources);
  }

  /** What EnvoyFilters merge into a cluster. */
  private patchesFor(cluster: Policies, { workload }: ClientView): ReturnType<typeof patchesFor> {
    if (workload === undefined) return [];
    const context = workload.kind === 'gateway' ? 'GATEWAY' : 'SIDECAR_OUTBOUND';
    return patchesFor(cluster, this.patches.of(workload, context, 'cluster'));
  }

  /** What the consistent hash of a cluster looks at: the hash policies of all destinations of the route, in the class that arrives there. */
  hashKeys(
    target: Target,
    route: readonly Target[],
    client: ClientView,
    attributes: ReadonlySet<string>,
  ): readonly HashKeyPlan[] {
    if (keepsClient(target)) return [{ kind: 'source-ip' }];
    if (!this.isSticky(target, client)) return [];
    const port = target.service?.ports.find((candidate) => candidate.number === target.port);
    const readsHttp = port !== undefined && isHttp(port.protocol);
    return route.flatMap((other) => {
      const hash = this.policyOf(other, client).policy.loadBalancer?.consistentHash ?? null;
      const key = hash === null ? null : hashKey(hash, target.request, readsHttp, attributes);
      return key === null ? [] : [key];
    });
  }

  /** A cluster without policies: kube-proxy's choice, passthrough, or the way from outside to a gateway. */
  private plain(
    target: Target,
    client: ClientView,
    host: string,
    protocol: ClusterPlan['protocol'],
    endpoints: Endpoints,
    secured: ClusterTls | null = null,
  ): ClusterRef {
    const tls = target.entry?.tls === true;
    const service = target.via === 'ztunnel' ? target.service : null;
    const cluster: Policies = {
      ...PLAIN_CLUSTER,
      ...identity(target, host),
      protocol,
      appProtocol: protocol,
      balancer: { policy: keepsClient(target) ? 'maglev' : 'random', choiceCount: 2 },
      ...poolPlan(null, this.release, this.mesh.connectTimeoutNs),
      tls: { mode: tls ? 'tls' : 'none', roundTrips: tls ? 1 : 0 },
      reachable: 'yes',
      ...secured,
      outlier: null,
      panicThresholdPercent: 0,
      position: target.service?.position ?? null,
      retryBudget: null,
      maxStreamDurationNs: 0,
      healthCheck: null,
      skipsOwnProxy: target.skipsProxy === true,
    };
    const sources = () => NO_CLUSTER_SOURCES;
    if (service === null) return this.pool.intern(target, client, endpoints, cluster, sources);
    const ranks = nearRule(service, {});
    return this.pool.intern(target, client, endpoints, { ...cluster, perConnection: true }, sources, ranks);
  }

  /** What a ztunnel balances: connections, over the pods of a service or of its waypoint; near ones only where the service asks for them. */
  private byConnection(target: Target, service: Service, port: PortInfo, client: ClientView): ClusterRef {
    if (service.endpoints.length === 0) this.notes.withoutEndpoints(service);
    const protocol = upstreamProtocol(port, null, target);
    return this.plain(target, client, service.host, protocol, endpointsOf(target, service));
  }

  /** What a proxy of Linkerd's balances: near endpoints only where the Service asks for them. */
  private byLinkerd(target: Target, service: Service, port: PortInfo, client: ClientView): ClusterRef {
    if (service.endpoints.length === 0) this.notes.withoutEndpoints(service, 504);
    const opaque = isOpaquePort(service, port, client.workload?.linkerd ?? {});
    const cluster = linkerdCluster(identity(target, service.host), service, port, target, opaque, this.findings);
    const ranks = nearRule(service, {});
    const sources = () => ({ ...NO_CLUSTER_SOURCES, ...accrualSources(service) });
    return this.pool.intern(target, client, service.endpoints, cluster, sources, ranks);
  }

  private retryBudget(rule: MergedRule | null, subset: string): ClusterPlan['retryBudget'] {
    const budget = retryBudgetOf(rule, subset)?.value ?? null;
    if (rule !== null && budget !== null && !this.release.retryBudget) this.notes.laterRetryBudget(rule);
    return retryBudgetPlan(budget, this.release);
  }
}

/** A gateway's passage among the endpoints. It has no labels of the pods behind it but their network. */
function memberOf({ gate, locality, weight }: Passage, beyond: ClusterRef): Member {
  return {
    workload: gate.workload,
    weight,
    passage: { cluster: beyond.index, locality },
    labels: { [NETWORK_LABEL]: gate.network },
    beyond,
  };
}

/** Whether kube-proxy sends all connections of a client to one endpoint (kubernetes: pkg/proxy/iptables/proxier.go, ClientIP). */
function keepsClient({ via, service }: Target): boolean {
  return via === 'kube-proxy' && service?.keepsClients === true;
}

/** Istio generates no such cluster. */
function missing(target: Target): ClusterRef {
  return { index: NONE, name: clusterName(target, target.host), groups: [] };
}

/** A service's own, or its waypoint in their place. */
function endpointsOf({ waypoint }: Target, service: Service): Endpoints {
  return waypoint === undefined ? service.endpoints : members([waypoint]);
}

function members(workloads: readonly Workload[]): Endpoints {
  return workloads.map((workload) => ({ workload, weight: 1 }));
}
