// The cluster as an observer sees it: services, the pods behind them, and what a name that somebody dials stands for.
// kubernetes: DNS for Services and Pods; istio: pilot/pkg/serviceregistry (ServiceEntry hosts).
import type { ResourceSet } from '../../models/config/load.js';
import { hostCovers } from '../../models/plan/terms/host.js';
import { isVisible, selects } from '../../models/plan/terms/visibility.js';
import type { LooseObject } from './loose.js';
import { aliasesOf, entryServices, kubernetesServices, workloadsOf } from './survey-read.js';
import type { Labels, Service, Workload } from './surveyed.js';

export interface Resolution {
  readonly service: Service;
  /** The name has a namespace that the YAML does not; objects without a namespace were taken instead. */
  readonly lenient: boolean;
}

export class Survey {
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  private readonly aliases: ReadonlyMap<string, string>;
  private readonly primary = new Map<Workload, Service>();
  private readonly namespaces: ReadonlySet<string>;

  constructor(
    readonly resources: ResourceSet,
    readonly objects: readonly LooseObject[],
  ) {
    this.workloads = workloadsOf(resources, objects);
    this.aliases = aliasesOf(resources);
    this.services = [...kubernetesServices(resources, this.workloads), ...entryServices(resources)].filter(isDialable);
    // A Service of type LoadBalancer is often a second door to the pods of a plain one, whose name people know.
    const doors = [...this.services].sort((a, b) => Number(a.type !== 'ClusterIP') - Number(b.type !== 'ClusterIP'));
    for (const service of doors) {
      for (const workload of service.workloads) {
        if (!this.primary.has(workload)) this.primary.set(workload, service);
      }
    }
    this.namespaces = new Set([...this.services, ...this.workloads].map(({ namespace }) => namespace));
  }

  /** Loose objects of an API group and kind. */
  kind(group: string, ...kinds: readonly string[]): readonly LooseObject[] {
    return this.objects.filter((object) => object.group === group && kinds.includes(object.kind));
  }

  /** The service by which the workload is known; null where nothing selects it. */
  serviceOf(workload: Workload): Service | null {
    return this.primary.get(workload) ?? null;
  }

  /** The service by which the pods behind a service are known: itself, or the plain one beside a LoadBalancer. */
  primaryOf(service: Service): Service {
    const first = service.workloads[0];
    return (first === undefined ? undefined : this.primary.get(first)) ?? service;
  }

  /** Workloads of one application share it: the service's key, or the workload's name. */
  appOf(workload: Workload): string {
    return this.serviceOf(workload)?.key ?? `${workload.name}.${workload.namespace}`;
  }

  /** `namespace`, or where the manifests put what belongs there: objects without any namespace are applied to one later. */
  home(namespace: string): { readonly namespace: string; readonly lenient: boolean } | null {
    if (this.namespaces.has(namespace)) return { namespace, lenient: false };
    if (this.namespaces.has('default')) return { namespace: 'default', lenient: true };
    const [only, ...others] = this.namespaces;
    return only === undefined || others.length > 0 ? null : { namespace: only, lenient: true };
  }

  /** Workloads whose pods carry all labels; an empty selector selects none here. */
  selected(labels: Labels, namespace: string | null): readonly Workload[] {
    if (Object.keys(labels).length === 0) return [];
    return this.workloads.filter(
      (workload) => (namespace === null || workload.namespace === namespace) && selects(labels, workload.labels),
    );
  }

  /** What a client of `namespace` reaches under a host name; null where the YAML has nothing of that name. */
  resolve(host: string, namespace: string): Resolution | null {
    const name = host.toLowerCase().replace(/\.$/, '');
    const alias = this.aliases.get(`${name}.${namespace}`) ?? this.aliases.get(inCluster(name));
    if (alias !== undefined && alias !== name) return this.resolve(alias, namespace);
    const entries = this.services.filter(
      (service) => service.source === 'entry' && isVisible(service.exportTo, service.namespace, namespace),
    );
    const entry =
      entries.find((service) => service.name === name) ?? entries.find((service) => hostCovers(service.name, name));
    const inside = this.inClusterService(inCluster(name), namespace);
    if (inside !== null && isVisible(inside.service.exportTo, inside.service.namespace, namespace)) return inside;
    return entry === undefined ? null : plainly(entry);
  }

  private inClusterService(name: string, namespace: string): Resolution | null {
    const labels = name.split('.');
    if (labels.length > 3) return null;
    if (labels.length === 1) return this.exact(labels[0]!, namespace);
    const [first, second, third] = labels as [string, string, string | undefined];
    // `pod.service[.namespace]`: a pod of a StatefulSet.
    if (third !== undefined) return this.exact(second, third);
    const found = this.exact(first, second);
    if (found !== null) return found;
    if (/-\d+$/.test(first) && this.exact(second, namespace) !== null) return this.exact(second, namespace);
    const home = this.home(second);
    if (home === null || !home.lenient) return null;
    const lenient = this.exact(first, home.namespace);
    return lenient === null ? null : { ...lenient, lenient: true };
  }

  private exact(name: string, namespace: string): Resolution | null {
    const service = this.services.find(
      (candidate) => candidate.source === 'kubernetes' && candidate.name === name && candidate.namespace === namespace,
    );
    return service === undefined ? null : plainly(service);
  }
}

/** A name that DNS has never heard of cannot be dialed: the cluster would refuse the Service. */
function isDialable({ key }: Service): boolean {
  return /^(?:\*\.)?[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(key);
}

/** `cart.shop` of `cart.shop.svc.cluster.local`. */
function inCluster(name: string): string {
  return name.replace(/\.svc(\.[a-z0-9.-]+)?$/, '').replace(/\.cluster\.local$/, '');
}

function plainly(service: Service): Resolution {
  return { service, lenient: false };
}
