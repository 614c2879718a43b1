// The schemas that Kubernetes, cert-manager and the Prometheus operator publish for their kinds, compiled by the packages @kubernetes-models. Those of
// Istio and the Gateway API stand in crds/. One is loaded when it is first needed; scripts/bundle.mjs puts them into the built files.

/** What a package has for a kind. */
interface PublishedModel {
  new (): { validate(): void };
}

type Load = () => Promise<PublishedModel>;

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
