// Who a workload is to others: its SPIFFE identity without the scheme. istio: pkg/spiffe/spiffe.go, pilot/pkg/model/context.go.

import type { Workload } from '../registry/workload.js';
import { CLUSTER_DOMAIN } from '../terms/host.js';

/** Of a gateway that is not in the YAML: that of Istio's own installation (istio: manifests/charts/gateways/istio-ingress). */
export function serviceAccountOf({ pod, name }: Workload): string {
  if (pod === null) return `${name}-service-account`;
  return pod.serviceAccountName === '' ? 'default' : pod.serviceAccountName;
}

/** The trust domain is Istio's default: that of the cluster. */
export function principalOf(workload: Workload): string {
  return `${CLUSTER_DOMAIN}/ns/${workload.namespace}/sa/${serviceAccountOf(workload)}`;
}
