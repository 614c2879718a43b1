// The values of the standard tags of a request, as far as they tell series apart.
// proxy: source/extensions/filters/http/istio_stats/istio_stats.cc (populatePeerInfo, log): a peer without a proxy is unknown to servers.
import type { MeshPlan, WorkloadPlan } from '../../models/plan/contract/plan.js';
import type { SeenRequest } from './expression.js';

export interface TaggedRequest extends SeenRequest {
  readonly reporter: 'source' | 'destination';
  readonly service: string;
  readonly sourceWorkload: WorkloadPlan | null;
  readonly destinationWorkload: WorkloadPlan | null;
  readonly mutualTls: boolean;
}

const UNKNOWN = 'unknown';

export function standardTags(seen: TaggedRequest): Readonly<Record<string, string>> {
  const { reporter, service, sourceWorkload, destinationWorkload, grpc, opaque, status, flags, mutualTls } = seen;
  return {
    reporter,
    ...endTags('source', sourceWorkload),
    ...endTags('destination', destinationWorkload),
    destination_service: service,
    destination_service_name: service,
    destination_service_namespace: destinationWorkload?.namespace ?? UNKNOWN,
    request_protocol: opaque ? 'tcp' : grpc ? 'grpc' : 'http',
    response_code: String(status),
    grpc_response_status: grpc ? String(status) : '',
    response_flags: flags,
    connection_security_policy: reporter === 'source' ? UNKNOWN : mutualTls ? 'mutual_tls' : 'none',
  };
}

function endTags(end: 'source' | 'destination', workload: WorkloadPlan | null): Record<string, string> {
  const { name, namespace, service, version } = workload ?? NOBODY;
  const tags = {
    workload: name,
    workload_namespace: namespace,
    principal: `${namespace}/${name}`,
    app: service,
    version,
    canonical_service: service,
    canonical_revision: version || 'latest',
    cluster: 'Kubernetes',
  };
  return Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`${end}_${tag}`, value]));
}

const NOBODY = { name: UNKNOWN, namespace: UNKNOWN, service: UNKNOWN, version: UNKNOWN };

/** Whether a workload has a proxy of Istio's that reports. */
export function reports(plan: MeshPlan, workload: number): boolean {
  return (plan.workloads[workload]?.proxy?.observed ?? null) !== null;
}
