// Namespaces that the control plane knows (istio: pkg/kube/namespace/filter.go; MeshConfig.discoverySelectors): objects elsewhere do not exist
// for it, and Services there are hosts like any outside the mesh.
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { ResourceSet } from '../../config/load.js';
import { ofName } from '../../list-index.js';
import type { Findings } from '../terms/findings.js';
import type { MeshSettings } from './mesh-settings.js';

/** Visible to no proxy (`exportTo: ["~"]`). */
const NOBODY: Readonly<Record<string, string>> = { 'networking.istio.io/exportTo': '~' };

interface InNamespace {
  readonly namespace: string;
}

/** The resources as the mesh knows them. */
export function discovered(resources: ResourceSet, mesh: MeshSettings, findings: Findings): ResourceSet {
  const { discoverySelectors, rootNamespace } = mesh;
  if (discoverySelectors.length === 0) return resources;
  const known = new Map<string, boolean>();
  const knows = (namespace: string): boolean => {
    let isKnown = known.get(namespace);
    if (isKnown === undefined) {
      isKnown = namespace === rootNamespace || isDiscovered(namespace, resources, mesh, findings);
      known.set(namespace, isKnown);
    }
    return isKnown;
  };
  const only = <T extends InNamespace>(objects: readonly T[]): T[] =>
    objects.filter(({ namespace }) => knows(namespace));
  return {
    ...resources,
    services: resources.services.map((service) =>
      knows(service.namespace) ? service : { ...service, annotations: { ...service.annotations, ...NOBODY } },
    ),
    virtualServices: only(resources.virtualServices),
    destinationRules: only(resources.destinationRules),
    gateways: only(resources.gateways),
    serviceEntries: only(resources.serviceEntries),
    peerAuthentications: only(resources.peerAuthentications),
    sidecars: only(resources.sidecars),
    proxyConfigs: only(resources.proxyConfigs),
    telemetries: only(resources.telemetries),
    workloadEntries: only(resources.workloadEntries),
    workloadGroups: only(resources.workloadGroups),
    requestAuthentications: only(resources.requestAuthentications),
    authorizationPolicies: only(resources.authorizationPolicies),
    envoyFilters: only(resources.envoyFilters),
    wasmPlugins: only(resources.wasmPlugins),
    trafficExtensions: only(resources.trafficExtensions),
  };
}

function isDiscovered(
  namespace: string,
  { namespaces }: ResourceSet,
  { discoverySelectors }: MeshSettings,
  findings: Findings,
): boolean {
  const object = ofName(namespaces, namespace);
  if (object === undefined) {
    findings.approximated(
      `Namespace ${namespace}`,
      '',
      null,
      'the Namespace is not in the YAML; it is taken to be among those that discoverySelectors select',
    );
    return true;
  }
  const labels = { 'kubernetes.io/metadata.name': namespace, ...object.labels };
  return discoverySelectors.some((selector) => matchesLabels(selector, labels));
}
