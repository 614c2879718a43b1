// What may leave the cluster (linkerd: policy-controller/k8s/api/src/policy/egress_network.rs, policy-controller/runtime/src/admission.rs).
import { word } from '../../scalars.js';
import { checked, object, optional, required, type Schema } from '../../schema.js';
import { specKind } from '../kind.js';
import { type Network, networks } from './network.js';
import { versions } from './policy.js';

export interface EgressNetworkSpec {
  /** null: whatever is outside of the cluster. */
  readonly networks: readonly Network[] | null;
  /** What becomes of requests that no route at it matches. */
  readonly trafficPolicy: 'Allow' | 'Deny';
}

const spec: Schema<EgressNetworkSpec> = checked(
  object<EgressNetworkSpec>('an EgressNetwork', {
    networks: optional('networks', networks),
    trafficPolicy: required('trafficPolicy', word(['Allow', 'Deny'])),
  }),
  ({ networks: given }, place) => {
    if (given?.length === 0)
      place.child('networks').rejectedByKubernetes('there is no network', 'name one, or leave the field out');
  },
);

export const egressNetworkKind = specKind('EgressNetwork', versions('v1alpha1'), () => spec);
