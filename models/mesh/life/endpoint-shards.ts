// The endpoints of each workload as istiod has them, and what kind of push a change of them sets off (istio: pilot/pkg/model/endpointshards.go).
import {
  type EndpointConditions,
  type EndpointPush,
  endpointHealth,
  type RegisteredEndpoint,
  ServiceEndpoints,
  sendsUnhealthy,
} from '../../control-plane/endpoint-path.js';
import { type MembersChange, unhealthySettings } from '../balancing/assignments.js';
import { type Pod, podAddress } from '../state/pod.js';

/** There is one cluster of Kubernetes. */
const SHARD = 'kubernetes';
const READY: EndpointConditions = { ready: true, serving: true, terminating: false };
const UNREADY: EndpointConditions = { ready: false, serving: false, terminating: false };

export class EndpointShards {
  private readonly services: readonly ServiceEndpoints[];
  private readonly endpoints: readonly Map<number, RegisteredEndpoint>[];
  private readonly sendsUnhealthy: boolean;

  /** @param atStart by workload: the pods at the start of the run, all ready */
  constructor(atStart: readonly (readonly Pod[])[], istioVersion: string) {
    this.sendsUnhealthy = sendsUnhealthy(unhealthySettings(istioVersion, 0));
    this.services = atStart.map(() => new ServiceEndpoints());
    this.endpoints = atStart.map((pods) => new Map(pods.map((pod) => [pod.id, endpointOf(pod, READY)])));
    for (const workload of this.services.keys()) this.update(workload);
  }

  /** An informer tells of a change. What push follows? */
  change({ workload, added, removed, ready, unready }: MembersChange): EndpointPush {
    const endpoints = this.endpoints[workload];
    for (const pod of removed) endpoints.delete(pod.id);
    for (const pod of [...added, ...ready]) endpoints.set(pod.id, endpointOf(pod, READY));
    for (const pod of unready) endpoints.set(pod.id, endpointOf(pod, UNREADY));
    return this.update(workload);
  }

  private update(workload: number): EndpointPush {
    return this.services[workload].update(SHARD, [...this.endpoints[workload].values()], this.sendsUnhealthy);
  }
}

function endpointOf(pod: Pod, conditions: EndpointConditions): RegisteredEndpoint {
  const health = endpointHealth(conditions, { keepsSessions: false });
  return { key: podAddress(pod), health, serviceAccount: '', content: '' };
}
