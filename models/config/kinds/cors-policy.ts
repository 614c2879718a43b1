// Which origins a route answers preflights of (istio api: networking/v1alpha3/virtual_service.proto CorsPolicy; istio: pkg/config/validation/
// validation.go validateCORSPolicy). What else a policy says goes into headers of responses, at which nobody in a run looks.
import { string, strings, word } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, type Schema } from '../schema.js';
import { protoWith } from './istio-fields.js';
import { istioDuration } from './istio-rules.js';
import { type StringMatch, stringMatch } from './string-match.js';

export interface CorsPolicy {
  readonly allowOrigins: readonly StringMatch[];
  /** What becomes of a preflight of another origin: it goes on like any request, or it is answered without consent. */
  readonly unmatchedPreflights: 'FORWARD' | 'IGNORE';
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', '*'];

interface Written {
  readonly allowOrigin: readonly string[];
  readonly allowOrigins: readonly StringMatch[] | null;
  readonly allowMethods: readonly string[];
  readonly maxAgeNs: number | null;
  readonly unmatchedPreflights: 'UNSPECIFIED' | 'FORWARD' | 'IGNORE';
}

const origins: Schema<readonly StringMatch[]> = checked(listOf('string matches', stringMatch), (found, place) => {
  found.forEach((match, index) => {
    if (match.kind === 'present' || match.value === '')
      place
        .child(index)
        .rejectedByIstio('an origin needs exact, prefix or regex', 'write e.g. {exact: https://shop.example.com}');
  });
});

export const corsPolicy: Schema<CorsPolicy> = mapped(
  checked(
    object<Written>(
      'a CORS policy',
      {
        allowOrigin: defaulted('allowOrigin', strings, []),
        allowOrigins: optional('allowOrigins', origins),
        allowMethods: defaulted('allowMethods', listOf('methods', string), []),
        maxAgeNs: optional('maxAge', istioDuration),
        unmatchedPreflights: defaulted(
          'unmatchedPreflights',
          word(['UNSPECIFIED', 'FORWARD', 'IGNORE']),
          'UNSPECIFIED',
        ),
      },
      protoWith(inert('allowHeaders', 'exposeHeaders', 'allowCredentials')),
    ),
    ({ allowMethods, maxAgeNs }, place) => {
      allowMethods.forEach((method, index) => {
        if (!METHODS.includes(method))
          place
            .down('allowMethods', index)
            .rejectedByIstio(`"${method}" is no method`, `use one of ${METHODS.join(', ')}`);
      });
      if (maxAgeNs !== null && maxAgeNs % 1_000_000_000 !== 0)
        place.child('maxAge').rejectedByIstio('maxAge is not in whole seconds', 'round it to 1s');
    },
  ),
  ({ allowOrigin, allowOrigins, unmatchedPreflights }) => ({
    allowOrigins: allowOrigins ?? allowOrigin.map((value) => ({ kind: 'exact', value })),
    unmatchedPreflights: unmatchedPreflights === 'IGNORE' ? 'IGNORE' : 'FORWARD',
  }),
);
