// Which policies are for a workload: those of the root namespace and of its own, without a selector or with one that its labels meet.
// istio: pilot/pkg/model/authorization.go (ListAuthorizationPolicies), pilot/pkg/model/policyattachment.go.
import type { StringMap } from '../../config/kinds/common.js';
import type { Resource } from '../../config/resource.js';
import { ROOT_NAMESPACE, selects } from '../visibility.js';
import type { Workload } from '../workloads.js';

interface Selection {
  readonly selector: StringMap | null;
  readonly targetRefs: readonly unknown[];
}

/** In the order given, those of the root namespace first. Policies of waypoints and of the Gateway API's gateways select nobody. */
export function policiesOf<T extends Resource<string, Selection>>(policies: readonly T[], workload: Workload): T[] {
  const matching = policies.filter(
    ({ namespace, spec }) =>
      spec.targetRefs.length === 0 &&
      (namespace === ROOT_NAMESPACE || namespace === workload.namespace) &&
      (spec.selector === null || selects(spec.selector, workload.labels)),
  );
  return [
    ...matching.filter(({ namespace }) => namespace === ROOT_NAMESPACE),
    ...matching.filter(({ namespace }) => namespace !== ROOT_NAMESPACE),
  ];
}
