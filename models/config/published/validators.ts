// The schemas that Kubernetes, Istio, the Gateway API, cert-manager and the Prometheus operator publish for their kinds, compiled by the packages
// @kubernetes-models. One is loaded when it is first needed; scripts/bundle-validators.mjs puts them into the built files.

/** What a package has for a kind. */
interface PublishedModel {
  new (): { validate(): void };
}

type Load = () => Promise<PublishedModel>;

// Versions of a kind of Istio's have one schema (istio: pkg/config/schema/metadata.yaml).
const virtualService: Load = async () =>
  (await import('@kubernetes-models/istio/networking.istio.io/v1/VirtualService')).VirtualService;
const destinationRule: Load = async () =>
  (await import('@kubernetes-models/istio/networking.istio.io/v1/DestinationRule')).DestinationRule;
const gateway: Load = async () => (await import('@kubernetes-models/istio/networking.istio.io/v1/Gateway')).Gateway;
const serviceEntry: Load = async () =>
  (await import('@kubernetes-models/istio/networking.istio.io/v1/ServiceEntry')).ServiceEntry;
const sidecar: Load = async () => (await import('@kubernetes-models/istio/networking.istio.io/v1/Sidecar')).Sidecar;
const workloadEntry: Load = async () =>
  (await import('@kubernetes-models/istio/networking.istio.io/v1/WorkloadEntry')).WorkloadEntry;
const workloadGroup: Load = async () =>
  (await import('@kubernetes-models/istio/networking.istio.io/v1/WorkloadGroup')).WorkloadGroup;
const authorizationPolicy: Load = async () =>
  (await import('@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy')).AuthorizationPolicy;
const peerAuthentication: Load = async () =>
  (await import('@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication')).PeerAuthentication;
const requestAuthentication: Load = async () =>
  (await import('@kubernetes-models/istio/security.istio.io/v1/RequestAuthentication')).RequestAuthentication;
const telemetry: Load = async () =>
  (await import('@kubernetes-models/istio/telemetry.istio.io/v1/Telemetry')).Telemetry;

function versions(group: string, names: readonly string[], kinds: Readonly<Record<string, Load>>): [string, Load][] {
  return names.flatMap((version) =>
    Object.entries(kinds).map(([kind, load]): [string, Load] => [`${group}/${version}/${kind}`, load]),
  );
}

