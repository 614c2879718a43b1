// Which proxies pods are taken to have that nothing is said about: YAML that is kept in Git seldom tells what injects the proxies.
// istio: pkg/kube/inject/inject.go (injectRequired); linkerd: cli/cmd/inject.go (`linkerd inject` annotates what a pipe brings).
import { groupOf } from '../../config/api-group.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import { INJECT, linkerdConfig } from './linkerd-injection.js';

export const ASSUMED_MESHES = ['istio', 'linkerd', 'none'] as const;
export type AssumedMesh = (typeof ASSUMED_MESHES)[number];

/** Linkerd's own pods have proxies whatever the others have. */
const CONTROL_PLANE = 'linkerd.io/control-plane-component';

export interface MeshAssumption {
  readonly mesh: AssumedMesh;
  /** The scenario says so. */
  readonly given: boolean;
  /** It holds for Namespaces that are in the YAML and say nothing, too. */
  readonly everywhere: boolean;
}

interface Placed {
  readonly namespace: string;
  readonly template: PodTemplate;
}

/**
 * @param resources as they are written: what routes and Ingresses are turned into is no word for Istio
 * @param given what the scenario says
 */
export function meshAssumption(
  resources: ResourceSet,
  sets: readonly Placed[],
  given: AssumedMesh | undefined,
): MeshAssumption {
  if (given !== undefined) return { mesh: given, given: true, everywhere: true };
  const { namespaces } = resources;
  const assumed = (mesh: AssumedMesh, everywhere = false): MeshAssumption => ({ mesh, given: false, everywhere });
  const apps = sets.filter(({ template }) => template.labels[CONTROL_PLANE] === undefined);
  const words = [
    ...namespaces.flatMap(({ labels, annotations }) => [labels, annotations]),
    ...apps.flatMap(({ template: { labels, annotations } }) => [labels, annotations]),
    ...resources.services.flatMap(({ labels, annotations }) => [labels, annotations]),
  ].flatMap((words) => Object.keys(words));
  const isIstios = hasObjectsOfIstio(resources) || words.some(speaksOfIstio);
  const hasLinkerd = apps.some(
    ({ namespace, template }) => linkerdConfig(namespace, template, namespaces, false) !== null,
  );
  // With both, nothing speaks for either at what nobody has labelled. With Linkerd alone, a Namespace that is not in the YAML may well be annotated.
  if (hasLinkerd) return assumed(isIstios ? 'none' : 'linkerd');
  if (isIstios) return assumed('istio');
  if (words.includes(INJECT)) return assumed('none');
  const isLinkerds =
    apps.length < sets.length ||
    hasObjectsOfLinkerd(resources) ||
    words.some((word) => prefixOf(word).endsWith('linkerd.io'));
  return isLinkerds ? assumed('linkerd', true) : assumed('istio');
}

/** Whether what is written speaks of Linkerd, and not of Istio. */
export function isLinkerdAlone(resources: ResourceSet): boolean {
  const { deployments, statefulSets, daemonSets } = resources;
  const sets = [...deployments, ...statefulSets, ...daemonSets].map(({ namespace, spec }) => {
    return { namespace, template: spec.template };
  });
  return meshAssumption(resources, sets, undefined).mesh === 'linkerd';
}

function hasObjectsOfIstio(resources: ResourceSet): boolean {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars, workloadEntries } = resources;
  const { authorizationPolicies, requestAuthentications, peerAuthentications, telemetries } = resources;
  const { envoyFilters, wasmPlugins, proxyConfigs, istioOperators, istios, other, rejected } = resources;
  if (resources.kubernetesGateways.some(({ spec }) => spec.gatewayClassName.startsWith('istio'))) return true;
  return [
    ...[virtualServices, destinationRules, gateways, serviceEntries, sidecars, workloadEntries],
    ...[authorizationPolicies, requestAuthentications, peerAuthentications, telemetries],
    ...[envoyFilters, wasmPlugins, proxyConfigs, istioOperators, istios, other, rejected],
  ].some((list) =>
    list.some(({ apiVersion }) => groupOf(apiVersion).endsWith('istio.io') || groupOf(apiVersion) === SAIL_GROUP),
  );
}

const SAIL_GROUP = 'sailoperator.io';

function hasObjectsOfLinkerd(resources: ResourceSet): boolean {
  const { serviceProfiles, trafficSplits, linkerdServers, linkerdPolicies, httpRoutes, other, rejected } = resources;
  const { meshTlsAuthentications, networkAuthentications, serverAuthorizations } = resources;
  const { linkerdRateLimits, egressNetworks } = resources;
  return (
    trafficSplits.length > 0 ||
    [
      ...[serviceProfiles, linkerdServers, linkerdPolicies, meshTlsAuthentications, networkAuthentications],
      ...[serverAuthorizations, linkerdRateLimits, egressNetworks, httpRoutes, other, rejected],
    ].some((list) => list.some(({ apiVersion }) => groupOf(apiVersion).endsWith('linkerd.io')))
  );
}

/** `istio-injection`, `istio.io/rev`, `sidecar.istio.io/inject` and their like. */
function speaksOfIstio(word: string): boolean {
  return word === 'istio-injection' || prefixOf(word).endsWith('istio.io');
}

function prefixOf(word: string): string {
  const slash = word.indexOf('/');
  return slash < 0 ? '' : word.slice(0, slash);
}
