// Gateways: which pods serve which hosts and ports to clients from outside, and how a gateway's proxy routes.
// istio: pilot/pkg/model/gateway.go (MergeGateways), pilot/pkg/networking/core/gateway.go (buildGatewayHTTPRouteConfig).
import type { GatewayServer, GatewaySpec } from '../../config/kinds/gateway.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { append, positionsBy } from '../../list-index.js';
import type { LocalityPlan } from '../contract/plan.js';
import type { Findings } from '../terms/findings.js';
import { compareSpecificity, hostCovers } from '../terms/host.js';
import { HostIndex } from '../terms/host-index.js';
import { SelectorIndex } from '../terms/label-index.js';
import { ROOT_NAMESPACE, selects } from '../terms/visibility.js';
import { type AssumedGateway, gatewayName, INGRESS_PORTS } from './assumed-gateways.js';
import { GatewayPorts } from './gateway-ports.js';
import type { Registry } from './registry.js';
import type { Workload, Workloads } from './workload.js';

type GatewayResource = Resource<'Gateway', GatewaySpec>;

/** One server of one Gateway. */
export interface Server {
  readonly gateway: GatewayResource;
  /** `namespace/name` */
  readonly gatewayName: string;
  readonly server: GatewayServer;
  readonly hosts: readonly ServerHost[];
}

export interface ServerHost {
  readonly host: string;
  /** VirtualServices must be of this namespace; null = of any. */
  readonly namespace: string | null;
}

/** Where a client from outside comes in. */
export interface GatewayEntry {
  readonly workloads: readonly Workload[];
  readonly gatewayName: string;
  /** Port of the server that takes the request. */
  readonly listenerPort: number;
  readonly host: string;
  readonly tls: boolean;
}

const byKey = positionsBy<Server>(({ gateway }) => [implicitKey(gateway)]);

export class Gateways {
  readonly servers: readonly Server[];
  /** Those that clients from outside may dial, by their hosts. */
  private readonly dialed = new HostIndex<Server>();
  private readonly selectors: SelectorIndex;
  /** Gateways that are assumed because the YAML routes to them, or the scenario sizes them. */
  private readonly standIns = new Map<GatewayResource, Workload>();
  private readonly implicit = new Map<string, Workload>();
  /** Of the Gateways that a workload stands in for. */
  private readonly keysOf = new Map<Workload, string[]>();
  /** The servers that share a listener, by workload and port. */
  private readonly listening = new Map<string, readonly Server[]>();
  private readonly ports: GatewayPorts;

  constructor(
    resources: ResourceSet,
    private readonly workloads: Workloads,
    registry: Registry,
    private readonly findings: Findings,
    assumed: readonly AssumedGateway[] = [],
  ) {
    this.ports = new GatewayPorts(registry);
    this.servers = resources.gateways.flatMap((gateway) =>
      gateway.spec.servers.map((server) => ({
        gateway,
        gatewayName: `${gateway.namespace}/${gateway.name}`,
        server,
        hosts: server.hosts.map((host) => serverHost(host, gateway.namespace)),
      })),
    );
    this.selectors = new SelectorIndex(
      this.servers.map(({ gateway: { spec } }) => ({
        namespace: spec.deployment?.namespace ?? null,
        labels: spec.selector,
      })),
    );
    for (const { gateways, workload } of assumed) {
      for (const gateway of gateways) {
        if (this.standIns.has(gateway)) continue;
        this.standIns.set(gateway, workload);
        append(this.keysOf, workload, implicitKey(gateway));
      }
    }
    for (const server of this.servers) {
      if (isEgress(server) || passesOn(server)) continue;
      for (const host of new Set(server.hosts.map((own) => own.host))) this.dialed.add(host, server);
    }
  }

