// Which services have a waypoint in front of them, and which workload that is.
// istio: pilot/pkg/serviceregistry/ambient/waypoints.go (fetchWaypointForTarget, getGatewayOrGatewayClassLabel),
// pkg/config/constants (use-waypoint, waypoint-for, ingress-use-waypoint).
import type { KubernetesGatewaySpec } from '../../config/kinds/gateway-api/kubernetes-gateway.js';
import type { AllowedRoutes } from '../../config/kinds/gateway-api/listener.js';
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { finder, identityOf, named, ofName } from '../../list-index.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import type { Service } from './service.js';
import type { Workload, Workloads } from './workload.js';

const WAYPOINT_CLASS = 'istio-waypoint';
const USE_WAYPOINT = 'istio.io/use-waypoint';
const USE_WAYPOINT_NAMESPACE = 'istio.io/use-waypoint-namespace';
const CANARY = 'istio.io/use-waypoint-canary';
const WAYPOINT_FOR = 'istio.io/waypoint-for';
const INGRESS_USE_WAYPOINT = 'istio.io/ingress-use-waypoint';
/** The label that Istio gives to the pods that it deploys for a Gateway. */
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

type Labels = Readonly<Record<string, string>>;
type Gateway = Resource<'Gateway', KubernetesGatewaySpec>;

const byHost = finder<ResourceSet['serviceEntries'][number]>(({ namespace, spec }) =>
  spec.hosts.map((host) => identityOf({ namespace, name: host })),
);

export function waypointGateways(resources: ResourceSet): readonly Gateway[] {
  return resources.kubernetesGateways.filter(({ spec }) => spec.gatewayClassName === WAYPOINT_CLASS);
}

/** The Gateway that pods with these labels are the waypoint of, or null. */
export function waypointOf(namespace: string, labels: Labels, gateways: readonly Gateway[]): Gateway | null {
  const name = labels[GATEWAY_NAME];
  return name === undefined ? null : (named(gateways, namespace, name) ?? null);
}

/** The first workload that is the waypoint of a Gateway, by its `namespace/name`. */
function byGateway({ all }: Workloads): Map<string, Workload> {
  const found = new Map<string, Workload>();
  for (const workload of all) {
    const name = workload.labels[GATEWAY_NAME];
    if (workload.kind !== 'waypoint' || name === undefined) continue;
    const key = identityOf({ name, namespace: workload.namespace });
    if (!found.has(key)) found.set(key, workload);
  }
  return found;
}

export class Waypoints {
  private readonly gateways: readonly Gateway[];
  private readonly ofGateways: ReadonlyMap<string, Workload>;
  private readonly known = new Map<Service, Workload | null>();

  constructor(
    private readonly resources: ResourceSet,
    workloads: Workloads,
    private readonly findings: Findings,
    private readonly release: Pick<ReleaseDefaults, 'ingressWaypointLabel'>,
  ) {
    this.gateways = waypointGateways(resources);
    this.ofGateways = byGateway(workloads);
  }

  /** The waypoint that ztunnels send connections to a service to; null: straight to its pods. */
  of(service: Service): Workload | null {
    const known = this.known.get(service);
    if (known !== undefined) return known;
    const found = this.find(service);
    this.known.set(service, found);
    return found;
  }

  /** The same for gateways, which use it only where the Service or its namespace says so. */
  atIngress(service: Service): Workload | null {
    const places = { nowhere: 0, service: 1, namespace: 2 }[this.release.ingressWaypointLabel];
    const asked = [this.labelsOf(service), this.namespaceLabels(service.namespace)]
      .slice(0, places)
      .map((labels) => labels[INGRESS_USE_WAYPOINT])
      .find((label) => label !== undefined);
    return asked === 'true' ? this.of(service) : null;
  }

