// cert-manager's Certificate (cert-manager: pkg/apis/certmanager/v1/types_certificate.go, internal/apis/certmanager/validation/certificate.go,
// pkg/util/pki/renewaltime.go).
import { isIpAddress } from '../names.js';
import type { Place } from '../place.js';
import { bool, integer, lifetime, string, strings, word } from '../scalars.js';
import { checked, defaulted, inert, object, optional, required, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface CertificateSpec {
  readonly secretName: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly isCA: boolean;
  readonly durationNs: number;
  /** null: at two thirds of its life. */
  readonly renewBeforeNs: number | null;
  readonly renewBeforePercentage: number | null;
  readonly issuerRef: IssuerRef;
}

export interface IssuerRef {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
}

interface PrivateKey {
  readonly algorithm: 'RSA' | 'ECDSA' | 'Ed25519';
  readonly size: number | null;
}

interface Written extends CertificateSpec {
  readonly literalSubject: string;
  readonly otherNames: boolean;
  readonly privateKey: PrivateKey | null;
}

const HOUR_NS = 3600e9;
const MINUTE_NS = 60e9;
const DEFAULT_NS = 2160 * HOUR_NS;
const MAX_COMMON_NAME = 64;
const OWN_GROUP = 'cert-manager.io';

const issuerRef: Schema<IssuerRef> = checked(
  object<IssuerRef>('a reference to an issuer', {
    name: required('name', string),
    kind: defaulted('kind', string, 'Issuer'),
    group: defaulted('group', string, OWN_GROUP),
  }),
  ({ name, kind, group }, place) => {
    if (name === '') place.child('name').rejectedByKubernetes('the issuer has no name', 'name an Issuer');
    if (group === OWN_GROUP && kind !== 'Issuer' && kind !== 'ClusterIssuer') {
      place
        .child('kind')
        .rejectedByKubernetes(
          `"${kind}" is neither Issuer nor ClusterIssuer`,
          'correct it, or add group: that of the issuer',
        );
    }
  },
);

const privateKey: Schema<PrivateKey> = checked(
  object<PrivateKey>(
    'a private key',
    {
      algorithm: defaulted('algorithm', word(['RSA', 'ECDSA', 'Ed25519']), 'RSA'),
      size: optional('size', integer(0, 65536)),
    },
    { others: inert('encoding', 'rotationPolicy') },
  ),
  ({ algorithm, size }, place) => {
    if (size === null || size === 0) return;
    if (algorithm === 'RSA' && (size < 2048 || size > 8192))
      place.child('size').rejectedByKubernetes(`an RSA key has no ${size} bits`, 'choose 2048 to 8192');
    if (algorithm === 'ECDSA' && ![256, 384, 521].includes(size))
      place.child('size').rejectedByKubernetes(`an ECDSA key has no ${size} bits`, 'choose 256, 384 or 521');
  },
);

const fields = object<Written>(
  'a Certificate',
  {
    secretName: required('secretName', string),
    commonName: defaulted('commonName', string, ''),
    literalSubject: defaulted('literalSubject', string, ''),
    dnsNames: defaulted('dnsNames', strings, []),
    ipAddresses: defaulted('ipAddresses', strings, []),
    uris: defaulted('uris', strings, []),
    emailAddresses: defaulted('emailAddresses', strings, []),
    otherNames: defaulted('otherNames', { expected: 'a list', read: () => true }, false),
    isCA: defaulted('isCA', bool, false),
    durationNs: defaulted('duration', lifetime, DEFAULT_NS),
    renewBeforeNs: optional('renewBefore', lifetime),
    renewBeforePercentage: optional('renewBeforePercentage', integer(0, 100)),
    privateKey: optional('privateKey', privateKey),
    issuerRef: required('issuerRef', issuerRef),
  },
  {
    others: inert(
      'additionalOutputFormats',
      'encodeUsagesInRequest',
      'keystores',
      'nameConstraints',
      'renewal',
      'revisionHistoryLimit',
      'secretTemplate',
      'signatureAlgorithm',
      'subject',
      'usages',
    ),
  },
);

export const certificate: Schema<CertificateSpec> = withoutEffectYet(
  checked(fields, checkCertificate),
  'certificates do not expire during a run: every handshake finds them valid',
);

function checkCertificate(written: Written, place: Place): void {
  const { dnsNames, ipAddresses, uris, emailAddresses, commonName, literalSubject, otherNames } = written;
  const names = [commonName, literalSubject, ...dnsNames, ...ipAddresses, ...uris, ...emailAddresses];
  if (!otherNames && names.every((name) => name === ''))
    place.rejectedByKubernetes('the certificate is for nobody', 'add dnsNames or commonName');
  if (commonName.length > MAX_COMMON_NAME) {
    const message = `a common name has at most ${MAX_COMMON_NAME} characters`;
    place.child('commonName').rejectedByKubernetes(message, 'put the name under dnsNames');
  }
  ipAddresses.forEach((address, index) => {
    if (!isIpAddress(address))
      place.down('ipAddresses', index).rejectedByKubernetes(`"${address}" is no IP address`, 'write e.g. 10.0.0.1');
  });
  checkTimes(written, place);
}

function checkTimes({ durationNs, renewBeforeNs, renewBeforePercentage }: Written, place: Place): void {
  if (durationNs < HOUR_NS)
    place.child('duration').rejectedByKubernetes('a certificate lives for at least 1h', 'give at least 1h');
  if (renewBeforePercentage !== null && renewBeforeNs !== null) {
    const message = 'renewBefore and renewBeforePercentage exclude each other';
    place.child('renewBeforePercentage').rejectedByKubernetes(message, 'keep one of the two');
  }
  if (renewBeforePercentage === 0 || renewBeforePercentage === 100)
    place.child('renewBeforePercentage').rejectedByKubernetes('the share is not between 0 and 100', 'give 1 to 99');
  if (renewBeforeNs === null) return;
  const at = place.child('renewBefore');
  if (renewBeforeNs < 5 * MINUTE_NS)
    at.rejectedByKubernetes('it is renewed at least 5m before its end', 'give 5m or more');
  if (renewBeforeNs >= durationNs)
    at.rejectedByKubernetes('it would be renewed before it begins', 'give less than its duration (2160h where absent)');
}
