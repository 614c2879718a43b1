// Networks whose pods do not reach each other: the gateways between them, and what of a service a proxy reaches directly or through them.
// istio: pilot/pkg/serviceregistry/kube/controller/network.go (extractGatewaysFromService), pilot/pkg/model/network.go,
// pilot/pkg/xds/endpoints/ep_filters.go (EndpointsByNetworkFilter).
import { GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { NetworkGateway } from '../../config/kinds/mesh-networks.js';
import type { ServiceSpec } from '../../config/kinds/service.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import type { EndpointTlsPlan } from '../contract/cluster-plan.js';
import type { LocalityPlan } from '../contract/plan.js';
import type { Gateways } from '../registry/gateways.js';
import type { Registry } from '../registry/registry.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { NETWORK_LABEL, networkPortOf } from '../settings/network-label.js';
import type { Findings } from '../terms/findings.js';
import { serviceHost } from '../terms/host.js';
import type { Localities } from '../terms/locality.js';
import { portOf } from '../tls/cluster-tls.js';

type Endpoint = Service['endpoints'][number];
type KubernetesService = Resource<'Service', ServiceSpec>;

/** The address of a gateway into a network. */
export interface NetworkGate {
  readonly network: string;
  /** Its pods; behind an address that nobody answers, something that takes no connections. */
  readonly workload: Workload;
  /** Port of its pods. */
  readonly port: number;
  readonly resource: string;
}

/** A gateway, as far as it stands for endpoints of one locality. */
export interface Passage {
  readonly gate: NetworkGate;
  readonly locality: number;
  readonly weight: number;
}

/** What a proxy has of a service's endpoints. */
export interface Reached {
  /** Positions among the endpoints, and their weights. */
  readonly direct: readonly { readonly index: number; readonly weight: number }[];
  readonly passages: readonly Passage[];
  /** What gateways choose from, by network. */
  readonly behind: ReadonlyMap<string, readonly Endpoint[]>;
}

const NODE_SELECTOR = 'traffic.istio.io/nodeSelector';
/** Of Istio's other class of gateways between networks, which speaks HBONE: sidecars do not use it. */
const HBONE_CLASS = 'istio-east-west';

export class Networks {
  private readonly gates = new Map<string, NetworkGate[]>();

  /** @param localitiesOf one entry a pod of a workload */
  constructor(
    resources: ResourceSet,
    mesh: MeshSettings,
    private readonly registry: Registry,
    private readonly gateways: Gateways,
    private readonly localitiesOf: (workload: Workload) => readonly number[],
    private readonly localities: Localities,
    private readonly findings: Findings,
  ) {
    for (const service of resources.services) {
      const port = networkPortOf(service.labels);
      if (port === null || !this.isReachable(service)) continue;
      const { name, namespace, labels, spec } = service;
      const address = { name, namespace, resource: `Service ${namespace}/${name}` };
      this.add(labels[NETWORK_LABEL]!, serviceHost(name, namespace), port, spec.selector, address);
    }
    for (const { name, namespace, labels, spec } of resources.kubernetesGateways) {
      const port = networkPortOf(labels);
      if (port === null || spec.gatewayClassName === HBONE_CLASS) continue;
      const host = serviceHost(`${name}-${spec.gatewayClassName}`, namespace);
      const selector = { [`${GATEWAY_GROUP}/gateway-name`]: name };
      this.add(labels[NETWORK_LABEL]!, host, port, selector, {
        name,
        namespace,
        resource: `Gateway ${namespace}/${name}`,
      });
    }
    for (const [network, { gateways: listed }] of Object.entries(mesh.networks)) {
      for (const gateway of listed) this.addListed(network, gateway, resources.services);
    }
  }

  /** The network of a workload; '' where it is on none. */
  of({ labels }: Pick<Workload, 'labels'>): string {
    return labels[NETWORK_LABEL] ?? '';
  }

  /** Whether a client reaches an endpoint without a gateway. */
  isDirect(client: Workload | undefined, endpoint: Workload): boolean {
    return this.gatesBetween(client === undefined ? '' : this.of(client), endpoint).length === 0;
  }

  /**
   * What of these endpoints a client reaches directly, and the rest through gateways; null: no gateway is in between. Weights are such that
   * each endpoint gets its share, however many gateways it is behind. Gateways go by the server name of mutual TLS: an endpoint without it is
   * left out.
   */
  reached(
    client: Workload | undefined,
    endpoints: readonly Endpoint[],
    tlsOf: (index: number) => EndpointTlsPlan,
    service: Service,
  ): Reached | null {
    const own = client === undefined ? '' : this.of(client);
    const between = endpoints.map(({ workload }) => this.gatesBetween(own, workload));
    if (between.every((gates) => gates.length === 0)) return null;
    const scale = between.reduce((lcm, { length }) => (length === 0 ? lcm : leastCommonMultiple(lcm, length)), 1);
    const passages = new Map<string, Passage>();
    const behind = new Map<string, Endpoint[]>();
    between.forEach((gates, index) => {
      const [first] = gates;
      if (first === undefined) return;
      const endpoint = endpoints[index]!;
      if (tlsOf(index).tls.mode !== 'mtls') {
        this.noteDropped(service, endpoint.workload, first);
        return;
      }
      this.pass(passages, gates, endpoint, (endpoint.weight * scale) / gates.length);
      behind.set(first.network, [...(behind.get(first.network) ?? []), endpoint]);
    });
    return {
      direct: endpoints.flatMap(({ weight }, index) =>
        between[index]!.length === 0 ? [{ index, weight: weight * scale }] : [],
      ),
      passages: [...passages.values()],
      behind,
    };
  }

  /** Whether the gateway passes on connections to a host; if not, they are closed. */
  passes(gate: NetworkGate, service: Service): boolean {
    const passes = this.gateways.passesThrough(gate.workload, gate.port, service.host);
    if (!passes) {
      this.findings.warning(
        'network-gateway-closed',
        service.position,
        `pods of ${service.resource} are on network ${gate.network}, and its gateway (${gate.resource}) takes no connections for ${service.host}`,
        `add a Gateway whose selector finds the gateway's pods, with a server on port ${gate.port} of tls mode AUTO_PASSTHROUGH and host "*.local"`,
      );
    }
    return passes;
  }

  /** What becomes of a connection that a gateway has passed on to a pod: one to a gateway like itself names none of its clusters. */
  reachable(endpoint: Workload, port: PortInfo): EndpointTlsPlan['reachable'] {
    const number = portOf(endpoint, port);
    return number !== null && this.gateways.closesOthers(endpoint, number) ? 'tls-failure' : 'yes';
  }

  private pass(
    passages: Map<string, Passage>,
    gates: readonly NetworkGate[],
    endpoint: Endpoint,
    weightOfPod: number,
  ): void {
    const localities = this.localitiesOf(endpoint.workload);
    for (const gate of gates) {
      for (const locality of new Set(localities)) {
        const weight = localities.filter((other) => other === locality).length * weightOfPod;
        const key = JSON.stringify([gate.network, gate.resource, gate.port, locality]);
        passages.set(key, { gate, locality, weight: (passages.get(key)?.weight ?? 0) + weight });
      }
    }
  }

  private gatesBetween(own: string, endpoint: Workload): readonly NetworkGate[] {
    if (this.gates.size === 0) return [];
    const network = this.of(endpoint);
    return network === '' || network === own ? [] : (this.gates.get(network) ?? []);
  }

  private add(
    network: string,
    host: string,
    servicePort: number,
    selector: Readonly<Record<string, string>>,
    address: Pick<Workload, 'name' | 'namespace' | 'resource'>,
  ): void {
    const service = this.registry.byDns(host, '');
    const workload =
      service?.endpoints[0]?.workload ?? this.gateways.passingThrough(selector, address, this.placeOf(network));
    const port = this.gateways.targetPort(workload, servicePort) ?? servicePort;
    const gates = this.gates.get(network) ?? [];
    // The Service of a Gateway is in the YAML too.
    if (gates.some((gate) => gate.workload === workload && gate.port === port)) return;
    this.gates.set(network, [...gates, { network, workload, port, resource: address.resource }]);
  }

  /** Where its first pods are: gateways are taken to be near them. */
  private placeOf(network: string): LocalityPlan | null {
    const endpoints = this.registry.services.flatMap((service) => service.endpoints);
    const found = endpoints.find(({ workload }) => this.of(workload) === network);
    const [first] = found === undefined ? [] : this.localitiesOf(found.workload);
    return first === undefined ? null : this.localities.all[first]!;
  }

  private addListed(
    network: string,
    { service, address, port }: NetworkGateway,
    services: readonly KubernetesService[],
  ): void {
    const found = services.find(({ name, namespace }) => serviceHost(name, namespace) === service);
    const [name = '', namespace = ''] = service === '' ? [address] : service.split('.');
    const resource = service === '' ? `gateway ${address} of network ${network}` : `Service ${service}`;
    this.add(network, service, port, found?.spec.selector ?? {}, { name, namespace, resource });
  }

  /** Only what has an address outside of its cluster is a gateway. */
  private isReachable({ spec, annotations, namespace, name, source }: KubernetesService): boolean {
    if (spec.type === 'LoadBalancer' || (spec.type === 'NodePort' && annotations[NODE_SELECTOR] !== undefined))
      return true;
    this.findings.warning(
      'network-gateway-address',
      source.at(['spec', 'type']),
      `Service ${namespace}/${name} is labelled as the gateway of a network, yet has no address outside of its cluster: it is not used`,
      'make it of type LoadBalancer, or delete its label topology.istio.io/network',
    );
    return false;
  }

  private noteDropped(service: Service, workload: Workload, gate: NetworkGate): void {
    this.findings.warning(
      'network-without-mtls',
      service.position,
      `${workload.resource} is on network ${gate.network}, whose gateways pass on mutual TLS only: callers of ${service.resource} on other networks do not reach it`,
      'give it a sidecar, or leave mutual TLS on',
    );
  }
}

function leastCommonMultiple(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
