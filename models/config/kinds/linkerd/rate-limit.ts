// How many requests the proxy of a Server lets in (linkerd: policy-controller/k8s/api/src/policy/ratelimit_policy.rs,
// policy-controller/runtime/src/admission.rs).
import { uint32 } from '../../scalars.js';
import { checked, defaulted, listOf, object, optional, required, type Schema } from '../../schema.js';
import { specKind } from '../kind.js';
import { reference, references, type TargetReference, versions } from './policy.js';

export interface LinkerdRateLimitSpec {
  readonly targetRef: TargetReference;
  /** Requests a second of all clients together; null: no such limit. */
  readonly total: Limit | null;
  /** Of each identity, and of all clients without one together. */
  readonly identity: Limit | null;
  readonly overrides: readonly (Limit & { readonly clientRefs: readonly TargetReference[] })[];
}

interface Limit {
  readonly requestsPerSecond: number;
}

const perSecond: Schema<number> = checked(uint32, (rate, place) => {
  if (rate === 0) place.rejectedByKubernetes('a limit is above 0', 'write at least 1');
});

const limit: Schema<Limit> = object<Limit>('a limit', { requestsPerSecond: required('requestsPerSecond', perSecond) });

const spec: Schema<LinkerdRateLimitSpec> = checked(
  object<LinkerdRateLimitSpec>('an HTTPLocalRateLimitPolicy', {
    targetRef: required('targetRef', reference),
    total: optional('total', limit),
    identity: optional('identity', limit),
    overrides: defaulted(
      'overrides',
      listOf(
        'overrides',
        object<LinkerdRateLimitSpec['overrides'][number]>('an override', {
          requestsPerSecond: required('requestsPerSecond', perSecond),
          clientRefs: required('clientRefs', references),
        }),
      ),
      [],
    ),
  }),
  ({ targetRef, total, identity, overrides }, place) => {
    if (targetRef.kind !== 'Server')
      place.child('targetRef').rejectedByKubernetes(`${targetRef.kind} is no target`, 'name a Server');
    const most = total?.requestsPerSecond ?? Number.MAX_SAFE_INTEGER;
    const hint = `keep it at or below total.requestsPerSecond, ${most}`;
    if (identity !== null && identity.requestsPerSecond > most)
      place.child('identity').rejectedByKubernetes('an identity may send more than all together', hint);
    overrides.forEach(({ requestsPerSecond, clientRefs }, index) => {
      const at = place.down('overrides', index);
      if (requestsPerSecond > most) at.rejectedByKubernetes('a client may send more than all together', hint);
      if (clientRefs.some(({ kind }) => kind !== 'ServiceAccount'))
        at.child('clientRefs').rejectedByKubernetes('clients are ServiceAccounts here', 'use kind: ServiceAccount');
    });
  },
);

export const linkerdRateLimitKind = specKind('HTTPLocalRateLimitPolicy', versions('v1alpha1'), () => spec);