  /**
   * The way in for a client that dials `host:port`; null where no gateway serves the host. `port` null stands for a gateway that
   * serves the host, but on other ports only.
   */
  entryFor(
    host: string,
    port: number,
  ): { entry: GatewayEntry; exactHost: boolean } | { ports: readonly number[]; exactHost: boolean } | null {
    let exactHost: boolean | null = null;
    const ports = new Set<number>();
    for (const servers of this.dialed.covering(host)) {
      exactHost ??= bestHost(servers[0]!, host) !== '*';
      const server = servers.find((one) => this.reaches(one, port));
      if (server !== undefined) {
        return { exactHost: bestHost(server, host) !== '*', entry: this.entryAt(server, host) };
      }
      for (const one of servers) ports.add(one.server.port.number);
    }
    return exactHost === null ? null : { ports: [...ports], exactHost };
  }

  /** Whether one serves the very host, and not whatever is asked for. */
  servesByName(host: string): boolean {
    const [servers] = this.dialed.covering(host);
    return servers !== undefined && bestHost(servers[0]!, host) !== '*';
  }

  private entryAt(server: Server, host: string): GatewayEntry {
    return {
      workloads: this.podsOf(server),
      gatewayName: server.gatewayName,
      listenerPort: server.server.port.number,
      host,
      tls: ['HTTPS', 'TLS'].includes(server.server.port.protocol.toUpperCase()),
    };
  }

  /**
   * The servers of a gateway's pods that share a listener, in the order of their Gateways.
   * @param port of a server or of the gateway's Service
   */
  serversOf(workload: Workload, port: number): readonly Server[] {
    const listens = this.ports.listens(workload, port);
    const key = `${workload.index} ${listens}`;
    const known = this.listening.get(key);
    if (known !== undefined) return known;
    const found = this.runningOn(workload).filter(
      (server) => this.ports.listens(workload, server.server.port.number) === listens,
    );
    this.listening.set(key, found);
    return found;
  }

  private runningOn(workload: Workload): readonly Server[] {
    const keys = this.keysOf.get(workload) ?? [];
    const positions = [
      ...this.selectors.metBy(workload.namespace, workload.labels),
      ...keys.flatMap((key) => byKey(this.servers).get(key) ?? []),
    ];
    return [...new Set(positions)]
      .sort((a, b) => a - b)
      .map((position) => this.servers[position]!)
      .filter((server) => this.runsOn(server, workload));
  }

  /** The server's port at which a connection to a port of the gateway's Service comes out; that port again where no server listens there. */
  listenerPort(workload: Workload, servicePort: number): number {
    return this.serversOf(workload, servicePort)[0]?.server.port.number ?? servicePort;
  }

  /** Whether a gateway's pods pass TLS for a host of the mesh on by its server name, as gateways between networks do. */
  passesThrough(workload: Workload, port: number, host: string): boolean {
    return this.serversOf(workload, port).some((server) => passesOn(server) && bestHost(server, host) !== null);
  }

  /** Whether a port of these pods is one between networks and nothing else: connections that name none of its clusters are closed. */
  closesOthers(workload: Workload, port: number): boolean {
    const servers = this.serversOf(workload, port);
    return servers.length > 0 && servers.every(passesOn);
  }

  /**
   * Who stands behind a gateway between networks whose pods are not in the YAML: those of a Gateway for such pods, else nobody who listens.
   * @param place where they are taken to be
   */
  passingThrough(
    labels: Readonly<Record<string, string>>,
    { name, namespace, resource }: Pick<Workload, 'name' | 'namespace' | 'resource'>,
    place: LocalityPlan | null,
  ): Workload {
    const found = this.servers.find((server) => passesOn(server) && selects(server.gateway.spec.selector, labels));
    if (found !== undefined) return this.podsOf(found, place)[0]!;
    return this.workloads.addOutside({ name, namespace, kind: 'external', resource, position: null }, place);
  }

  private runsOn(server: Server, workload: Workload): boolean {
    const selected = this.selectedBy(server);
    if (selected.length > 0) return selected.includes(workload);
    return this.implicit.get(implicitKey(server.gateway)) === workload || this.assumed(server.gateway) === workload;
  }

