// A workload: pods that are alike, or endpoints that stand for such; and the list of them, which grows while a plan is made.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { FieldPath, ResourceSource } from '../../config/resource.js';
import type { InboundPorts } from '../../config/sidecar-template.js';
import { append } from '../../list-index.js';
import type { LocalityPlan, Mesh } from '../contract/plan.js';
import type { FieldSource } from '../contract/sources.js';
import type { LinkerdConfig } from '../settings/linkerd-injection.js';
import type { NetworkLabels } from '../settings/network-label.js';
import { LabelIndex } from '../terms/label-index.js';
import type { Numbering } from '../terms/numbering.js';

/** Where a workload is written. */
export interface WorkloadText {
  /** The object that holds the template of its pods, and where in it. */
  readonly holder: ResourceSource;
  readonly template: FieldPath;
  /** What sets the number of its pods; null: nobody does. */
  readonly replicas: FieldSource | null;
}

export interface Workload {
  /** Number among the workloads of the plan. */
  readonly index: number;
  readonly name: string;
  readonly namespace: string;
  readonly kind: 'app' | 'gateway' | 'client' | 'external' | 'waypoint' | 'ztunnel';
  readonly labels: Readonly<Record<string, string>>;
  /** null for what has no pods in the YAML: implicit gateways, clients, services outside. */
  readonly pod: PodTemplate | null;
  readonly hasSidecar: boolean;
  /** Replicas that the YAML asks for. */
  readonly replicas: number;
  /** One entry a pod, for endpoints whose places are given one by one; null: found from labels. */
  readonly places: readonly (LocalityPlan | null)[] | null;
  readonly version: string;
  /** e.g. `Deployment shop/cart` */
  readonly resource: string;
  readonly position: SourcePosition | null;
  /** The object that its pods come from, for the places of its fields. */
  readonly source?: ResourceSource;
  /** The ztunnels of their nodes carry the connections of its pods. */
  readonly ambient?: true;
  /** Of an endpoint that selectors of services choose like a pod (WorkloadEntry); absent: it is none. */
  readonly weight?: number;
  /** Ports that its sidecar takes; absent: all but the proxy's own. */
  readonly inboundPorts?: InboundPorts;
  /** Its ports by the names of those of services in front of it, where they differ. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Its pods have Linkerd's proxy, with this configuration. */
  readonly linkerd?: LinkerdConfig;
  /** A gateway in the place of another controller's than Istio's. */
  readonly foreign?: true;
  /** Absent: it is not made from a template of the YAML. */
  readonly text?: WorkloadText;
}

export type NewWorkload = Omit<Workload, 'index'>;

/** The growing list of workloads: the YAML's first, then those that the compilation finds to be needed. */
export class Workloads {
  /** In the order in which they were found. */
  readonly all: Workload[] = [];
  private readonly taken = new Set<number>();
  private readonly labelled = new LabelIndex<Workload>();
  private readonly byName = new Map<string, Workload[]>();
  /** Whose proxies some pods are taken to have, without a word of it in the YAML; null: nobody's. */
  assumedMesh: Mesh | null = null;

  constructor(
    readonly networks: NetworkLabels,
    private readonly numbering: Numbering,
  ) {}

  add(workload: NewWorkload): Workload {
    const { kind, namespace, name, resource } = workload;
    const key = `${kind} ${namespace}/${name} ${resource}`;
    const index = this.numbering.workloads.oneOf(key, (number) => this.taken.has(number));
    const added = { ...workload, labels: this.labelsOf(workload), index };
    this.taken.add(index);
    this.all.push(added);
    this.labelled.add(added);
    for (const name of namesOf(added)) append(this.byName, name, added);
    return added;
  }

  /** Something of each workload, by the numbers of these; there are gaps where other versions have workloads that this one lacks. */
  byNumber<T>(of: (workload: Workload) => T): T[] {
    const list: T[] = [];
    for (const workload of this.all) list[workload.index] = of(workload);
    return list;
  }

  /** One that runs outside of the YAML, without a sidecar: a client, or what answers behind a name. */
  addOutside(
    one: Pick<Workload, 'name' | 'namespace' | 'resource' | 'position'> & { readonly kind: 'client' | 'external' },
    place: LocalityPlan | null = null,
  ): Workload {
    return this.add({ ...one, labels: {}, pod: null, hasSidecar: false, replicas: 1, places: [place], version: '' });
  }

  private labelsOf({ kind, labels, hasSidecar }: NewWorkload): Workload['labels'] {
    return kind === 'client' || kind === 'external' ? labels : this.networks.ofPods(labels, hasSidecar);
  }

  /** Those whose pods in `namespace` (any, if null) carry all labels of `selector`. */
  selectedBy(selector: Readonly<Record<string, string>>, namespace: string | null): Workload[] {
    return this.labelled.selectedBy(selector, namespace).filter(({ pod }) => pod !== null);
  }

  /** Those with all of these labels, whatever they are. */
  carrying(labels: Readonly<Record<string, string>>): readonly Workload[] {
    return this.labelled.selectedBy(labels, null);
  }

  /** Those called `name`, `name.namespace` or `namespace/name`. */
  named(name: string): readonly Workload[] {
    return this.byName.get(name) ?? [];
  }

  /** Endpoints of a service of `namespace` by its selector: pods and WorkloadEntries. */
  endpointsOf(
    selector: Readonly<Record<string, string>>,
    namespace: string,
  ): { readonly workload: Workload; readonly weight: number }[] {
    return this.labelled
      .selectedBy(selector, namespace)
      .filter(({ pod, weight }) => pod !== null || weight !== undefined)
      .map((workload) => ({ workload, weight: workload.weight ?? 1 }));
  }
}

/** Names by which the scenario may call a workload. */
function namesOf({ name, namespace }: Workload): ReadonlySet<string> {
  return new Set([name, `${name}.${namespace}`, `${namespace}/${name}`]);
}

/** As in the label `destination_version` of Istio's metrics. */
export function versionOf(labels: Readonly<Record<string, string>>): string {
  return labels.version ?? labels['app.kubernetes.io/version'] ?? '';
}
