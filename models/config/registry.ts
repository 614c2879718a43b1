// The kinds that are read, found by API version and kind.

import { groupOf } from './api-group.js';
import { analysisTemplate } from './kinds/analysis-template.js';
import { authorizationPolicySchema } from './kinds/authorization-policy.js';
import { canary } from './kinds/canary.js';
import { certificate } from './kinds/certificate.js';
import { ciliumClusterwidePolicyKind, ciliumPolicyKind } from './kinds/cilium-policy.js';
import { configMapKind } from './kinds/config-map.js';
import { destinationRuleSchema } from './kinds/destination-rule-schema.js';
import { endpointSliceKind, endpointsKind } from './kinds/endpoints.js';
import { envoyFilter } from './kinds/envoy-filter.js';
import { gateway } from './kinds/gateway.js';
import { backendTlsPolicyKind } from './kinds/gateway-api/backend-tls-policy.js';
import { grpcRouteKind } from './kinds/gateway-api/grpc-route.js';
import { httpRouteKind } from './kinds/gateway-api/http-route.js';
import { gatewayClassKind, kubernetesGatewayKind } from './kinds/gateway-api/kubernetes-gateway.js';
import { listenerSetKind } from './kinds/gateway-api/listener-set.js';
import { referenceGrantKind } from './kinds/gateway-api/reference-grant.js';
import { tcpRouteKind, tlsRouteKind } from './kinds/gateway-api/stream-route.js';
import { horizontalPodAutoscaler } from './kinds/horizontal-pod-autoscaler.js';
import { ingressKind } from './kinds/ingress.js';
import { issuer } from './kinds/issuer.js';
import {
  clusterKind,
  foreignKind,
  ISTIO_NETWORKING,
  ISTIO_SECURITY,
  type KindDefinition,
  specKind,
} from './kinds/kind.js';
import { egressNetworkKind } from './kinds/linkerd/egress-network.js';
import { linkerdPolicyKind, meshTlsKind, networkAuthenticationKind, serverKind } from './kinds/linkerd/policy.js';
import { linkerdRateLimitKind } from './kinds/linkerd/rate-limit.js';
import { serverAuthorizationKind } from './kinds/linkerd/server-authorization.js';
import { serviceProfileKind } from './kinds/linkerd/service-profile.js';
import { trafficSplitKind } from './kinds/linkerd/traffic-split.js';
import { istioOperatorKind, sailKind } from './kinds/mesh-settings.js';
import { metricTemplate } from './kinds/metric-template.js';
import { mutatingWebhookKind } from './kinds/mutating-webhook.js';
import { namespaceKind } from './kinds/namespace.js';
import { networkPolicyKind } from './kinds/network-policy.js';
import { nodeKind } from './kinds/node.js';
import { openSli, openSlo } from './kinds/open-slo.js';
import {
  openSloAlertCondition,
  openSloAlertPolicy,
  openSloAlertTarget,
  openSloDataSource,
  openSloService,
} from './kinds/open-slo-objects.js';
import { peerAuthentication } from './kinds/peer-authentication.js';
import { podDisruptionBudget } from './kinds/pod-disruption-budget.js';
import { prometheusRule } from './kinds/prometheus-rules.js';
import { proxyConfig } from './kinds/proxy-config.js';
import { requestAuthentication } from './kinds/request-authentication.js';
import { serviceKind } from './kinds/service.js';
import { serviceAccountKind } from './kinds/service-account.js';
import { serviceEntrySchema } from './kinds/service-entry.js';
import { prometheusServiceLevel } from './kinds/service-level.js';
import { sidecar } from './kinds/sidecar.js';
import { telemetry } from './kinds/telemetry.js';
import { trafficExtension } from './kinds/traffic-extension.js';
import { virtualServiceSchema } from './kinds/virtual-service-schema.js';
import { wasmPlugin } from './kinds/wasm-plugin.js';
import {
  daemonSetKind,
  deploymentKind,
  podKind,
  replicaSetKind,
  replicationControllerKind,
  rolloutKind,
  statefulSetKind,
} from './kinds/workload.js';
import { workloadEntrySchema } from './kinds/workload-entry.js';
import { workloadGroup } from './kinds/workload-group.js';

const CERT_MANAGER = ['cert-manager.io/v1'];
const FLAGGER = ['flagger.app/v1beta1', 'flagger.app/v1alpha3'];
const OPEN_SLO = ['openslo/v1', 'openslo.com/v1', 'openslo/v1alpha'];
const ARGO = ['argoproj.io/v1alpha1'];
const SCALING_VERSIONS = ['v2', 'v2beta2', 'v2beta1', 'v1'].map((version) => `autoscaling/${version}`);

