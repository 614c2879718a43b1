// The conditions of an endpoint (k8s: staging/src/k8s.io/endpointslice/utils.go: podToEndpoint,
// addTriggerTimeAnnotation; util/controller_utils.go: ShouldPodBeInEndpoints).

/** A pod behind a Service. */
export interface EndpointPod {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly hasAddress: boolean;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** `conditions` of an endpoint. */
export interface EndpointConditions {
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

/**
 * The conditions of a pod's endpoint; null: the pod is in no slice.
 * @param publishNotReady `spec.publishNotReadyAddresses` of the Service
 */
export function conditionsOf(pod: EndpointPod, publishNotReady: boolean): EndpointConditions | null {
  if (!pod.hasAddress || pod.phase === 'Succeeded' || pod.phase === 'Failed') return null;
  const ready = publishNotReady || (pod.ready && !pod.terminating);
  return { ready, serving: pod.ready, terminating: pod.terminating };
}

/**
 * The endpoints that kube-proxy sends new connections to, as indices: those that are ready, else those that still serve
 * although they go; empty: connections are refused.
 */
export function usableEndpoints(endpoints: readonly EndpointConditions[]): readonly number[] {
  const where = (holds: (conditions: EndpointConditions) => boolean): number[] =>
    endpoints.flatMap((conditions, index) => (holds(conditions) ? [index] : []));
  const ready = where((conditions) => conditions.ready);
  return ready.length > 0 ? ready : where(({ serving, terminating }) => serving && terminating);
}