/** By `apiVersion/Kind`. */
export const VALIDATORS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['v1/ConfigMap', async () => (await import('kubernetes-models/v1/ConfigMap')).ConfigMap],
  ['v1/Endpoints', async () => (await import('kubernetes-models/v1/Endpoints')).Endpoints],
  ['v1/Namespace', async () => (await import('kubernetes-models/v1/Namespace')).Namespace],
  ['v1/Node', async () => (await import('kubernetes-models/v1/Node')).Node],
  ['v1/Pod', async () => (await import('kubernetes-models/v1/Pod')).Pod],
  [
    'v1/ReplicationController',
    async () => (await import('kubernetes-models/v1/ReplicationController')).ReplicationController,
  ],
  ['v1/Service', async () => (await import('kubernetes-models/v1/Service')).Service],
  ['v1/ServiceAccount', async () => (await import('kubernetes-models/v1/ServiceAccount')).ServiceAccount],
  ['apps/v1/DaemonSet', async () => (await import('kubernetes-models/apps/v1/DaemonSet')).DaemonSet],
  ['apps/v1/Deployment', async () => (await import('kubernetes-models/apps/v1/Deployment')).Deployment],
  ['apps/v1/ReplicaSet', async () => (await import('kubernetes-models/apps/v1/ReplicaSet')).ReplicaSet],
  ['apps/v1/StatefulSet', async () => (await import('kubernetes-models/apps/v1/StatefulSet')).StatefulSet],
  [
    'autoscaling/v1/HorizontalPodAutoscaler',
    async () => (await import('kubernetes-models/autoscaling/v1/HorizontalPodAutoscaler')).HorizontalPodAutoscaler,
  ],
  [
    'autoscaling/v2/HorizontalPodAutoscaler',
    async () => (await import('kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler')).HorizontalPodAutoscaler,
  ],
  [
    'policy/v1/PodDisruptionBudget',
    async () => (await import('kubernetes-models/policy/v1/PodDisruptionBudget')).PodDisruptionBudget,
  ],
  [
    'networking.k8s.io/v1/Ingress',
    async () => (await import('kubernetes-models/networking.k8s.io/v1/Ingress')).Ingress,
  ],
  [
    'networking.k8s.io/v1/NetworkPolicy',
    async () => (await import('kubernetes-models/networking.k8s.io/v1/NetworkPolicy')).NetworkPolicy,
  ],
  [
    'discovery.k8s.io/v1/EndpointSlice',
    async () => (await import('kubernetes-models/discovery.k8s.io/v1/EndpointSlice')).EndpointSlice,
  ],
  [
    'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration',
    async () =>
      (await import('kubernetes-models/admissionregistration.k8s.io/v1/MutatingWebhookConfiguration'))
        .MutatingWebhookConfiguration,
  ],
  ...versions('networking.istio.io', ['v1', 'v1beta1', 'v1alpha3'], {
    VirtualService: virtualService,
    DestinationRule: destinationRule,
    Gateway: gateway,
    ServiceEntry: serviceEntry,
    Sidecar: sidecar,
    WorkloadEntry: workloadEntry,
    WorkloadGroup: workloadGroup,
  }),
  [
    'networking.istio.io/v1alpha3/EnvoyFilter',
    async () => (await import('@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter')).EnvoyFilter,
  ],
  [
    'networking.istio.io/v1beta1/ProxyConfig',
    async () => (await import('@kubernetes-models/istio/networking.istio.io/v1beta1/ProxyConfig')).ProxyConfig,
  ],
  ...versions('security.istio.io', ['v1', 'v1beta1'], {
    AuthorizationPolicy: authorizationPolicy,
    PeerAuthentication: peerAuthentication,
    RequestAuthentication: requestAuthentication,
  }),
  ...versions('telemetry.istio.io', ['v1', 'v1alpha1'], { Telemetry: telemetry }),
  [
    'extensions.istio.io/v1alpha1/WasmPlugin',
    async () => (await import('@kubernetes-models/istio/extensions.istio.io/v1alpha1/WasmPlugin')).WasmPlugin,
  ],
  ...versions('gateway.networking.k8s.io', ['v1', 'v1beta1'], {
    Gateway: async () => (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway')).Gateway,
    GatewayClass: async () =>
      (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass')).GatewayClass,
    HTTPRoute: async () =>
      (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute')).HTTPRoute,
    ReferenceGrant: async () =>
      (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/ReferenceGrant')).ReferenceGrant,
  }),
  ...versions('gateway.networking.k8s.io', ['v1', 'v1alpha2'], {
    GRPCRoute: async () =>
      (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GRPCRoute')).GRPCRoute,
  }),
  [
    'gateway.networking.k8s.io/v1/TLSRoute',
    async () => (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/TLSRoute')).TLSRoute,
  ],
  [
    'gateway.networking.k8s.io/v1alpha2/TLSRoute',
    async () => (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1alpha2/TLSRoute')).TLSRoute,
  ],
  [
    'gateway.networking.k8s.io/v1alpha2/TCPRoute',
    async () => (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1alpha2/TCPRoute')).TCPRoute,
  ],
  [
    'gateway.networking.k8s.io/v1/BackendTLSPolicy',
    async () =>
      (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/BackendTLSPolicy')).BackendTLSPolicy,
  ],
  [
    'gateway.networking.k8s.io/v1/ListenerSet',
    async () => (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/ListenerSet')).ListenerSet,
  ],
  [
    'cert-manager.io/v1/Certificate',
    async () => (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate')).Certificate,
  ],
  [
    'cert-manager.io/v1/Issuer',
    async () => (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer')).Issuer,
  ],
  [
    'cert-manager.io/v1/ClusterIssuer',
    async () => (await import('@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer')).ClusterIssuer,
  ],
  [
    'monitoring.coreos.com/v1/PrometheusRule',
    async () =>
      (await import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule')).PrometheusRule,
  ],
]);
