// The kinds that are read, found by API version and kind.
import { destinationRuleSchema } from './kinds/destination-rule-schema.js';
import { gateway } from './kinds/gateway.js';
import { horizontalPodAutoscaler } from './kinds/horizontal-pod-autoscaler.js';
import { ISTIO_NETWORKING, ISTIO_SECURITY, type KindDefinition, specKind } from './kinds/kind.js';
import { configMapKind, istioOperatorKind, sailKind } from './kinds/mesh-settings.js';
import { mutatingWebhookKind } from './kinds/mutating-webhook.js';
import { namespaceKind } from './kinds/namespace.js';
import { peerAuthentication } from './kinds/peer-authentication.js';
import { proxyConfig } from './kinds/proxy-config.js';
import { serviceKind } from './kinds/service.js';
import { serviceAccountKind } from './kinds/service-account.js';
import { serviceEntrySchema } from './kinds/service-entry.js';
import { sidecar } from './kinds/sidecar.js';
import { telemetry } from './kinds/telemetry.js';
import { virtualServiceSchema } from './kinds/virtual-service-schema.js';
import { daemonSetKind, deploymentKind, podKind, statefulSetKind } from './kinds/workload.js';
import { workloadEntrySchema } from './kinds/workload-entry.js';

const SCALING_VERSIONS = ['v2', 'v2beta2', 'v2beta1', 'v1'].map((version) => `autoscaling/${version}`);

export const KINDS = {
  namespaces: namespaceKind,
  services: serviceKind,
  deployments: deploymentKind,
  statefulSets: statefulSetKind,
  daemonSets: daemonSetKind,
  pods: podKind,
  serviceAccounts: serviceAccountKind,
  horizontalPodAutoscalers: specKind('HorizontalPodAutoscaler', SCALING_VERSIONS, () => horizontalPodAutoscaler),
  virtualServices: specKind('VirtualService', ISTIO_NETWORKING, virtualServiceSchema),
  destinationRules: specKind('DestinationRule', ISTIO_NETWORKING, destinationRuleSchema),
  gateways: specKind('Gateway', ISTIO_NETWORKING, () => gateway),
  serviceEntries: specKind('ServiceEntry', ISTIO_NETWORKING, serviceEntrySchema),
  configMaps: configMapKind,
  istioOperators: istioOperatorKind,
  istios: sailKind,
  mutatingWebhooks: mutatingWebhookKind,
  sidecars: specKind('Sidecar', ISTIO_NETWORKING, () => sidecar),
  proxyConfigs: specKind('ProxyConfig', ['networking.istio.io/v1beta1'], () => proxyConfig),
  telemetries: specKind('Telemetry', ['telemetry.istio.io/v1', 'telemetry.istio.io/v1alpha1'], () => telemetry),
  workloadEntries: specKind('WorkloadEntry', ISTIO_NETWORKING, workloadEntrySchema),
  peerAuthentications: specKind('PeerAuthentication', ISTIO_SECURITY, () => peerAuthentication),
} as const;

export type AnyKind = KindDefinition<string, unknown>;

const DEFINITIONS: readonly AnyKind[] = Object.values(KINDS);

/** The definition of a kind in one API version, or null where it is not read. */
export function findKind(apiVersion: string, kind: string): AnyKind | null {
  return DEFINITIONS.find((known) => known.kind === kind && known.apiVersions.includes(apiVersion)) ?? null;
}

/** The API versions of a kind that is read, of the same group as `apiVersion`; empty where there is none. */
export function versionsBeside(apiVersion: string, kind: string): readonly string[] {
  const group = groupOf(apiVersion);
  const versions = DEFINITIONS.filter((known) => known.kind === kind).flatMap((known) => known.apiVersions);
  return versions.filter((version) => groupOf(version) === group);
}

/** `networking.istio.io` of `networking.istio.io/v1`; '' for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
