// What a route does besides forwarding: redirect, direct response, rewrite, retries (istio: pkg/config/validation/validation.go
// validateHTTPRedirect, validateHTTPDirectResponse, validateHTTPRewrite, validateHTTPRetry).
import { nearestName } from '../../../sim/nearest.js';
import type { Place } from '../place.js';
import { bool, int32, portNumber, string, uint32, word } from '../scalars.js';
import { checked, defaulted, inert, mapped, object, optional, required, type Schema } from '../schema.js';
import { PROTO, protoWith } from './istio-fields.js';
import { checkRegex, istioDuration } from './istio-rules.js';
import type { HttpDirectResponse, HttpRedirect, HttpRetry, HttpRewrite } from './virtual-service.js';

const redirectCode = mapped(uint32, (code) => (code === 0 ? 301 : code));

export const redirect: Schema<HttpRedirect> = checked(
  object<HttpRedirect>(
    'a redirect',
    {
      uri: defaulted('uri', string, ''),
      prefixRewrite: defaulted('prefixRewrite', string, ''),
      authority: defaulted('authority', string, ''),
      scheme: defaulted('scheme', string, ''),
      port: optional('port', portNumber),
      derivePort: optional('derivePort', word(['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'])),
      redirectCode: defaulted('redirectCode', redirectCode, 301),
    },
    PROTO,
  ),
  checkRedirect,
);

function checkRedirect(found: HttpRedirect, place: Place): void {
  const texts = [found.uri, found.prefixRewrite, found.authority, found.scheme];
  if (texts.every((text) => text === '') && found.port === null && found.derivePort === null) {
    place.rejectedByIstio('the redirect says nothing', 'give uri, authority, scheme or port');
  }
  if (found.redirectCode < 300 || found.redirectCode > 399) {
    place
      .child('redirectCode')
      .rejectedByIstio(`${found.redirectCode} is not a redirect`, 'use 301, 302, 303, 307 or 308');
  }
  if (!['', 'http', 'https'].includes(found.scheme)) {
    place.child('scheme').rejectedByIstio(`"${found.scheme}" is not a scheme`, 'use http or https');
  }
}

/** A status that Envoy can answer by itself. */
export function checkStatus(status: number, place: Place): void {
  if (status < 200 || status > 600) place.rejectedByIstio(`${status} is not an HTTP status`, 'use 200 to 599');
}

export const directResponse: Schema<HttpDirectResponse> = object<HttpDirectResponse>(
  'a direct response',
  { status: required('status', checked(uint32, checkStatus)) },
  protoWith(inert('body')),
);

export const rewrite: Schema<HttpRewrite> = checked(
  object<HttpRewrite>(
    'a rewrite',
    {
      uri: defaulted('uri', string, ''),
      authority: defaulted('authority', string, ''),
      uriRegexRewrite: optional(
        'uriRegexRewrite',
        object<{ match: string; rewrite: string }>(
          'a regex rewrite',
          { match: defaulted('match', string, ''), rewrite: defaulted('rewrite', string, '') },
          PROTO,
        ),
      ),
    },
    PROTO,
  ),
  checkRewrite,
);

function checkRewrite({ uri, authority, uriRegexRewrite: regex }: HttpRewrite, place: Place): void {
  if (uri !== '' && regex !== null) place.rejectedByIstio('a rewrite has uri or uriRegexRewrite, not both', 'keep one');
  if (uri === '' && authority === '' && regex === null) {
    place.rejectedByIstio('the rewrite says nothing', 'give uri, uriRegexRewrite or authority');
  }
  if (regex === null) return;
  const at = place.child('uriRegexRewrite');
  if (regex.match === '' || regex.rewrite === '') at.rejectedByIstio('match or rewrite is missing', 'give both');
  else checkRegex(regex.match, at.child('match'));
}

export const retries: Schema<HttpRetry> = checked(
  object<HttpRetry>(
    'a retry policy',
    {
      attempts: defaulted('attempts', int32, 0),
      perTryTimeoutNs: optional('perTryTimeout', istioDuration),
      retryOn: optional('retryOn', mapped(string, readRetryOn)),
      retryRemoteLocalities: optional('retryRemoteLocalities', bool),
      retryIgnorePreviousHosts: optional('retryIgnorePreviousHosts', bool),
      backoffNs: optional('backoff', istioDuration),
    },
    PROTO,
  ),
  checkRetries,
);

function checkRetries(found: HttpRetry, place: Place): void {
  if (found.attempts < 0)
    place.child('attempts').rejectedByIstio('attempts is negative', 'use 0 to switch retries off');
  const configured = found.perTryTimeoutNs !== null || found.retryOn !== null || found.retryRemoteLocalities !== null;
  if (found.attempts === 0 && configured) {
    place.rejectedByIstio(
      'attempts is 0 or absent (no retries), yet the policy says how to retry',
      'set attempts, or delete the other fields',
    );
  }
}

const RETRY_ON = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];
/** go: src/net/http/status.go, the codes that have a text. */
const STATUS_RANGES: readonly (readonly [number, number])[] = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
];

function isKnownStatus(token: string): boolean {
  const status = /^\d{3}$/.test(token) ? Number(token) : 0;
  return STATUS_RANGES.some(([first, last]) => status >= first && status <= last);
}

function readRetryOn(text: string, place: Place): readonly string[] | null {
  if (text === '') return null;
  const tokens = text.split(',');
  const trimmed = tokens.map((token) => token.trim()).filter((token) => token !== '');
  for (const token of trimmed) {
    if (RETRY_ON.includes(token) || isKnownStatus(token)) continue;
    const near = nearestName(token, RETRY_ON);
    place.rejectedByIstio(
      `"${token}" is not a condition to retry on`,
      near === null ? `use ${RETRY_ON.join(', ')} or a status` : `did you mean "${near}"?`,
    );
  }
  if (tokens.some((token) => token !== token.trim() || token === '')) {
    place.warn(
      'retry-on-blank',
      "blanks and empty entries in retryOn fail Istio's validation; they are read as if absent",
      `write ${trimmed.join(',')}`,
    );
  }
  return trimmed;
}
