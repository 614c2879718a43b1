// Everything that rules may look at: the objects by kind, pods, namespaces, the settings of the mesh, and the plan where a scenario stands
// beside the YAML. Indexes are made when they are first asked for.
import type { PlainValue, RawDocument } from '../config/document.js';
import { parseDocuments } from '../config/parse.js';
import { finder } from '../list-index.js';
import type { MeshPlan } from '../plan/contract/plan.js';
import { KNOWN_ISTIO_VERSIONS, releaseDefaults } from '../plan/settings/versions.js';
import { LabelIndex } from '../plan/terms/label-index.js';
import { HostTable, namespaceOfHost } from './hosts.js';
import { identityOf, type LintObject, objectsIn } from './object.js';
import { dig, mapAt, textAt } from './plain-access.js';
import { injectionWish, type LintPod, podOf, withPlannedReplicas, writtenProxy } from './pods.js';
import { PromRules } from './promql/prom-rules.js';
import { TrafficEstimate } from './traffic.js';

/** Istio's kinds by the short names that its groups share. */
export const NETWORKING = 'networking.istio.io';
export const SECURITY = 'security.istio.io';
export const TELEMETRY = 'telemetry.istio.io';
export const GATEWAY_API = 'gateway.networking.k8s.io';
export const MONITORING = 'monitoring.coreos.com';

/** The ConfigMap that istiod reads, of a revision or without one. */
const SETTINGS_OF_REVISION = /^istio(-(?!sidecar-injector)|$)/;
const DATAPLANE_MODE = 'istio.io/dataplane-mode';

export class LintMesh {
  /** In the order of the input, word-for-word copies included. */
  readonly objects: readonly LintObject[];
  readonly pods: readonly LintPod[];
  /** Documents that hold no object. */
  private readonly withoutKind: RawDocument[] = [];
  private readonly byKind = new Map<string, LintObject[]>();
  private readonly labelled: LabelIndex<LintPod>;
  /** Kinds by namespace that the input has something of. */
  private readonly given = new Set<string>();
  private readonly refused = new Set<LintObject>();
  private namespaces: ReadonlyMap<string, LintObject> | null = null;
  private hostTable: HostTable | null = null;
  private estimate: TrafficEstimate | null = null;
  private promRules: PromRules | null = null;
  private settings: PlainValue | undefined;
  private areSettingsRead = false;

  constructor(
    documents: Iterable<RawDocument>,
    /** What a scenario makes of the mesh; null where there is none. */
    readonly plan: MeshPlan | null,
    /** Release of Istio, e.g. `1.31`. */
    readonly istioVersion: string = KNOWN_ISTIO_VERSIONS.at(-1)!,
  ) {
    const objects: LintObject[] = [];
    for (const document of documents) {
      const own = objectsIn(document);
      if (own.length === 0) this.withoutKind.push(document);
      objects.push(...own);
    }
    this.objects = objects;
    const different = withoutCopies(objects);
    for (const object of different) {
      pushTo(this.byKind, `${object.group}/${object.kind}`, object);
      this.given.add(givenKey(object.group, object.kind, object.namespace));
    }
    this.pods = withPlannedReplicas(
      different.map(podOf).filter((pod) => pod !== null),
      plan,
    );
    this.labelled = new LabelIndex(this.pods);
  }

  /** Says that the cluster refuses an object: among objects that are there it is none. */
  refuse(object: LintObject): void {
    this.refused.add(object);
  }

  isRefused(object: LintObject): boolean {
    return this.refused.has(object);
  }

  /** Objects of a kind in the order of the input; the core group is ''. */
  all(group: string, kind: string): readonly LintObject[] {
    return this.byKind.get(`${group}/${kind}`) ?? [];
  }

  /**
   * Whether the input is meant to hold what there is of a kind in a namespace: it has some of it, or a scenario stands beside it, which makes it the
   * whole cluster. Of what was not given nothing can be said to be missing.
   */
  holds(group: string, kind: string, namespace: string): boolean {
    return this.plan !== null || this.given.has(givenKey(group, kind, namespace));
  }

  /** The same for pods, by whatever makes them. */
  holdsPodsOf(namespace: string): boolean {
    return this.plan !== null || this.podsIn(namespace).length > 0;
  }

  /** The same for what a host may stand for, as an object of `namespace` writes it. */
  holdsHost(host: string, namespace: string): boolean {
    const home = namespaceOfHost(host, namespace);
    if (home !== null) return this.holds('', 'Service', home);
    return (
      this.holds('', 'Service', host.slice(host.lastIndexOf('.') + 1)) ||
      this.holds(NETWORKING, 'ServiceEntry', namespace) ||
      this.holds('', 'Service', namespace)
    );
  }

  /** Minor number of the release of Istio: 31 of 1.31. */
  get minor(): number {
    return releaseDefaults(this.istioVersion)?.minor ?? Number.POSITIVE_INFINITY;
  }

  get virtualServices(): readonly LintObject[] {
    return this.all(NETWORKING, 'VirtualService');
  }

  get destinationRules(): readonly LintObject[] {
    return this.all(NETWORKING, 'DestinationRule');
  }

  get gateways(): readonly LintObject[] {
    return this.all(NETWORKING, 'Gateway');
  }

  get services(): readonly LintObject[] {
    return this.all('', 'Service');
  }

  get serviceEntries(): readonly LintObject[] {
    return this.all(NETWORKING, 'ServiceEntry');
  }

  get hosts(): HostTable {
    this.hostTable ??= new HostTable(this.services, this.serviceEntries);
    return this.hostTable;
  }

