// Gateways that the YAML routes to, or that the scenario sizes, and whose pods are not in it: they are taken to run as Istio's charts install them.
// istio: manifests/charts/gateways/{istio-ingress,istio-egress}/templates/{deployment,service}.yaml.
import type { GatewaySpec } from '../../config/kinds/gateway.js';
import type { RouteDestination } from '../../config/kinds/virtual-service.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { append } from '../../list-index.js';
import type { NamedBehaviour } from '../settings/input.js';
import type { Findings } from '../terms/findings.js';
import { CLUSTER_DOMAIN, expandHost, serviceHost } from '../terms/host.js';
import { ROOT_NAMESPACE } from '../terms/visibility.js';
import type { PortInfo, Service } from './service.js';
import type { Workload, Workloads } from './workload.js';

/** Ports of the Service of Istio's own ingress gateway and where they lead (istio: manifests/charts/gateways/istio-ingress). */
export const INGRESS_PORTS: ReadonlyMap<number, number> = new Map([
  [80, 8080],
  [443, 8443],
]);

type GatewayResource = Resource<'Gateway', GatewaySpec>;

/** An assumed gateway, and the Gateways that select it. */
export interface AssumedGateway {
  readonly workload: Workload;
  readonly gateways: readonly GatewayResource[];
}

/**
 * Adds the workloads. Services of the YAML that select their labels have them as endpoints.
 * @param described names under the scenario's `workloads`
 */
export function assumedGateways(
  resources: ResourceSet,
  workloads: Workloads,
  described: readonly NamedBehaviour[],
  findings: Findings,
): AssumedGateway[] {
  const homeless = new Map<string, GatewayResource[]>();
  for (const gateway of resources.gateways) {
    const { selector, deployment } = gateway.spec;
    if (deployment !== null || Object.keys(selector).length === 0) continue;
    if (workloads.selectedBy(selector, null).length > 0) continue;
    const name = gatewayName(selector);
    append(homeless, name, gateway);
  }
  if (homeless.size === 0) return [];
  const wanted = new Set([...routedHosts(resources), ...described.map(({ name }) => name)]);
  const namespaces = (name: string): string[] => {
    const routed = [...wanted].flatMap((host) => namespaceOf(host, name));
    return routed.length > 0 ? [...new Set(routed)] : wanted.has(name) ? [ROOT_NAMESPACE] : [];
  };
  return [...homeless].flatMap(([name, gateways]) =>
    namespaces(name).map((namespace) => ({
      workload: added(name, namespace, gateways[0]!, workloads, findings),
      gateways,
    })),
  );
}

/** The Service of an assumed gateway: the ports of the chart, and those of its servers. */
export function gatewayService({ workload, gateways }: AssumedGateway): Service {
  const { name, namespace, resource, position } = workload;
  const ports = new Map<number, PortInfo>([
    [80, { number: 80, name: 'http2', protocol: 'http2', target: INGRESS_PORTS.get(80)! }],
    [443, { number: 443, name: 'https', protocol: 'tls', target: INGRESS_PORTS.get(443)! }],
  ]);
  for (const { number } of gateways.flatMap(({ spec }) => spec.servers.map(({ port }) => port))) {
    if (!ports.has(number)) ports.set(number, { number, name: `tcp-${number}`, protocol: 'tcp', target: number });
  }
  return {
    host: serviceHost(name, namespace),
    name,
    namespace,
    source: 'kubernetes',
    external: false,
    discovery: 'eds',
    ports: [...ports.values()],
    exportTo: [],
    endpoints: [{ workload, weight: 1 }],
    resource: `Service ${namespace}/${name} (assumed for ${resource})`,
    position,
    prefersClose: false,
  };
}

/** What Istio's own installation calls the gateway with these labels. */
export function gatewayName(selector: Readonly<Record<string, string>>): string {
  const { istio } = selector;
  if (istio !== undefined) return `istio-${istio}`;
  return selector.app ?? Object.values(selector)[0] ?? 'istio-ingressgateway';
}

function added(
  name: string,
  namespace: string,
  gateway: GatewayResource,
  workloads: Workloads,
  findings: Findings,
): Workload {
  const resource = `Gateway ${gateway.namespace}/${gateway.name}`;
  findings.approximated(
    resource,
    'spec.selector',
    gateway.source.at(['spec', 'selector']),
    `no pods in the YAML carry the labels of the selector; one replica of ${name} in ${namespace} is assumed, as Istio's charts install it; say replicas under workloads: ${name}.${namespace}`,
  );
  return workloads.add({
    name,
    namespace,
    kind: 'gateway',
    labels: gateway.spec.selector,
    pod: null,
    hasSidecar: true,
    replicas: 1,
    places: null,
    version: '',
    resource,
    position: gateway.source.at([]),
    weight: 1,
  });
}

/** Full names of the hosts that rules of VirtualServices and egress proxies of Sidecars lead to. */
function routedHosts({ virtualServices, sidecars }: ResourceSet): string[] {
  const hosts = virtualServices.flatMap(({ namespace, spec }) => {
    const routes = [...spec.http, ...spec.tls, ...spec.tcp].flatMap<Pick<RouteDestination, 'destination'>>(
      ({ route }) => route,
    );
    return routes.map(({ destination }) => expandHost(destination.host, namespace));
  });
  const proxies = sidecars.flatMap(({ namespace, spec }) => {
    const proxy = spec.outbound?.egressProxy ?? null;
    return proxy === null ? [] : [expandHost(proxy.host, namespace)];
  });
  return [...hosts, ...proxies];
}

/** The namespace of `name.namespace`, or of the full name of the Service; none where the host is another one. */
function namespaceOf(host: string, name: string): string[] {
  const suffix = `.svc.${CLUSTER_DOMAIN}`;
  const short = host.endsWith(suffix) ? host.slice(0, -suffix.length) : host;
  const [first, namespace, ...more] = short.includes('/') ? short.split('/').reverse() : short.split('.');
  return first === name && namespace !== undefined && more.length === 0 ? [namespace] : [];
}
