// cert-manager's Issuer and ClusterIssuer (cert-manager: pkg/apis/certmanager/v1/types_issuer.go,
// internal/apis/certmanager/validation/issuer.go).
import type { Place } from '../place.js';
import { string } from '../scalars.js';
import { checked, inert, mapped, object, optional, required, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface IssuerSpec {
  readonly type: 'acme' | 'ca' | 'selfSigned' | 'vault' | 'venafi';
  /** Of the CA that signs; '' for other types. */
  readonly secretName: string;
}

interface Written {
  readonly acme: object | null;
  readonly ca: { readonly secretName: string } | null;
  readonly selfSigned: object | null;
  readonly vault: object | null;
  readonly venafi: object | null;
}

type Type = IssuerSpec['type'];
const TYPES: readonly Type[] = ['acme', 'ca', 'selfSigned', 'vault', 'venafi'];

const acme = object<{ server: string; privateKeySecretRef: { name: string } }>(
  'an ACME issuer',
  {
    server: required('server', string),
    privateKeySecretRef: required(
      'privateKeySecretRef',
      object<{ name: string }>('a reference to a Secret', { name: required('name', string) }, { others: inert('key') }),
    ),
  },
  {
    others: inert(
      'caBundle',
      'disableAccountKeyGeneration',
      'email',
      'enableDurationFeature',
      'externalAccountBinding',
      'preferredChain',
      'profile',
      'skipTLSVerify',
      'solvers',
    ),
  },
);

const ca = object<{ secretName: string }>(
  'a CA issuer',
  { secretName: required('secretName', string) },
  { others: inert('crlDistributionPoints', 'issuingCertificateURLs', 'ocspServers') },
);

const vault = object<{ server: string; path: string }>(
  'a Vault issuer',
  { server: required('server', string), path: required('path', string) },
  {
    others: inert(
      'auth',
      'caBundle',
      'caBundleSecretRef',
      'clientCertSecretRef',
      'clientKeySecretRef',
      'namespace',
      'serverName',
    ),
  },
);

const fields = object<Written>('an issuer', {
  acme: optional('acme', acme),
  ca: optional('ca', ca),
  selfSigned: optional(
    'selfSigned',
    object<object>('a self-signing issuer', {}, { others: inert('crlDistributionPoints') }),
  ),
  vault: optional('vault', vault),
  venafi: optional('venafi', object<object>('a Venafi issuer', {}, { others: inert('cloud', 'tpp', 'ngts', 'zone') })),
});

export const issuer: Schema<IssuerSpec> = withoutEffectYet(
  mapped(checked(fields, checkTypes), (written) => ({
    type: TYPES.find((type) => written[type] !== null) ?? 'selfSigned',
    secretName: written.ca?.secretName ?? '',
  })),
  'certificates are there from the start: nothing is issued during a run',
);

function checkTypes(written: Written, place: Place): void {
  const given = TYPES.filter((type) => written[type] !== null);
  if (given.length === 0) place.rejectedByKubernetes('the issuer has no type', `add one of ${TYPES.join(', ')}`);
  for (const more of given.slice(1))
    place.child(more).rejectedByKubernetes(`an issuer has one type, this one also ${given[0]}`, 'keep one');
}
