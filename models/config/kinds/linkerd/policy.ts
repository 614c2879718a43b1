// Who may call: Linkerd's Server, AuthorizationPolicy, MeshTLSAuthentication and NetworkAuthentication
// (linkerd: policy-controller/k8s/api/src/policy, policy-controller/src/admission.rs).
import { portNumberOrName, string, strings, word } from '../../scalars.js';
import {
  checked,
  defaulted,
  listed,
  listOf,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../../schema.js';
import type { LabelSelector } from '../common.js';
import { specKind } from '../kind.js';
import { labelSelector } from '../label-selector.js';
import { type Network, networks } from './network.js';

/** What holds where no authorization does. */
export const INBOUND_POLICIES = [
  'all-unauthenticated',
  'all-authenticated',
  'cluster-authenticated',
  'cluster-unauthenticated',
  'deny',
  'audit',
] as const;
export type InboundPolicy = (typeof INBOUND_POLICIES)[number];

export interface ServerSpec {
  /** null: it is about something that is no pod. */
  readonly podSelector: LabelSelector | null;
  readonly port: number | string;
  readonly accessPolicy: InboundPolicy;
}

export interface TargetReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** null: that of the object. */
  readonly namespace: string | null;
}

export interface LinkerdPolicySpec {
  readonly targetRef: TargetReference;
  /** All must hold. */
  readonly requiredAuthenticationRefs: readonly TargetReference[];
}

export interface MeshTlsSpec {
  /** `*`, an identity, or `*.suffix`. */
  readonly identities: readonly string[];
  readonly identityRefs: readonly TargetReference[];
}

export interface NetworkAuthenticationSpec {
  readonly networks: readonly Network[];
}

export const reference: Schema<TargetReference> = object<TargetReference>('a reference', {
  group: defaulted('group', string, ''),
  kind: required('kind', string),
  name: defaulted('name', string, ''),
  namespace: optional('namespace', string),
});

export const references = listOf('references', reference);

const server: Schema<ServerSpec> = object<ServerSpec>(
  'a Server',
  {
    podSelector: optional('podSelector', labelSelector),
    port: required('port', portNumberOrName),
    accessPolicy: defaulted('accessPolicy', word(INBOUND_POLICIES), 'deny'),
  },
  {
    others: {
      proxyProtocol: listed(notModelled('the protocol of a port is what its Service declares')),
      externalWorkloadSelector: listed(notModelled('workloads outside of the cluster have no policies')),
    },
  },
);

const TARGETS = ['Server', 'HTTPRoute', 'GRPCRoute', 'Namespace'];
const AUTHENTICATIONS = ['MeshTLSAuthentication', 'NetworkAuthentication', 'ServiceAccount'];

const policy: Schema<LinkerdPolicySpec> = checked(
  object<LinkerdPolicySpec>('an AuthorizationPolicy of Linkerd', {
    targetRef: required('targetRef', reference),
    requiredAuthenticationRefs: required('requiredAuthenticationRefs', references),
  }),
  ({ targetRef, requiredAuthenticationRefs: refs }, place) => {
    if (!TARGETS.includes(targetRef.kind))
      place
        .child('targetRef')
        .rejectedByKubernetes(`${targetRef.kind} is no target`, `use one of ${TARGETS.join(', ')}`);
    const required = place.child('requiredAuthenticationRefs');
    const other = refs.find(({ kind }) => !AUTHENTICATIONS.includes(kind));
    if (other !== undefined)
      required.rejectedByKubernetes(`${other.kind} authenticates nobody`, `use one of ${AUTHENTICATIONS.join(', ')}`);
    const many = (...kinds: readonly string[]): boolean => refs.filter(({ kind }) => kinds.includes(kind)).length > 1;
    if (many('MeshTLSAuthentication', 'ServiceAccount') || many('NetworkAuthentication'))
      required.rejectedByKubernetes(
        'all references must hold, and there is more than one of a kind',
        'name one identity and one network, or write a policy for each',
      );
  },
);

const meshTls: Schema<MeshTlsSpec> = checked(
  object<MeshTlsSpec>('a MeshTLSAuthentication', {
    identities: defaulted('identities', strings, []),
    identityRefs: defaulted('identityRefs', references, []),
  }),
  ({ identities, identityRefs }, place) => {
    if (identities.length + identityRefs.length === 0)
      place.rejectedByKubernetes('there are neither identities nor identityRefs', 'name some; "*" is everybody');
  },
);

const networkAuthentication: Schema<NetworkAuthenticationSpec> = checked(
  object<NetworkAuthenticationSpec>('a NetworkAuthentication', { networks: required('networks', networks) }),
  ({ networks: given }, place) => {
    if (given.length === 0)
      place.child('networks').rejectedByKubernetes('there is no network', 'name one, e.g. cidr: 0.0.0.0/0');
  },
);

export const versions = (...names: readonly string[]): string[] => names.map((name) => `policy.linkerd.io/${name}`);

export const serverKind = specKind('Server', versions('v1beta3', 'v1beta2', 'v1beta1'), () => server);
export const linkerdPolicyKind = specKind('AuthorizationPolicy', versions('v1alpha1'), () => policy);
export const meshTlsKind = specKind('MeshTLSAuthentication', versions('v1alpha1'), () => meshTls);
export const networkAuthenticationKind = specKind(
  'NetworkAuthentication',
  versions('v1alpha1'),
  () => networkAuthentication,
);
