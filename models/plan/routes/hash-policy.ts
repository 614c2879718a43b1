// What consistent hashes look at in requests of a class. istio: pilot/pkg/networking/core/route/route.go (consistentHashToHashPolicy: the policy of
// each destination is appended to the route); envoy: source/common/http/hash_policy.cc.
import type { ConsistentHash } from '../../config/kinds/destination-rule.js';
import type { HashKeyPlan } from '../contract/plan.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';

type TextParts = Extract<HashKeyPlan, { kind: 'text' }>['parts'];

/** The key that a hash finds in a class; null where there is none. Proxies that read no HTTP see the source address only. */
export function hashKey(
  hash: ConsistentHash,
  request: RequestClass,
  readsHttp: boolean,
  attributes: ReadonlySet<string>,
): HashKeyPlan | null {
  const text = (found: string | null): HashKeyPlan | null =>
    found === null ? null : { kind: 'text', parts: textParts(found, attributes) };
  if (readsHttp && hash.httpHeaderName !== '') return text(headerOf(hash.httpHeaderName, request));
  if (readsHttp && hash.httpCookie !== null) {
    const found = text(cookieValue(hash.httpCookie.name, request));
    // Without a ttl a cookie is looked for, and never made.
    return found ?? (hash.httpCookie.ttlNs === null ? null : { kind: 'cookie' });
  }
  if (hash.useSourceIp) return { kind: 'source-ip' };
  if (readsHttp && hash.httpQueryParameterName !== '') return text(parameter(hash.httpQueryParameterName, request));
  return null;
}

function headerOf(name: string, request: RequestClass): string | null {
  const lower = name.toLowerCase();
  switch (lower) {
    case ':authority':
    case 'host':
      return request.authority;
    case ':path':
      return request.query === '' ? request.path : `${request.path}?${request.query}`;
    case ':method':
      return request.method;
    default:
      return headerValue(request.headers, lower);
  }
}

function cookieValue(name: string, request: RequestClass): string | null {
  const cookies = headerValue(request.headers, 'cookie');
  if (cookies === null) return null;
  for (const cookie of cookies.split(/[;,]/)) {
    const equals = cookie.indexOf('=');
    if (equals > 0 && cookie.slice(0, equals).trim() === name) return cookie.slice(equals + 1).trim();
  }
  return null;
}

/** The first of the name counts. */
function parameter(name: string, request: RequestClass): string | null {
  if (request.query === '') return null;
  for (const pair of request.query.split('&')) {
    const equals = pair.indexOf('=');
    if ((equals < 0 ? pair : pair.slice(0, equals)) === name) return equals < 0 ? '' : pair.slice(equals + 1);
  }
  return null;
}

/** `user-{user}` → `user-` and the attribute; braces around other words are text. */
function textParts(text: string, attributes: ReadonlySet<string>): TextParts {
  return text.split(/(\{[^{}]*\})/).flatMap((part): TextParts => {
    if (part === '') return [];
    const name = part.slice(1, -1);
    return part.startsWith('{') && attributes.has(name) ? [{ attribute: name }] : [part];
  });
}
