// What it means for the answer that a kind of object is left out.
import { lookup } from '../../sim/lookup.js';
import { groupOf } from './api-group.js';

const NO_PART = 'it takes no part in requests: no effect on the answer';
const GATEWAY_API = 'this kind of the Gateway API is not simulated: it is left out';
const NO_PODS = 'its pods are left out';
const LINKERD = 'this kind of Linkerd is not simulated: it is left out';
const GATEWAY_POLICY = 'policies of this gateway are not applied';

const BY_KIND: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io/UDPRoute': 'Istio routes no datagrams, and neither does the simulation',
  'batch/Job': NO_PODS,
  'batch/CronJob': NO_PODS,
  'keda.sh/ScaledObject': 'autoscaling is not simulated: the number of replicas stays as it is',
  'autoscaling.k8s.io/VerticalPodAutoscaler': 'autoscaling is not simulated: resources stay as they are',
};

const BY_GROUP: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io': GATEWAY_API,
  'gateway.networking.x-k8s.io': GATEWAY_API,
  'networking.x-k8s.io': GATEWAY_API,
  'gateway.envoyproxy.io': GATEWAY_POLICY,
  'gateway.nginx.org': GATEWAY_POLICY,
  'linkerd.io': LINKERD,
  'policy.linkerd.io': LINKERD,
  'apiextensions.k8s.io': NO_PART,
  'cert-manager.io': NO_PART,
  'kustomize.config.k8s.io': 'kustomizations are not built: run `kustomize build` first and load its output',
  'monitoring.coreos.com': NO_PART,
  'rbac.authorization.k8s.io': NO_PART,
  'storage.k8s.io': NO_PART,
};

const CORE_WITHOUT_PART = [
  'ConfigMap',
  'LimitRange',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'Secret',
];

/** The meaning of leaving out an object of this kind. */
export function meaningOfUnmodelled(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion);
  const known = `${group}/${kind}`;
  const meaning = lookup(BY_KIND, known) ?? lookup(BY_GROUP, group);
  if (meaning !== undefined) return meaning;
  return group === '' && CORE_WITHOUT_PART.includes(kind) ? NO_PART : 'objects of this kind are not simulated';
}

const POLICIES = 'PeerAuthentication, RequestAuthentication and AuthorizationPolicy';
const REMOVED_GROUPS: Readonly<Record<string, string>> = {
  'authentication.istio.io': 'PeerAuthentication and RequestAuthentication',
  'rbac.istio.io': 'AuthorizationPolicy',
  'config.istio.io': `Telemetry, EnvoyFilter, ${POLICIES}`,
};

/** What took the place of a kind that Istio no longer has, or null. */
export function successorOfRemoved(apiVersion: string): string | null {
  const group = groupOf(apiVersion);
  return lookup(REMOVED_GROUPS, group) ?? null;
}
