// Which policies are for a workload: those of the root namespace and of its own, without a selector or with one that its labels meet.
// istio: pilot/pkg/model/authorization.go (ListAuthorizationPolicies), pilot/pkg/model/policyattachment.go.
import { GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { TargetReference, WorkloadSelection } from '../../config/kinds/workload-selection.js';
import type { Resource } from '../../config/resource.js';
import { identityOf, listIndex, positionsBy } from '../../list-index.js';
import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { SelectorIndex } from '../terms/label-index.js';
import { ROOT_NAMESPACE } from '../terms/visibility.js';

/** The service in front of which a waypoint stands. */
export type ServiceName = Pick<Service, 'name' | 'namespace'>;

type Policy = Resource<string, WorkloadSelection>;

/** Null: it refers to what it is for. */
const bySelector = listIndex<Policy, SelectorIndex>(
  (list) =>
    new SelectorIndex(
      list.map(({ namespace, spec }) =>
        spec.targetRefs.length > 0 ? null : { namespace, labels: spec.selector ?? {} },
      ),
    ),
);

const byTarget = positionsBy<Policy>(({ namespace, spec }) =>
  spec.targetRefs.flatMap((reference) => targetWord(reference, namespace) ?? []),
);

/** By the references where there are any, else by the selector; in the order given. Waypoints take no policies but those that name them, their class or the service. */
export function policiesFor<T extends Policy>(
  policies: readonly T[],
  workload: Workload,
  service: ServiceName | null = null,
): T[] {
  const namespaces = workload.kind === 'waypoint' ? [] : [...new Set([ROOT_NAMESPACE, workload.namespace])];
  const selecting = namespaces.flatMap((namespace) => bySelector(policies).metBy(namespace, workload.labels));
  const meant = targetsOf(workload, service).flatMap((word) => byTarget(policies).get(word) ?? []);
  return [...new Set([...selecting, ...meant])].sort((a, b) => a - b).map((position) => policies[position]!);
}

/** The same, those of the root namespace first. */
export function policiesOf<T extends Policy>(
  policies: readonly T[],
  workload: Workload,
  service: ServiceName | null = null,
): T[] {
  const matching = policiesFor(policies, workload, service);
  return [
    ...matching.filter(({ namespace }) => namespace === ROOT_NAMESPACE),
    ...matching.filter(({ namespace }) => namespace !== ROOT_NAMESPACE),
  ];
}

/** What a reference in a policy of a namespace means; null: nothing that takes policies. */
function targetWord({ group, kind, name }: TargetReference, namespace: string): string | null {
  switch (`${group}/${kind}`) {
    case `${GATEWAY_GROUP}/Gateway`:
      return `gateway ${identityOf({ namespace, name })}`;
    case `${GATEWAY_GROUP}/GatewayClass`:
      return `class ${identityOf({ namespace, name })}`;
    case '/Service':
    case 'core/Service':
    case 'networking.istio.io/ServiceEntry':
      return `service ${identityOf({ namespace, name })}`;
    default:
      return null;
  }
}

/** What policies may refer to that are for a workload. */
function targetsOf({ kind, namespace, labels }: Workload, service: ServiceName | null): string[] {
  const name = labels[`${GATEWAY_GROUP}/gateway-name`];
  const own = name === undefined ? [] : [`gateway ${identityOf({ namespace, name })}`];
  if (kind !== 'waypoint') return own;
  const ofClass = `class ${identityOf({ namespace: ROOT_NAMESPACE, name: 'istio-waypoint' })}`;
  return [...own, ofClass, ...(service === null ? [] : [`service ${identityOf(service)}`])];
}
