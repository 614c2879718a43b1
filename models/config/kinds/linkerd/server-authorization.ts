// Linkerd's older way to say who may call a Server (linkerd: policy-controller/k8s/api/src/policy/server_authorization.rs,
// policy-controller/k8s/index/src/inbound/server_authorization.rs, policy-controller/runtime/src/admission.rs).
import { bool, string, strings } from '../../scalars.js';
import { checked, defaulted, listOf, object, optional, required, type Schema } from '../../schema.js';
import type { LabelSelector } from '../common.js';
import { specKind } from '../kind.js';
import { labelSelector } from '../label-selector.js';
import { type Network, networks } from './network.js';
import { versions } from './policy.js';

export interface ServerAuthorizationSpec {
  /** The Servers of its namespace that it is about: by name, else by their labels. */
  readonly server: { readonly name: string | null; readonly selector: LabelSelector | null };
  readonly client: AuthorizedClient;
}

export interface AuthorizedClient {
  /** Empty: any address. */
  readonly networks: readonly Network[];
  readonly unauthenticated: boolean;
  readonly meshTls: AuthorizedMeshTls | null;
}

export interface AuthorizedMeshTls {
  /** TLS alone is enough, whoever it is. */
  readonly unauthenticatedTls: boolean;
  readonly identities: readonly string[];
  readonly serviceAccounts: readonly { readonly name: string; readonly namespace: string | null }[];
}

const meshTls: Schema<AuthorizedMeshTls> = checked(
  object<AuthorizedMeshTls>('meshTLS', {
    unauthenticatedTls: defaulted('unauthenticatedTLS', bool, false),
    identities: defaulted('identities', strings, []),
    serviceAccounts: defaulted(
      'serviceAccounts',
      listOf(
        'service accounts',
        object<AuthorizedMeshTls['serviceAccounts'][number]>('a service account', {
          name: required('name', string),
          namespace: optional('namespace', string),
        }),
      ),
      [],
    ),
  }),
  ({ unauthenticatedTls, identities, serviceAccounts }, place) => {
    const named = identities.length + serviceAccounts.length;
    if (unauthenticatedTls && named > 0)
      place.rejectedByKubernetes('unauthenticatedTLS is true, and clients are named', 'keep one of the two');
    if (!unauthenticatedTls && named === 0)
      place.rejectedByKubernetes('meshTLS names no clients', 'add identities, e.g. "*", or serviceAccounts');
  },
);

const spec: Schema<ServerAuthorizationSpec> = object<ServerAuthorizationSpec>('a ServerAuthorization', {
  server: required(
    'server',
    object<ServerAuthorizationSpec['server']>('a selection of Servers', {
      name: optional('name', string),
      selector: optional('selector', labelSelector),
    }),
  ),
  client: required(
    'client',
    checked(
      object<AuthorizedClient>('a client', {
        networks: defaulted('networks', networks, []),
        unauthenticated: defaulted('unauthenticated', bool, false),
        meshTls: optional('meshTLS', meshTls),
      }),
      ({ unauthenticated, meshTls: tls }, place) => {
        if (unauthenticated && tls !== null)
          place.rejectedByKubernetes('unauthenticated is true, and there is meshTLS', 'keep one of the two');
        if (!unauthenticated && tls === null)
          place.rejectedByKubernetes('it authorizes no clients', 'add meshTLS, or unauthenticated: true');
      },
    ),
  ),
});

export const serverAuthorizationKind = specKind('ServerAuthorization', versions('v1beta1', 'v1alpha1'), () => spec);