  private find(service: Service): Workload | null {
    const own = this.labelsOf(service);
    const labels = own[USE_WAYPOINT] === undefined ? this.namespaceLabels(service.namespace) : own;
    const name = labels[USE_WAYPOINT];
    if (name === undefined || name === 'none' || name === '') return null;
    this.noteCanary(service, labels);
    const namespace = labels[USE_WAYPOINT_NAMESPACE] ?? service.namespace;
    const gateway = named(this.gateways, namespace, name);
    const problem =
      gateway === undefined ? 'there is no such Gateway of class istio-waypoint' : this.refusal(gateway, service);
    if (gateway === undefined || problem !== null) {
      this.findings.warning(
        'waypoint-not-used',
        service.position,
        `${service.resource} asks for the waypoint ${namespace}/${name}: ${problem}; its requests go straight to its pods`,
        'its VirtualServices have no effect on ambient callers without a waypoint',
      );
      return null;
    }
    return this.workloadOf(gateway);
  }

  private noteCanary(service: Service, labels: Labels): void {
    if ((labels[CANARY] ?? '') === '') return;
    this.findings.notModelled(
      service.resource,
      `metadata.labels[${CANARY}]`,
      service.position,
      'all requests go to the primary waypoint, none to the canary',
    );
  }

  /** Why a waypoint does not serve a service; null: it does. */
  private refusal(gateway: Gateway, service: Service): string | null {
    const kind = gateway.labels[WAYPOINT_FOR] ?? 'service';
    if (kind !== 'service' && kind !== 'all') return `it is labelled ${WAYPOINT_FOR}: ${kind}`;
    if (service.discovery === 'original-dst' && service.source === 'kubernetes') {
      return 'clients of a headless Service dial its pods, not the Service';
    }
    if (gateway.namespace === service.namespace || this.allows(gateway, service.namespace)) return null;
    return 'its listeners allow services of its own namespace only';
  }

  private allows(gateway: Gateway, namespace: string): boolean {
    const labels = this.namespaceLabels(namespace);
    return gateway.spec.listeners.some(({ allowedRoutes }) => takes(allowedRoutes, labels));
  }

  private workloadOf(gateway: Gateway): Workload | null {
    return this.ofGateways.get(identityOf(gateway)) ?? null;
  }

  private labelsOf({ source, name, namespace, host }: Service): Labels {
    switch (source) {
      case 'kubernetes':
        return named(this.resources.services, namespace, name)?.labels ?? {};
      case 'entry': {
        const [entry] = byHost(this.resources.serviceEntries, identityOf({ namespace, name: host }));
        return entry?.labels ?? {};
      }
    }
  }

  private namespaceLabels(name: string): Labels {
    return ofName(this.resources.namespaces, name)?.labels ?? {};
  }
}

/** Whether a listener lets in another namespace that has these labels. */
function takes({ from, selector }: AllowedRoutes, labels: Labels): boolean {
  switch (from) {
    case 'All':
      return true;
    case 'Selector':
      return matchesLabels(selector, labels);
    case 'Same':
    case 'None':
      return false;
  }
}

/** The waypoints whose Deployment Istio would make and the YAML does not have: one replica each. */
export function addMissingWaypoints(resources: ResourceSet, workloads: Workloads, findings: Findings): void {
  const deployed = byGateway(workloads);
  for (const gateway of waypointGateways(resources)) {
    const { name, namespace, source } = gateway;
    if (deployed.has(identityOf(gateway))) continue;
    const resource = `Gateway ${namespace}/${name}`;
    findings.approximated(
      resource,
      'spec',
      source.at(['spec']),
      `the Deployment of the waypoint is not in the YAML: one replica is assumed; say replicas under workloads: ${name}.${namespace}`,
    );
    const assumed = workloads.add({
      name,
      namespace,
      kind: 'waypoint',
      labels: { [GATEWAY_NAME]: name },
      pod: null,
      hasSidecar: true,
      replicas: 1,
      places: null,
      version: '',
      resource,
      position: source.at([]),
    });
    deployed.set(identityOf(gateway), assumed);
  }
}
