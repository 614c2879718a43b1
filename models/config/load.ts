// Named texts → typed resources: the cluster as its YAML describes it, in the order in which Istio takes its objects.
import type { Diagnostic, FidelityEntry } from './diagnostic.js';
import { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from './document.js';
import { describeForeign } from './foreign.js';
import type { DestinationRuleSpec } from './kinds/destination-rule.js';
import type { GatewaySpec } from './kinds/gateway.js';
import type { HorizontalPodAutoscalerSpec } from './kinds/horizontal-pod-autoscaler.js';
import type { MeshSettingsSpec } from './kinds/mesh-settings.js';
import type { MutatingWebhookSpec } from './kinds/mutating-webhook.js';
import type { NamespaceSpec } from './kinds/namespace.js';
import type { PeerAuthenticationSpec } from './kinds/peer-authentication.js';
import type { ProxyConfigSpec } from './kinds/proxy-config.js';
import type { ServiceSpec } from './kinds/service.js';
import type { ServiceAccountSpec } from './kinds/service-account.js';
import type { ServiceEntrySpec } from './kinds/service-entry.js';
import type { SidecarSpec } from './kinds/sidecar.js';
import type { TelemetrySpec } from './kinds/telemetry.js';
import type { VirtualServiceSpec } from './kinds/virtual-service.js';
import type { DaemonSetSpec, DeploymentSpec, PodSpec, StatefulSetSpec } from './kinds/workload.js';
import type { WorkloadEntrySpec } from './kinds/workload-entry.js';
import { ObjectReader } from './object-reader.js';
import { parseDocuments } from './parse.js';
import { KINDS } from './registry.js';
import type { FieldPath, NamedText, Resource } from './resource.js';

/**
 * Everything that was read. Each list is in Istio's order: creation time, then name, then namespace; objects without a creation
 * time come after, in the order of the documents. Objects that Kubernetes or Istio would refuse are not in the lists but in
 * `rejected`. Of two objects with one identity the later counts, in the place of the earlier.
 */
export interface ResourceSet {
  readonly namespaces: readonly Resource<'Namespace', NamespaceSpec>[];
  readonly services: readonly Resource<'Service', ServiceSpec>[];
  readonly deployments: readonly Resource<'Deployment', DeploymentSpec>[];
  readonly statefulSets: readonly Resource<'StatefulSet', StatefulSetSpec>[];
  readonly daemonSets: readonly Resource<'DaemonSet', DaemonSetSpec>[];
  readonly pods: readonly Resource<'Pod', PodSpec>[];
  readonly serviceAccounts: readonly Resource<'ServiceAccount', ServiceAccountSpec>[];
  readonly horizontalPodAutoscalers: readonly Resource<'HorizontalPodAutoscaler', HorizontalPodAutoscalerSpec>[];
  readonly virtualServices: readonly Resource<'VirtualService', VirtualServiceSpec>[];
  readonly destinationRules: readonly Resource<'DestinationRule', DestinationRuleSpec>[];
  readonly gateways: readonly Resource<'Gateway', GatewaySpec>[];
  readonly serviceEntries: readonly Resource<'ServiceEntry', ServiceEntrySpec>[];
  readonly configMaps: readonly Resource<'ConfigMap', MeshSettingsSpec>[];
  readonly istioOperators: readonly Resource<'IstioOperator', MeshSettingsSpec>[];
  readonly istios: readonly Resource<'Istio', MeshSettingsSpec>[];
  readonly mutatingWebhooks: readonly Resource<'MutatingWebhookConfiguration', MutatingWebhookSpec>[];
  readonly sidecars: readonly Resource<'Sidecar', SidecarSpec>[];
  readonly proxyConfigs: readonly Resource<'ProxyConfig', ProxyConfigSpec>[];
  readonly telemetries: readonly Resource<'Telemetry', TelemetrySpec>[];
  readonly workloadEntries: readonly Resource<'WorkloadEntry', WorkloadEntrySpec>[];
  readonly peerAuthentications: readonly Resource<'PeerAuthentication', PeerAuthenticationSpec>[];
  /** Objects of kinds that we do not read; `spec` is null. */
  readonly other: readonly Resource<string, null>[];
  /** Objects of known kinds that were dropped for their errors; `spec` is null. */
  readonly rejected: readonly Resource<string, null>[];
  /** Documents of our own API group (`seatrial.dev/…`), untouched. */
  readonly scenarios: readonly RawDocument[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  /** Documents that were read, empty ones not counted; a List counts once. */
  readonly documents: number;
}

export interface LoadOptions {
  /** Unknown fields, duplicate keys and unknown tags are errors instead of warnings. */
  readonly strict?: boolean;
}

/** API group of our own documents. */
export const OWN_GROUP = 'seatrial.dev/';

/** Reads all documents of all texts, in their order. Never throws: what is wrong with the input is in `diagnostics`. */
export function loadResources(texts: readonly NamedText[], options: LoadOptions = {}): ResourceSet {
  const loader = new Loader(options);
  for (const text of texts) {
    for (const document of parseDocuments(text, options)) loader.add(document);
  }
  return loader.finish();
}

class Loader {
  private readonly reader: ObjectReader;
  private readonly scenarios: RawDocument[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private readonly fidelity: FidelityEntry[] = [];
  private documents = 0;

  constructor(options: LoadOptions) {
    this.reader = new ObjectReader(options.strict ?? false, this.diagnostics, this.fidelity);
  }

  add(document: RawDocument): void {
    this.documents += 1;
    for (const diagnostic of document.diagnostics) this.diagnostics.push(diagnostic);
    if (document.value === null) return;
    const apiVersion = fieldOf(document.value, 'apiVersion');
    if (typeof apiVersion === 'string' && apiVersion.startsWith(OWN_GROUP)) this.scenarios.push(document);
    else this.addValue(document, [], document.value, { apiVersion: null, kind: null });
  }

  /** `implied` is what a typed list says about its items. */
  private addValue(document: RawDocument, prefix: FieldPath, value: PlainValue, implied: Implied): void {
    const apiVersion = fieldOf(value, 'apiVersion') ?? implied.apiVersion;
    const kind = fieldOf(value, 'kind') ?? implied.kind;
    const written = isPlainMap(value) && typeof apiVersion === 'string' && typeof kind === 'string';
    if (!written || apiVersion === '' || kind === '') {
      this.withoutKind(document, prefix, value);
      return;
    }
    const items = kind.endsWith('List') ? fieldOf(value, 'items') : undefined;
    if (Array.isArray(items)) this.addItems(document, prefix, items, apiVersion, kind);
    else this.reader.read({ document, prefix, value: value as PlainMap, apiVersion, kind });
  }

  private addItems(
    document: RawDocument,
    prefix: FieldPath,
    items: readonly PlainValue[],
    apiVersion: string,
    kind: string,
  ): void {
    const implied =
      kind === 'List' ? { apiVersion: null, kind: null } : { apiVersion, kind: kind.slice(0, -'List'.length) };
    items.forEach((item, index) => {
      this.addValue(document, [...prefix, 'items', index], item, implied);
    });
  }

  private withoutKind(document: RawDocument, prefix: FieldPath, value: PlainValue): void {
    const position = document.at(prefix);
    const foreign = prefix.length === 0 ? describeForeign(value) : null;
    if (foreign !== null) {
      const message = `this document is ${foreign}, not a Kubernetes object; it is left out`;
      this.diagnostics.push({ code: 'not-a-manifest', severity: 'info', position, message });
      return;
    }
    const message = 'this document has no apiVersion or no kind; it is left out';
    const hint = 'add apiVersion and kind, or leave the file out';
    this.diagnostics.push({ code: 'no-kind', severity: 'warning', position, message, hint });
    const meaning = 'a document without apiVersion or kind is left out';
    this.fidelity.push({ status: 'not-modelled', resource: 'document', path: '', position, meaning });
  }

  finish(): ResourceSet {
    const { reader } = this;
    return {
      namespaces: reader.sorted(KINDS.namespaces),
      services: reader.sorted(KINDS.services),
      deployments: reader.sorted(KINDS.deployments),
      statefulSets: reader.sorted(KINDS.statefulSets),
      daemonSets: reader.sorted(KINDS.daemonSets),
      pods: reader.sorted(KINDS.pods),
      serviceAccounts: reader.sorted(KINDS.serviceAccounts),
      horizontalPodAutoscalers: reader.sorted(KINDS.horizontalPodAutoscalers),
      virtualServices: reader.sorted(KINDS.virtualServices),
      destinationRules: reader.sorted(KINDS.destinationRules),
      gateways: reader.sorted(KINDS.gateways),
      serviceEntries: reader.sorted(KINDS.serviceEntries),
      configMaps: reader.sorted(KINDS.configMaps),
      istioOperators: reader.sorted(KINDS.istioOperators),
      istios: reader.sorted(KINDS.istios),
      mutatingWebhooks: reader.sorted(KINDS.mutatingWebhooks),
      sidecars: reader.sorted(KINDS.sidecars),
      proxyConfigs: reader.sorted(KINDS.proxyConfigs),
      telemetries: reader.sorted(KINDS.telemetries),
      workloadEntries: reader.sorted(KINDS.workloadEntries),
      peerAuthentications: reader.sorted(KINDS.peerAuthentications),
      other: reader.other,
      rejected: reader.rejected,
      scenarios: this.scenarios,
      diagnostics: this.diagnostics,
      fidelity: this.fidelity,
      documents: this.documents,
    };
  }
}

interface Implied {
  readonly apiVersion: string | null;
  readonly kind: string | null;
}