  /** The gateway that stands in for the pods of a Gateway because the YAML routes to it, or the scenario sizes it. */
  private assumed(gateway: GatewayResource): Workload | undefined {
    return this.standIns.get(gateway);
  }

  private selectedBy(server: Server): readonly Workload[] {
    const { selector, deployment } = server.gateway.spec;
    return Object.keys(selector).length === 0
      ? []
      : this.workloads.selectedBy(selector, deployment === null ? null : deployment.namespace);
  }

  /** The pods that a Gateway selects; where the YAML has none, a gateway as Istio installs it is assumed. */
  private podsOf(server: Server, place: LocalityPlan | null = null): readonly Workload[] {
    const selected = this.selectedBy(server);
    return selected.length > 0 ? selected : [this.implicitGateway(server, place)];
  }

  private implicitGateway(server: Server, place: LocalityPlan | null): Workload {
    const { selector, deployment, foreign } = server.gateway.spec;
    const name = deployment?.name ?? gatewayName(selector);
    const namespace = deployment?.namespace ?? ROOT_NAMESPACE;
    const replicas = deployment?.replicas ?? 1;
    const key = implicitKey(server.gateway);
    const known = this.implicit.get(key) ?? (deployment === null ? this.assumed(server.gateway) : undefined);
    if (known !== undefined) return known;
    const resource = `Gateway ${server.gatewayName}`;
    this.findings.approximated(
      resource,
      'spec.selector',
      server.gateway.source.at(['spec', 'selector']),
      `no pods in the YAML carry the labels of the selector; ${replicas === 1 ? 'one replica' : `${replicas} replicas`} of ${name} in ${namespace} ${replicas === 1 ? 'is' : 'are'} assumed`,
    );
    const workload = this.workloads.add({
      name,
      namespace,
      kind: 'gateway',
      labels: deployment?.template.labels ?? selector,
      pod: deployment?.template ?? null,
      hasSidecar: true,
      replicas,
      places: place === null ? null : [place],
      version: '',
      resource,
      position: server.gateway.source.at([]),
      ...(foreign === undefined ? {} : { foreign }),
    });
    this.implicit.set(key, workload);
    append(this.keysOf, workload, key);
    // Its pods may be those of Gateways that had others before.
    this.listening.clear();
    return workload;
  }

  /** Whether clients that dial `port` come out at the server: directly, or through the ports of the gateway's Service. */
  private reaches(server: Server, port: number): boolean {
    const { number } = server.server.port;
    if (number === port) return true;
    const selected = this.selectedBy(server);
    if (selected.length === 0) return INGRESS_PORTS.get(port) === number;
    return selected.some((workload) => this.targetPort(workload, port) === this.ports.listens(workload, number));
  }

  /** The port of a gateway's pods behind a port of its Service; null where the Service has no such port. */
  targetPort(workload: Workload, port: number): number | null {
    return this.ports.targetOf(workload, port);
  }
}

function serverHost(text: string, namespace: string): ServerHost {
  const slash = text.indexOf('/');
  if (slash < 0) return { host: text, namespace: null };
  const owner = text.slice(0, slash);
  return { host: text.slice(slash + 1), namespace: owner === '*' ? null : owner === '.' ? namespace : owner };
}

function bestHost(server: Server, host: string): string | null {
  const covering = server.hosts.map((candidate) => candidate.host).filter((pattern) => hostCovers(pattern, host));
  return covering.sort(compareSpecificity)[0] ?? null;
}

/** Gateways with one key share the pods that are assumed. */
function implicitKey({ spec: { deployment, selector } }: GatewayResource): string {
  return deployment === null ? gatewayName(selector) : `${deployment.namespace}/${deployment.name}`;
}

/** A server between networks: it goes by the server name of mutual TLS and knows no routes. */
function passesOn({ server }: Server): boolean {
  return server.tls?.mode === 'AUTO_PASSTHROUGH';
}

/** Gateways out of the mesh are not dialed from outside. */
function isEgress(server: Server): boolean {
  return Object.values(server.gateway.spec.selector).some((value) => value.includes('egress'));
}
