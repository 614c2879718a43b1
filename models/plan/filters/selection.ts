// Which policies are for a workload: those of the root namespace and of its own, without a selector or with one that its labels meet.
// istio: pilot/pkg/model/authorization.go (ListAuthorizationPolicies), pilot/pkg/model/policyattachment.go.
import { GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { TargetReference, WorkloadSelection } from '../../config/kinds/workload-selection.js';
import type { Resource } from '../../config/resource.js';
import type { Service } from '../service.js';
import { ROOT_NAMESPACE, selects } from '../visibility.js';
import type { Workload } from '../workload.js';

/** The service in front of which a waypoint stands. */
export type ServiceName = Pick<Service, 'name' | 'namespace'>;

type Policy = Resource<string, WorkloadSelection>;

/** In the order given, those of the root namespace first. Waypoints take no policies but those that name them, their class or the service. */
export function policiesOf<T extends Policy>(
  policies: readonly T[],
  workload: Workload,
  service: ServiceName | null = null,
): T[] {
  const matching = policies.filter((policy) => isFor(policy, workload, service));
  return [
    ...matching.filter(({ namespace }) => namespace === ROOT_NAMESPACE),
    ...matching.filter(({ namespace }) => namespace !== ROOT_NAMESPACE),
  ];
}

/** By the references where there are any, else by the selector. */
export function isFor(policy: Policy, workload: Workload, service: ServiceName | null = null): boolean {
  const { targetRefs } = policy.spec;
  return targetRefs.length > 0
    ? targetRefs.some((reference) => isMeant(reference, policy.namespace, workload, service))
    : workload.kind !== 'waypoint' && isSelected(policy, workload);
}

function isSelected({ namespace, spec }: Policy, workload: Workload): boolean {
  return (
    (namespace === ROOT_NAMESPACE || namespace === workload.namespace) &&
    (spec.selector === null || selects(spec.selector, workload.labels))
  );
}

function isMeant(
  { group, kind, name }: TargetReference,
  namespace: string,
  workload: Workload,
  service: ServiceName | null,
): boolean {
  switch (`${group}/${kind}`) {
    case `${GATEWAY_GROUP}/Gateway`:
      return namespace === workload.namespace && name === workload.labels[`${GATEWAY_GROUP}/gateway-name`];
    case `${GATEWAY_GROUP}/GatewayClass`:
      return namespace === ROOT_NAMESPACE && workload.kind === 'waypoint' && name === 'istio-waypoint';
    case '/Service':
    case 'core/Service':
    case 'networking.istio.io/ServiceEntry':
      return workload.kind === 'waypoint' && namespace === service?.namespace && name === service.name;
    default:
      return false;
  }
}
