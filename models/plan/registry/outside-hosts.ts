// Hosts that neither the registry nor the cluster's DNS knows: somewhere on the internet, or in the company's network. A proxy lets connections to
// them pass or refuses them (`outboundTrafficPolicy`). kubernetes: DNS for Services and Pods (search list).
import type { SourcePosition } from '../../config/diagnostic.js';
import type { ResourceSet } from '../../config/load.js';
import { CLUSTER_DOMAIN } from '../terms/host.js';
import { nearestNames } from '../terms/nearest.js';
import type { PortProtocol } from '../terms/protocol.js';
import type { Registry } from './registry.js';
import type { PortInfo, Service } from './service.js';
import type { Workload, Workloads } from './workload.js';

export class OutsideHosts {
  private readonly known = new Map<string, Workload>();
  private readonly namespaces: ReadonlySet<string>;

  constructor(
    resources: ResourceSet,
    private readonly registry: Registry,
    private readonly workloads: Workloads,
  ) {
    this.namespaces = new Set([
      ...resources.namespaces.map(({ name }) => name),
      ...registry.services.filter(({ source }) => source === 'kubernetes').map(({ namespace }) => namespace),
    ]);
  }

  /**
   * Whether a name can be that of a host outside: it has a dot, does not end as names of the cluster do, and is no slip of the pen for
   * `name.namespace` of a Service.
   */
  canBe(host: string): boolean {
    const labels = host.split('.');
    const last = labels.at(-1)!;
    if (labels.length < 2 || last === 'svc' || host.endsWith(`.${CLUSTER_DOMAIN}`)) return false;
    if (labels.length > 2) return true;
    if (this.namespaces.has(last)) return false;
    const services = this.registry.services.filter(({ source }) => source === 'kubernetes');
    const near = nearestNames(
      host,
      services.map(({ name, namespace }) => `${name}.${namespace}`),
      1,
    );
    return near.length === 0;
  }

  /** The host as a service that nobody has registered. Its work is what the scenario says of the name. */
  service(host: string, port: number, protocol: PortProtocol, at: SourcePosition): Service & { ports: [PortInfo] } {
    const workload = this.known.get(host) ?? this.added(host, at);
    this.known.set(host, workload);
    return unregistered(host, port, protocol, [{ workload, weight: 1 }]);
  }

  /** A port that the entries of a host do not have, at the servers of these. */
  port({ endpoints }: Service, host: string, port: number, protocol: PortProtocol): Service & { ports: [PortInfo] } {
    return unregistered(host, port, protocol, endpoints);
  }

  /** The host that a workload stands for; null: it is another's. */
  hostOf(workload: Workload): string | null {
    return this.known.get(workload.name) === workload ? workload.name : null;
  }

  private added(host: string, at: SourcePosition): Workload {
    return this.workloads.addOutside({
      name: host,
      namespace: '',
      kind: 'external',
      resource: `host ${host}`,
      position: at,
    });
  }
}

function unregistered(
  host: string,
  port: number,
  protocol: PortProtocol,
  endpoints: Service['endpoints'],
): Service & { ports: [PortInfo] } {
  return {
    host,
    name: host,
    namespace: '',
    source: 'entry',
    unregistered: true,
    external: true,
    discovery: 'original-dst',
    ports: [{ number: port, name: '', protocol, target: port }],
    exportTo: [],
    endpoints,
    resource: `host ${host}`,
    position: null,
    prefersClose: false,
  };
}