export const KINDS = {
  namespaces: namespaceKind,
  nodes: nodeKind,
  services: serviceKind,
  endpoints: endpointsKind,
  endpointSlices: endpointSliceKind,
  deployments: deploymentKind,
  statefulSets: statefulSetKind,
  daemonSets: daemonSetKind,
  replicaSets: replicaSetKind,
  replicationControllers: replicationControllerKind,
  rollouts: rolloutKind,
  pods: podKind,
  serviceAccounts: serviceAccountKind,
  horizontalPodAutoscalers: specKind('HorizontalPodAutoscaler', SCALING_VERSIONS, () => horizontalPodAutoscaler),
  virtualServices: specKind('VirtualService', ISTIO_NETWORKING, virtualServiceSchema),
  destinationRules: specKind('DestinationRule', ISTIO_NETWORKING, destinationRuleSchema),
  gateways: specKind('Gateway', ISTIO_NETWORKING, () => gateway),
  serviceEntries: specKind('ServiceEntry', ISTIO_NETWORKING, serviceEntrySchema),
  ingresses: ingressKind,
  networkPolicies: networkPolicyKind,
  ciliumPolicies: ciliumPolicyKind,
  ciliumClusterwidePolicies: ciliumClusterwidePolicyKind,
  gatewayClasses: gatewayClassKind,
  kubernetesGateways: kubernetesGatewayKind,
  listenerSets: listenerSetKind,
  backendTlsPolicies: backendTlsPolicyKind,
  httpRoutes: httpRouteKind,
  grpcRoutes: grpcRouteKind,
  tcpRoutes: tcpRouteKind,
  tlsRoutes: tlsRouteKind,
  referenceGrants: referenceGrantKind,
  authorizationPolicies: specKind('AuthorizationPolicy', ISTIO_SECURITY, authorizationPolicySchema),
  requestAuthentications: specKind('RequestAuthentication', ISTIO_SECURITY, () => requestAuthentication),
  wasmPlugins: specKind('WasmPlugin', ['extensions.istio.io/v1alpha1'], () => wasmPlugin),
  trafficExtensions: specKind('TrafficExtension', ['extensions.istio.io/v1alpha1'], () => trafficExtension),
  configMaps: configMapKind,
  serviceProfiles: serviceProfileKind,
  trafficSplits: trafficSplitKind,
  linkerdServers: serverKind,
  linkerdPolicies: linkerdPolicyKind,
  serverAuthorizations: serverAuthorizationKind,
  linkerdRateLimits: linkerdRateLimitKind,
  egressNetworks: egressNetworkKind,
  meshTlsAuthentications: meshTlsKind,
  networkAuthentications: networkAuthenticationKind,
  envoyFilters: specKind('EnvoyFilter', ['networking.istio.io/v1alpha3'], () => envoyFilter),
  istioOperators: istioOperatorKind,
  istios: sailKind,
  mutatingWebhooks: mutatingWebhookKind,
  sidecars: specKind('Sidecar', ISTIO_NETWORKING, () => sidecar),
  proxyConfigs: specKind('ProxyConfig', ['networking.istio.io/v1beta1'], () => proxyConfig),
  telemetries: specKind('Telemetry', ['telemetry.istio.io/v1', 'telemetry.istio.io/v1alpha1'], () => telemetry),
  workloadGroups: specKind('WorkloadGroup', ISTIO_NETWORKING, () => workloadGroup),
  workloadEntries: specKind('WorkloadEntry', ISTIO_NETWORKING, workloadEntrySchema),
  peerAuthentications: specKind('PeerAuthentication', ISTIO_SECURITY, () => peerAuthentication),
  podDisruptionBudgets: specKind('PodDisruptionBudget', ['policy/v1', 'policy/v1beta1'], () => podDisruptionBudget),
  prometheusRules: specKind('PrometheusRule', ['monitoring.coreos.com/v1'], () => prometheusRule),
  certificates: specKind('Certificate', CERT_MANAGER, () => certificate),
  issuers: specKind('Issuer', CERT_MANAGER, () => issuer),
  clusterIssuers: clusterKind(specKind('ClusterIssuer', CERT_MANAGER, () => issuer)),
  canaries: specKind('Canary', FLAGGER, () => canary),
  metricTemplates: specKind('MetricTemplate', FLAGGER, () => metricTemplate),
  analysisTemplates: specKind('AnalysisTemplate', ARGO, () => analysisTemplate),
  clusterAnalysisTemplates: clusterKind(specKind('ClusterAnalysisTemplate', ARGO, () => analysisTemplate)),
  prometheusServiceLevels: specKind('PrometheusServiceLevel', ['sloth.slok.dev/v1'], () => prometheusServiceLevel),
  openSlos: foreignKind(specKind('SLO', OPEN_SLO, () => openSlo)),
  openSlis: foreignKind(specKind('SLI', OPEN_SLO, () => openSli)),
  openSloServices: foreignKind(specKind('Service', OPEN_SLO, () => openSloService)),
  openSloDataSources: foreignKind(specKind('DataSource', OPEN_SLO, () => openSloDataSource)),
  openSloAlertPolicies: foreignKind(specKind('AlertPolicy', OPEN_SLO, () => openSloAlertPolicy)),
  openSloAlertConditions: foreignKind(specKind('AlertCondition', OPEN_SLO, () => openSloAlertCondition)),
  openSloAlertTargets: foreignKind(specKind('AlertNotificationTarget', OPEN_SLO, () => openSloAlertTarget)),
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
