// BackendTLSPolicy (gateway-api: apis/v1/backendtlspolicy_types.go): TLS from gateways and clients to the pods of a service.
import type { Place } from '../../place.js';
import { string, word } from '../../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listOf,
  mapped,
  object,
  optional,
  required,
  type Schema,
} from '../../schema.js';
import { specKind } from '../kind.js';
import { GATEWAY_GROUP } from './fields.js';

export interface BackendTlsPolicySpec {
  readonly targetRefs: readonly PolicyTarget[];
  /** The name that the handshake asks for. */
  readonly sni: string;
  /** Where the certificates of authorities are; empty: those of the system. */
  readonly authorities: readonly { readonly group: string; readonly kind: string; readonly name: string }[];
}

export interface PolicyTarget {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Name of a port; '' = all ports. */
  readonly sectionName: string;
}

interface WrittenValidation {
  readonly hostname: string;
  readonly caCertificateRefs: BackendTlsPolicySpec['authorities'];
  readonly wellKnownCACertificates: string | null;
  readonly subjectAltNames: readonly { readonly type: 'Hostname' | 'URI' }[];
}

const validation: Schema<WrittenValidation> = checked(
  object<WrittenValidation>('a validation', {
    hostname: required('hostname', string),
    caCertificateRefs: defaulted(
      'caCertificateRefs',
      listOf(
        'references to certificates',
        object<BackendTlsPolicySpec['authorities'][number]>('a reference to certificates', {
          group: required('group', string),
          kind: required('kind', string),
          name: required('name', string),
        }),
      ),
      [],
    ),
    wellKnownCACertificates: optional('wellKnownCACertificates', string),
    subjectAltNames: defaulted(
      'subjectAltNames',
      listOf(
        'names',
        object<WrittenValidation['subjectAltNames'][number]>(
          'a name of a certificate',
          { type: required('type', word(['Hostname', 'URI'])) },
          { others: inert('hostname', 'uri') },
        ),
      ),
      [],
    ),
  }),
  ({ caCertificateRefs, wellKnownCACertificates }, place) => {
    if (caCertificateRefs.length > 0 === (wellKnownCACertificates !== null))
      place.rejectedByKubernetes(
        'a validation needs caCertificateRefs or wellKnownCACertificates, and not both',
        'keep one of the two',
      );
  },
);

function checkTargets(targets: readonly PolicyTarget[], place: Place): void {
  if (targets.length === 0) place.rejectedByKubernetes('a policy needs a target', 'add one, e.g. a Service');
  const keys = targets.map((target) => JSON.stringify(target));
  keys.forEach((key, index) => {
    if (keys.indexOf(key) !== index)
      place.down(index).rejectedByKubernetes('the policy has this target twice', 'delete one, or name other ports');
  });
}

interface Written {
  readonly targetRefs: readonly PolicyTarget[];
  readonly validation: WrittenValidation;
}

const spec: Schema<BackendTlsPolicySpec> = mapped(
  object<Written>(
    'a BackendTLSPolicy',
    {
      targetRefs: required(
        'targetRefs',
        checked(
          listOf(
            'targets',
            object<PolicyTarget>('a target', {
              group: required('group', string),
              kind: required('kind', string),
              name: required('name', string),
              sectionName: defaulted('sectionName', string, ''),
            }),
          ),
          checkTargets,
        ),
      ),
      validation: required(
        'validation',
        validation,
        approximated('the handshake costs its round trips and CPU; certificates and names are taken to be right'),
      ),
    },
    { others: inert('options') },
  ),
  ({ targetRefs, validation: { hostname, caCertificateRefs } }) => ({
    targetRefs,
    sni: hostname,
    authorities: caCertificateRefs,
  }),
);

export const backendTlsPolicyKind = specKind(
  'BackendTLSPolicy',
  ['v1', 'v1alpha3'].map((version) => `${GATEWAY_GROUP}/${version}`),
  () => spec,
);
