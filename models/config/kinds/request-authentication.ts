// Istio's RequestAuthentication (istio api: security/v1/request_authentication.proto; istio: pkg/config/validation/validation.go
// validateJwtRule). `presence` is in the API from 1.32 on (releasenotes/notes/jwt-required-multi-token.yaml), in none of the releases that are known here.
import { bool, string, strings } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  required,
  type Schema,
} from '../schema.js';
import { PROTO, protoWith } from './istio-fields.js';
import { selectionFields, selectionOf, type WorkloadSelection, type WrittenSelection } from './workload-selection.js';

export interface RequestAuthenticationSpec extends WorkloadSelection {
  readonly jwtRules: readonly JwtRule[];
}

/** Where no location is given, a token stands in `Authorization: Bearer …` or in the parameter `access_token`. */
export interface JwtRule {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly fromHeaders: readonly { readonly name: string; readonly prefix: string }[];
  readonly fromParams: readonly string[];
  readonly fromCookies: readonly string[];
  readonly forwardOriginalToken: boolean;
  /** Claims that are a list in one text, beside `scope` and `permission`. */
  readonly spaceDelimitedClaims: readonly string[];
}

interface WrittenJwtRule extends JwtRule {
  readonly jwksUri: string;
}

const location = object<JwtRule['fromHeaders'][number]>(
  'a header with a token',
  { name: required('name', string), prefix: defaulted('prefix', string, '') },
  PROTO,
);

const jwtRule: Schema<JwtRule> = checked(
  object<WrittenJwtRule>(
    'a JWT rule',
    {
      issuer: defaulted('issuer', string, ''),
      audiences: defaulted('audiences', strings, []),
      fromHeaders: defaulted('fromHeaders', listOf('headers', location), []),
      fromParams: defaulted('fromParams', strings, []),
      fromCookies: defaulted('fromCookies', strings, []),
      jwksUri: defaulted(
        'jwksUri',
        string,
        '',
        approximated(
          'signatures and expiry are not checked: a token that is well formed and of a known issuer is valid',
        ),
      ),
      forwardOriginalToken: defaulted('forwardOriginalToken', bool, false),
      spaceDelimitedClaims: defaulted('spaceDelimitedClaims', strings, []),
    },
    protoWith({
      ...inert('jwks', 'outputPayloadToHeader', 'outputClaimToHeaders', 'timeout'),
      presence: listed(
        notModelled('the field comes with Istio 1.32: up to 1.31 a request without a token passes, as with OPTIONAL'),
      ),
    }),
  ),
  (rule, place) => {
    if (rule.issuer === '' && rule.jwksUri === '')
      place.rejectedByIstio('the rule has neither an issuer nor a jwksUri', 'add the issuer of the tokens');
    if (rule.audiences.includes('')) place.child('audiences').rejectedByIstio('an audience is empty', 'delete it');
  },
);

interface Written extends WrittenSelection {
  readonly jwtRules: readonly JwtRule[];
}

export const requestAuthentication: Schema<RequestAuthenticationSpec> = mapped(
  object<Written>(
    'a RequestAuthentication',
    { ...selectionFields, jwtRules: defaulted('jwtRules', listOf('JWT rules', jwtRule), []) },
    PROTO,
  ),
  (written) => ({ ...selectionOf(written), jwtRules: written.jwtRules }),
);