  /** Rates and times by the scenario; null without one. */
  get traffic(): TrafficEstimate | null {
    if (this.plan !== null) this.estimate ??= new TrafficEstimate(this.plan);
    return this.estimate;
  }

  /** Rules of Prometheus: those of PrometheusRules, of rule files, of plain lists. */
  get prometheus(): PromRules {
    this.promRules ??= new PromRules(this.all(MONITORING, 'PrometheusRule'), this.withoutKind);
    return this.promRules;
  }

  namespace(name: string): LintObject | null {
    this.namespaces ??= new Map(this.all('', 'Namespace').map((object) => [object.name, object]));
    return this.namespaces.get(name) ?? null;
  }

  podsIn(namespace: string): readonly LintPod[] {
    return this.labelled.of(namespace);
  }

  /** The pods of the objects of a name in a namespace. */
  podsOf(namespace: string, name: string): readonly LintPod[] {
    return byName(this.pods, nameWord(namespace, name));
  }

  /** Pods in `namespace` (anywhere, if null) that carry all labels of the selector. */
  selected(selector: Readonly<Record<string, string>>, namespace: string | null): LintPod[] {
    return this.labelled.selectedBy(selector, namespace);
  }

  /** Pods behind a Service; none where it selects nothing. */
  podsBehind(service: LintObject): LintPod[] {
    const selector = mapAt(service.value, 'spec', 'selector');
    if (selector === null || Object.keys(selector).length === 0) return [];
    return this.selected(selector as Readonly<Record<string, string>>, service.namespace);
  }

  /** Whether a pod has, or is given, a sidecar. */
  isInMesh(pod: LintPod): boolean {
    if (writtenProxy(pod) !== null) return true;
    const wish = injectionWish(pod);
    if (wish !== null) return wish;
    const namespace = this.namespace(pod.namespace);
    return (
      namespace !== null &&
      (namespace.labels['istio-injection'] === 'enabled' ||
        (namespace.labels['istio-injection'] === undefined && (namespace.labels['istio.io/rev'] ?? '') !== ''))
    );
  }

  /** Whether the input says who is injected: the pod itself, or its Namespace. A scenario decides of the rest. */
  isInjectionKnown(pod: LintPod): boolean {
    return writtenProxy(pod) !== null || injectionWish(pod) !== null || this.namespace(pod.namespace) !== null;
  }

  /** The label of the pod, else that of its namespace, puts it into ambient mode (istio: cni/pkg/util/podutil.go, PodRedirectionEnabled). */
  isLabelledAmbient(pod: LintPod): boolean {
    const own = pod.labels[DATAPLANE_MODE] ?? this.namespace(pod.namespace)?.labels[DATAPLANE_MODE];
    return own === 'ambient' && !this.isInMesh(pod);
  }

  /** Pods of the default ingress gateway: those with its label, or the ones that Istio's own charts install where none is in the YAML. */
  get hasOwnIngressGateway(): boolean {
    return this.pods.some((pod) => pod.labels.istio === 'ingressgateway');
  }

  /** A value of the mesh configuration (the ConfigMap `istio`, an IstioOperator, an Istio of the Sail operator). */
  setting(...path: readonly string[]): PlainValue | undefined {
    if (!this.areSettingsRead) {
      this.settings = this.readSettings();
      this.areSettingsRead = true;
    }
    return dig(this.settings, ...path);
  }

  /** The Helm values of the injector: those of its ConfigMap, of an IstioOperator, of an Istio of the Sail operator. */
  injectorValues(): PlainValue | undefined {
    const map = this.all('', 'ConfigMap').find(({ name }) => name === 'istio-sidecar-injector');
    const text = map === undefined ? null : textAt(map.value, 'data', 'values');
    if (text !== null) {
      for (const document of parseDocuments({ name: 'values', text })) return document.value;
    }
    const owner = this.all('install.istio.io', 'IstioOperator')[0] ?? this.all('sailoperator.io', 'Istio')[0];
    return dig(owner?.value, 'spec', 'values');
  }

  private readSettings(): PlainValue | undefined {
    // Of a revision, or without one, which comes first: as models/plan/settings/mesh-settings.ts takes them.
    const maps = this.all('', 'ConfigMap').filter(
      ({ name, value }) => SETTINGS_OF_REVISION.test(name) && textAt(value, 'data', 'mesh') !== null,
    );
    const map = maps.find(({ name }) => name === 'istio') ?? maps[0];
    const text = map === undefined ? null : textAt(map.value, 'data', 'mesh');
    if (text !== null) {
      for (const document of parseDocuments({ name: 'mesh', text })) return document.value;
    }
    const operator = this.all('install.istio.io', 'IstioOperator')[0];
    if (operator !== undefined)
      return dig(operator.value, 'spec', 'meshConfig') ?? dig(operator.value, 'spec', 'values', 'meshConfig');
    const sail = this.all('sailoperator.io', 'Istio')[0];
    return sail === undefined ? undefined : dig(sail.value, 'spec', 'values', 'meshConfig');
  }
}

const byName = finder<LintPod>(({ namespace, object }) => [nameWord(namespace, object.name)]);

function nameWord(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function givenKey(group: string, kind: string, namespace: string): string {
  return `${group}/${kind} ${namespace}`;
}

/** Objects that stand in the input twice, word for word, are looked at once. */
function withoutCopies(objects: readonly LintObject[]): LintObject[] {
  const seen = new Map<string, LintObject[]>();
  return objects.filter((object) => {
    const earlier = seen.get(identityOf(object));
    if (earlier?.some(({ value }) => JSON.stringify(value) === JSON.stringify(object.value)) === true) return false;
    pushTo(seen, identityOf(object), object);
    return true;
  });
}

function pushTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
