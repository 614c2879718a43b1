// The service registry: Kubernetes Services and the hosts of ServiceEntries, by host name, with ports and endpoints.
// istio: pilot/pkg/serviceregistry/kube/conversion.go, pilot/pkg/serviceregistry/serviceentry/conversion.go,
// pilot/pkg/model/sidecar.go (pick among services of one host name).
import type { ResourceSet } from '../config/load.js';
import { type AssumedGateway, gatewayService } from './assumed-gateways.js';
import { entryHosts } from './entry-merge.js';
import type { Findings } from './findings.js';
import { compareSpecificity, hostCovers, isWildcard, serviceHost } from './host.js';
import type { NamedBehaviour } from './input.js';
import { DEFAULT_MESH, type MeshSettings } from './mesh-settings.js';
import { entryServices } from './registry-entry.js';
import { kubernetesService } from './registry-kubernetes.js';
import type { Sees, Service } from './service.js';
import type { ReleaseDefaults } from './versions.js';
import { isVisible } from './visibility.js';
import type { Workload, Workloads } from './workload.js';
import { writtenEndpoints } from './written-endpoints.js';

const EVERYTHING: Sees = () => true;

export class Registry {
  readonly services: Service[] = [];
  private readonly byHost = new Map<string, Service[]>();
  private readonly sameName = new Map<string, Service[]>();
  /** Host of an ExternalName Service → host that it stands for. */
  private readonly aliases = new Map<string, string>();
  private readonly ofWorkload = new Map<number, Service>();
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
    for (const resource of resources.services) {
      if (resource.spec.type === 'ExternalName') {
        this.aliases.set(serviceHost(resource.name, resource.namespace), resource.spec.externalName.replace(/\.$/, ''));
      } else {
        const owner = resources.namespaces.find((candidate) => candidate.name === resource.namespace);
        const hasSelector = Object.keys(resource.spec.selector).length > 0;
        const written = hasSelector ? null : writtenEndpoints(resources, resource, workloads, findings);
        this.add(kubernetesService(resource, workloads, described, findings, owner?.annotations, written));
      }
    }
    for (const service of assumed.map(gatewayService)) {
      if (!this.byHost.has(service.host)) this.add(service);
    }
    for (const [resource, hosts] of entryHosts(resources.serviceEntries, findings)) {
      for (const service of entryServices(resource, hosts, workloads)) this.add(service);
    }
    for (const service of this.services) {
      for (const { workload } of service.endpoints) {
        if (!this.ofWorkload.has(workload.index)) this.ofWorkload.set(workload.index, service);
      }
    }
  }

  private add(written: Service): void {
    const service = written.exportTo.length === 0 ? { ...written, exportTo: this.exportTo } : written;
    this.services.push(service);
    append(this.byHost, service.host, service);
    append(this.sameName, service.name, service);
  }

  /** The short name where it is the only one, else `name.namespace`. */
  displayName(service: Service): string {
    if (service.source === 'entry') return service.name;
    return this.byShortName(service.name).length > 1 ? `${service.name}.${service.namespace}` : service.name;
  }

  /** Name of the first service that a workload stands behind, or of the workload itself. */
  displayOf(workload: Workload): string {
    const service = this.ofWorkload.get(workload.index);
    return service === undefined ? workload.name : this.displayName(service);
  }

  /** The service of exactly this host name that a client of `namespace` uses; aliases are followed. */
  lookup(host: string, namespace: string, sees: Sees = EVERYTHING): Service | null {
    const real = this.resolveAlias(host);
    const candidates = (this.byHost.get(real) ?? []).filter(
      (service) => isVisible(service.exportTo, service.namespace, namespace) && sees(service),
    );
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
    const covering = this.services
      .filter((service) => isWildcard(service.host) && hostCovers(service.host, name))
      .filter((service) => isVisible(service.exportTo, service.namespace, namespace) && sees(service))
      .sort((a, b) => compareSpecificity(a.host, b.host));
    return covering[0] ?? null;
  }

  /** The Kubernetes Service behind a name, whoever may see it in the mesh: DNS knows them all. */
  byDns(name: string, namespace: string): Service | null {
    for (const host of this.fullNames(name, namespace)) {
      const found = this.byHost.get(this.resolveAlias(host))?.find(({ source }) => source === 'kubernetes');
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

function append(lists: Map<string, Service[]>, key: string, service: Service): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [service]);
  else list.push(service);
}
