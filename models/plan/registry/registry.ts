// The service registry: Kubernetes Services and the hosts of ServiceEntries, by host name, with ports and endpoints.
// istio: pilot/pkg/serviceregistry/kube/conversion.go, pilot/pkg/serviceregistry/serviceentry/conversion.go,
// pilot/pkg/model/sidecar.go (pick among services of one host name).
import type { ResourceSet } from '../../config/load.js';
import { append, ofName } from '../../list-index.js';
import type { NamedBehaviour } from '../settings/input.js';
import { DEFAULT_MESH, type MeshSettings } from '../settings/mesh-settings.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import type { Findings } from '../terms/findings.js';
import { isWildcard, serviceHost } from '../terms/host.js';
import { HostIndex } from '../terms/host-index.js';
import { isVisible } from '../terms/visibility.js';
import { type AssumedGateway, gatewayService } from './assumed-gateways.js';
import { entryHosts } from './entry-merge.js';
import { entryServices } from './registry-entry.js';
import { kubernetesService } from './registry-kubernetes.js';
import { type Sees, type Service, serviceNames } from './service.js';
import type { Workload, Workloads } from './workload.js';
import { writtenEndpoints } from './written-endpoints.js';

const EVERYTHING: Sees = () => true;

export class Registry {
  readonly services: Service[] = [];
  private readonly byHost = new HostIndex<Service>();
  private readonly sameName = new Map<string, Service[]>();
  private readonly byGivenName = new Map<string, Service[]>();
  private readonly byPort = new Map<number, Service[]>();
  /** Host of an ExternalName Service → host that it stands for. */
  private readonly aliases = new Map<string, string>();
  private readonly ofWorkload = new Map<number, Service[]>();
  /** Of services that say nothing of it. */
  private readonly exportTo: readonly string[];

  constructor(
    resources: ResourceSet,
    workloads: Workloads,
    readonly release: ReleaseDefaults,
    described: readonly NamedBehaviour[],
    findings: Findings,
    mesh: MeshSettings = DEFAULT_MESH,
    assumed: readonly AssumedGateway[] = [],
  ) {
    this.exportTo = mesh.serviceExportTo;
    const describedNames = new Set(described.map(({ name }) => name));
    for (const resource of resources.services) {
      if (resource.spec.type === 'ExternalName') {
        this.aliases.set(serviceHost(resource.name, resource.namespace), resource.spec.externalName.replace(/\.$/, ''));
      } else {
        const owner = ofName(resources.namespaces, resource.namespace);
        const hasSelector = Object.keys(resource.spec.selector).length > 0;
        const written = hasSelector ? null : writtenEndpoints(resources, resource, workloads, findings);
        this.add(kubernetesService(resource, workloads, describedNames, findings, owner?.annotations, written));
      }
    }
    for (const service of assumed.map(gatewayService)) {
      if (this.byHost.at(service.host).length === 0) this.add(service);
    }
    for (const [resource, hosts] of entryHosts(resources.serviceEntries, findings)) {
      for (const service of entryServices(resource, hosts, workloads)) this.add(service);
    }
    for (const service of this.services) {
      const indices = new Set(service.endpoints.map(({ workload }) => workload.index));
      for (const index of indices) append(this.ofWorkload, index, service);
    }
  }

  private add(written: Service): void {
    const service = written.exportTo.length === 0 ? { ...written, exportTo: this.exportTo } : written;
    this.services.push(service);
    this.byHost.add(service.host, service);
    append(this.sameName, service.name, service);
    for (const name of new Set(serviceNames(service))) append(this.byGivenName, name, service);
    for (const number of new Set(service.ports.map((port) => port.number))) append(this.byPort, number, service);
  }

  /** The short name where it is the only one, else `name.namespace`. */
  displayName(service: Service): string {
    if (service.source === 'entry') return service.name;
    return this.byShortName(service.name).length > 1 ? `${service.name}.${service.namespace}` : service.name;
  }

  /** Name of the first service that a workload stands behind, or of the workload itself. */
  displayOf(workload: Workload): string {
    const [service] = this.behind(workload);
    return service === undefined ? workload.name : this.displayName(service);
  }

  /** The services that a workload stands behind. */
  behind(workload: Workload): readonly Service[] {
    return this.ofWorkload.get(workload.index) ?? [];
  }

  /** Those that the scenario may mean by a name. */
  named(name: string): readonly Service[] {
    return this.byGivenName.get(name) ?? [];
  }

  /** Those with a port of this number. */
  onPort(number: number): readonly Service[] {
    return this.byPort.get(number) ?? [];
  }

  /** The service of exactly this host name that a client of `namespace` uses; aliases are followed. */
  lookup(host: string, namespace: string, sees: Sees = EVERYTHING): Service | null {
    const real = this.resolveAlias(host);
    const candidates = this.byHost
      .at(real)
      .filter((service) => isVisible(service.exportTo, service.namespace, namespace) && sees(service));
    return this.pick(candidates, namespace);
  }

  /**
   * The service that answers to a name as a client of `namespace` dials or sends it: short, with namespace, FQDN or wildcard.
   * @param sees what the scope of the client's proxy leaves
   */
  byName(name: string, namespace: string, sees: Sees = EVERYTHING): Service | null {
    for (const host of this.fullNames(name, namespace)) {
      const service = this.lookup(host, namespace, sees);
      if (service !== null) return service;
    }
    for (const covering of this.byHost.covering(name)) {
      const found = covering.find(
        (service) =>
          isWildcard(service.host) && isVisible(service.exportTo, service.namespace, namespace) && sees(service),
      );
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The Kubernetes Service behind a name, whoever may see it in the mesh: DNS knows them all. */
  byDns(name: string, namespace: string): Service | null {
    for (const host of this.fullNames(name, namespace)) {
      const found = this.byHost.at(this.resolveAlias(host)).find(({ source }) => source === 'kubernetes');
      if (found !== undefined) return found;
    }
    return null;
  }

  /** Whether `name`, as a client of `namespace` writes it, is the alias of another host; the alias' FQDN, or null. */
  aliasOf(name: string, namespace: string): string | null {
    return this.fullNames(name, namespace).find((host) => this.aliases.has(host)) ?? null;
  }

  /** Services of a short name in any namespace. */
  byShortName(name: string): readonly Service[] {
    return this.sameName.get(name) ?? [];
  }

  /** Names that people may have meant. */
  knownNames(): string[] {
    return this.services.map((service) =>
      service.source === 'kubernetes' ? `${service.name}.${service.namespace}` : service.host,
    );
  }

  /** The names that the search list of the cluster's DNS makes of a dialed one, in its order. */
  private fullNames(name: string, namespace: string): string[] {
    if (!name.includes('.')) return [serviceHost(name, namespace), name];
    return [`${name}.svc.cluster.local`, `${name}.cluster.local`, name];
  }

  private resolveAlias(host: string): string {
    let current = host;
    const visited = new Set<string>();
    for (;;) {
      const next = this.aliases.get(current);
      if (next === undefined || visited.has(current)) return current;
      visited.add(current);
      current = next;
    }
  }

  private pick(candidates: readonly Service[], namespace: string): Service | null {
    const own = candidates.find((service) => service.namespace === namespace);
    if (own !== undefined) return own;
    if (this.release.prefersKubernetesService) {
      return candidates.find((service) => service.source === 'kubernetes') ?? candidates[0] ?? null;
    }
    const byNamespace = [...candidates].sort((a, b) =>
      a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0,
    );
    return byNamespace[0] ?? null;
  }
}
